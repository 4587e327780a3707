import { describe, expect, it } from 'vitest';
import type { NetworkPolicy } from '../model/objects-network.ts';
import type { Pod } from '../model/objects-pod.ts';
import { evaluate } from './evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from './model.ts';
import { allowedPorts } from './pair-sets.ts';
import { formatPorts } from './port-set.ts';
import { at, grid, namespace, pod, policy } from './testing/cluster.ts';
import { lines, table } from './testing/table.ts';

/** The 3 × 3 cluster with policies for x, and the table for TCP 80. */
function tableOf(...networkPolicies: readonly NetworkPolicy[]): readonly string[] {
  return table(grid({ networkPolicies }), 'TCP 80');
}

const OPEN = lines(`
  x/a ... ... ...
  x/b ... ... ...
  x/c ... ... ...
  y/a ... ... ...
  y/b ... ... ...
  y/c ... ... ...
  z/a ... ... ...
  z/b ... ... ...
  z/c ... ... ...`);

/** Nobody but a itself reaches x/a. */
const A_SHUT = lines(`
  x/a ... ... ...
  x/b X.. ... ...
  x/c X.. ... ...
  y/a X.. ... ...
  y/b X.. ... ...
  y/c X.. ... ...
  z/a X.. ... ...
  z/b X.. ... ...
  z/c X.. ... ...`);

const podA = { matchLabels: { pod: 'a' } };

describe('selecting pods and directions', () => {
  it('is open without policies', () => {
    expect(tableOf()).toEqual(OPEN);
  });

  it('isolates all pods of the namespace by an empty or absent podSelector, and keeps a pod open to itself', () => {
    const shut = lines(`
      x/a .XX ... ...
      x/b X.X ... ...
      x/c XX. ... ...
      y/a XXX ... ...
      y/b XXX ... ...
      y/c XXX ... ...
      z/a XXX ... ...
      z/b XXX ... ...
      z/c XXX ... ...`);
    expect(tableOf(policy('x/deny', { podSelector: {}, policyTypes: ['Ingress'] }))).toEqual(shut);
    expect(tableOf(policy('x/deny', {}))).toEqual(shut);
  });

  it('affects ingress always and egress only with rules, when policyTypes is absent', () => {
    expect(tableOf(policy('x/p', { podSelector: podA }))).toEqual(A_SHUT);
    expect(tableOf(policy('x/p', { podSelector: podA, egress: [] }))).toEqual(A_SHUT);
    expect(tableOf(policy('x/p', { podSelector: podA, ingress: [{}], egress: [{ ports: [{ port: 81 }] }] }))[0]).toBe(
      'x/a .XX XXX XXX',
    );
  });

  it('leaves ingress alone when policyTypes has Egress only', () => {
    const both = { podSelector: podA, ingress: [], egress: [] };
    expect(tableOf(policy('x/p', { ...both, policyTypes: ['Egress'] }))).toEqual(
      OPEN.map((line) => (line.startsWith('x/a') ? 'x/a .XX XXX XXX' : line)),
    );
  });

  it('lets everybody in by an empty rule, and by empty lists in it', () => {
    expect(tableOf(policy('x/p', { podSelector: podA, ingress: [{}] }))).toEqual(OPEN);
    expect(tableOf(policy('x/p', { podSelector: podA, ingress: [{ from: [], ports: [] }] }))).toEqual(OPEN);
    expect(tableOf(policy('x/p', { podSelector: podA, ingress: [] }))).toEqual(A_SHUT);
  });

  it('joins what several policies allow, and needs both ends to allow', () => {
    const fromY = policy('x/y', {
      podSelector: podA,
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns: 'y' } } }] }],
    });
    const fromZ = policy('x/z', {
      podSelector: podA,
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns: 'z' } } }] }],
    });
    const noEgress = policy('z/out', { podSelector: podA, policyTypes: ['Egress'] });
    expect(tableOf(fromY, fromZ, noEgress)).toEqual(
      lines(`
      x/a ... ... ...
      x/b X.. ... ...
      x/c X.. ... ...
      y/a ... ... ...
      y/b ... ... ...
      y/c ... ... ...
      z/a XXX XXX .XX
      z/b ... ... ...
      z/c ... ... ...`),
    );
  });
});

