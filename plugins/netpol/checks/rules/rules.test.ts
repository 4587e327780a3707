import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import { namespace, networkPolicy, pod } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const around: readonly KubeObject[] = [
  namespace('shop', { team: 'shop' }),
  pod('web-1'),
  pod('api-1', { labels: { app: 'api' } }),
];
const codes = (...objects: readonly KubeObject[]) => codesOf(lintObjects([...around, ...objects]));
const fromApi = { from: [{ podSelector: { matchLabels: { app: 'api' } } }] };

/** As it stands in a file, without what a server adds. */
function written(policy: NetworkPolicy): NetworkPolicy {
  const { name = '', namespace: space = '' } = policy.metadata ?? {};
  return { ...policy, metadata: { name, namespace: space } };
}

describe('policy-types', () => {
  it('tells rules that do not count', () => {
    const policy = networkPolicy('p', { podSelector: {}, policyTypes: ['Egress'], ingress: [fromApi], egress: [{}] });
    expect(codes(policy)).toEqual(['POL301 warning proven']);
  });

  it('tells what an absent list means, in files only', () => {
    const egressOnly = networkPolicy('p', { podSelector: {}, egress: [{}] });
    const emptyEgress = networkPolicy('q', { podSelector: {}, ingress: [fromApi], egress: [] });
    expect(codes(written(egressOnly))).toEqual(['POL302 warning likely']);
    expect(codes(written(emptyEgress))).toEqual(['POL302 warning likely']);
    expect(codes(egressOnly)).toEqual([]);
    expect(codes(written(networkPolicy('r', { podSelector: {}, ingress: [fromApi] })))).toEqual([]);
  });

  it('notes a listed direction without rules, and not a deny-all', () => {
    const copied = networkPolicy('p', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [fromApi] });
    expect(codes(copied)).toEqual(['POL303 info possible']);
    expect(codes(networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }))).not.toContainEqual(
      expect.stringContaining('POL303'),
    );
  });
});

describe('rules against each other', () => {
  it('notes a rule that another one covers, once for two equal ones', () => {
    const narrow = { ...fromApi, ports: [{ port: 80 }] };
    expect(codes(networkPolicy('p', { podSelector: {}, ingress: [narrow, fromApi] }))).toEqual(['POL311 info proven']);
    expect(codes(networkPolicy('p', { podSelector: {}, ingress: [fromApi, fromApi] }))).toEqual(['POL311 info proven']);
    const apart = { ...fromApi, ports: [{ port: 81 }] };
    expect(codes(networkPolicy('p', { podSelector: {}, ingress: [narrow, apart] }))).toEqual([]);
  });

  it('respects holes of blocks', () => {
    const block = (cidr: string, except: readonly string[] = []) => ({ from: [{ ipBlock: { cidr, except } }] });
    const wide = block('203.0.0.0/8', ['203.0.113.0/24']);
    expect(codes(networkPolicy('p', { podSelector: {}, ingress: [wide, block('203.0.112.0/23')] }))).toEqual([]);
    expect(codes(networkPolicy('p', { podSelector: {}, ingress: [wide, block('203.0.114.0/24')] }))).toEqual([
      'POL311 info proven',
    ]);
  });

  it('notes two policies that say the same', () => {
    const spec = { podSelector: {}, ingress: [fromApi] };
    const report = lintObjects([
      ...around,
      networkPolicy('a', spec),
      networkPolicy('b', { ingress: [fromApi], podSelector: {} }),
    ]);
    expect(found(report, 'POL312')?.summary).toBe('NetworkPolicy shop/b says the same as NetworkPolicy shop/a');
  });

  it('tells an allow-all that undoes a deny-all of the same pods', () => {
    const deny = networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const open = (podSelector: object) =>
      networkPolicy('open', { podSelector, policyTypes: ['Ingress'], ingress: [{}] });
    expect(codes(deny, open({}))).toEqual(['POL314 warning possible']);
    expect(found(lintObjects([...around, deny, open({})]), 'POL314')?.fixes[0]?.command).toContain(
      `'[{"op":"remove","path":"/spec/ingress/0"}]'`,
    );
    expect(codes(deny, open({ matchLabels: { app: 'web' } }))).toEqual([]);
  });
});

function admin(name: string, priority: number, action: string, team = 'shop'): KubeObject {
  const peer = { namespaces: { matchLabels: { team } } };
  const spec = { priority, subject: { namespaces: {} }, ingress: [{ action, from: [peer] }] };
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name, uid: name },
    spec,
  } as KubeObject;
}

