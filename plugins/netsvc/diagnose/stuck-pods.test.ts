import { describe, expect, it } from 'vitest';
import { ended, podWith, waiting } from '../../../shared/testing/broken-pods.ts';
import { service, workload } from '../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../testing/diagnose-objects.ts';

const containers = [{ name: 'app', image: 'example/db:1', resources: { limits: { memory: '64Mi' } } }];

function commands(spec: Readonly<Record<string, unknown>>): readonly string[] {
  const db = service('db');
  const set = workload(
    'StatefulSet',
    'db',
    { app: 'web' },
    {
      replicas: 1,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
      ...spec,
    },
  );
  const pod = podWith(
    'db-0',
    {
      state: waiting('CrashLoopBackOff'),
      lastState: ended(137, 'OOMKilled'),
      restartCount: 9,
    },
    {
      containers,
      labels: { app: 'web' },
      meta: { ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] },
    },
  );
  const report = diagnoseObjects([db, set, pod], 'db');
  return (report.causes[0]?.fixes ?? []).map(({ command }) => command);
}

describe('pods that a mended template does not replace', () => {
  it('are deleted by hand, after the patch: OrderedReady waits for them', () => {
    const [patch, deletion] = commands({ podManagementPolicy: 'OrderedReady' });
    expect(patch).toContain('kubectl patch statefulset db -n shop');
    expect(deletion).toBe('kubectl delete pod db-0 -n shop');
  });

  it('are deleted by hand where updateStrategy is OnDelete', () => {
    expect(commands({ podManagementPolicy: 'Parallel', updateStrategy: { type: 'OnDelete' } })).toContain(
      'kubectl delete pod db-0 -n shop',
    );
  });

  it('are left to the controller where it replaces them', () => {
    expect(commands({ podManagementPolicy: 'Parallel' })).not.toContain('kubectl delete pod db-0 -n shop');
  });
});
