import { describe, expect, it } from 'vitest';
import { event, node, pod, service } from '../../../../shared/testing/builders.ts';
import { checkObjects, dnsObjects, server } from '../../testing/dns-objects.ts';

const web = service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] });
const asking = (
  name: string,
  spec: Parameters<typeof pod>[1] = {},
  image = 'example/front:1',
  url = 'http://web.shop.svc:80/',
) => pod(name, { containers: [{ name: 'app', image, env: [{ name: 'API', value: url }] }], ...spec });
const causes = (...pods: readonly ReturnType<typeof pod>[]) => checkObjects([...dnsObjects(), web, ...pods]).causes;

describe('pods on the host network', () => {
  it('are told only when they name a Service', () => {
    expect(causes(asking('front', { spec: { hostNetwork: true } }))[0]).toMatchObject({
      code: 'DNS301',
      severity: 'warning',
    });
    expect(causes(pod('agent', { spec: { hostNetwork: true } }))).toEqual([]);
    const right = { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' };
    expect(causes(asking('front', { spec: right }))).toEqual([]);
    expect(causes(asking('kube-proxy', { namespace: 'kube-system', spec: { hostNetwork: true } }))).toEqual([]);
  });
});

describe('other policies', () => {
  it('that ask the node, or servers of their own, are told with the Service that is named', () => {
    expect(causes(asking('front', { spec: { dnsPolicy: 'Default' } }))[0]?.code).toBe('DNS302');
    const own = { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.53'] } };
    const [first] = causes(asking('front', { spec: own }));
    expect(first).toMatchObject({ code: 'DNS303' });
    expect(first?.summary).toContain('asks 192.0.2.53, not the DNS of the cluster (10.96.0.10)');
    const cluster = (...searches: readonly string[]) => ({
      spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.96.0.10'], searches } },
    });
    expect(causes(asking('front', cluster('shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local')))).toEqual(
      [],
    );
    // The right server, asked for a short name as it is.
    const [short] = causes(asking('front', cluster()));
    expect(short).toMatchObject({ code: 'DNS311', severity: 'warning' });
    expect(short?.summary).toContain('its search list does not lead to');
  });

  it('that name an old address of the DNS Service are told', () => {
    const spec = { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.96.0.99'] } };
    expect(causes(pod('front', { spec })).map(({ code }) => code)).toEqual(['DNS308']);
  });
});

describe('limits', () => {
  it('of the kubelet are told when dnsConfig goes over them', () => {
    const dnsConfig = { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] };
    expect(causes(pod('front', { spec: { dnsConfig } }))[0]).toMatchObject({ code: 'DNS304' });
  });

  it('are told in the words of the kubelet', () => {
    const front = pod('front');
    const message =
      'Search Line limits were exceeded, some search paths have been omitted, the applied search line is: a b';
    const report = checkObjects([...dnsObjects(), front, event(front, 'DNSConfigForming', message)]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS304', severity: 'warning' });
    const servers =
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 192.0.2.1 192.0.2.2';
    const harmless = checkObjects([...dnsObjects(), front, event(front, 'DNSConfigForming', servers)]);
    expect(harmless).toMatchObject({ verdict: 'healthy', findings: [{}, { code: 'DNS304' }] });
  });

  it('of musl concern Alpine images only', () => {
    const searches = Array.from({ length: 10 }, (_, at) => `department-${at}.corp.example.com`);
    const spec = { dnsConfig: { searches } };
    expect(
      causes(pod('front', { spec, containers: [{ name: 'app', image: 'example/front:1-alpine3.20' }] }))[0]?.code,
    ).toBe('DNS305');
    expect(causes(pod('front', { spec }))).toEqual([]);
  });
});

describe('a low ndots', () => {
  const spec = { dnsConfig: { options: [{ name: 'ndots', value: '2' }] } };

  it('breaks names with as many dots on Alpine, and nowhere else', () => {
    const [first] = causes(asking('front', { spec }, 'node:22-alpine'));
    expect(first).toMatchObject({ code: 'DNS306' });
    expect(first?.summary).toContain('cannot resolve web.shop.svc: with ndots:2 musl');
    expect(causes(asking('front', { spec }, 'node:22'))).toEqual([]);
    expect(causes(asking('front', { spec }, 'node:22-alpine', 'http://web:80'))).toEqual([]);
    expect(causes(asking('front', { spec }, 'node:22-alpine', 'http://web.shop.svc.cluster.local'))).toEqual([]);
  });
});

describe('kubelets', () => {
  it('without clusterDNS are named by their node', () => {
    const front = pod('front', { node: 'n2' });
    const message = 'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy.';
    const report = checkObjects([...dnsObjects(), front, event(front, 'MissingClusterDNS', message)]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS307', subject: { kind: 'Node', name: 'n2' } });
  });
});

describe("a node's resolv.conf", () => {
  it('over the limits is told of the node, in the words of its kubelet, as a note', () => {
    const message = 'Resolv.conf file "/etc/resolv.conf" contains search line consisting of more than 32 domains!';
    const report = checkObjects([...dnsObjects(), event(node('n1'), 'CheckLimitsForResolvConf', message)]);
    const found = report.findings.find(({ code }) => code === 'DNS309');
    expect(found).toMatchObject({ subject: { kind: 'Node', name: 'n1' }, evidence: [{ fact: message }] });
    expect(checkObjects([...dnsObjects(), event(node('n1'), 'NodeReady', message)]).findings).not.toContainEqual(
      expect.objectContaining({ code: 'DNS309' }),
    );
  });
});

describe('internalTrafficPolicy Local', () => {
  const local = dnsObjects({
    servers: [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n1' })],
    service: { internalTrafficPolicy: 'Local' },
  });
  const on = (node: string) => pod('front-1', { namespace: 'front', node });

  it('leaves pods of a node without a server alone, with the patch that mends it', () => {
    const report = checkObjects([...local, on('n2')]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS310', severity: 'critical' });
    expect(report.headline).toContain('1 pod on n2 cannot resolve names: Service kube-system/kube-dns');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"internalTrafficPolicy":"Cluster"');
  });

  it('is no fault where every pod has a server beside it, or asks its node', () => {
    expect(checkObjects([...local, on('n1')]).causes).toEqual([]);
    const agent = pod('agent', { namespace: 'front', node: 'n2', spec: { hostNetwork: true } });
    expect(checkObjects([...local, agent]).causes).toEqual([]);
  });
});
