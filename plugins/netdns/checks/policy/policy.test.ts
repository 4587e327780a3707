import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { namespace, networkPolicy, pod, secondsAgo, service, workload } from '../../../../shared/testing/builders.ts';
import { COREFILE, causeCodes, checkObjects, dnsObjects, server } from '../../testing/dns-objects.ts';

type Egress = NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>;

/** A plugin that enforces policies. */
const calico: KubeObject = workload(
  'DaemonSet',
  'calico-node',
  { 'k8s-app': 'calico-node' },
  {},
  { namespace: 'kube-system' },
);
const flannel: KubeObject = workload(
  'DaemonSet',
  'kube-flannel-ds',
  { app: 'flannel' },
  {},
  { namespace: 'kube-flannel' },
);
const names = [namespace('shop'), namespace('kube-system')];
const DNS_PODS = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
const egress = (rules: Egress) => networkPolicy('lock', { podSelector: {}, policyTypes: ['Egress'], egress: rules });
const check = (policy: KubeObject, plugin = calico) =>
  checkObjects([...dnsObjects(), ...names, plugin, pod('web-1'), policy]);
const port = (protocol: string) => ({ protocol, port: 53 });

describe('egress policies', () => {
  it('that forget DNS are named with the pods that they cut off, and a policy that mends it', () => {
    const report = check(egress([]));
    expect(report).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS401', severity: 'critical' }] });
    expect(report.headline).toContain('NetworkPolicy shop/lock lets no questions out on UDP 53 and TCP 53');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"name":"allow-dns","namespace":"shop"');
  });

  it('are mended for the pods that they isolate, and no others', () => {
    const front = networkPolicy('lock', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] });
    const more = [...dnsObjects(), ...names, calico, pod('web-1', { labels: { app: 'web' } }), front];
    const report = checkObjects([...more, pod('api-1', { labels: { app: 'api' } })]);
    // Egress of api-1 is free: a policy that selects it would take that away.
    const [fix] = report.causes[0]?.fixes ?? [];
    expect(fix?.command).toContain('"spec":{"podSelector":{"matchLabels":{"app":"web"}}');
    expect(fix?.title).toBe('let the pods of NetworkPolicy shop/lock ask DNS');
    expect(check(egress([])).causes[0]?.fixes[0]?.title).toBe('let all pods of shop ask DNS');
  });

  it('that allow DNS are silent', () => {
    expect(check(egress([{ to: [DNS_PODS], ports: [port('UDP'), port('TCP')] }]))).toMatchObject({
      verdict: 'healthy',
      causes: [],
    });
    expect(check(egress([{}]))).toMatchObject({ verdict: 'healthy' });
  });

  it('that allow UDP only are a warning', () => {
    const report = check(egress([{ to: [DNS_PODS], ports: [port('UDP')] }]));
    expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS402' }] });
    const loose = check(egress([{ to: [DNS_PODS], ports: [port('UDP')] }]), flannel);
    expect(loose.causes[0]).toMatchObject({ code: 'DNS402', confidence: 'possible' });
  });

  it('that name a wrong label say which', () => {
    const wrong = { ...DNS_PODS, podSelector: { matchLabels: { 'k8s-app': 'coredns' } } };
    const report = check(egress([{ to: [wrong], ports: [port('UDP'), port('TCP')] }]));
    expect(report.causes[0]?.code).toBe('DNS401');
    expect(report.headline).toContain('label k8s-app=coredns is kube-dns on pod kube-system/coredns-1');
  });

  it('weigh less where nothing enforces them', () => {
    const report = check(egress([]), flannel);
    expect(report.causes[0]).toMatchObject({ code: 'DNS401', severity: 'warning', confidence: 'possible' });
    expect(report.headline).toContain('nothing enforces policies here (Flannel)');
  });
});