describe('peers', () => {
  const into = (
    ...from: NonNullable<NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number]['from']>
  ): readonly string[] =>
    tableOf(policy('x/p', { podSelector: podA, ingress: [{ from }] })).map((line) => `${line.slice(0, 3)} ${line[4]}`);

  it('ANDs the two selectors of one item and ORs two items', () => {
    const ns = { namespaceSelector: { matchLabels: { ns: 'y' } } };
    const pods = { podSelector: { matchLabels: { pod: 'b' } } };
    expect(into({ ...ns, ...pods })).toEqual([
      'x/a .',
      'x/b X',
      'x/c X',
      'y/a X',
      'y/b .',
      'y/c X',
      'z/a X',
      'z/b X',
      'z/c X',
    ]);
    expect(into(ns, pods)).toEqual(['x/a .', 'x/b .', 'x/c X', 'y/a .', 'y/b .', 'y/c .', 'z/a X', 'z/b X', 'z/c X']);
  });

  it('means the own namespace by an empty podSelector, all namespaces by an empty namespaceSelector', () => {
    const own = ['x/a .', 'x/b .', 'x/c .', 'y/a X', 'y/b X', 'y/c X', 'z/a X', 'z/b X', 'z/c X'];
    const all = own.map((line) => line.replace('X', '.'));
    expect(into({ podSelector: {} })).toEqual(own);
    expect(into({ namespaceSelector: {} })).toEqual(all);
    expect(into({ namespaceSelector: {}, podSelector: {} })).toEqual(all);
  });

  it('matches nothing by an empty peer, and by selectors beside an ipBlock, which the API refuses', () => {
    const nobody = ['x/a .', 'x/b X', 'x/c X', 'y/a X', 'y/b X', 'y/c X', 'z/a X', 'z/b X', 'z/c X'];
    expect(into({})).toEqual(nobody);
    expect(into({ ipBlock: { cidr: '0.0.0.0/0' }, podSelector: {} })).toEqual(nobody);
  });

  it('reads matchExpressions: NotIn and DoesNotExist hold for an absent key, all parts are ANDed', () => {
    const by = (key: string, operator: string, values?: readonly string[]) =>
      into({
        namespaceSelector: {},
        podSelector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] },
      })
        .filter((line) => line.endsWith('.'))
        .map((line) => line.slice(0, 3))
        .join(' ');
    expect(by('pod', 'In', ['b', 'c'])).toBe('x/a x/b x/c y/b y/c z/b z/c');
    expect(by('pod', 'NotIn', ['b', 'c'])).toBe('x/a y/a z/a');
    expect(by('tier', 'NotIn', ['front'])).toBe('x/a x/b x/c y/a y/b y/c z/a z/b z/c');
    expect(by('tier', 'DoesNotExist')).toBe('x/a x/b x/c y/a y/b y/c z/a z/b z/c');
    expect(by('tier', 'Exists')).toBe('x/a');
    expect(by('pod', 'Near', ['b'])).toBe('x/a');
  });

  it('knows the name label of a namespace whose manifest lacks it', () => {
    const named = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'z' } } };
    expect(into(named).filter((line) => line.endsWith('.'))).toEqual(['x/a .', 'z/a .', 'z/b .', 'z/c .']);
  });

  it('compares address blocks with pods, less their exceptions, which another rule may still allow', () => {
    const y = { ipBlock: { cidr: '10.2.0.0/16', except: ['10.2.2.0/24'] } };
    expect(into(y).filter((line) => line.endsWith('.'))).toEqual(['x/a .', 'y/a .', 'y/c .']);
    expect(into(y, { ipBlock: { cidr: '10.2.2.1/32' } }).filter((line) => line.endsWith('.'))).toHaveLength(4);
    expect(into({ ipBlock: { cidr: '10.2.2.1/16' } }).filter((line) => line.endsWith('.'))).toHaveLength(4);
    expect(into({ ipBlock: { cidr: 'not a block' } }).filter((line) => line.endsWith('.'))).toHaveLength(1);
  });
});

describe('ports', () => {
  const allowed = (ports: readonly object[]): string => {
    const facts = grid({ networkPolicies: [policy('x/p', { podSelector: podA, ingress: [{ ports }] })] });
    return formatPorts(allowedPorts(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a')).allowed);
  };

  it.each([
    ['a number means TCP', [{ port: 80 }], 'TCP 80'],
    ['a protocol alone means all its ports and no other protocol', [{ protocol: 'UDP' }], 'UDP all'],
    ['an empty entry means all of TCP', [{}], 'TCP all'],
    ['SCTP is not TCP', [{ protocol: 'SCTP', port: 80 }], 'SCTP 80'],
    ['a range holds both ends', [{ port: 80, endPort: 82 }], 'TCP 80-82'],
    ['neighbours join', [{ port: 80 }, { port: 81 }, { protocol: 'UDP', port: 81 }], 'TCP 80-81, UDP 81'],
    ['a name is looked up with its protocol', [{ port: 'serve-81-udp', protocol: 'UDP' }], 'UDP 81'],
    ['a name of another protocol is none', [{ port: 'serve-81-udp' }], 'no ports'],
    ['a name that the pod lacks is none', [{ port: 'http' }], 'no ports'],
    ['endPort before port', [{ port: 82, endPort: 80 }], 'no ports'],
    ['endPort with a name', [{ port: 'serve-80-tcp', endPort: 90 }], 'no ports'],
    ['endPort without a port', [{ endPort: 90 }], 'no ports'],
    ['port 0', [{ port: 0 }], 'no ports'],
    ['port 70000', [{ port: 70000 }], 'no ports'],
    ['an unknown protocol', [{ protocol: 'ICMP' }], 'no ports'],
    ['the last port', [{ port: 65535 }], 'TCP 65535'],
  ])('%s', (_, ports, wanted) => {
    expect(allowed(ports)).toBe(wanted);
  });

  it('resolves a name on the destination, pod by pod, in native sidecars but not in plain init containers', () => {
    const one = pod('x/one', {}, { ports: ['web:8080'], ip: '10.0.0.1' });
    const two = pod('x/two', {}, { sidecarPorts: ['web:9090'], ip: '10.0.0.2' });
    const three = pod('x/three', {}, { initPorts: ['web:7070'], ip: '10.0.0.3' });
    const caller = pod('y/caller', {}, { ports: ['web:1111'], ip: '10.0.0.4' });
    const facts: PolicyFacts = {
      pods: [one, two, three, caller],
      namespaces: [namespace('x'), namespace('y')],
      networkPolicies: [policy('x/in', { ingress: [{ ports: [{ port: 'web' }] }] })],
    };
    const egress: PolicyFacts = {
      ...facts,
      networkPolicies: [policy('y/out', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] })],
    };
    for (const some of [facts, egress]) {
      const model = buildPolicyModel(some);
      const found = (to: Pod): string =>
        formatPorts(allowedPorts(model, { type: 'pod', pod: caller }, { type: 'pod', pod: to }).allowed);
      expect([one, two, three].map(found)).toEqual(['TCP 8080', 'TCP 9090', 'no ports']);
    }
    // An address outside has no port names: no match, and no error.
    const outside = allowedPorts(
      buildPolicyModel(egress),
      { type: 'pod', pod: caller },
      { type: 'address', cidr: '8.8.8.8' },
    );
    expect(outside).toEqual({ allowed: [], depends: [] });
  });
});

