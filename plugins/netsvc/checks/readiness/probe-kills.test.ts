import { describe, expect, it } from 'vitest';
import type { Container, ContainerState, Probe } from '../../../../shared/model/objects-pod.ts';
import { crashing, ended, podWith, running } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const liveness: Probe = {
  httpGet: { path: '/live', port: 8080 },
  initialDelaySeconds: 10,
  periodSeconds: 5,
  failureThreshold: 2,
};
const container = (probes: Partial<Container>): Container => ({
  name: 'app',
  image: 'example/app:1',
  ports: [{ containerPort: 8080 }],
  ...probes,
});

function killed(probes: Partial<Container>, last: ContainerState, message?: string, word = 'liveness') {
  const made = crashing('web-6f9c-a', last, { of: 'web', containers: [container(probes)] });
  const events =
    message === undefined
      ? []
      : [
          event(made, 'Unhealthy', message, { count: 10, lastSeen: secondsAgo(21), fieldPath: 'spec.containers{app}' }),
          event(made, 'Killing', `Container app failed ${word} probe, will be restarted`, {
            type: 'Normal',
            count: 5,
            lastSeen: secondsAgo(21),
            fieldPath: 'spec.containers{app}',
          }),
        ];
  return diagnoseObjects(
    [web, deployment('web'), made, ...events],
    'web',
    message === undefined ? { except: { Event: 'notCollected' } } : {},
  );
}

describe('probe-kills', () => {
  it('prints the kill budget and puts a startup probe in front', () => {
    const report = killed(
      { livenessProbe: liveness },
      ended(137, 'Error', 22),
      'Liveness probe failed: Get "http://10.1.1.1:8080/live": dial tcp 10.1.1.1:8080: connect: connection refused',
    );
    expect(causeCodes(report)).toEqual(['SVC310']);
    expect(report.headline).toBe(
      'the liveness probe http-get :8080/live kills container app in pod web-6f9c-a of Deployment web: connection refused on port 8080 (kill budget 20s = initialDelaySeconds 10 + periodSeconds 5 × failureThreshold 2, 4 restarts)',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"app","startupProbe":{"httpGet":{"path":"/live","port":8080},"periodSeconds":10,"failureThreshold":30}}]}}}}'`,
    );
  });

  it('mends the path instead when the server answers 404, also for a server that ends with 0', () => {
    const report = killed(
      { livenessProbe: liveness, readinessProbe: { httpGet: { path: '/healthz', port: 8080 } } },
      ended(0, 'Completed', 20),
      'Liveness probe failed: HTTP probe failed with statuscode: 404',
    );
    expect(causeCodes(report)).toEqual(['SVC310']);
    expect(report.headline).toContain('statuscode: 404');
  });

  it('infers the liveness probe from signal and length of the run when there are no events', () => {
    const report = killed({ livenessProbe: liveness }, ended(137, 'Error', 20));
    expect(causeCodes(report)).toEqual(['SVC310']);
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(report.headline).toContain('20s after its start with exit code 137');
  });

  it('does not infer it from a crash that has another length or code', () => {
    expect(causeCodes(killed({ livenessProbe: liveness }, ended(1, 'Error', 20)))).toEqual(['SVC229']);
    expect(causeCodes(killed({ livenessProbe: liveness }, ended(137, 'Error', 2)))).toEqual(['SVC229']);
  });

  it('tells a startup probe that allows too little', () => {
    const report = killed(
      { startupProbe: { httpGet: { path: '/started', port: 8080 }, periodSeconds: 3, failureThreshold: 4 } },
      ended(143, 'Error', 12),
      'Startup probe failed: Get "http://10.1.1.1:8080/started": dial tcp 10.1.1.1:8080: connect: connection refused',
      'startup',
    );
    expect(causeCodes(report)).toEqual(['SVC311']);
    expect(report.headline).toContain('start budget 12s');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"startupProbe":{"failureThreshold":100}');
  });

  it('sees it in the second run, which has begun anew after all of the time that was allowed', () => {
    const startupProbe = { httpGet: { path: '/live', port: 8080 }, periodSeconds: 10, failureThreshold: 30 };
    const diagnose = (started: boolean) => {
      const made = podWith(
        'web-6f9c-a',
        { state: running(80), lastState: ended(143, 'Error', 305, 81), restartCount: 1, started },
        { of: 'web', age: 400, containers: [container({ startupProbe, readinessProbe: startupProbe })] },
      );
      const killing = event(made, 'Killing', 'Container app failed startup probe, will be restarted', {
        lastSeen: secondsAgo(82),
      });
      return diagnoseObjects([web, deployment('web'), made, killing, ...slicesFor(web, [made])], 'web');
    };
    expect(causeCodes(diagnose(false))).toEqual(['SVC311']);
    expect(diagnose(false).headline).toContain('start budget 300s');
    expect(causeCodes(diagnose(true))).not.toContain('SVC311');
  });

  it('sees it while the pod is Ready for the moment, as a warning', () => {
    const made = podWith(
      'web-6f9c-a',
      { state: running(8), lastState: ended(0, 'Completed', 20, 9), restartCount: 3, ready: true, started: true },
      { of: 'web', containers: [container({ livenessProbe: liveness })] },
    );
    const told = event(made, 'Killing', 'Container app failed liveness probe, will be restarted', {
      type: 'Normal',
      lastSeen: secondsAgo(9),
      fieldPath: 'spec.containers{app}',
    });
    const objects = [web, deployment('web'), made, told, ...slicesFor(web, [made])];
    const report = diagnoseObjects(objects, 'web');
    expect(causeCodes(report)).toEqual(['SVC310']);
    expect(report.verdict).toBe('degraded');
    // Facts without a time of their own may be of much later, unless this run fails its probe as well.
    const failed = (seconds: number) =>
      event(made, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 404', {
        lastSeen: secondsAgo(seconds),
        fieldPath: 'spec.containers{app}',
      });
    expect(causeCodes(diagnoseObjects([...objects, failed(2)], 'web', { orLater: true }))).toEqual(['SVC310']);
    expect(causeCodes(diagnoseObjects([...objects, failed(9)], 'web', { orLater: true }))).not.toContain('SVC310');
  });

  it('compares the budget with the start that another pod needed', () => {
    const slow = pod('web-6f9c-b', {
      labels: { app: 'web', 'pod-template-hash': '6f9c' },
      meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }] },
      status: {
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: secondsAgo(500) }],
        containerStatuses: [{ name: 'app', ready: true, started: true, restartCount: 0, state: running(545) }],
      },
    });
    const made = crashing('web-6f9c-a', ended(137, 'Error', 22), {
      of: 'web',
      containers: [container({ livenessProbe: liveness })],
    });
    const told = event(made, 'Killing', 'Container app failed liveness probe, will be restarted', {
      lastSeen: secondsAgo(21),
    });
    const report = diagnoseObjects([web, deployment('web'), slow, made, told, ...slicesFor(web, [slow, made])], 'web');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain(
      'pod web-6f9c-b needed 45s from start to Ready; longer than the 20s that the probe allows',
    );
  });

  it('stays silent about liveness probes that pass', () => {
    const pods = [pod('web-1', { containers: [container({ livenessProbe: liveness })] })];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
