import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { ended, podWith, running } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, node, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const limited = {
  name: 'app',
  image: 'example/app:1',
  ports: [{ containerPort: 8080 }],
  resources: { limits: { memory: '128Mi', cpu: '100m' } },
};

const metrics = (name: string, memory: string, cpu = '10m'): KubeObject =>
  ({
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name, namespace: 'shop' },
    containers: [{ name: 'app', usage: { memory, cpu } }],
  }) as KubeObject;

function ask(pods: readonly Pod[], ...more: KubeObject[]) {
  return diagnoseObjects([web, deployment('web'), ...pods, ...more, ...slicesFor(web, pods)], 'web');
}

const notes = (report: ReturnType<typeof diagnoseObjects>): string[] => report.findings.map((finding) => finding.code);

describe('memory-near-limit', () => {
  it('warns at the limit and notes what is near it', () => {
    const made = pod('web-1', { containers: [limited] });
    const full = ask([made], metrics('web-1', '131000Ki'));
    expect(causeCodes(full)).toEqual(['SVC901']);
    expect(full.headline).toContain('container app uses 100 % of its memory limit (128Mi of 128Mi)');
    const near = ask([made], metrics('web-1', '118Mi'));
    expect(near.verdict).toBe('healthy');
    expect(notes(near)).toContain('SVC901');
  });

  it('stays silent with room to spare, and is not told where there are no metrics', () => {
    const made = pod('web-1', { containers: [limited] });
    expect(ask([made], metrics('web-1', '64Mi')).findings).toEqual([]);
    const blind = diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web', { except: { PodMetrics: 'absent' } });
    expect(blind.verdict).toBe('healthy');
  });
});

describe('out-of-memory-lately', () => {
  const killed = (ago: number): Pod =>
    podWith(
      'web-6f9c-a',
      {
        state: running(ago - 2),
        lastState: ended(137, 'OOMKilled', 600, ago),
        restartCount: 1,
        ready: true,
        started: true,
      },
      { of: 'web', containers: [limited] },
    );

  it('warns of a container that was killed within the hour, with a timeline', () => {
    const report = ask([killed(1500)]);
    expect(causeCodes(report)).toEqual(['SVC902']);
    expect(report.headline).toContain(
      'container app was OOMKilled 25m ago in pod web-6f9c-a of Deployment web at its memory limit 128Mi (1 restart)',
    );
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain(
      '25m ago: container app of web-6f9c-a ended (OOMKilled, exit code 137',
    );
  });

  it('forgets what is long past', () => {
    expect(ask([killed(90_000)]).verdict).toBe('healthy');
    expect(ask([killed(90_000)]).findings).toEqual([]);
  });
});

describe('container-restarts', () => {
  const restarted = (restarts: number, ago: number, age = 7000): Pod =>
    podWith(
      'web-6f9c-a',
      {
        state: running(ago - 2),
        lastState: ended(1, 'Error', 900, ago),
        restartCount: restarts,
        ready: true,
        started: true,
      },
      { of: 'web', age },
    );

  it('warns of a habit, and names the last exit', () => {
    const report = ask([restarted(4, 900)]);
    expect(causeCodes(report)).toEqual(['SVC907']);
    expect(report.headline).toContain(
      'container app restarts now and then in pod web-6f9c-a of Deployment web: 4 restarts, last 15m ago (exit code 1',
    );
    expect(report.verdict).toBe('degraded');
  });

  it('notes a single restart and forgets old ones', () => {
    const once = ask([restarted(1, 900)]);
    expect(once.verdict).toBe('healthy');
    expect(notes(once)).toContain('SVC907');
    expect(ask([restarted(9, 80_000, 900_000)]).findings).toEqual([]);
  });
});

