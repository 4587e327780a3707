import { describe, expect, it } from 'vitest';
import { ownedBy, pod, service, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('payment-service', { selector: { app: 'payment', tier: 'api' } });

describe('new-pods-not-selected', () => {
  const old = stagedApp('payment', {
    labels: { app: 'payment' },
    podLabels: { tier: 'api' },
    hash: 'old1111111',
    replicas: 2,
  });
  const fresh = stagedApp('payment', {
    labels: { app: 'payment' },
    podLabels: { tier: 'backend' },
    hash: 'new2222222',
    replicas: 1,
  });

  it('warns while old pods still serve, with the label that will empty the Service', () => {
    const objects = [svc, fresh.deployment, old.replicaSet, fresh.replicaSet, ...old.pods, ...fresh.pods];
    const report = diagnoseObjects([...objects, ...slicesFor(svc, old.pods)], 'payment-service');
    expect(causeCodes(report)).toEqual(['SVC107']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('new revision of Deployment payment has tier=backend instead of tier=api');
    expect(report.headline).toContain('2 old pods');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)[1]).toBe(
      `kubectl patch service payment-service -n shop --type=merge -p '{"spec":{"selector":{"tier":null}}}'`,
    );
  });

  it('tells the same without the ReplicaSets', () => {
    const objects = [svc, fresh.deployment, ...old.pods, ...fresh.pods, ...slicesFor(svc, old.pods)];
    const report = diagnoseObjects(objects, 'payment-service', { except: { ReplicaSet: 'notCollected' } });
    expect(causeCodes(report)).toEqual(['SVC107']);
  });

  it('stays silent for labels that an operator puts on running pods', () => {
    const set = workload('StatefulSet', 'db', { app: 'db' }, { serviceName: 'db' });
    const pods = ['0', '1'].map((at) =>
      pod(`db-${at}`, {
        labels: {
          app: 'db',
          role: at === '0' ? 'primary' : 'replica',
          'statefulset.kubernetes.io/pod-name': `db-${at}`,
        },
        meta: ownedBy('StatefulSet', 'db'),
      }),
    );
    for (const selector of [{ app: 'db', role: 'primary' }, { 'statefulset.kubernetes.io/pod-name': 'db-1' }]) {
      const primary = service('db-primary', { selector });
      const report = diagnoseObjects([primary, set, ...pods, ...slicesFor(primary, pods)], 'db-primary');
      expect(causeCodes(report)).not.toContain('SVC107');
    }
  });

  it('stays silent for a rollout that keeps the labels', () => {
    const next = stagedApp('payment', {
      labels: { app: 'payment' },
      podLabels: { tier: 'api' },
      hash: 'new2222222',
      replicas: 1,
    });
    const pods = [...old.pods, ...next.pods];
    const report = diagnoseObjects(
      [svc, next.deployment, old.replicaSet, next.replicaSet, ...pods, ...slicesFor(svc, pods)],
      'payment-service',
    );
    expect(report.causes).toEqual([]);
  });
});
