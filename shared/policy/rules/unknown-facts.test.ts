import { describe, expect, it } from 'vitest';
import type { Pod } from '../../model/objects-pod.ts';
import { evaluate, unitOfEndpoint } from '../evaluate/evaluate.ts';
import { connectivity } from '../many/connectivity.ts';
import { allowedPorts } from '../many/pair-sets.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { at, grid, namespace, node, pod, policy } from '../testing/cluster.ts';
import { OPEN_DEFAULT_PORTS } from './pod-networks.ts';
import { hasPort } from './port-set.ts';

describe('what the facts do not tell', () => {
  const web = pod('x/web', { app: 'web' }, { ip: '10.0.0.1', node: 'n1' });

  it('knows no labels of a namespace that was not read, but its name', () => {
    const stranger = pod('w/a', {}, { ip: '10.0.0.9' });
    const facts = (selector: object): PolicyFacts => ({
      pods: [web, stranger],
      namespaces: [namespace('x')],
      networkPolicies: [policy('x/in', { ingress: [{ from: [{ namespaceSelector: selector }] }] })],
    });
    const ask = (selector: object) =>
      evaluate(
        buildPolicyModel(facts(selector)),
        { type: 'pod', pod: stranger },
        { type: 'pod', pod: web },
        { protocol: 'TCP', port: 80 },
      );
    expect(ask({ matchLabels: { team: 'a' } })).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'namespaceLabelsUnknown', namespace: 'w' }],
      ingress: { answer: 'depends', decision: { by: 'nothing' } },
    });
    expect(ask({}).answer).toBe('yes');
    expect(ask({ matchLabels: { 'kubernetes.io/metadata.name': 'w' } }).answer).toBe('yes');
    expect(ask({ matchLabels: { 'kubernetes.io/metadata.name': 'v', team: 'a' } }).answer).toBe('no');
  });

  it('says neither yes nor no of host-networked pods, unless the plugin is known', () => {
    const host = pod('y/host', { app: 'agent' }, { hostNetwork: true, node: 'n2', ip: '192.168.0.2' });
    const facts: PolicyFacts = {
      pods: [web, host],
      namespaces: [namespace('x'), namespace('y')],
      networkPolicies: [
        policy('x/in', { ingress: [{ from: [{ namespaceSelector: {} }] }] }),
        policy('y/deny', { policyTypes: ['Ingress'] }),
      ],
    };
    const ask = (hostNetwork: 'unknown' | 'asPods' | 'asNodes') => {
      const model = buildPolicyModel({ ...facts, traits: { hostNetwork, blocksMatchPods: true } });
      const question = { protocol: 'TCP', port: 80 } as const;
      return [
        evaluate(model, { type: 'pod', pod: host }, { type: 'pod', pod: web }, question),
        evaluate(model, { type: 'pod', pod: web }, { type: 'pod', pod: host }, question),
      ].map(({ answer }) => answer);
    };
    expect(ask('unknown')).toEqual(['depends', 'depends']);
    expect(ask('asPods')).toEqual(['yes', 'no']);
    expect(ask('asNodes')).toEqual(['no', 'yes']);
    const verdict = evaluate(
      buildPolicyModel(facts),
      { type: 'pod', pod: web },
      { type: 'pod', pod: host },
      { protocol: 'TCP', port: 80 },
    );
    expect(verdict.reasons).toEqual([{ code: 'hostNetwork', pod: { kind: 'Pod', namespace: 'y', name: 'host' } }]);
  });

  it('is sure of a host-networked pod where both readings agree: its node is in the block', () => {
    const host = pod('y/host', {}, { hostNetwork: true, node: 'n2', ip: '192.168.0.2' });
    const facts: PolicyFacts = {
      pods: [web, host],
      namespaces: [namespace('x'), namespace('y')],
      networkPolicies: [policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.0/24' } }] }] })],
    };
    expect(
      evaluate(
        buildPolicyModel(facts),
        { type: 'pod', pod: host },
        { type: 'pod', pod: web },
        { protocol: 'TCP', port: 80 },
      ).answer,
    ).toBe('yes');
  });

  it('lets a node reach its own pods, and no others', () => {
    const n1 = node('n1', ['192.168.0.1']);
    const n2 = node('n2', ['192.168.0.2']);
    const facts: PolicyFacts = {
      pods: [web],
      nodes: [n1, n2],
      namespaces: [namespace('x')],
      networkPolicies: [policy('x/deny', { policyTypes: ['Ingress', 'Egress'] })],
    };
    const model = buildPolicyModel(facts);
    const probe = (from: typeof n1) =>
      evaluate(model, { type: 'node', node: from }, { type: 'pod', pod: web }, { protocol: 'TCP', port: 80 });
    expect(probe(n1)).toMatchObject({
      answer: 'yes',
      reasons: [{ code: 'nodeLocal', node: 'n1' }],
      ingress: { decision: { by: 'exempt' } },
    });
    expect(probe(n2)).toMatchObject({ answer: 'no', reasons: [] });
    const back = evaluate(
      model,
      { type: 'pod', pod: web },
      { type: 'node', node: n1 },
      { protocol: 'TCP', port: 10250 },
    );
    expect(back.answer).toBe('yes');
  });

  const every = (...cidrs: readonly (string | { cidr: string; except: string[] })[]) =>
    cidrs.map((one) => ({ ipBlock: typeof one === 'string' ? { cidr: one } : one }));
  it.each([
    ['both families', every('0.0.0.0/0', '::/0'), 'yes'],
    ['halves', every('0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'), 'yes'],
    ['a hole that another fills', every({ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }, '10.0.0.0/7', '::/0'), 'yes'],
    ['a hole that stays', every({ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }, '::/0'), 'depends'],
    ['one family', every('0.0.0.0/0'), 'depends'],
  ] as const)('is sure of a pod without an address where blocks hold every one: %s', (_, from, answer) => {
    const young = pod('y/young', {});
    const model = buildPolicyModel({
      pods: [web, young],
      namespaces: [namespace('x'), namespace('y')],
      networkPolicies: [policy('x/in', { ingress: [{ from }] })],
    });
    const [one, other] = [{ type: 'pod', pod: young } as const, { type: 'pod', pod: web } as const];
    expect(evaluate(model, one, other, { protocol: 'TCP', port: 80 }).answer).toBe(answer);
    expect(hasPort(allowedPorts(model, one, other).allowed, 'TCP', 80)).toBe(answer === 'yes');
    const matrix = connectivity(model, 'pod');
    const at = (name: string) => matrix.peers.findIndex((peer) => peer.type === 'pods' && peer.ref.name === name);
    expect(hasPort(matrix.cell(at('young'), at('web')).allowed, 'TCP', 80)).toBe(answer === 'yes');
  });

  it('cannot compare a block with a pod that has no address', () => {
    const young = pod('y/young', {});
    const facts: PolicyFacts = {
      pods: [web, young],
      namespaces: [namespace('x'), namespace('y')],
      networkPolicies: [policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })],
    };
    expect(
      evaluate(
        buildPolicyModel(facts),
        { type: 'pod', pod: young },
        { type: 'pod', pod: web },
        { protocol: 'TCP', port: 80 },
      ),
    ).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'noAddress', cidr: '10.0.0.0/8', endpoint: { name: 'young' } }],
    });
  });

  it('tells the families apart when only one of them is let in', () => {
    const dual = (path: string, n: number): Pod => pod(path, {}, { ips: [`10.0.0.${n}`, `fd00::${n}`] });
    const [a, b] = [dual('x/a', 1), dual('y/b', 2)];
    const facts: PolicyFacts = {
      pods: [a, b],
      namespaces: [namespace('x'), namespace('y')],
      networkPolicies: [policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }] })],
    };
    const ask = (family?: 4 | 6) =>
      evaluate(
        buildPolicyModel(facts),
        { type: 'pod', pod: b },
        { type: 'pod', pod: a },
        { protocol: 'TCP', port: 80, ...(family ? { family } : {}) },
      );
    expect(ask()).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'family', ipv4: 'yes', ipv6: 'no' }, { code: 'addressKept' }],
    });
    expect(ask(4).answer).toBe('yes');
    expect(ask(6).answer).toBe('no');
  });

  it('leaves out finished pods and keeps terminating ones', () => {
    const done = pod('y/done', {}, { phase: 'Succeeded', ip: '10.0.0.3' });
    const leaving: Pod = {
      ...pod('y/leaving', {}, { ip: '10.0.0.4' }),
      metadata: { namespace: 'y', name: 'leaving', deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    const model = buildPolicyModel({ pods: [web, done, leaving], namespaces: [namespace('x'), namespace('y')] });
    expect(model.pods).toEqual([web, leaving]);
    expect(
      evaluate(model, { type: 'pod', pod: done }, { type: 'pod', pod: web }, { protocol: 'TCP', port: 80 }),
    ).toMatchObject({
      answer: 'no',
      reasons: [{ code: 'podFinished' }],
    });
    expect(
      evaluate(model, { type: 'pod', pod: leaving }, { type: 'pod', pod: web }, { protocol: 'TCP', port: 80 }).answer,
    ).toBe('yes');
  });

  it('knows a pod again by its uid', () => {
    const [one, again] = [1, 2].map(() => ({ ...web, metadata: { ...web.metadata, uid: 'u1' } }));
    if (one === undefined || again === undefined) throw new Error('no pod');
    const model = buildPolicyModel({
      pods: [one],
      namespaces: [namespace('x')],
      networkPolicies: [policy('x/deny', {})],
    });
    const verdict = evaluate(
      model,
      { type: 'pod', pod: again },
      { type: 'pod', pod: one },
      { protocol: 'TCP', port: 80 },
    );
    expect(verdict).toMatchObject({ answer: 'yes', reasons: [{ code: 'self' }] });
  });
});