describe('node-under-pressure', () => {
  const short: Node = {
    ...node('n1'),
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        {
          type: 'MemoryPressure',
          status: 'True',
          reason: 'KubeletHasInsufficientMemory',
          message: 'kubelet has insufficient memory available',
        },
      ],
    },
  };

  it('names node and shortage', () => {
    const report = ask([pod('web-1')], short);
    expect(causeCodes(report)).toContain('SVC904');
    expect(report.causes.find((cause) => cause.code === 'SVC904')?.summary).toContain(
      'node n1 reports MemoryPressure (kubelet has insufficient memory available)',
    );
  });

  it('stays silent about nodes without the pods', () => {
    expect(ask([pod('web-1', { node: 'n2' })], short, node('n2')).causes).toEqual([]);
  });
});

describe('pods-were-evicted', () => {
  it('is a note while other pods serve', () => {
    const evicted = pod('web-0', {
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        startTime: secondsAgo(1200),
      },
    });
    const report = ask([pod('web-1'), evicted]);
    expect(report.verdict).toBe('healthy');
    expect(notes(report)).toContain('SVC905');
  });

  const message = 'Usage of EmptyDir volume "data" exceeds the limit "10Mi".';
  /** What is left of a pod whose containers obeyed the kubelet: Completed, and an event. */
  function obeyed(name: string, ago: number): readonly [Pod, KubeObject] {
    const made = pod(name, {
      labels: { app: 'web', 'pod-template-hash': '6f9c' },
      meta: {
        creationTimestamp: secondsAgo(ago + 60),
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }],
      },
      status: { phase: 'Succeeded' },
    });
    return [made, event(made, 'Evicted', message, { count: 1, lastSeen: secondsAgo(ago) })];
  }
  const living = (age: number): Pod =>
    pod('web-6f9c-z', {
      labels: { app: 'web', 'pod-template-hash': '6f9c' },
      meta: {
        creationTimestamp: secondsAgo(age),
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }],
      },
    });

  it('warns when the new pods are evicted too, with the limit to raise', () => {
    const [first, told] = obeyed('web-6f9c-a', 200);
    const [second, toldToo] = obeyed('web-6f9c-b', 100);
    const report = ask([first, second, living(90)], told, toldToo);
    expect(causeCodes(report)).toEqual(['SVC909']);
    expect(report.headline).toContain('2 so far, the last 100s ago');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"emptyDir":{"sizeLimit":"20Mi"}');
  });

  it('does not, where a pod has outlived the last eviction or there was but one', () => {
    const [first, told] = obeyed('web-6f9c-a', 200);
    const [second, toldToo] = obeyed('web-6f9c-b', 100);
    expect(causeCodes(ask([first, second, living(900)], told, toldToo))).toEqual([]);
    expect(causeCodes(ask([first, living(190)], told))).toEqual([]);
  });

  it('comes before the start of the new pod, when a limit of its own ended the last one', () => {
    const [first, told] = obeyed('web-6f9c-a', 20);
    const readinessProbe = { httpGet: { path: '/', port: 8080 } };
    const young = {
      ...living(15),
      spec: { nodeName: 'node1', containers: [{ name: 'app', image: 'example/app:1', readinessProbe }] },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(15) }],
        containerStatuses: [
          { name: 'app', ready: false, started: false, restartCount: 0, state: running(14), image: '', imageID: '' },
        ],
      },
    };
    expect(causeCodes(ask([first, young], told))[0]).toBe('SVC909');
  });

  it('is the cause where nobody is left, although the pod is called Completed', () => {
    const [first, told] = obeyed('web-6f9c-a', 20);
    const report = ask([first], told);
    expect(causeCodes(report)[0]).toBe('SVC244');
    expect(report.headline).toContain('exceeds the limit "10Mi"');
  });
});

