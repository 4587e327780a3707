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

describe('a DeploymentConfig or Rollout that files hold', () => {
  const made = (kind: string, labels: Record<string, string>, replicas: number, stored = true): KubeObject => {
    const { metadata, spec } = workload(kind, 'web', labels, { replicas });
    return {
      apiVersion: kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps.openshift.io/v1',
      kind,
      metadata: stored ? metadata : { name: 'web', namespace: 'shop' },
      spec: { ...spec, selector: kind === 'Rollout' ? spec?.selector : labels },
      ...(stored ? { status: { replicas: 0, observedGeneration: 1 } } : {}),
    } as KubeObject;
  };

  it.each(['DeploymentConfig', 'Rollout'])('is the one whose labels the selector misses: %s', (kind) => {
    const report = diagnoseObjects([web, made(kind, { app: 'web-ui' }, 1)], 'web');
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain(`${kind} web has app=web-ui instead of app=web`);
  });

  it('is named before it was ever applied', () => {
    const plain = { ...web, metadata: { name: 'web', namespace: 'shop' } };
    const report = diagnoseObjects([plain, made('DeploymentConfig', { app: 'web-ui' }, 1, false)], 'web');
    expect(report.headline).toContain('DeploymentConfig web has app=web-ui instead of app=web');
    expect(diagnoseObjects([plain, made('DeploymentConfig', { app: 'web' }, 1, false)], 'web').causes).toEqual([]);
  });

  it('is scaled to 0 in its own name, once', () => {
    const set = setOf('ReplicationController', 'web-1', 'DeploymentConfig', 0, 1);
    const report = diagnoseObjects([web, made('DeploymentConfig', { app: 'web' }, 0), set], 'web');
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl scale deploymentconfig/web -n shop --replicas=1');
  });

  it('is no workload without pods of its own', () => {
    const { metadata, spec } = workload('Deployment', 'web', { app: 'web-ui' });
    const knative = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata,
      spec: { template: spec?.template },
    };
    const report = diagnoseObjects([web, knative as KubeObject], 'web');
    expect(report.headline).not.toContain('web-ui');
  });
});