describe('ingress policies on the DNS servers', () => {
  it('that let nobody in are told as such', () => {
    const shut = networkPolicy(
      'shut',
      { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, policyTypes: ['Ingress'], ingress: [] },
      { namespace: 'kube-system' },
    );
    const report = check(shut);
    expect(report.causes[0]).toMatchObject({ code: 'DNS401' });
    expect(report.headline).toContain('NetworkPolicy kube-system/shut lets nobody like them in to the DNS servers');
  });

  it('that let only their own namespace in are one fault for all others, with the policy that mends it', () => {
    const own = networkPolicy(
      'own',
      { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
      { namespace: 'kube-system' },
    );
    const callers = [pod('web-1'), pod('pay-1', { namespace: 'pay' })];
    const report = checkObjects([...dnsObjects(), ...names, namespace('pay'), calico, ...callers, own]);
    expect(causeCodes(report)).toEqual(['DNS401']);
    expect(report.headline).toContain('pods of namespaces pay and shop cannot resolve names');
    expect(report.headline).toContain('the rule means namespace kube-system, the pods that ask are in pay');
    const [fix] = report.causes[0]?.fixes ?? [];
    expect(fix?.command).toContain('"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}},"policyTypes":["Ingress"]');
    expect(fix?.undo).toBe('kubectl delete networkpolicy allow-dns-questions -n kube-system');
  });
});

describe('policies for egress on the DNS servers themselves', () => {
  const deny = (rules: Egress, at?: string) => {
    const made = networkPolicy(
      'deny',
      { podSelector: {}, policyTypes: ['Egress'], egress: rules },
      { namespace: 'kube-system' },
    );
    return at === undefined ? made : { ...made, metadata: { ...made.metadata, creationTimestamp: at } };
  };
  const unready = (one: Pod): Pod => ({
    ...one,
    status: {
      ...one.status,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(600) }],
    },
  });
  const servers = [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2' })];
  const rules = {
    upstreams: [{ ports: [port('UDP'), port('TCP')] }],
    api: [{ ports: [{ protocol: 'TCP', port: 6443 }] }],
  };
  const judge = (policy: KubeObject, options: Parameters<typeof dnsObjects>[0] = {}, plugin = calico) =>
    checkObjects([...dnsObjects(options), ...names, plugin, pod('web-1'), policy]);

  it('that keep them from the resolvers above are named, with the policy that lets them out', () => {
    const report = judge(deny(rules.api));
    expect(report).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS404', severity: 'critical' }] });
    expect(report.headline).toContain('NetworkPolicy kube-system/deny keeps the DNS servers from the resolvers above');
    const [fix] = report.causes[0]?.fixes ?? [];
    expect(fix?.command).toContain('"egress":[{"ports":[{"protocol":"UDP","port":53}');
    expect(fix?.undo).toBe('kubectl delete networkpolicy allow-dns-servers-out -n kube-system');
    expect(causeCodes(judge(deny([]), { corefile: COREFILE.replace('/etc/resolv.conf', '10.9.9.9') }))).toEqual([
      'DNS404',
    ]);
  });

  it('that keep servers from the API server are the cause why none is ready', () => {
    const report = judge(deny(rules.upstreams), { servers: servers.map(unready) });
    expect(causeCodes(report)).toEqual(['DNS405']);
    expect(report.headline).toContain('the DNS servers cannot read Services: NetworkPolicy kube-system/deny');
    expect(causeCodes(judge(deny([]), { servers: servers.map(unready) }))).toEqual(['DNS405']);
  });

  it('made after the servers were ready are a warning, for they go on with what they know', () => {
    const late = judge(deny(rules.upstreams, secondsAgo(60)));
    expect(late).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS405', severity: 'warning' }] });
    expect(causeCodes(judge(deny([], secondsAgo(60))))).toEqual(['DNS404']);
  });

  it('that let them out, or may do so, are silent', () => {
    const both = [...rules.upstreams, ...rules.api];
    expect(causeCodes(judge(deny(both)))).toEqual([]);
    expect(causeCodes(judge(deny([{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }])))).toEqual([]);
    const named = COREFILE.replace('/etc/resolv.conf', '10.9.9.9');
    const block = { to: [{ ipBlock: { cidr: '10.9.9.9/32' } }], ports: [port('UDP')] };
    expect(causeCodes(judge(deny([...rules.api, block]), { corefile: named }))).toEqual([]);
  });

  it('before a resolver in a pod behind a Service are left open', () => {
    const inside = service('resolver', { clusterIP: '10.96.7.7', ports: [{ port: 53, protocol: 'UDP' }] });
    const corefile = COREFILE.replace('/etc/resolv.conf', '10.96.7.7');
    const toPods = [...rules.api, { to: [{ podSelector: { matchLabels: { app: 'resolver' } } }] }];
    const report = checkObjects([...dnsObjects({ corefile }), ...names, calico, inside, deny(toPods)]);
    expect(causeCodes(report)).toEqual([]);
  });

  it('without a plugin that enforces them are only possibly the cause', () => {
    expect(judge(deny(rules.api), {}, flannel).causes[0]).toMatchObject({ code: 'DNS404', confidence: 'possible' });
  });
});

describe('policies of Calico and Cilium, which are not judged', () => {
  const cilium = workload('DaemonSet', 'cilium', { 'k8s-app': 'cilium' }, {}, { namespace: 'kube-system' });
  const fqdn = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'api', namespace: 'shop' },
    spec: { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'api.example.com' }] }] },
  };
  const unseen = (objects: readonly KubeObject[]) =>
    checkObjects([...dnsObjects(), ...names, cilium, ...objects]).notChecked.map(({ reason }) => reason);

  it('are told, so that silence is not taken for a way that is open', () => {
    expect(unseen([pod('web-1'), fqdn])).toEqual([
      'whether pods of namespace shop may ask DNS: CiliumNetworkPolicy shop/api not judged here',
    ]);
  });

  it('are passed over where they select nobody', () => {
    expect(unseen([pod('web-1', { namespace: 'pay' }), fqdn])).toEqual([]);
  });
});

describe('policies that tell DNS by labels of its namespace', () => {
  const byLabel = (labels: Readonly<Record<string, string>>) =>
    egress([{ to: [{ namespaceSelector: { matchLabels: labels } }], ports: [port('UDP'), port('TCP')] }]);
  const told = (policy: KubeObject, plugin = calico, objects: readonly KubeObject[] = []) =>
    checkObjects([...dnsObjects(), ...objects, plugin, pod('web-1'), policy], {
      except: objects.length > 0 ? {} : { Namespace: 'notCollected' },
    });
  const reasons = (...given: Parameters<typeof told>) => told(...given).notChecked.map(({ reason }) => reason);

  it('are left open where these were not read, and that is said', () => {
    expect(told(byLabel({ name: 'kube-system' }))).toMatchObject({ causes: [] });
    expect(reasons(byLabel({ name: 'kube-system' }))).toContain(
      'whether pods of namespace shop may ask DNS: the labels of namespace kube-system were not read',
    );
  });

  it('are decided by the label that every namespace has, and by labels that were read', () => {
    const word = /may ask DNS/;
    expect(reasons(byLabel({ 'kubernetes.io/metadata.name': 'kube-system' })).join()).not.toMatch(word);
    expect(reasons(egress([{}])).join()).not.toMatch(word);
    expect(reasons(byLabel({ name: 'kube-system' }), calico, names).join()).not.toMatch(word);
    expect(causeCodes(told(byLabel({ name: 'kube-system' }), calico, names))).toEqual(['DNS401']);
    expect(reasons(byLabel({ name: 'kube-system' }), flannel).join()).not.toMatch(word);
  });
});
