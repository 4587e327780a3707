import { describe, expect, it } from 'vitest';
import type { Container, Probe } from '../../../../shared/model/objects-pod.ts';
import { crashing, ended, podWith, replicaSet, running, unready } from '../../../../shared/testing/broken-pods.ts';
import {
  deployment,
  event,
  pod,
  secondsAgo,
  service,
  slicesFor,
  workload,
} from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const http = (path: string, port: number | string, more: Partial<Probe> = {}): Probe => ({
  httpGet: { path, port },
  ...more,
});

const facts = (report: ReturnType<typeof diagnoseObjects>): string =>
  (report.causes[0]?.evidence ?? []).map((entry) => entry.fact).join('\n');

describe('an app that was started again once', () => {
  const ask = (message: string) => {
    const made = podWith(
      'web-6f9c-a',
      { state: running(20), started: true, restartCount: 1, lastState: ended(1, 'Error', 1, 21) },
      {
        of: 'web',
        age: 25,
        containers: [
          {
            name: 'app',
            ports: [{ containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/x', port: 8080 }, periodSeconds: 2 },
          },
        ],
      },
    );
    const told = event(made, 'Unhealthy', `Readiness probe failed: ${message}`, { count: 5, lastSeen: secondsAgo(3) });
    return causeCodes(diagnoseObjects([service('web'), deployment('web'), made, told], 'web'));
  };

  it('is not ready for what it answers now, and crashes as long as it does not answer', () => {
    expect(ask('HTTP probe failed with statuscode: 404')).toEqual(['SVC301']);
    expect(ask('Get "http://10.1.1.1:8080/x": dial tcp 10.1.1.1:8080: connect: connection refused')).toEqual([
      'SVC229',
    ]);
  });
});

describe('pods-not-ready', () => {
  it('knows without a fieldPath whose probe failed: by the only container that is not ready, or by the port', () => {
    const side = (ready: boolean) => ({ name: 'side', ready, readinessProbe: http('/ready', 9090) });
    const ask = (ready: boolean, port: number) => {
      const made = unready('web-6f9c-a', { readinessProbe: http('/ready', 8080) }, { of: 'web', age: 600 });
      const { ready: _, ...spec } = side(ready);
      const both = {
        ...made,
        spec: { ...made.spec, containers: [...(made.spec?.containers ?? []), spec] },
        status: {
          ...made.status,
          containerStatuses: [
            ...(made.status?.containerStatuses ?? []),
            { name: 'side', ready, started: true, state: running() },
          ],
        },
      } as typeof made;
      const message = `Readiness probe failed: Get "http://10.244.1.9:${port}/ready": connection refused`;
      const told = event(both, 'Unhealthy', message, { count: 40 });
      const { causes } = diagnoseObjects([web, deployment('web'), both, told], 'web');
      return causes.map(({ summary }) => summary).join('\n');
    };
    expect(ask(true, 8080)).toContain('of container app fails');
    expect(ask(true, 8080)).toContain('connection refused');
    expect(ask(false, 8080)).toContain('connection refused');
    expect(ask(false, 9090)).not.toContain('connection refused');
    // The sidecar was late; what it said then is not said of the app.
    expect(ask(true, 9090)).not.toContain('connection refused');
  });

  it('names the sidecar that keeps the pod at 1 of 2', () => {
    const made = pod('web-1', {
      ready: false,
      containers: [
        {
          name: 'app',
          image: 'example/app:1',
          ports: [{ containerPort: 8080 }],
          readinessProbe: http('/healthz', 8080),
        },
        { name: 'istio-proxy', image: 'example/proxy:1', readinessProbe: http('/healthz/ready', 15021) },
      ],
      status: {
        containerStatuses: [
          { name: 'app', ready: true, started: true, restartCount: 0, state: running(600) },
          { name: 'istio-proxy', ready: false, started: true, restartCount: 0, state: running(600) },
        ],
      },
    });
    const told = event(
      made,
      'Unhealthy',
      'Readiness probe failed: Get "http://10.1.1.1:15021/healthz/ready": dial tcp 10.1.1.1:15021: connect: connection refused',
      {
        fieldPath: 'spec.containers{istio-proxy}',
        count: 30,
      },
    );
    const report = diagnoseObjects([web, made, told, ...slicesFor(web, [made])], 'web');
    expect(causeCodes(report)).toEqual(['SVC302']);
    expect(report.headline).toContain('of container istio-proxy fails in pod web-1');
    expect(facts(report)).toContain('1 of 2 containers ready; not ready: istio-proxy');
  });

  it('says that a StatefulSet waits for its first pod', () => {
    const made = unready(
      'web-0',
      { readinessProbe: http('/ready', 8080) },
      {
        age: 600,
        meta: { ownerReferences: [{ kind: 'StatefulSet', name: 'web', controller: true }] },
      },
    );
    const set = {
      ...workload('StatefulSet', 'web', { app: 'web' }, { replicas: 3 }),
      status: { observedGeneration: 1, replicas: 1 },
    };
    const told = event(made, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
      count: 30,
    });
    const report = diagnoseObjects([web, set, made, told], 'web');
    expect(causeCodes(report)).toEqual(['SVC301']);
    expect(facts(report)).toContain('2 of 3 pods are not made yet: OrderedReady waits for web-0');
  });

  it('comes before a crash that holds back fewer pods', () => {
    const probe = { readinessProbe: http('/ready', 8080) };
    const late = ['web-1', 'web-2'].map((name) => unready(name, probe, { age: 600 }));
    const told = late.map((one) =>
      event(one, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
        count: 30,
        fieldPath: 'spec.containers{app}',
      }),
    );
    const crash = crashing('canary-6f9c-a', ended(4, 'Error'), { of: 'canary' });
    const report = diagnoseObjects([web, ...late, ...told, crash], 'web');
    expect(causeCodes(report)).toEqual(['SVC301', 'SVC229']);
    expect(report.verdict).toBe('broken');
  });

  it('says that publishNotReadyAddresses sends requests to them all the same', () => {
    const published = service('web', { publishNotReadyAddresses: true });
    const pods = [pod('web-1'), unready('web-2', { readinessProbe: http('/healthz', 8080) }, { age: 600 })];
    const told = event(
      pods[1] ?? published,
      'Unhealthy',
      'Readiness probe failed: HTTP probe failed with statuscode: 500',
      { count: 30 },
    );
    const report = diagnoseObjects([published, ...pods, told, ...slicesFor(published, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC301']);
    expect(report.headline).toContain('publishNotReadyAddresses sends it requests all the same');
    expect(report.causes[0]).toMatchObject({ severity: 'warning', impact: 0.5 });
  });

  it('shows what the rollout changed and goes back while old pods serve', () => {
    const probe = (path: string): Container => ({
      name: 'app',
      image: 'example/app:1',
      ports: [{ containerPort: 8080 }],
      readinessProbe: http(path, 8080),
    });
    const old = pod('web-5c4d-a', {
      labels: { app: 'web', 'pod-template-hash': '5c4d' },
      meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5c4d', controller: true }] },
      containers: [probe('/healthz')],
    });
    const made = unready('web-6f9c-a', probe('/ready2'), { of: 'web', age: 600 });
    const told = event(made, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
      count: 90,
    });
    const report = diagnoseObjects(
      [
        web,
        deployment('web', { app: 'web' }, {}, { annotations: { 'deployment.kubernetes.io/revision': '2' } }),
        replicaSet('web', '5c4d', 1, { ready: 1, containers: [probe('/healthz')] }),
        replicaSet('web', '6f9c', 2, { containers: [probe('/ready2')] }),
        old,
        made,
        told,
        ...slicesFor(web, [old, made]),
      ],
      'web',
    );
    expect(report.verdict).toBe('degraded');
    expect(facts(report)).toContain('revision 2 changed readinessProbe.httpGet.path of app from /healthz to /ready2');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: 'kubectl rollout undo deployment/web -n shop',
      risk: 'none',
    });
  });

  it('takes fresh pods of a rollout for what they are while old ones serve', () => {
    const made = unready('web-6f9c-a', { readinessProbe: http('/healthz', 8080) }, { of: 'web', age: 40, started: 38 });
    const told = event(
      made,
      'Unhealthy',
      'Readiness probe failed: Get "http://10.1.1.1:8080/healthz": dial tcp 10.1.1.1:8080: connect: connection refused',
      { count: 3, lastSeen: secondsAgo(2) },
    );
    const pods = [pod('web-5c4d-a'), made];
    const report = diagnoseObjects([web, deployment('web'), ...pods, told, ...slicesFor(web, pods)], 'web');
    expect(report.verdict).toBe('healthy');
  });

  it('leaves a container without a probe to its own code', () => {
    const made = unready('web-6f9c-a', {}, { of: 'web', age: 600 });
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC314']);
  });

  it('cannot tell without pods', () => {
    const report = diagnoseObjects([web], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('unknown');
    expect(report.notChecked[0]?.reason).toBe('forbidden: list Pod');
  });
});
