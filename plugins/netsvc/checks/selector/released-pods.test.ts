import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', { selector: { app: 'web' } });
const app = stagedApp('web');
const owned = app.pods.map((one) => ({ ...one, metadata: { ...one.metadata, generateName: 'web-5d4f8c7b9-' } }));

function notes(labels: Readonly<Record<string, string>>) {
  const released = pod('web-5d4f8c7b9-zzzzz', { labels, meta: { generateName: 'web-5d4f8c7b9-' } });
  const pods = [...owned, released];
  const report = diagnoseObjects([svc, app.deployment, app.replicaSet, ...pods, ...slicesFor(svc, pods)], 'web');
  expect(report.verdict).toBe('healthy');
  return report.findings.filter(({ code }) => code === 'SVC111').map(({ summary }) => summary);
}

describe('released-pods', () => {
  it('notes a pod that left its ReplicaSet and is not selected any more', () => {
    expect(notes({ app: 'web-quarantine' })).toEqual([
      'Pod web-5d4f8c7b9-zzzzz once belonged to ReplicaSet web-5d4f8c7b9 and nobody owns it now: its labels were changed by hand; Service shop/web does not select it any more',
    ]);
  });

  it('notes one that still gets requests', () => {
    expect(notes({ app: 'web' })[0]).toContain('still sends requests to it');
  });

  it('stays silent for a pod that is about to be adopted again', () => {
    expect(notes({ app: 'web', 'pod-template-hash': '5d4f8c7b9' })).toEqual([]);
  });
});
