import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { allowedPorts } from '../many/pair-sets.ts';
import { buildPolicyModel } from '../model.ts';
import { at, grid, policy } from '../testing/cluster.ts';
import { formatPorts } from './port-set.ts';

const podA = { matchLabels: { pod: 'a' } };

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
