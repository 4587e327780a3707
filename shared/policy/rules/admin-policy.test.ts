import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { allowedPorts } from '../many/pair-sets.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { at, grid, namespace, node, pod, policy } from '../testing/cluster.ts';
import { adminPolicy, clusterPolicy, space } from '../testing/world.ts';
import { formatPorts } from './port-set.ts';
import type { AdminPeer, AdminRule, ClusterRule } from './types.ts';

const fromY = space('y');
const everybody = space();

/** The answer for y/a to x/a on TCP 80. */
function ask(facts: Partial<PolicyFacts>): string {
  const all = grid(facts);
  return evaluate(buildPolicyModel(all), at(all, 'y/a'), at(all, 'x/a'), { protocol: 'TCP', port: 80 }).answer;
}

const denyAll = policy('x/deny', { policyTypes: ['Ingress'] });

describe('AdminNetworkPolicy', () => {
  it('depends where policies of one priority contradict each other, and only there', () => {
    const deny = adminPolicy('deny', 7, { ingress: [{ action: 'Deny', from: [everybody] }] });
    const allow = adminPolicy('allow', 7, { ingress: [{ action: 'Allow', from: [fromY] }] });
    const facts = grid({ adminNetworkPolicies: [deny, allow] });
    const model = buildPolicyModel(facts);
    expect(evaluate(model, at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 })).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'samePriority', policies: [{ name: 'deny' }, { name: 'allow' }] }],
    });
    expect(evaluate(model, at(facts, 'z/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }).answer).toBe('no');
  });

  it('reads port numbers, ranges and names of any protocol', () => {
    const rule = (ports: AdminRule['ports'] & object) => {
      const facts = grid({
        adminNetworkPolicies: [adminPolicy('p', 1, { ingress: [{ action: 'Deny', from: [fromY], ports }] })],
      });
      const { allowed } = allowedPorts(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'));
      return formatPorts(allowed);
    };
    expect(rule([{ portNumber: { protocol: 'UDP', port: 53 } }])).toBe('TCP all, UDP 1-52, UDP 54-65535, SCTP all');
    expect(rule([{ portRange: { protocol: 'SCTP', start: 1, end: 65535 } }])).toBe('TCP all, UDP all');
    expect(rule([{ namedPort: 'serve-80-udp' }])).toBe('TCP all, UDP 1-79, UDP 81-65535, SCTP all');
    expect(rule([{ namedPort: 'nothing' }])).toBe('all ports');
  });

  it('compares networks with pods as well, and names no ports of outside addresses', () => {
    const egress: AdminRule[] = [
      { action: 'Allow', to: [{ networks: ['8.8.8.8/32'] }], ports: [{ namedPort: 'serve-80-tcp' }] },
      { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
    ];
    const facts = grid({ adminNetworkPolicies: [adminPolicy('out', 1, { egress })] });
    const model = buildPolicyModel(facts);
    const question = { protocol: 'TCP', port: 80 } as const;
    expect(evaluate(model, at(facts, 'x/a'), at(facts, 'y/a'), question).answer).toBe('no');
    expect(evaluate(model, at(facts, 'x/a'), { type: 'address', cidr: '8.8.8.8' }, question).answer).toBe('no');
    expect(evaluate(model, at(facts, 'x/a'), { type: 'address', cidr: '2001:db8::1' }, question).answer).toBe('yes');
  });

  it('meets nodes by label, and never takes a host-networked pod for a pod', () => {
    const n1 = node('n1', ['192.168.0.1'], { role: 'db' });
    const host = pod('y/host', {}, { hostNetwork: true, node: 'n1', ip: '192.168.0.1' });
    const egress: AdminRule[] = [
      {
        action: 'Deny',
        to: [{ nodes: { matchLabels: { role: 'db' } } }],
        ports: [{ portNumber: { protocol: 'TCP', port: 80 } }],
      },
      { action: 'Deny', to: [fromY], ports: [{ portNumber: { protocol: 'TCP', port: 81 } }] },
    ];
    const base = grid({
      nodes: [n1],
      adminNetworkPolicies: [adminPolicy('out', 1, { ingress: [{ action: 'Deny', from: [everybody] }], egress })],
    });
    const facts = { ...base, pods: [...base.pods, host] };
    const model = buildPolicyModel(facts);
    const out = (to: Parameters<typeof evaluate>[2], port: number) =>
      evaluate(model, at(facts, 'x/a'), to, { protocol: 'TCP', port }).answer;
    expect(out({ type: 'node', node: n1 }, 80)).toBe('no');
    expect(out({ type: 'pod', pod: host }, 80)).toBe('no');
    expect(out({ type: 'pod', pod: host }, 81)).toBe('yes');
    expect(out(at(facts, 'y/a'), 81)).toBe('no');
    expect(evaluate(model, { type: 'pod', pod: host }, at(facts, 'x/a'), { protocol: 'TCP', port: 80 }).answer).toBe(
      'yes',
    );
  });
});

describe('ClusterNetworkPolicy', () => {
  it('reads protocols with numbers, ranges and names', () => {
    const protocols = [
      { tcp: { destinationPort: { number: 80 } } },
      { udp: { destinationPort: { range: { start: 1000, end: 2000 } } } },
      { destinationNamedPort: 'serve-81-sctp' },
    ];
    const deny = clusterPolicy('d', 'Admin', 2, { ingress: [{ action: 'Deny', from: [everybody] }] });
    const allow = clusterPolicy('a', 'Admin', 1, { ingress: [{ action: 'Accept', from: [fromY], protocols }] });
    const facts = grid({ clusterNetworkPolicies: [deny, allow] });
    const { allowed } = allowedPorts(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'));
    expect(formatPorts(allowed)).toBe('TCP 80, UDP 1000-2000, SCTP 81');
  });

  it('fails closed on a peer or protocol that it does not know: Accept matches nothing, Deny and Pass deny all', () => {
    const unknownPeer = [{ brandNew: {} } as AdminPeer];
    const by = (action: string, rule: Partial<ClusterRule>) =>
      ask({
        clusterNetworkPolicies: [clusterPolicy('p', 'Admin', 1, { ingress: [{ action, from: [everybody], ...rule }] })],
      });
    expect(by('Accept', { from: unknownPeer })).toBe('yes');
    expect(by('Deny', { from: unknownPeer })).toBe('no');
    expect(by('Pass', { from: unknownPeer })).toBe('no');
    expect(by('Pass', { protocols: [{}] })).toBe('no');
    expect(by('Pass', { protocols: [{ tcp: {} }] })).toBe('no');
    const accept = {
      clusterNetworkPolicies: [clusterPolicy('p', 'Admin', 1, { ingress: [{ action: 'Accept', from: unknownPeer }] })],
    };
    expect(ask({ ...accept, networkPolicies: [denyAll] })).toBe('no');
  });

  it('knows addresses and nodes in egress alone, and names not in a baseline', () => {
    const networks = [{ networks: ['192.0.2.0/24'] }];
    const from = (peers: readonly AdminPeer[]) =>
      ask({
        clusterNetworkPolicies: [clusterPolicy('p', 'Admin', 1, { ingress: [{ action: 'Deny', from: peers }] })],
      });
    expect(from(networks)).toBe('no');
    expect(from([{ nodes: {} }])).toBe('no');
    const to = (peers: readonly AdminPeer[]) => {
      const spec = { subject: { namespaces: {} }, egress: [{ action: 'Deny', to: peers }] };
      return ask({ baselineAdminNetworkPolicies: [{ metadata: { name: 'default' }, spec }] });
    };
    expect(to(networks)).toBe('yes');
    expect(to([{ domainNames: ['example.com'] }])).toBe('no');
  });

  it('depends on names that are resolved elsewhere', () => {
    const egress: ClusterRule[] = [
      { action: 'Accept', to: [{ domainNames: ['*.example.com'] }] },
      { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
    ];
    const facts = grid({ clusterNetworkPolicies: [clusterPolicy('out', 'Admin', 1, { egress })] });
    const model = buildPolicyModel(facts);
    expect(
      evaluate(model, at(facts, 'x/a'), { type: 'address', cidr: '93.184.216.34' }, { protocol: 'TCP', port: 443 }),
    ).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'domainNames', names: ['*.example.com'] }],
    });
    // Pods are not met by names.
    expect(evaluate(model, at(facts, 'x/a'), at(facts, 'y/a'), { protocol: 'TCP', port: 443 }).answer).toBe('no');
  });

  it('leaves a direction without rules alone', () => {
    expect(
      ask({ clusterNetworkPolicies: [clusterPolicy('p', 'Admin', 1, { ingress: [] })], networkPolicies: [denyAll] }),
    ).toBe('no');
  });
});

it('isolates nothing by a subject that it does not know', () => {
  const odd = {
    metadata: { name: 'odd' },
    spec: { priority: 1, subject: {}, ingress: [{ action: 'Deny', from: [everybody] }] },
  };
  expect(ask({ adminNetworkPolicies: [odd], namespaces: [namespace('x'), namespace('y'), namespace('z')] })).toBe(
    'yes',
  );
});