describe('an address that is not known', () => {
  const web = pod('x/web', { app: 'web' }, { ip: '10.0.0.1' });
  const late = pod('x/late', { app: 'late' });
  const block = (...cidrs: readonly string[]) => ({ from: cidrs.map((cidr) => ({ ipBlock: { cidr } })) });
  const on = (port: number) => ({ ports: [{ port }] });
  const lower = block('0.0.0.0/1');
  const rest = block('128.0.0.0/1', '::/0');

  function ask(policies: PolicyFacts['networkPolicies'] & object, port = 80) {
    const model = buildPolicyModel({ pods: [web, late], namespaces: [namespace('x')], networkPolicies: policies });
    const [from, to] = [late, web].map((one) => ({ type: 'pod', pod: one }) as const);
    if (from === undefined || to === undefined) throw new Error('no pod');
    const verdict = evaluate(model, from, to, { protocol: 'TCP', port });
    const { allowed, depends } = allowedPorts(model, from, to);
    expect(hasPort(allowed, 'TCP', port)).toBe(verdict.answer === 'yes');
    expect(hasPort(depends, 'TCP', port)).toBe(verdict.answer === 'depends');
    return verdict;
  }

  it('is held by blocks of two rules, or of two policies, that leave no address out', () => {
    expect(ask([policy('x/in', { ingress: [lower, rest] })])).toMatchObject({
      answer: 'yes',
      reasons: [],
      ingress: { decision: { by: 'rule', action: 'allow', rule: { index: 0 } } },
    });
    expect(ask([policy('x/in', { ingress: [lower] }), policy('x/more', { ingress: [rest] })]).answer).toBe('yes');
    expect(ask([policy('x/in', { ingress: [lower] })]).answer).toBe('depends');
    expect(ask([policy('x/in', { ingress: [lower, block('128.0.0.0/1')] })])).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'noAddress' }, { code: 'noAddress' }],
    });
  });

  it('is held on those ports alone that every part of them opens', () => {
    const both = [
      policy('x/in', {
        ingress: [
          { ...lower, ports: [{ port: 80 }, { port: 81 }] },
          { ...rest, ...on(80) },
        ],
      }),
    ];
    expect([80, 81, 82].map((port) => ask(both, port).answer)).toEqual(['yes', 'depends', 'no']);
  });

  it('is in one place for all policies: what one denies there the next does not open', () => {
    const policies = [policy('x/in', { ingress: [block('10.0.0.0/8')] })];
    const deny = (...networks: string[]): Partial<PolicyFacts> => ({
      adminNetworkPolicies: [
        {
          metadata: { name: 'deny' },
          spec: { priority: 1, subject: { namespaces: {} }, egress: [{ action: 'Deny', to: [{ networks }] }] },
        },
      ],
    });
    expect(ask(policies).answer).toBe('depends');
    const out = [policy('x/out', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })];
    const from = { type: 'pod', pod: web } as const;
    const to = { type: 'pod', pod: late } as const;
    const answers = [['10.0.0.0/8'], ['10.1.0.0/16'], ['0.0.0.0/1', '10.0.0.0/8']].map((networks) => {
      const model = buildPolicyModel({
        pods: [web, late],
        namespaces: [namespace('x')],
        networkPolicies: out,
        ...deny(...networks),
      });
      return evaluate(model, from, to, { protocol: 'TCP', port: 80 }).answer;
    });
    expect(answers).toEqual(['no', 'depends', 'no']);
  });
});

