import { describe, expect, it } from 'vitest';
import {
  event,
  namespace,
  networkPolicy,
  pod,
  service,
  slicesFor,
  workload,
} from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { ingressClass, ingressTo, soundService } from '../../testing/ingress-objects.ts';

const web = soundService();
const edge = ingressClass('edge', 'k8s.io/ingress-nginx');
const labels = { 'app.kubernetes.io/name': 'ingress-nginx' };
const calico = workload('DaemonSet', 'calico-node', { 'k8s-app': 'calico-node' }, {}, { namespace: 'kube-system' });

function controller(ready = true) {
  return pod('ingress-nginx-controller-abcde', {
    namespace: 'ingress-nginx',
    labels,
    ready,
    ...(ready
      ? {}
      : { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2020-01-01T00:00:00Z' }] } }),
  });
}

function balancer(address: boolean) {
  const made = service(
    'ingress-nginx-controller',
    { type: 'LoadBalancer', selector: labels },
    { namespace: 'ingress-nginx' },
  );
  return address ? { ...made, status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } } } : made;
}

describe('the controller of an Ingress', () => {
  it('is down when none of its pods is ready, whatever address the Ingress still has', () => {
    const report = diagnoseObjects([...web, edge, controller(false), ingressTo('shop')], 'web');
    expect(causeCodes(report)).toEqual(['SVC723']);
    expect(report.headline).toContain('Pod ingress-nginx/ingress-nginx-controller-abcde) is ready');
    expect(diagnoseObjects([...web, edge, controller(), ingressTo('shop')], 'web').verdict).toBe('healthy');
  });

  it('is down when it is scaled to 0, and started again by a line', () => {
    const off = workload(
      'Deployment',
      'ingress-nginx-controller',
      labels,
      { replicas: 0 },
      { namespace: 'ingress-nginx' },
    );
    const report = diagnoseObjects([...web, edge, off, ingressTo('shop')], 'web');
    expect(causeCodes(report)).toEqual(['SVC723']);
    expect(report.headline).toBe(
      'no pod of the controller of Ingress shop/shop (Deployment ingress-nginx/ingress-nginx-controller) is ready: it is scaled to 0',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl scale deployment ingress-nginx-controller -n ingress-nginx --replicas=1',
    );
    expect(diagnoseObjects([...web, edge, off, controller(), ingressTo('shop')], 'web').verdict).toBe('healthy');
  });

  it('is not judged by jobs and backends beside it', () => {
    const beside = pod('ingress-nginx-admission-create-x1', { namespace: 'ingress-nginx', ready: false });
    expect(diagnoseObjects([...web, edge, beside, controller(), ingressTo('shop')], 'web').verdict).toBe('healthy');
  });

  it('waits for the address of its own load balancer', () => {
    const bare = ingressTo('shop', { address: false });
    const report = diagnoseObjects([...web, edge, controller(), balancer(false), bare], 'web');
    expect(causeCodes(report)).toEqual(['SVC708']);
    expect(report.headline).toContain('Service ingress-nginx/ingress-nginx-controller of its controller waits');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl netsvc ingress-nginx-controller -n ingress-nginx');
    expect(diagnoseObjects([...web, edge, controller(), balancer(true), bare], 'web').verdict).toBe('healthy');
  });

  it('tells in an event why it refuses the Ingress, until a success follows', () => {
    const shop = ingressTo('shop', { address: false });
    const alb = ingressClass('edge', 'ingress.k8s.aws/alb');
    const words = 'Failed build model due to ingress: shop/shop: InvalidParameter: subnet not found';
    const refused = event(shop, 'FailedBuildModel', words);
    const report = diagnoseObjects([...web, alb, shop, refused], 'web');
    expect(causeCodes(report)).toEqual(['SVC724']);
    expect(report.headline).toContain('subnet not found');
    const normal = event(shop, 'SuccessfullyReconciled', 'Successfully reconciled', {
      type: 'Normal',
      lastSeen: '2099-01-01T00:00:00Z',
    });
    expect(diagnoseObjects([...web, alb, shop, refused, normal], 'web').verdict).toBe('healthy');
  });

  it('is kept out by a policy for the own namespace, which leaves the Service sound for callers inside', () => {
    const own = networkPolicy('same-namespace', { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] });
    const friend = pod('friend', { labels: { app: 'friend' } });
    const facts = [
      ...web,
      edge,
      controller(),
      ingressTo('shop'),
      friend,
      calico,
      namespace('shop'),
      namespace('ingress-nginx'),
    ];
    const report = diagnoseObjects([...facts, own], 'web');
    expect(causeCodes(report)).toEqual(['SVC608']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain(
      'NetworkPolicy shop/same-namespace does not let the controller of Ingress shop/shop',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"kubernetes.io/metadata.name":"ingress-nginx"');
    const open = networkPolicy('ingress', {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }] }],
    });
    expect(diagnoseObjects([...facts, own, open], 'web').verdict).toBe('healthy');
  });

  it('speaks another protocol to the pods than their probe', () => {
    const told = ingressTo('shop', {
      meta: { annotations: { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' } },
    });
    const probed = (scheme: string) => {
      const probe = { readinessProbe: { httpGet: { port: 8080, scheme } } };
      const pods = [pod('web-1', { containers: [{ name: 'app', ports: [{ containerPort: 8080 }], ...probe }] })];
      const svc = service('web', { ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] });
      return [svc, ...pods, ...slicesFor(svc, pods)];
    };
    const report = diagnoseObjects([...probed('HTTP'), edge, told], 'web');
    expect(causeCodes(report)).toEqual(['SVC726']);
    expect(report.headline).toContain('speaks HTTPS to Service web, whose pods answer HTTP on port 8080');
    expect(report.causes[0]?.fixes[0]?.command).toMatch(/backend-protocol-$/);
    expect(diagnoseObjects([...probed('HTTPS'), edge, told], 'web').verdict).toBe('healthy');
    expect(causeCodes(diagnoseObjects([...probed('HTTPS'), edge, ingressTo('shop')], 'web'))).toEqual(['SVC726']);
    expect(diagnoseObjects([...web, edge, told], 'web').verdict).toBe('healthy');
  });
});
