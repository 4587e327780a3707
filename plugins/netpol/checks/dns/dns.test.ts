import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicyEgressRule } from '../../../../shared/model/objects-network.ts';
import { namespace, networkPolicy, pod, service, workload } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const dns: readonly KubeObject[] = [
  namespace('kube-system'),
  pod('coredns-1', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
  service(
    'kube-dns',
    {
      selector: { 'k8s-app': 'kube-dns' },
      clusterIP: '10.96.0.10',
      ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }],
    },
    { namespace: 'kube-system' },
  ),
];
const around: readonly KubeObject[] = [namespace('shop'), pod('web-1'), pod('db-1', { labels: { app: 'db' } })];

const toDb: NetworkPolicyEgressRule = {
  to: [{ podSelector: { matchLabels: { app: 'db' } } }],
  ports: [{ port: 8080 }],
};
const dnsPods = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
const [udp, tcp] = [
  { port: 53, protocol: 'UDP' },
  { port: 53, protocol: 'TCP' },
];

function egress(...rules: readonly NetworkPolicyEgressRule[]) {
  return networkPolicy('p', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: rules });
}
const lint = (...objects: readonly KubeObject[]) => lintObjects([...around, ...dns, ...objects]);
const codes = (...objects: readonly KubeObject[]) => codesOf(lint(...objects));

describe('dns-egress-forgotten', () => {
  it('adds the rule, with the way back', () => {
    const finding = found(lint(egress(toDb)), 'POL221');
    expect(finding?.summary).toContain(
      'limits what pod shop/web-1 may send and leaves out DNS: neither UDP nor TCP 53',
    );
    expect(finding?.fixes[0]?.command).toContain('"path":"/spec/egress/-"');
    expect(finding?.fixes[0]?.undo).toContain('"path":"/spec/egress/1"');
  });

  it('knows that a port without a protocol is TCP', () => {
    const finding = found(lint(egress(toDb, { to: [dnsPods], ports: [{ port: 53 }] })), 'POL221');
    expect(finding?.summary).toContain('only TCP 53 to the cluster’s DNS is open, and questions go over UDP');
  });

  it('is not told where the rule for DNS is there and means nobody: its label is the cause', () => {
    const labelled = { namespaceSelector: { matchLabels: { name: 'kube-system' } } };
    expect(codes(egress(toDb, { to: [labelled], ports: [udp, tcp] }))).toEqual(['POL103 warning likely']);
  });

  it.each([
    ['a rule for DNS in another policy', [egress(toDb), dnsForAll()]],
    ['everything allowed', [egress({})]],
    ['port 53 to everybody', [egress(toDb, { ports: [udp, tcp] })]],
    ['ingress only', [networkPolicy('in', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] })]],
  ] as const)('is silent for %s', (_, policies) => {
    expect(codes(...policies).filter((code) => /POL22/.test(code))).toEqual([]);
  });

  it('is not what a deny-all forgets, which is noted until a policy lets one of its pods send', () => {
    const deny = networkPolicy('deny', { podSelector: {}, policyTypes: ['Egress'] });
    expect(codes(deny)).toEqual(['POL224 info proven']);
    expect(found(lint(deny), 'POL224')?.summary).toContain('deny lets 2 pods send nothing, not even ask DNS');
    expect(codes(deny, egress({}))).toEqual([]);
  });

  it('is a note for single addresses, which need no names', () => {
    expect(codes(egress({ to: [{ ipBlock: { cidr: '203.0.113.7/32' } }] }))).toEqual(['POL221 info possible']);
  });

  it('imagines the DNS pods where rights end at the namespace', () => {
    const options = {
      namespace: 'shop',
      only: { Pod: { namespace: 'shop' }, Service: { namespace: 'shop' } },
      except: { Namespace: 'forbidden' },
    } as const;
    const own = around.filter(({ kind }) => kind !== 'Namespace');
    expect(codesOf(lintObjects([...own, egress(toDb)], options))).toEqual(['POL221 warning likely']);
    expect(codesOf(lintObjects([...own, egress(toDb, { to: [dnsPods], ports: [udp, tcp] })], options))).toEqual([]);
    // An address block may hold them, a label beyond the common one may be theirs.
    const byBlock = egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [udp] });
    expect(codesOf(lintObjects([...own, byBlock], options))).toEqual([]);
  });

  it('asks for the nameservers of the pod itself', () => {
    const custom = pod('web-1', { spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.53'] } } });
    const own = [namespace('shop'), custom, ...dns];
    const closed = lintObjects([...own, egress({ to: [dnsPods], ports: [udp] })]);
    expect(found(closed, 'POL221')?.summary).toContain('its nameserver 192.0.2.53');
    expect(found(closed, 'POL221')?.fixes[0]?.command).toContain(
      '"value":{"to":[{"ipBlock":{"cidr":"192.0.2.53/32"}}],',
    );
    const open = egress({ to: [{ ipBlock: { cidr: '192.0.2.53/32' } }], ports: [udp, tcp] });
    expect(codesOf(lintObjects([...own, open]))).toEqual([]);
  });

  it('leaves pods alone that ask the resolver of their node', () => {
    const own = [
      namespace('shop'),
      pod('web-1', { spec: { dnsPolicy: 'Default' } }),
      pod('db-1', { labels: { app: 'db' } }),
      ...dns,
    ];
    expect(codesOf(lintObjects([...own, egress(toDb)]))).toEqual([]);
  });
});

function dnsForAll() {
  return networkPolicy('dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [dnsPods], ports: [udp, tcp] }],
  });
}

describe('dns-over-tcp-forgotten', () => {
  it('is a note', () => {
    expect(codes(egress(toDb, { to: [dnsPods], ports: [udp] }))).toEqual(['POL222 info proven']);
  });
});

describe('dns-node-local-address-forgotten', () => {
  const cache = workload(
    'DaemonSet',
    'node-local-dns',
    { 'k8s-app': 'node-local-dns' },
    {},
    { namespace: 'kube-system' },
  );

  it('tells the address that no pod selector covers', () => {
    const finding = found(lint(cache, egress(toDb, { to: [dnsPods], ports: [udp, tcp] })), 'POL223');
    expect(finding?.summary).toContain('169.254.20.10');
    expect(finding?.fixes[0]?.command).toContain('169.254.20.10/32');
  });

  it('is silent where a block covers it', () => {
    const block = { ipBlock: { cidr: '169.254.20.10/32' } };
    expect(codes(cache, egress(toDb, { to: [dnsPods, block], ports: [udp, tcp] }))).toEqual([]);
  });
});