describe('a network of its own', () => {
  const { pods, ...rest } = grid({
    ownNetworks: [{ namespace: 'x', shared: [], perhaps: [], servicesOnly: [], others: ['x'] }],
    networkPolicies: [
      policy('y/p', { podSelector: { matchLabels: { pod: 'a' } }, ingress: [{ from: [{ podSelector: {} }] }] }),
    ],
  });
  // Of the pods of x one keeps a port open.
  const facts = {
    ...rest,
    pods: pods.map((one) =>
      one.metadata?.namespace === 'x' && one.metadata.name === 'a'
        ? {
            ...one,
            metadata: { ...one.metadata, annotations: { [OPEN_DEFAULT_PORTS]: '- protocol: tcp\n  port: 443' } },
          }
        : one,
    ),
  };
  const model = buildPolicyModel(facts);
  const ask = (from: string, to: string, port = 80) =>
    evaluate(model, at(facts, from), at(facts, to), { protocol: 'TCP', port });

  it('keeps others out and its own in, except on ports that are kept open, and parts nobody within', () => {
    expect(ask('z/a', 'x/a')).toMatchObject({ answer: 'no', ingress: { decision: { policy: { kind: 'Namespace' } } } });
    expect(ask('x/a', 'y/b')).toMatchObject({ answer: 'no', egress: { decision: { policy: { kind: 'Namespace' } } } });
    expect(ask('z/a', 'x/a', 443)).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'networkApart', why: 'openPorts' }],
    });
    expect(ask('z/a', 'x/b', 443)).toMatchObject({ answer: 'no', reasons: [] });
    expect(ask('x/a', 'z/a', 443)).toMatchObject({ answer: 'no' });
    expect(ask('x/a', 'y/a')).toMatchObject({ answer: 'no', reasons: [] });
    expect(ask('x/a', 'x/b')).toMatchObject({ answer: 'yes', reasons: [], ingress: { tiers: [] } });
    expect(ask('z/a', 'y/b')).toMatchObject({ answer: 'yes', reasons: [] });
  });

  it('is the same for all pairs at once', () => {
    const matrix = connectivity(model, 'pod');
    const place = (name: string) =>
      matrix.peers.findIndex((peer) => peer.type === 'pods' && `${peer.ref.namespace}/${peer.ref.name}` === name);
    const cell = (from: string, to: string, port = 80) => {
      const { allowed, depends } = matrix.cell(place(from), place(to));
      return [allowed, depends].map((ports) => hasPort(ports, 'TCP', port));
    };
    expect(cell('z/a', 'x/a')).toEqual([false, false]);
    expect(cell('z/a', 'x/a', 443)).toEqual([false, true]);
    expect(cell('z/a', 'x/b', 443)).toEqual([false, false]);
    expect(cell('x/a', 'y/a')).toEqual([false, false]);
    expect(cell('x/a', 'x/b')).toEqual([true, false]);
  });

  it('holds address blocks against the addresses on that network, not those in the status', () => {
    const placed = (name: string, address: string): Pod => ({
      ...pod(`x/${name}`, { app: name }, { ip: `10.244.0.${address}` }),
      metadata: {
        name,
        namespace: 'x',
        annotations: {
          'k8s.ovn.org/pod-networks': JSON.stringify({
            default: { ip_addresses: [`10.244.0.${address}/24`], role: 'infrastructure-locked' },
            'x/net': { ip_addresses: [`10.20.0.${address}/16`], ip_address: `10.20.0.${address}/16`, role: 'primary' },
          }),
        },
      },
    });
    const both = [placed('a', '4'), placed('b', '5')];
    const reach = (cidr: string) => {
      const own = buildPolicyModel({
        ...rest,
        pods: both,
        networkPolicies: [policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr } }] }] })],
      });
      const [from, to] = both.map((one) => ({ type: 'pod', pod: one }) as const);
      if (from === undefined || to === undefined) throw new Error('no pods');
      const matrix = connectivity(own, 'pod');
      const [a, b] = ['a', 'b'].map((name) =>
        matrix.peers.findIndex((peer) => peer.type === 'pods' && peer.ref.name === name),
      );
      const { answer } = evaluate(own, from, to, { protocol: 'TCP', port: 80 });
      expect(hasPort(matrix.cell(a ?? 0, b ?? 0).allowed, 'TCP', 80)).toBe(answer === 'yes');
      return answer;
    };
    expect(['10.20.0.0/16', '10.244.0.0/16', '10.20.0.4/32', '10.20.0.5/32'].map(reach)).toEqual([
      'yes',
      'no',
      'yes',
      'no',
    ]);
    const own = buildPolicyModel({ ...rest, pods: both });
    const named = ['10.20.0.5', '10.244.0.5'].map((cidr) => unitOfEndpoint(own, { type: 'address', cidr }).unit);
    expect(named.map((unit) => unit.type === 'pod' && unit.name)).toEqual(['b', 'b']);
  });
});
