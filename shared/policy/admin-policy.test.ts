import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from './model.ts';
import { allowedPorts } from './pair-sets.ts';
import { formatPorts } from './port-set.ts';
import { at, grid, namespace, node, pod, policy } from './testing/cluster.ts';
import { lines, table } from './testing/table.ts';
import type {
  AdminNetworkPolicy,
  AdminPeer,
  AdminRule,
  BaselineAdminNetworkPolicy,
  ClusterNetworkPolicy,
  ClusterRule,
} from './types.ts';

const X = { namespaces: { matchLabels: { ns: 'x' } } };
const fromY: AdminPeer = { namespaces: { matchLabels: { ns: 'y' } } };
const everybody: AdminPeer = { namespaces: {} };

function anp(name: string, priority: number, ingress: readonly AdminRule[], more: object = {}): AdminNetworkPolicy {
  return { metadata: { name }, spec: { priority, subject: X, ingress, ...more } };
}

function banp(ingress: readonly AdminRule[]): BaselineAdminNetworkPolicy {
  return { metadata: { name: 'default' }, spec: { subject: X, ingress } };
}

function cnp(
  name: string,
  tier: string,
  priority: number,
  rules: { ingress?: readonly ClusterRule[]; egress?: readonly ClusterRule[] },
): ClusterNetworkPolicy {
  return { metadata: { name }, spec: { tier, priority, subject: X, ...rules } };
}

/** The answer for y/a to x/a on TCP 80. */
function ask(facts: Partial<PolicyFacts>): string {
  const all = grid(facts);
  return evaluate(buildPolicyModel(all), at(all, 'y/a'), at(all, 'x/a'), { protocol: 'TCP', port: 80 }).answer;
}

const allowAll = policy('x/allow', { ingress: [{}] });
const denyAll = policy('x/deny', { policyTypes: ['Ingress'] });

