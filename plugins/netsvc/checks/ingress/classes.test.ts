import { describe, expect, it } from 'vitest';
import { deployment, node, pod } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { ingressClass, ingressTo, soundService } from '../../testing/ingress-objects.ts';

const web = soundService();
const edge = ingressClass('edge', 'k8s.io/ingress-nginx');
const elsewhere = pod('metrics-1', { namespace: 'kube-system', labels: { app: 'metrics' } });
const nginx = deployment('ingress-nginx-controller', { app: 'x' }, {}, { namespace: 'ingress-nginx' });
const noAddress = { address: false };

describe('ingress class', () => {
  it('tells a class that does not exist and proposes one that does', () => {
    const report = diagnoseObjects(
      [...web, edge, ingressTo('shop', { className: 'edge-internal', ...noAddress })],
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC701']);
    expect(report.headline).toBe('Ingress shop/shop wants class edge-internal, which does not exist (there is edge)');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"ingressClassName":"edge"');
  });

  it('does not miss classes that were not read', () => {
    const report = diagnoseObjects([...web, ingressTo('shop')], 'web', { except: { IngressClass: 'forbidden' } });
    expect(report.causes).toEqual([]);
  });

  it('tells an Ingress without a class where none is the default', () => {
    const report = diagnoseObjects([...web, edge, nginx, ingressTo('shop', { className: null, ...noAddress })], 'web');
    expect(causeCodes(report)).toEqual(['SVC702']);
    expect(report.verdict).toBe('degraded');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"ingressClassName":"edge"');
  });

  it('tells an Ingress without a class and an address where classes were not read: its controller would have taken it', () => {
    const bare = { ...ingressTo('shop', { className: null, ...noAddress }), status: { loadBalancer: {} } };
    const except = { IngressClass: 'notCollected', Node: 'notCollected' } as const;
    const told = diagnoseObjects([...web, bare], 'web', { except });
    expect(causeCodes(told)).toEqual(['SVC702']);
    expect(told.headline).toContain('has no ingressClassName, and no controller has given it an address');
    expect(told.causes[0]?.confidence).toBe('possible');
    const manifest = { ...bare, metadata: { name: 'shop', namespace: 'shop' }, status: undefined };
    const taken = { ...bare, metadata: { ...bare.metadata, finalizers: ['networking.gke.io/ingress-finalizer-V2'] } };
    for (const one of [manifest, taken]) {
      expect(diagnoseObjects([...web, one as never], 'web', { except }).causes).toEqual([]);
    }
  });

  it('leaves Ingresses without a class alone that have an address, and those of GKE', () => {
    expect(diagnoseObjects([...web, edge, ingressTo('shop', { className: null })], 'web').verdict).toBe('healthy');
    const gke = node('n1', true, { spec: { providerID: 'gce://p/z/n1' } });
    const bare = ingressTo('shop', { className: null, ...noAddress });
    expect(diagnoseObjects([...web, gke, bare], 'web').verdict).toBe('healthy');
  });

  it('tells a class whose controller is not there', () => {
    const report = diagnoseObjects([...web, edge, elsewhere, ingressTo('shop', noAddress)], 'web');
    expect(causeCodes(report)).toEqual(['SVC703']);
    expect(report.headline).toContain('no controller for k8s.io/ingress-nginx is in sight');
    expect(report.causes[0]?.fixes).toHaveLength(1);
    // Another class has its controller here.
    const proxy = deployment('traefik', { app: 'traefik' }, {}, { namespace: 'traefik' });
    const served = [ingressClass('traefik', 'traefik.io/ingress-controller'), proxy];
    const other = diagnoseObjects([...web, edge, elsewhere, ...served, ingressTo('shop', noAddress)], 'web');
    expect(other.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch ingress shop -n shop --type=merge -p '{"spec":{"ingressClassName":"traefik"}}'`,
      undo: `kubectl patch ingress shop -n shop --type=merge -p '{"spec":{"ingressClassName":"edge"}}'`,
    });
  });

  it('notes a missing address when the controller is there, and that it could not see whether it is', () => {
    const there = diagnoseObjects([...web, edge, nginx, ingressTo('shop', noAddress)], 'web');
    expect(there.verdict).toBe('healthy');
    expect(there.findings.map((finding) => finding.code)).toContain('SVC708');
    const here = { only: { Pod: { namespace: 'shop' }, Deployment: { namespace: 'shop' } } };
    const blind = diagnoseObjects([...web, edge, ingressTo('shop', noAddress)], 'web', here);
    expect(blind.verdict).toBe('healthy');
    expect(blind.findings.map(({ code }) => code)).toEqual(['SVC703']);
    expect(JSON.stringify(blind.findings)).toContain('not every namespace was read');
    const outside = ingressClass('edge', 'ingress.k8s.aws/alb');
    expect(diagnoseObjects([...web, outside, ingressTo('shop', noAddress)], 'web').findings).toEqual([]);
  });

  it('notes the old annotation', () => {
    const meta = { annotations: { 'kubernetes.io/ingress.class': 'nginx' } };
    const report = diagnoseObjects([...web, edge, ingressTo('shop', { className: null, ...noAddress, meta })], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC721');
  });

  it('tells a slip in the old annotation where nobody has taken the Ingress', () => {
    const named = (value: string, address: boolean) =>
      ingressTo('shop', { className: null, address, meta: { annotations: { 'kubernetes.io/ingress.class': value } } });
    const report = diagnoseObjects(
      [...web, ingressClass('nginx', 'k8s.io/ingress-nginx'), nginx, named('ngnix', false)],
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC701']);
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl annotate ingress shop -n shop kubernetes.io/ingress.class=nginx --overwrite',
    );
    const served = diagnoseObjects(
      [...web, ingressClass('nginx', 'k8s.io/ingress-nginx'), nginx, named('ngnix', true)],
      'web',
    );
    expect(served.verdict).toBe('healthy');
    const inner = diagnoseObjects(
      [...web, ingressClass('nginx-inner', 'k8s.io/ingress-nginx'), nginx, named('nginx', false)],
      'web',
    );
    expect(inner.verdict).toBe('healthy');
  });

  it('misses the program that the old annotation names, where it is known and nowhere in sight', () => {
    const meta = { annotations: { 'kubernetes.io/ingress.class': 'traefik' } };
    const bare = ingressTo('shop', { className: null, ...noAddress, meta });
    expect(causeCodes(diagnoseObjects([...web, edge, nginx, bare], 'web'))).toEqual(['SVC703']);
    const traefik = deployment('traefik', { app: 'traefik' }, {}, { namespace: 'traefik' });
    expect(diagnoseObjects([...web, edge, traefik, bare], 'web').verdict).toBe('healthy');
  });
});
