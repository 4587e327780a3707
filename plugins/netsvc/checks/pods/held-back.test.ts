import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { podWith, replicaSet, running } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, service, workload } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');

function container(path: string) {
  return {
    name: 'app',
    image: 'example/app:1',
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path, port: 8080 } },
  };
}

/** A pod whose probe asks the old path, and a workload whose template asks `/healthz` by now. */
function ask(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', spec: object, status: object = {}, path = '/healthz') {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container(path)] } };
  const made = podWith(
    'web-6f9c-a',
    { state: running(300), started: true },
    {
      of: 'web',
      labels: { app: 'web', 'pod-template-hash': '6f9c', 'controller-revision-hash': 'web-1' },
      containers: [container('/old')],
      ...(kind === 'Deployment'
        ? {}
        : { meta: { ownerReferences: [{ kind, name: 'web', controller: true, uid: 'w' }] } }),
    },
  );
  const owner: Workload =
    kind === 'Deployment'
      ? deployment('web', { app: 'web' }, { template, ...spec })
      : workload(kind, 'web', { app: 'web' }, { template, ...spec });
  const set = replicaSet('web', '6f9c', 1, { containers: [container('/old')] });
  const told = event(made, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404');
  const objects = [
    web,
    { ...owner, status: { ...owner.status, ...status } },
    ...(kind === 'Deployment' ? [set] : []),
    made,
    told,
  ];
  const [cause] = diagnoseObjects(objects, 'web').causes;
  return {
    code: cause?.code,
    facts: cause?.evidence.map(({ fact }) => fact).join('\n'),
    fix: cause?.fixes[0]?.command,
  };
}

describe('pods of an older template that nothing makes anew', () => {
  it.each([
    ['Deployment', { paused: true }, {}, 'the rollout is paused', 'kubectl rollout resume deployment/web -n shop'],
    [
      'DaemonSet',
      { updateStrategy: { type: 'OnDelete' } },
      { desiredNumberScheduled: 1, updatedNumberScheduled: 0 },
      'its update strategy is OnDelete',
      'kubectl delete pod web-6f9c-a -n shop',
    ],
    [
      'StatefulSet',
      {},
      { currentRevision: 'web-1', updateRevision: 'web-2' },
      'a StatefulSet waits for its pods to be Ready before it replaces them',
      'kubectl delete pod web-6f9c-a -n shop',
    ],
  ] as const)('of a %s are told with what holds them back', (kind, spec, status, why, fix) => {
    const told = ask(kind, spec, status);
    expect(told).toMatchObject({ code: 'SVC301', fix });
    expect(told.facts).toContain(
      `the template has changed since: readinessProbe.httpGet.path of app from /old to /healthz; ${why}`,
    );
  });

  it.each([
    ['Deployment', {}, {}, '/healthz'],
    ['Deployment', { paused: true }, {}, '/old'],
    ['DaemonSet', {}, { desiredNumberScheduled: 1, updatedNumberScheduled: 0 }, '/healthz'],
    ['StatefulSet', { podManagementPolicy: 'Parallel' }, { updateRevision: 'web-2' }, '/healthz'],
    ['StatefulSet', {}, { updateRevision: 'web-1' }, '/healthz'],
  ] as const)(
    'of a %s are not told where the controller goes on or nothing changed (%j %j %s)',
    (kind, spec, status, path) => {
      const told = ask(kind, spec, status, path);
      expect(told.code).toBe('SVC301');
      expect(told.facts).not.toContain('the template has changed');
    },
  );
});
