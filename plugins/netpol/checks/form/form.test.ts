import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../../../shared/model/objects-network.ts';
import { namespace, networkPolicy, pod } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const around: readonly KubeObject[] = [namespace('shop'), pod('web-1')];
const lint = (...objects: readonly KubeObject[]) => lintObjects([...around, ...objects]);
const ports = (...list: readonly NetworkPolicyPort[]) =>
  networkPolicy('p', { podSelector: {}, ingress: [{ ports: list }] });
const from = (...list: readonly NetworkPolicyPeer[]) =>
  networkPolicy('p', { podSelector: {}, ingress: [{ from: list }] });

describe('port-is-not-valid', () => {
  it.each([
    [{ port: 0 }, 'port 0 is not between 1 and 65535; for every port leave it out'],
    [{ port: 70000 }, 'port 70000 is not between 1 and 65535'],
    [{ port: 90, endPort: 80 }, 'endPort 80 is smaller than port 90'],
    [{ port: 'http', endPort: 80 }, 'endPort 80 stands beside the port name "http"; it needs a number'],
    [{ endPort: 80 }, 'endPort 80 stands without port'],
    [{ port: 80, protocol: 'tcp' }, 'protocol tcp is not known; write TCP'],
    [{ port: 80, protocol: '' }, 'protocol is empty; for TCP leave it out'],
    [{ port: 80, protocol: 'ICMP' }, 'protocol ICMP is not known, only TCP, UDP and SCTP are'],
    [{ port: '80' }, 'port "80" is text; a number has no quotes'],
    [
      { port: 'much-too-long-name' },
      '"much-too-long-name" is no port name: at most 15 of a-z, 0-9 and -, one letter at least',
    ],
  ])('refuses %j', (port, problem) => {
    expect(found(lint(ports(port)), 'POL322')?.summary).toBe(
      `NetworkPolicy shop/p, ingress rule 1: ${problem}; the API server refuses the policy`,
    );
  });

  it.each([
    [{ port: 90, endPort: 80 }, '{"port":80,"endPort":90}'],
    [{ port: 80, protocol: 'udp' }, '"UDP"'],
    [{ port: '80' }, '80'],
  ])('offers what %j was surely meant to be', (port, value) => {
    const [fix] = found(lint(ports(port)), 'POL322')?.fixes ?? [];
    expect(fix?.command).toContain(`"value":${value}}]`);
  });

  it('is all that is told of a number in quotes', () => {
    expect(codesOf(lint(ports({ port: '80' })))).toEqual(['POL322 critical proven']);
  });

  it('takes ranges, names and protocols alone', () => {
    expect(codesOf(lint(ports({ port: 80, endPort: 90 }, { protocol: 'SCTP' })))).toEqual([]);
  });
});

it.each([
  ['P', {}, 'metadata.name: "P" is no name'],
  ['a_b', {}, 'metadata.name: "a_b" is no name'],
  ['a.b-c', { a: 'b c' }, 'metadata.labels.a: b c is no label value'],
])('refuses the name %s with the labels %j', (name, labels, problem) => {
  const policy = networkPolicy(name, { podSelector: {} });
  const summary = found(lint({ ...policy, metadata: { ...policy.metadata, labels } }), 'POL323')?.summary;
  expect(summary).toContain(problem);
});

describe('ip-block-form', () => {
  const block = (cidr: string, ...except: readonly string[]) => from({ ipBlock: { cidr, except } });

  it.each([
    ['192.168.0.0/16', 'which does not hold it'],
    ['203.0.0.0/8', 'which leaves nothing'],
    ['202.0.0.0/7', 'which does not hold it'],
    ['203.0.113.7', 'which is no address block'],
  ])('refuses except %s', (except, why) => {
    const finding = found(lint(block('203.0.0.0/8', except)), 'POL321');
    expect(finding?.severity).toBe('critical');
    expect(finding?.summary).toContain(why);
  });

  it('is silent for holes inside, of both families', () => {
    expect(codesOf(lint(block('203.0.0.0/8', '203.0.113.0/24'), block('2001:db8::/32', '2001:db8:1::/48')))).toEqual(
      [],
    );
  });

  it('notes bits behind the prefix', () => {
    expect(found(lint(block('203.0.113.5/24')), 'POL324')?.summary).toContain(
      '203.0.113.5/24, which means 203.0.113.0/24',
    );
    expect(codesOf(lint(block('2001:DB8::/32')))).toEqual([]);
  });
});