describe('priorities', () => {
  it('tell a rule behind one that decides the same traffic', () => {
    const report = lintObjects([...around, admin('first', 10, 'Allow'), admin('second', 20, 'Deny')]);
    expect(codesOf(report)).toEqual(['POL313 warning proven']);
    expect(found(report, 'POL313')?.summary).toBe(
      'AdminNetworkPolicy second, ingress rule 1 is never reached: AdminNetworkPolicy first, ingress rule 1 decides the same traffic first, the other way',
    );
  });

  it('compare rules about nodes, addresses and names, each kind with its own', () => {
    const to = (...peers: readonly object[]): KubeObject => {
      const egress = peers.map((peer) => ({ action: 'Deny', to: [peer] }));
      const policy = admin('p', 10, 'Deny');
      return { ...policy, spec: { priority: 10, subject: { namespaces: {} }, egress } } as KubeObject;
    };
    const nodes = { nodes: { matchLabels: { role: 'db' } } };
    const names = { domainNames: ['a.example.com', 'b.example.com'] };
    const networks = { networks: ['10.0.0.0/8'] };
    expect(codes(to(nodes, names, networks, { namespaces: {} }))).toEqual([]);
    expect(codes(to(nodes, { nodes: { matchLabels: { role: 'db', zone: 'a' } } }))).toEqual(['POL313 info proven']);
    expect(codes(to(names, { domainNames: ['b.example.com'] }))).toEqual(['POL313 info proven']);
    expect(codes(to({ domainNames: ['b.example.com'] }, names))).toEqual([]);
    expect(codes(to(networks, { networks: ['10.1.0.0/16'] }))).toEqual(['POL313 info proven']);
  });

  const fixes = (code: string, ...objects: readonly KubeObject[]) =>
    found(lintObjects([...around, ...objects]), code)?.fixes.map(({ title, command }) => {
      return `${title}: ${/"value":(.*)\}\]'$/.exec(command)?.[1]}`;
    });

  it('come with free numbers that settle who is asked first', () => {
    expect(fixes('POL313', admin('first', 10, 'Allow'), admin('second', 20, 'Deny'))).toEqual([
      'ask it before AdminNetworkPolicy first: 9',
    ]);
    expect(fixes('POL313', admin('first', 0, 'Allow'), admin('second', 20, 'Deny'))).toEqual([]);
    expect(fixes('POL315', admin('a', 10, 'Allow'), admin('b', 10, 'Deny'), admin('c', 9, 'Pass', 'none'))).toEqual([
      'let AdminNetworkPolicy b decide first: 8',
      'or let AdminNetworkPolicy a decide first: 11',
    ]);
  });

  it('tell equal numbers that contradict each other, and note equal ones that do not', () => {
    expect(codes(admin('a', 10, 'Allow'), admin('b', 10, 'Deny'))).toEqual(['POL315 warning proven']);
    expect(codes(admin('a', 10, 'Allow'), admin('b', 10, 'Allow'))).toEqual(['POL315 info proven']);
    expect(
      codes(admin('a', 10, 'Allow'), admin('b', 20, 'Deny', 'none')).filter((code) => code.startsWith('POL31')),
    ).toEqual([]);
  });
});

describe('denied-before', () => {
  const api = 'policy.networking.k8s.io/v1alpha1';
  const admin = (name: string, priority: number, ingress: readonly object[], subject: object = { namespaces: {} }) =>
    ({
      apiVersion: api,
      kind: 'AdminNetworkPolicy',
      metadata: { name, uid: name },
      spec: { priority, subject, ingress },
    }) as KubeObject;
  const everybody = [{ namespaces: {} }];
  const deny = { action: 'Deny', from: everybody };
  const allowed = networkPolicy('p', {
    podSelector: { matchLabels: { app: 'web' } },
    ingress: [{ ...fromApi, ports: [{ port: 80 }] }],
  });
  const policies = (...objects: readonly KubeObject[]) =>
    codes(pod('web-2', { labels: { app: 'web' } }), allowed, ...objects);

  it('tells a rule whose traffic an admin policy denies, and which', () => {
    expect(policies(admin('lock', 5, [deny]))).toEqual(['POL316 warning proven']);
    const finding = found(
      lintObjects([...around, pod('web-2', { labels: { app: 'web' } }), allowed, admin('lock', 5, [deny])]),
      'POL316',
    );
    expect(finding?.summary).toBe(
      'NetworkPolicy shop/p, ingress rule 1 lets nobody in: AdminNetworkPolicy lock, ingress rule 1 denies the same traffic first',
    );
  });

  it.each([
    ['other ports', [{ ...deny, ports: [{ portNumber: { protocol: 'TCP', port: 81 } }] }], undefined],
    ['other pods', [deny], { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'api' } } } }],
    ['other senders', [{ ...deny, from: [{ namespaces: { matchLabels: { team: 'data' } } }] }], undefined],
    ['a Pass before it', [{ action: 'Pass', from: everybody }, deny], undefined],
    [
      'an Allow of a part before it',
      [{ action: 'Allow', from: everybody, ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] }, deny],
      undefined,
    ],
  ] as const)('is silent with %s', (_, ingress, subject) => {
    expect(policies(admin('lock', 5, ingress, subject)).filter((code) => code.startsWith('POL316'))).toEqual([]);
  });

  it('is silent where a policy of lower number lets it pass, and of the baseline', () => {
    const pass = admin('pass', 1, [{ action: 'Pass', from: everybody }]);
    expect(policies(pass, admin('lock', 5, [deny])).filter((code) => code.startsWith('POL316'))).toEqual([]);
    const baseline = {
      apiVersion: api,
      kind: 'BaselineAdminNetworkPolicy',
      metadata: { name: 'default', uid: 'b' },
      spec: { subject: { namespaces: {} }, ingress: [deny] },
    } as KubeObject;
    expect(policies(baseline)).toEqual([]);
  });
});