describe('addresses', () => {
  const out = policy('x/out', {
    policyTypes: ['Egress'],
    egress: [
      {
        to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.64/26'] } }, { ipBlock: { cidr: '2001:db8::/32' } }],
      },
    ],
  });
  const facts = grid({ networkPolicies: [out] });
  const model = buildPolicyModel(facts);
  const ask = (cidr: string) =>
    evaluate(model, at(facts, 'x/a'), { type: 'address', cidr }, { protocol: 'TCP', port: 443 });

  it('judges single addresses of both families', () => {
    expect(ask('192.0.2.1').answer).toBe('yes');
    expect(ask('192.0.2.65').answer).toBe('no');
    expect(ask('2001:db8::5').answer).toBe('yes');
    expect(ask('2001:db9::5').answer).toBe('no');
  });

  it('judges ranges, and says which part of them is which', () => {
    expect(ask('192.0.2.128/25').answer).toBe('yes');
    expect(ask('10.50.0.0/16').answer).toBe('no');
    expect(ask('192.0.2.0/24')).toMatchObject({
      answer: 'depends',
      reasons: [
        {
          code: 'partOfRange',
          parts: [
            { answer: 'yes', ranges: ['192.0.2.0-192.0.2.63', '192.0.2.128-192.0.2.255'] },
            { answer: 'no', ranges: ['192.0.2.64-192.0.2.127'] },
          ],
        },
      ],
    });
  });

  it('takes the address of a pod for the pod, and says so', () => {
    const closed = grid({ networkPolicies: [policy('y/deny', {})] });
    const verdict = evaluate(
      buildPolicyModel(closed),
      at(closed, 'x/a'),
      { type: 'address', cidr: '10.2.1.1' },
      { protocol: 'TCP', port: 80 },
    );
    expect(verdict).toMatchObject({
      answer: 'no',
      reasons: [{ code: 'addressIs', object: { namespace: 'y', name: 'a' } }],
    });
  });

  it('refuses what is no address and no port', () => {
    expect(() => ask('example.com')).toThrow(RangeError);
    expect(() => evaluate(model, at(facts, 'x/a'), at(facts, 'x/b'), { protocol: 'TCP', port: 0 })).toThrow(RangeError);
  });

  it('says "if the address is kept" when a block alone lets a pod in', () => {
    const block = grid({
      networkPolicies: [policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.2.0.0/16' } }] }] })],
    });
    const verdict = evaluate(buildPolicyModel(block), at(block, 'y/a'), at(block, 'x/a'), {
      protocol: 'TCP',
      port: 80,
    });
    expect(verdict).toMatchObject({
      answer: 'yes',
      reasons: [{ code: 'addressKept', cidr: '10.2.0.0/16', pod: { name: 'a' } }],
    });
  });

  it('does not compare blocks with pods for a plugin that does not', () => {
    const cilium = grid({
      networkPolicies: [policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.2.0.0/16' } }] }] })],
      traits: { hostNetwork: 'asNodes', blocksMatchPods: false },
    });
    const verdict = evaluate(buildPolicyModel(cilium), at(cilium, 'y/a'), at(cilium, 'x/a'), {
      protocol: 'TCP',
      port: 80,
    });
    expect(verdict.answer).toBe('no');
    expect(verdict.ingress.tiers[0]?.policies[0]?.rules[0]).toMatchObject({
      peers: [{ misses: [{ what: 'blockNotForPods' }] }],
    });
  });
});