describe('readiness-flaps', () => {
  const probed = { ...limited, readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 } };
  const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503';

  function flapping(started: number, ready: number, failed: { first: number; last: number; count: number }) {
    const made = pod('web-1', {
      containers: [probed],
      status: {
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: secondsAgo(ready) }],
        containerStatuses: [{ name: 'app', ready: true, started: true, restartCount: 0, state: running(started) }],
      },
    });
    const told = event(made, 'Unhealthy', message, {
      count: failed.count,
      firstSeen: secondsAgo(failed.first),
      lastSeen: secondsAgo(failed.last),
    });
    return ask([made, pod('web-2')], told);
  }

  it('sees a pod that left the rotation and came back', () => {
    const report = flapping(7200, 60, { first: 1800, last: 65, count: 24 });
    expect(causeCodes(report)).toEqual(['SVC906']);
    expect(report.headline).toContain(
      'readiness probe http-get :8080/ of container app fails now and then in 1 of 2 pods (web-1)',
    );
    expect(report.headline).toContain('1 of 2 ready endpoints comes and goes');
  });

  it('sees one that comes and goes since its start, by more events than one outage leaves', () => {
    expect(causeCodes(flapping(305, 4, { first: 300, last: 5, count: 30 }))).toEqual(['SVC906']);
    expect(flapping(305, 4, { first: 300, last: 5, count: 58 }).verdict).toBe('healthy');
  });

  it('leaves one outage in peace that is over, as of a dependency that came back', () => {
    for (const failed of [
      { first: 130, last: 65, count: 13 },
      { first: 1865, last: 65, count: 31 },
    ]) {
      expect(flapping(7200, 60, failed).verdict).toBe('healthy');
    }
  });

  it('leaves failures around a start in peace that are over for longer than they lasted', () => {
    const report = flapping(603, 587, { first: 600, last: 569, count: 6 });
    expect(report.verdict).toBe('healthy');
    expect(notes(report)).not.toContain('SVC906');
    expect(causeCodes(flapping(603, 587, { first: 600, last: 40, count: 24 }))).toEqual(['SVC906']);
  });

  it('notes failures that did not cost the pod its readiness', () => {
    const report = flapping(7200, 7100, { first: 600, last: 30, count: 4 });
    expect(report.verdict).toBe('healthy');
    expect(notes(report)).toContain('SVC906');
  });

  it('takes the failures of a slow start for what they are', () => {
    expect(flapping(400, 200, { first: 398, last: 202, count: 39 }).findings).toEqual([]);
    expect(flapping(7200, 7190, { first: 7199, last: 7191, count: 2 }).findings).toEqual([]);
  });
});

describe('cpu-limit-too-small', () => {
  const probed = { ...limited, readinessProbe: { httpGet: { path: '/', port: 8080 } } };
  const timeout =
    'Readiness probe failed: Get "http://10.1.1.1:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

  it('joins timeouts of the probe with a limit that is used up', () => {
    const made = pod('web-1', { containers: [probed] });
    const told = event(made, 'Unhealthy', timeout, { count: 4, firstSeen: secondsAgo(500) });
    const report = ask([made], told, metrics('web-1', '20Mi', '98m'));
    expect(causeCodes(report)).toContain('SVC903');
    expect(report.causes.find((cause) => cause.code === 'SVC903')?.summary).toContain(
      'container app in pod web-1 is held back by its CPU limit 100m (uses 98m, 98 %); its readiness probe timed out 4 times',
    );
  });

  it('says nothing when there is CPU left', () => {
    const made = pod('web-1', { containers: [probed] });
    const told = event(made, 'Unhealthy', timeout, { count: 4, firstSeen: secondsAgo(500) });
    expect(causeCodes(ask([made], told, metrics('web-1', '20Mi', '10m')))).not.toContain('SVC903');
  });
});

describe('mixed-versions', () => {
  it('notes revisions side by side', () => {
    const of = (name: string, hash: string): Pod =>
      pod(name, {
        labels: { app: 'web', 'pod-template-hash': hash },
        meta: { ownerReferences: [{ kind: 'ReplicaSet', name: `web-${hash}`, controller: true }] },
      });
    const report = ask([of('web-1', '5c4d'), of('web-2', '6f9c')]);
    expect(report.verdict).toBe('healthy');
    expect(notes(report)).toContain('SVC908');
    expect(ask([of('web-1', '6f9c'), of('web-2', '6f9c')]).findings).toEqual([]);
  });
});