const wrongOperator = { namespaces: { matchExpressions: [{ key: 'team', operator: 'in', values: ['a'] }] } };

/** Without what only a server gives. */
function written(policy: ReturnType<typeof networkPolicy>): typeof policy {
  return { ...policy, metadata: { name: 'p', namespace: 'shop' } };
}

describe('policy-is-not-valid', () => {
  it.each([
    [from({}), 'spec.ingress[0].from[0]: a peer needs podSelector'],
    [from({ ipBlock: { cidr: '203.0.113.0/24' }, podSelector: {} }), 'ipBlock stands alone'],
    [from({ ipBlock: { cidr: '203.0.113.5' } }), '"203.0.113.5" is no address block'],
    [
      from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'in', values: ['a'] }] } }),
      '"in" is none of In',
    ],
    [from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [] }] } }), 'In needs values'],
    [from({ podSelector: { matchLabels: { app: 'a b' } } }), 'a b is no label value'],
    [networkPolicy('p', { podSelector: {}, policyTypes: ['ingress'] }), '"ingress" is neither Ingress nor Egress'],
    [
      networkPolicy('p', { podSelector: {}, ingress: [{ to: [{ podSelector: {} }] } as never] }),
      'ingress rules have from',
    ],
    [
      networkPolicy('p', { podSelector: {}, ingres: [{}] } as never),
      'spec.ingres: the API has no such field; ingress is',
    ],
    [
      from({ podSelector: { matchLabel: { app: 'a' } } as never }),
      'spec.ingress[0].from[0].podSelector.matchLabel: the API has no such field; matchLabels is near',
    ],
    [
      written(networkPolicy('p', { podSelector: {}, ingress: [{ source: 'all' } as never] })),
      'spec.ingress[0].source: the API has no such field here, only from',
    ],
  ])('refuses %#: a wrong field', (policy, words) => {
    expect(found(lint(policy), 'POL323')?.summary).toContain(words);
  });

  it.each([
    [from({ ipBlock: { cidr: '203.0.113.5' } }), '"value":"203.0.113.5/32"'],
    [from({ ipBlock: { cidr: '2001:db8::1' } }), '"value":"2001:db8::1/128"'],
    [
      from({ ipBlock: { cidr: '203.0.113.0/24' }, podSelector: {} }),
      '"path":"/spec/ingress/0/from","value":[{"podSelector":{}},{"ipBlock":{"cidr":"203.0.113.0/24"}}]',
    ],
    [from({ podSelector: {} }, {}), '"op":"remove","path":"/spec/ingress/0/from/1"'],
    [
      networkPolicy('p', { podSelector: {}, policyTypes: ['ingress'] }),
      '"path":"/spec/policyTypes/0","value":"Ingress"',
    ],
  ])('offers what was surely meant: %#', (policy, change) => {
    expect(found(lint(policy), 'POL323')?.fixes[0]?.command).toContain(change);
  });

  it('guesses nothing for a peer that stands alone and empty: it may mean everybody or nobody', () => {
    expect(found(lint(from({})), 'POL323')?.fixes).toEqual([]);
  });

  it.each([
    ['protocols[0].icmp', 'POL323', { protocols: [{ icmp: {} }] }, false],
    ['protocols[0].icmp', 'POL326', { protocols: [{ icmp: {} }] }, true],
    ['protocols[0].tpc', 'POL323', { protocols: [{ tpc: {} }] }, true],
    ['from[0].namespaces.matchExpressions[0].operator', 'POL327', { from: [wrongOperator] }, true],
  ])('names the field %s of a ClusterNetworkPolicy by %s, %#', (field, code, rule, held) => {
    const policy = {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'a', ...(held ? { uid: 'u' } : {}) },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ...rule }],
      },
    } as KubeObject;
    expect(found(lint(policy), code)?.evidence[0]?.source).toBe(`ClusterNetworkPolicy a spec.ingress[0].${field}`);
  });

  it('judges the cluster-wide kinds by their own rules', () => {
    const spec = {
      priority: 2000,
      subject: { namespaces: {} },
      ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }],
    };
    const metadata = { name: 'a' };
    const policy = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata,
      spec,
    } as KubeObject;
    const fields = lint(policy).causes.map(({ evidence }) => evidence[0]?.source);
    expect(fields).toEqual(['AdminNetworkPolicy a spec.ingress[0].action', 'AdminNetworkPolicy a spec.priority']);
  });
});
