import { describe, expect, it } from 'vitest';
import type { KubeObject, Labels } from '../../../../shared/model/objects.ts';
import { ownedBy, pod, secondsAgo, service, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const lease = (holderIdentity: string): KubeObject =>
  Object.assign(
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'db-leader', namespace: 'shop' } },
    { spec: { holderIdentity } },
  );

/** Two pods of StatefulSet db, in front of them a Service for the one that leads. */
function db(selector: Labels, more: readonly KubeObject[] = [], template: Labels = { app: 'db' }, meta = {}) {
  const pods = ['db-0', 'db-1'].map((name) => pod(name, { labels: { app: 'db' }, meta: ownedBy('StatefulSet', 'db') }));
  return diagnoseObjects(
    [service('db', { selector }, meta), workload('StatefulSet', 'db', template), ...pods, ...more],
    'db',
  );
}

describe('a Service for the pod that leads', () => {
  it('without one: nobody leads, and the lease tells who did', () => {
    const report = db({ app: 'db', role: 'master' }, [lease('db-7')]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('no label role (given to the pod that leads, it seems: nobody leads now)');
    expect(report.causes[0]).toMatchObject({ confidence: 'likely' });
    expect(report.causes[0]?.evidence).toContainEqual({
      fact: 'held by db-7',
      source: 'Lease shop/db-leader spec.holderIdentity',
    });
    expect(report.causes[0]?.fixes.map(({ risk }) => risk)).toEqual(['none', 'none', 'high']);
  });

  it('is a plain slip where the selector was changed later, where the template sets the label, and for other words', () => {
    const managedFields = [
      { manager: 'kubectl-edit', time: secondsAgo(60), fieldsV1: { 'f:spec': { 'f:selector': { 'f:role': {} } } } },
    ];
    const plain = [
      db(
        { app: 'db', role: 'master' },
        [],
        { app: 'db' },
        { creationTimestamp: '2026-02-01T00:00:00Z', managedFields },
      ),
      db({ app: 'db', role: 'master' }, [], { app: 'db', role: 'backend' }),
      db({ app: 'db', role: 'backend' }),
      db({ app: 'db', tier: 'active' }),
    ];
    for (const report of plain) {
      expect(causeCodes(report)).toEqual(['SVC101']);
      expect(report.headline).not.toContain('leads');
    }
  });
});
