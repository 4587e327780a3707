import { describe, expect, it } from 'vitest';
import type { KubeObject, OwnerReference } from '../../../../../shared/model/objects.ts';
import { deployment, event, pod, service, slicesFor, workload } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

function by(kind: string, name: string): readonly OwnerReference[] {
  return [{ apiVersion: 'example.com/v1', kind, name, uid: 'u', controller: true }];
}

/** A set of one revision of a Rollout or DeploymentConfig. */
function setOf(kind: string, name: string, owner: string, replicas: number, day: number): KubeObject {
  const made = workload(kind, name, { app: 'web', hash: name }, { replicas });
  return {
    ...made,
    apiVersion: kind === 'ReplicationController' ? 'v1' : 'apps/v1',
    ...(kind === 'ReplicationController' ? { spec: { ...made.spec, selector: { app: 'web' } } } : {}),
    metadata: { ...made.metadata, ownerReferences: by(owner, 'web'), creationTimestamp: `2026-02-0${day}T00:00:00Z` },
    status: { replicas, observedGeneration: 1 },
  } as KubeObject;
}

describe('workloads that an operator owns', () => {
  it('are seen when a quota keeps all their pods away', () => {
    const set = workload(
      'StatefulSet',
      'es',
      { app: 'web' },
      { replicas: 3 },
      { ownerReferences: by('Elastic', 'es') },
    );
    const empty = { ...set, status: { replicas: 0, observedGeneration: 1 } };
    const refused = event(
      empty,
      'FailedCreate',
      'create Pod es-0 in StatefulSet es failed error: pods "es-0" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
    );
    const report = diagnoseObjects([web, empty, refused], 'web');
    expect(causeCodes(report)).toEqual(['SVC206']);
    expect(report.headline).toContain('the 3 pods of StatefulSet es cannot be created: ResourceQuota compute');
  });

  it.each([
    ['Rollout', 'ReplicaSet'],
    ['DeploymentConfig', 'ReplicationController'],
  ])('that scale sets are scaled themselves: %s', (owner, kind) => {
    const sets = [setOf(kind, 'web-1', owner, 0, 1), setOf(kind, 'web-2', owner, 0, 2)];
    const report = diagnoseObjects([web, ...sets], 'web');
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.headline).toContain(`${owner} web is scaled to 0 replicas`);
    expect(report.causes[0]?.fixes[0]?.command).toBe(`kubectl scale ${owner.toLowerCase()}/web -n shop --replicas=1`);
  });

  it('leave an old revision alone whose Service was forgotten', () => {
    const old = service('old', { selector: { app: 'web', hash: 'web-1' } });
    const sets = [setOf('ReplicaSet', 'web-1', 'Rollout', 0, 1), setOf('ReplicaSet', 'web-2', 'Rollout', 2, 2)];
    expect(causeCodes(diagnoseObjects([old, ...sets], 'old'))).toEqual(['SVC101']);
  });

  it('are at rest where Knative or Flagger scales them to 0', () => {
    const revision = deployment(
      'hello-1',
      { app: 'web' },
      { replicas: 0 },
      { ownerReferences: by('Revision', 'hello-1'), annotations: { 'serving.knative.dev/creator': 'x' } },
    );
    expect(diagnoseObjects([web, revision], 'web').causes).toEqual([]);
    const canary = deployment('web', { app: 'web' }, { replicas: 0 });
    const primary = deployment('web-primary', { app: 'web-primary' }, {}, { ownerReferences: by('Canary', 'web') });
    const pods = [pod('web-primary-1', { labels: { app: 'web-primary' } })];
    const report = diagnoseObjects([web, canary, primary, ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.causes).toEqual([]);
    expect(report.findings[0]?.summary).toContain('Flagger Canary web');
  });
});