describe('across-networks', () => {
  const own = { 'k8s.ovn.org/primary-user-defined-network': '' };
  const spaces = [
    namespace('shop', { ...own, net: 'one' }),
    namespace('data', { ...own, net: 'one' }),
    namespace('tools'),
  ];
  const network = (label: string): KubeObject =>
    ({
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'ClusterUserDefinedNetwork',
      metadata: { name: 'one' },
      spec: {
        namespaceSelector: { matchLabels: { net: label } },
        network: { topology: 'Layer2', layer2: { role: 'Primary' } },
      },
    }) as KubeObject;
  const pods = ['shop', 'data', 'tools'].map((name) => pod(`${name}-1`, { namespace: name, labels: { app: name } }));
  const from = (name: string) => ({
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
  });
  const lint = (name: string, label = 'one', cni = 'ovn-kubernetes', at = 'shop') =>
    codesOf(
      lintObjects(
        [
          ...spaces,
          ...pods,
          network(label),
          networkPolicy('p', { podSelector: {}, ingress: [from(name)] }, { namespace: at }),
        ],
        { cni },
      ),
    ).filter((code) => code.startsWith('POL317'));

  it('tells a rule for pods that are on another network', () => {
    expect(lint('tools')).toEqual(['POL317 warning proven']);
    expect(lint('data', 'one', 'ovn-kubernetes', 'tools')).toEqual(['POL317 warning proven']);
  });

  it('knows which pods and ports of another network can be reached all the same', () => {
    const dns = pod('dns-1', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } });
    const annotations = { 'k8s.ovn.org/open-default-ports': '- protocol: tcp\n  port: 8080' };
    const plain = pod('open-1', { namespace: 'shop', labels: { app: 'open' } });
    const open = { ...plain, metadata: { ...plain.metadata, annotations } };
    const codes = (at: string, spec: object): readonly string[] =>
      codesOf(
        lintObjects(
          [
            ...spaces,
            namespace('kube-system'),
            ...pods,
            dns,
            open,
            network('one'),
            networkPolicy('p', spec, { namespace: at }),
          ],
          { cni: 'ovn-kubernetes' },
        ),
      ).filter((code) => code.startsWith('POL317'));
    const { from: to } = from('kube-system');
    const out = (port: number, protocol = 'UDP') => ({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to, ports: [{ port, protocol }] }],
    });
    expect(codes('shop', out(53))).toEqual([]);
    expect(codes('shop', out(9153, 'TCP'))).toEqual(['POL317 warning proven']);
    const into = (port: number, app: string) => ({
      podSelector: { matchLabels: { app } },
      ingress: [{ ...from('tools'), ports: [{ port }] }],
    });
    expect(codes('shop', into(8080, 'open'))).toEqual([]);
    expect(codes('shop', into(8081, 'open'))).toEqual(['POL317 warning proven']);
    expect(codes('shop', into(8080, 'shop'))).toEqual(['POL317 warning proven']);
  });

  it('is silent on the same network, where that is not known, and under a plugin that has no such networks', () => {
    expect(lint('data')).toEqual([]);
    expect(lint('shop')).toEqual([]);
    expect(lint('data', 'other')).toEqual([]);
    expect(lint('tools', 'one', 'calico')).toEqual([]);
  });
});