describe('AdminNetworkPolicy', () => {
  it('denies and allows before NetworkPolicy is asked', () => {
    const deny = anp('deny', 1, [{ action: 'Deny', from: [fromY] }]);
    const allow = anp('allow', 1, [{ action: 'Allow', from: [fromY] }]);
    expect(ask({ adminNetworkPolicies: [deny], networkPolicies: [allowAll] })).toBe('no');
    expect(ask({ adminNetworkPolicies: [allow], networkPolicies: [denyAll] })).toBe('yes');
    expect(table(grid({ adminNetworkPolicies: [deny] }), 'TCP 80')).toEqual(
      lines(`
        x/a ... ... ...
        x/b ... ... ...
        x/c ... ... ...
        y/a XXX ... ...
        y/b XXX ... ...
        y/c XXX ... ...
        z/a ... ... ...
        z/b ... ... ...
        z/c ... ... ...`),
    );
  });

  it('asks the lowest priority number first, and the first matching rule of a policy', () => {
    const deny = (priority: number) => anp('deny', priority, [{ action: 'Deny', from: [everybody] }]);
    const allow = (priority: number) => anp('allow', priority, [{ action: 'Allow', from: [fromY] }]);
    expect(ask({ adminNetworkPolicies: [deny(20), allow(10)] })).toBe('yes');
    expect(ask({ adminNetworkPolicies: [deny(10), allow(20)] })).toBe('no');
    const both = anp('both', 5, [
      { action: 'Allow', from: [fromY], ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] },
      { action: 'Deny', from: [fromY] },
    ]);
    const facts = grid({ adminNetworkPolicies: [both] });
    expect(formatPorts(allowedPorts(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a')).allowed)).toBe(
      'TCP 80',
    );
  });

  it('passes over its own tier, to NetworkPolicy and then to the baseline', () => {
    const pass = anp('pass', 1, [{ action: 'Pass', from: [fromY] }]);
    const deny = anp('deny', 2, [{ action: 'Deny', from: [everybody] }]);
    const baseline = banp([{ action: 'Deny', from: [everybody] }]);
    const both = { adminNetworkPolicies: [pass, deny] };
    expect(ask(both)).toBe('yes');
    expect(ask({ ...both, networkPolicies: [denyAll] })).toBe('no');
    expect(ask({ ...both, baselineAdminNetworkPolicies: [baseline] })).toBe('no');
    // NetworkPolicy is final for pods that it selects: the baseline is not reached.
    expect(ask({ ...both, networkPolicies: [allowAll], baselineAdminNetworkPolicies: [baseline] })).toBe('yes');
  });

  it('depends where policies of one priority contradict each other, and only there', () => {
    const deny = anp('deny', 7, [{ action: 'Deny', from: [everybody] }]);
    const allow = anp('allow', 7, [{ action: 'Allow', from: [fromY] }]);
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
      const facts = grid({ adminNetworkPolicies: [anp('p', 1, [{ action: 'Deny', from: [fromY], ports }])] });
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
    const facts = grid({ adminNetworkPolicies: [anp('out', 1, [], { egress })] });
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
      adminNetworkPolicies: [anp('out', 1, [{ action: 'Deny', from: [everybody] }], { egress })],
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
  it('has an Admin tier before NetworkPolicy and a Baseline tier after it, each by priority', () => {
    const admin = cnp('a', 'Admin', 10, { ingress: [{ action: 'Accept', from: [fromY] }] });
    const baseline = cnp('b', 'Baseline', 0, { ingress: [{ action: 'Deny', from: [everybody] }] });
    const exception = cnp('c', 'Baseline', 0.5, { ingress: [{ action: 'Accept', from: [fromY] }] });
    expect(ask({ clusterNetworkPolicies: [admin, baseline], networkPolicies: [denyAll] })).toBe('yes');
    expect(ask({ clusterNetworkPolicies: [baseline] })).toBe('no');
    expect(ask({ clusterNetworkPolicies: [baseline], networkPolicies: [allowAll] })).toBe('yes');
    expect(ask({ clusterNetworkPolicies: [baseline, exception] })).toBe('no');
  });

  it('reads protocols with numbers, ranges and names', () => {
    const protocols = [
      { tcp: { destinationPort: { number: 80 } } },
      { udp: { destinationPort: { range: { start: 1000, end: 2000 } } } },
      { destinationNamedPort: 'serve-81-sctp' },
    ];
    const deny = cnp('d', 'Admin', 2, { ingress: [{ action: 'Deny', from: [everybody] }] });
    const allow = cnp('a', 'Admin', 1, { ingress: [{ action: 'Accept', from: [fromY], protocols }] });
    const facts = grid({ clusterNetworkPolicies: [deny, allow] });
    const { allowed } = allowedPorts(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'));
    expect(formatPorts(allowed)).toBe('TCP 80, UDP 1000-2000, SCTP 81');
  });

  it('fails closed on a peer or protocol that it does not know: Accept matches nothing, Deny and Pass deny all', () => {
    const unknownPeer = [{ brandNew: {} } as AdminPeer];
    const by = (action: string, rule: Partial<ClusterRule>) =>
      ask({ clusterNetworkPolicies: [cnp('p', 'Admin', 1, { ingress: [{ action, from: [everybody], ...rule }] })] });
    expect(by('Accept', { from: unknownPeer })).toBe('yes');
    expect(by('Deny', { from: unknownPeer })).toBe('no');
    expect(by('Pass', { from: unknownPeer })).toBe('no');
    expect(by('Pass', { protocols: [{}] })).toBe('no');
    expect(by('Pass', { protocols: [{ tcp: {} }] })).toBe('no');
    const accept = {
      clusterNetworkPolicies: [cnp('p', 'Admin', 1, { ingress: [{ action: 'Accept', from: unknownPeer }] })],
    };
    expect(ask({ ...accept, networkPolicies: [denyAll] })).toBe('no');
  });

  it('depends on names that are resolved elsewhere', () => {
    const egress: ClusterRule[] = [
      { action: 'Accept', to: [{ domainNames: ['*.example.com'] }] },
      { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
    ];
    const facts = grid({ clusterNetworkPolicies: [cnp('out', 'Admin', 1, { egress })] });
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
    expect(ask({ clusterNetworkPolicies: [cnp('p', 'Admin', 1, { ingress: [] })], networkPolicies: [denyAll] })).toBe(
      'no',
    );
  });
});

describe('policies that nobody here can judge', () => {
  const cluster = (policies: PolicyFacts['otherPolicies'] & object): PolicyFacts => grid({ otherPolicies: policies });
  const answers = (facts: PolicyFacts) =>
    ['x/a', 'x/b', 'y/a'].map(
      (to) => evaluate(buildPolicyModel(facts), at(facts, 'z/a'), at(facts, to), { protocol: 'TCP', port: 80 }).answer,
    );
  const calico = 'projectcalico.org/v3';

  it.each([
    [
      'a Calico policy concerns its namespace',
      [{ apiVersion: calico, kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'p' }, spec: {} }],
      ['depends', 'depends', 'yes'],
    ],
    [
      '… and there its selector',
      [
        {
          apiVersion: calico,
          kind: 'NetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { selector: "pod == 'a' && !has(tier)" },
        },
      ],
      ['depends', 'yes', 'yes'],
    ],
    [
      'a selector with alternatives is not read: all pods',
      [
        {
          apiVersion: calico,
          kind: 'NetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { selector: "pod == 'a' || pod == 'q'" },
        },
      ],
      ['depends', 'depends', 'yes'],
    ],
    [
      'a global one all pods that its selectors mean',
      [
        {
          apiVersion: calico,
          kind: 'GlobalNetworkPolicy',
          metadata: { name: 'p' },
          spec: { selector: "pod in {'a', 'q'}", namespaceSelector: "ns == 'x'" },
        },
      ],
      ['depends', 'yes', 'yes'],
    ],
    [
      'egress only',
      [
        {
          apiVersion: calico,
          kind: 'GlobalNetworkPolicy',
          metadata: { name: 'p' },
          spec: { types: ['Egress'], selector: "ns == 'x'" },
        },
      ],
      ['yes', 'yes', 'yes'],
    ],
    [
      'mirrors of judged policies are not counted',
      [{ apiVersion: calico, kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'knp.default.web' }, spec: {} }],
      ['yes', 'yes', 'yes'],
    ],
    [
      'a Cilium policy',
      [
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { endpointSelector: { matchLabels: { 'k8s:pod': 'a' } }, ingress: [] },
        },
      ],
      ['depends', 'yes', 'yes'],
    ],
    [
      'a clusterwide one with a namespace among the labels',
      [
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumClusterwideNetworkPolicy',
          metadata: { name: 'p' },
          spec: { endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'y' } }, ingressDeny: [{}] },
        },
      ],
      ['yes', 'yes', 'depends'],
    ],
    [
      'a host policy concerns no pods',
      [
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumClusterwideNetworkPolicy',
          metadata: { name: 'p' },
          spec: { nodeSelector: {}, ingress: [] },
        },
      ],
      ['yes', 'yes', 'yes'],
    ],
    [
      'other kinds',
      [{ apiVersion: 'example.com/v1', kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'p' } }],
      ['yes', 'yes', 'yes'],
    ],
  ])('%s', (_, policies, wanted) => {
    expect(answers(cluster(policies))).toEqual(wanted);
  });

  it('says which policy was not judged, even where a NetworkPolicy denies', () => {
    const other = { apiVersion: calico, kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'p' }, spec: {} };
    const facts = grid({ otherPolicies: [other], networkPolicies: [denyAll] });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }),
    ).toMatchObject({
      answer: 'depends',
      reasons: [
        {
          code: 'notJudged',
          why: 'family',
          reason: 'Calico',
          policies: [{ kind: 'NetworkPolicy.projectcalico.org', namespace: 'x', name: 'p' }],
        },
      ],
    });
  });

  it('never calls pods open whose NetworkPolicies could not be read', () => {
    const facts = grid({
      unseen: [{ kind: 'NetworkPolicy', namespace: 'x', reason: 'forbidden: list networkpolicies' }],
    });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }),
    ).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'notJudged', why: 'notSeen', reason: 'forbidden: list networkpolicies' }],
    });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'z/a'), { protocol: 'TCP', port: 80 }).answer,
    ).toBe('yes');
  });

  it('says nothing of cluster-wide kinds that a namespace user can never read', () => {
    const facts = grid({ unseen: [{ kind: 'AdminNetworkPolicy', namespace: '*', reason: 'forbidden' }] });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }).answer,
    ).toBe('yes');
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
