import { describe, expect, it } from 'vitest';
import { replicaSet } from '../../../../../shared/testing/broken-pods.ts';
import {
  node,
  ownedBy,
  pod,
  secondsAgo,
  service,
  slicesFor,
  workload,
} from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

describe('pods-terminating', () => {
  it('names the finalizer that holds a pod', () => {
    const made = pod('web-1', {
      meta: { deletionTimestamp: secondsAgo(600), finalizers: ['example.com/hold'] },
      status: { phase: 'Succeeded' },
    });
    const report = diagnoseObjects([web, made], 'web');
    expect(causeCodes(report)).toEqual(['SVC246']);
    expect(report.headline).toContain('finalizer example.com/hold is still set');
    expect(report.causes[0]?.fixes[0]).toMatchObject({ risk: 'high' });
  });

  it('names the StatefulSet that waits for the name', () => {
    const pods = [
      pod('web-0', { meta: ownedBy('StatefulSet', 'web') }),
      pod('web-1', { meta: { ...ownedBy('StatefulSet', 'web'), deletionTimestamp: secondsAgo(600) }, ready: false }),
    ];
    const set = workload('StatefulSet', 'web', { app: 'web' }, { replicas: 2 });
    const report = diagnoseObjects([web, set, ...pods, node('n1'), ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC246']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('StatefulSet web waits for it');
  });

  it('tells that only pods on their way out are left', () => {
    const made = pod('web-1', { meta: { deletionTimestamp: secondsAgo(-20) } });
    const report = diagnoseObjects([web, made, node('n1')], 'web');
    expect(causeCodes(report)).toContain('SVC245');
    expect(report.causes.find((cause) => cause.code === 'SVC245')?.severity).toBe('warning');
  });

  it('stays silent about pods that go while others serve', () => {
    const pods = [pod('web-1'), pod('web-2', { meta: { deletionTimestamp: secondsAgo(-20) } })];
    expect(diagnoseObjects([web, ...pods, node('n1'), ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });

  it('tells that Recreate waits for a pod that takes its time', () => {
    const made = pod('web-6f9c-a', {
      meta: { ...ownedBy('ReplicaSet', 'web-6f9c'), deletionTimestamp: secondsAgo(-700) },
      spec: { terminationGracePeriodSeconds: 900 },
      ready: false,
    });
    const app = workload('Deployment', 'web', { app: 'web' }, { strategy: { type: 'Recreate' } });
    const set = replicaSet('web', '6f9c', 1);
    const report = diagnoseObjects([web, { ...app, status: { observedGeneration: 1 } }, set, made, node('n1')], 'web');
    expect(causeCodes(report)).toEqual(['SVC245']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('; web (strategy Recreate) makes a new one only after that, in up to 11m');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl delete pod web-6f9c-a -n shop --grace-period=0 --force');
  });
});
