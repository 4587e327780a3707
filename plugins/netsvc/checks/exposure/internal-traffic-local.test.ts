import { describe, expect, it } from 'vitest';
import { node, ownedBy, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const nodes = [node('n1'), node('n2')];
const onN1 = [pod('web-1', { node: 'n1' })];
const everywhere = [pod('web-1', { node: 'n1' }), pod('web-2', { node: 'n2' })];
const caller = pod('client', { node: 'n2', labels: { app: 'client' } });
const local = service('web', { internalTrafficPolicy: 'Local' });

describe('internal-traffic-local', () => {
  it('names the nodes whose callers fail', () => {
    const report = diagnoseObjects([local, ...nodes, ...onN1, ...slicesFor(local, onN1)], 'web');
    expect(causeCodes(report)).toEqual(['SVC568']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toBe(
      'internalTrafficPolicy Local: callers on n2 (z1) cannot reach Service shop/web, whose ready endpoints are on n1 (z1)',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"internalTrafficPolicy":"Cluster"');
  });

  it('judges by the ready pods where a dump holds no slices', () => {
    const report = diagnoseObjects([local, ...nodes, ...onN1], 'web', { except: { EndpointSlice: 'notCollected' } });
    expect(causeCodes(report)).toEqual(['SVC568']);
  });

  it('knows nodes that were not read by the pods of workloads on them', () => {
    const other = pod('api-1', { namespace: 'front', node: 'n3', meta: ownedBy('ReplicaSet', 'api') });
    const agent = pod('proxy-1', { namespace: 'kube-system', node: 'n4', meta: ownedBy('DaemonSet', 'kube-proxy') });
    const unread = { except: { Node: 'notCollected' } } as const;
    const objects = [local, ...onN1, ...slicesFor(local, onN1), agent];
    expect(diagnoseObjects([...objects, other], 'web', unread).headline).toContain('callers on n3 cannot reach');
    expect(diagnoseObjects(objects, 'web', unread).verdict).toBe('healthy');
    const tolerations = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
    const dns = { ...other, spec: { ...other.spec, tolerations } };
    expect(diagnoseObjects([...objects, dns], 'web', unread).verdict).toBe('healthy');
  });

  it('is critical for the caller asked about, and when all callers are on such nodes', () => {
    const objects = [local, ...nodes, caller, ...onN1, ...slicesFor(local, onN1)];
    expect(diagnoseObjects(objects, 'web', { from: 'shop/client' }).headline).toContain('pod shop/client on n2');
    expect(diagnoseObjects(objects, 'web').verdict).toBe('broken');
  });

  it('stays silent when every node has an endpoint, or only tainted nodes have none', () => {
    expect(diagnoseObjects([local, ...nodes, ...everywhere, ...slicesFor(local, everywhere)], 'web').verdict).toBe(
      'healthy',
    );
    const plane = node('n2', true, {
      spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
    });
    expect(diagnoseObjects([local, node('n1'), plane, ...onN1, ...slicesFor(local, onN1)], 'web').verdict).toBe(
      'healthy',
    );
  });

  it('does not judge headless Services', () => {
    const headless = service('web', { internalTrafficPolicy: 'Local', clusterIP: 'None', ports: [] });
    expect(diagnoseObjects([headless, ...nodes, ...onN1, ...slicesFor(headless, onN1)], 'web').verdict).toBe('healthy');
  });
});
