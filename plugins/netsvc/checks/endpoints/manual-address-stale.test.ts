import { describe, expect, it } from 'vitest';
import { deployment, node, pod, secondsAgo, service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web', { selector: null, ports: [{ port: 80, targetPort: 8080 }] });
const ports = [{ name: '', port: 8080, protocol: 'TCP' }];
const alive = pod('web-1', { ip: '10.244.1.9' });

describe('manual-address-stale', () => {
  it('tells an address among those of pods that no pod has, and offers the selector', () => {
    const objects = [
      web,
      alive,
      node('n1'),
      deployment('web'),
      slice('web-1', { service: 'web', addresses: ['10.244.1.250'], ports }),
    ];
    const report = diagnoseObjects(objects, 'web');
    expect(causeCodes(report)).toEqual(['SVC505']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('10.244.1.250');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain(
      'pod web-1 has address 10.244.1.9',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"selector":{"app":"web"}');
    // The slice would keep its share of the requests beside the selector.
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl delete endpointslice web-1 -n shop && ');
    expect(report.causes[0]?.fixes[0]?.undo).toContain(' && kubectl create -f web-1.yaml');
    // The controller leaves its own slices behind when the selector goes.
    expect(report.causes[0]?.fixes[0]?.undo).toContain('managed-by=endpointslice-controller.k8s.io');
    // One address in it is a server outside: it stays.
    const mixed = slice('web-1', { service: 'web', addresses: ['10.244.1.250', '203.0.113.7'], ports });
    const kept = diagnoseObjects([...objects.slice(0, -1), mixed], 'web').causes[0]?.fixes[0]?.command;
    expect(kept).not.toContain('delete');
  });

  it('knows by the slices of the controller that the Service had a selector', () => {
    const made = slice('web-1', { service: 'web', addresses: ['10.244.1.250'], ports });
    const labels = {
      ...made.metadata?.labels,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    };
    const left = { ...made, metadata: { ...made.metadata, labels } };
    const told = diagnoseObjects([web, alive, node('n1'), deployment('web'), left], 'web').headline;
    expect(told).toContain('Service shop/web, which has lost its selector, sends to 10.244.1.250');
  });

  it('is less sure when pods of other namespaces were not read', () => {
    const objects = [web, alive, node('n1'), slice('web-1', { service: 'web', addresses: ['10.244.1.250'], ports })];
    const report = diagnoseObjects(objects, 'web', { only: { Pod: { namespace: 'shop' } } });
    expect(report.causes[0]).toMatchObject({ code: 'SVC505', confidence: 'likely' });
  });

  it('tells that the named pod is gone, or has another address now', () => {
    const target = (name: string) => ({ kind: 'Pod', namespace: 'shop', name });
    const gone = slice('web-1', {
      service: 'web',
      ports,
      endpoints: [{ addresses: ['10.244.1.8'], targetRef: target('web-0') }],
    });
    const moved = slice('web-1', {
      service: 'web',
      ports,
      endpoints: [{ addresses: ['10.244.1.8'], targetRef: target('web-1') }],
    });
    expect(diagnoseObjects([web, alive, gone], 'web').headline).toContain('its pod web-0 is gone');
    const other = service('front', { selector: null });
    const pinned = { ...gone, metadata: { ...gone.metadata, labels: { 'kubernetes.io/service-name': 'front' } } };
    const report = diagnoseObjects([other, alive, deployment('web'), pinned], 'front');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"selector":{"app":"web"}');
    expect(diagnoseObjects([web, alive, moved], 'web').headline).toContain('pod web-1 has address 10.244.1.9 now');
  });

  it('suspects an address that a younger pod with other ports took over', () => {
    const heir = pod('cache-1', {
      ip: '10.244.1.8',
      labels: { app: 'cache' },
      ports: [{ containerPort: 6379 }],
      meta: { creationTimestamp: secondsAgo(3600) },
    });
    const report = diagnoseObjects(
      [web, heir, slice('web-1', { service: 'web', addresses: ['10.244.1.8'], ports })],
      'web',
    );
    expect(report.causes[0]).toMatchObject({ code: 'SVC505', confidence: 'likely' });
    expect(report.headline).toContain('now belongs to pod shop/cache-1');
  });

  it('calls one stale address of two a warning', () => {
    const half = slice('web-1', { service: 'web', addresses: ['10.244.1.9', '10.244.1.250'], ports });
    const report = diagnoseObjects([web, alive, node('n1'), half], 'web');
    expect(report.verdict).toBe('degraded');
    const [fix] = report.causes[0]?.fixes ?? [];
    expect(fix?.command).toBe(
      `kubectl patch endpointslice web-1 -n shop --type=json -p '[{"op":"remove","path":"/endpoints/1"}]'`,
    );
    expect(fix?.undo).toContain('"op":"add","path":"/endpoints/1","value":{"addresses":["10.244.1.250"]');
  });

  it('takes the address out of the Endpoints object that a slice was copied from, and keeps it before a selector', () => {
    const mirrored = { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' };
    const addresses = ['203.0.113.7', '10.244.1.250'];
    const subsets = [{ addresses: addresses.map((ip) => ({ ip })), ports: [{ port: 8080 }] }];
    const source = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', namespace: 'shop' }, subsets };
    const copy = slice('web-x', { service: 'web', addresses, ports, labels: mirrored });
    const report = diagnoseObjects([web, node('n1'), pod('web-1'), deployment('web'), source, copy], 'web');
    const [out, selector] = report.causes[0]?.fixes ?? [];
    expect(out?.command).toContain('kubectl patch endpoints web -n shop');
    expect(out?.command).toContain('"path":"/subsets/0/addresses/1"');
    expect(selector?.command).toContain('kubectl get endpoints web -n shop -o yaml > before.yaml && ');
    expect(selector?.undo).toContain('before.yaml | kubectl replace -f -');
  });

  it('stays silent for living pods, nodes and addresses outside the cluster', () => {
    const addresses = ['10.244.1.9', '10.123.0.2', '203.0.113.7'];
    const report = diagnoseObjects(
      [web, alive, node('n1'), slice('web-1', { service: 'web', addresses, ports })],
      'web',
    );
    expect(report.verdict).toBe('healthy');
  });

  it('says nothing of pods that were not read', () => {
    const objects = [web, node('n1'), slice('web-1', { service: 'web', addresses: ['10.244.1.250'], ports })];
    expect(diagnoseObjects(objects, 'web', { except: { Pod: 'forbidden' } }).causes).toEqual([]);
  });
});
