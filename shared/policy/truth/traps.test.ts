import { describe, expect, it } from 'vitest';
import type { NetworkPolicy } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import { type Endpoint, evaluate } from '../evaluate/evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { serviceTargets } from '../services/service-targets.ts';
import { at, grid, namespace, node, pod, policy, service } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { adminPolicy, clusterPolicy, ns, OPEN, podIs, space } from '../testing/world.ts';

/** What readers of policies often get wrong, beyond the tables of the other files here. */

function ask(facts: PolicyFacts, from: Endpoint, to: Endpoint, port = 80, protocol: 'TCP' | 'UDP' = 'TCP') {
  return evaluate(buildPolicyModel(facts), from, to, { protocol, port });
}

const shut = policy('x/shut', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

/** The grid with one pod replaced. */
function withPod(path: string, change: (old: Pod) => Pod, more: Partial<PolicyFacts>): PolicyFacts {
  const facts = grid(more);
  const isIt = ({ metadata }: Pod): boolean => `${metadata?.namespace}/${metadata?.name}` === path;
  return { ...facts, pods: facts.pods.map((one) => (isIt(one) ? change(one) : one)) };
}

describe('lists', () => {
  const inOf = (ingress: NetworkPolicy['spec'] & object) => grid({ networkPolicies: [policy('x/in', ingress)] });

  it('of rules that are empty or absent deny; a rule that is empty allows all', () => {
    expectReach(inOf({ policyTypes: ['Ingress'], ingress: [] }), 'TCP 80', '* XXX ... ...');
    expectReach(inOf({ policyTypes: ['Ingress'] }), 'TCP 80', '* XXX ... ...');
    expectReach(inOf({ ingress: [{}] }), 'TCP 80, UDP 80, SCTP 80', OPEN);
  });

  it('of peers and ports that are empty mean any', () => {
    expectReach(inOf({ ingress: [{ from: [], ports: [] }] }), 'TCP 80, UDP 80, SCTP 80', OPEN);
    expectReach(
      inOf({ ingress: [{ from: [ns('y')], ports: [] }] }),
      'UDP 80',
      `xz/*  XXX ... ...
       y/*   ... ... ...`,
    );
  });
});

it('replies need no rule: a pod that may send to nobody still answers', () => {
  const noEgress = policy('x/out', { podSelector: podIs('a'), policyTypes: ['Egress'] });
  const facts = grid({ networkPolicies: [noEgress] });
  expect(ask(facts, at(facts, 'y/a'), at(facts, 'x/a')).answer).toBe('yes');
  expect(ask(facts, at(facts, 'x/a'), at(facts, 'y/a')).answer).toBe('no');
});

describe('a port name', () => {
  it('is looked up on each receiver by itself, whatever the sender calls its own ports', () => {
    const out = policy('x/out', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] });
    const { pods, ...rest } = grid({ networkPolicies: [out] });
    const named = ['web:79', '', '', 'web:80', 'web:81'].map((text) => (text === '' ? [] : [text]));
    const facts = {
      ...rest,
      pods: pods.map((old, i) => ({ ...old, spec: pod('n/n', {}, { ports: named[i] ?? [] }).spec ?? {} })),
    };
    expectReach(
      facts,
      'TCP 80',
      `x/*   XXX .XX XXX
       yz/*  ... ... ...`,
    );
    expectReach(
      facts,
      'TCP 81',
      `x/*   XXX X.X XXX
       yz/*  ... ... ...`,
    );
  });

  it('means nothing for addresses outside, and is no error: NetworkPolicy and AdminNetworkPolicy', () => {
    const outside: Endpoint = { type: 'address', cidr: '192.0.2.1' };
    const out = policy('x/out', {
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 'serve-80-tcp' }] }],
    });
    const facts = grid({ networkPolicies: [out] });
    expect(ask(facts, at(facts, 'x/a'), outside).answer).toBe('no');
    expect(ask(facts, at(facts, 'x/a'), at(facts, 'y/a')).answer).toBe('yes');
    const deny = adminPolicy('p', 1, {
      egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }], ports: [{ namedPort: 'serve-80-tcp' }] }],
    });
    const admin = grid({ adminNetworkPolicies: [deny] });
    expect(ask(admin, at(admin, 'x/a'), outside).answer).toBe('yes');
    expect(ask(admin, at(admin, 'x/a'), at(admin, 'y/a')).answer).toBe('no');
  });

  it('of a native sidecar counts, of a plain init container does not', () => {
    const facts = (options: object): PolicyFacts => ({
      namespaces: [namespace('x'), namespace('y')],
      pods: [pod('x/a', {}, options), pod('y/b')],
      networkPolicies: [policy('x/in', { ingress: [{ ports: [{ port: 'web' }] }] })],
    });
    const [side, init] = [facts({ sidecarPorts: ['web:80'] }), facts({ initPorts: ['web:80'] })];
    expect(ask(side, at(side, 'y/b'), at(side, 'x/a')).answer).toBe('yes');
    expect(ask(init, at(init, 'y/b'), at(init, 'x/a')).answer).toBe('no');
  });
});

it('ports that the API refuses open nothing: 0, 70000, a range backwards, a range from a name', () => {
  for (const port of [
    { port: 0 },
    { port: 70000 },
    { port: 81, endPort: 80 },
    { port: 'serve-80-tcp', endPort: 90 },
    { endPort: 90 },
  ]) {
    const facts = grid({ networkPolicies: [policy('x/in', { ingress: [{ ports: [port] }] })] });
    expectReach(facts, 'TCP 80, TCP 81, TCP 65535', '* XXX ... ...');
  }
});

it('an address block that lets a pod in says so: true if the address is kept on the way', () => {
  const block = policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.2.0.0/16' } }] }] });
  const facts = grid({ networkPolicies: [block] });
  expect(ask(facts, at(facts, 'y/a'), at(facts, 'x/a'))).toMatchObject({
    answer: 'yes',
    reasons: [{ code: 'addressKept', cidr: '10.2.0.0/16' }],
  });
});

describe('a pod on the host network', () => {
  const host = pod('y/h', { pod: 'h' }, { hostNetwork: true, node: 'n2', ip: '192.168.0.2' });
  const facts = (networkPolicies: readonly NetworkPolicy[]): PolicyFacts => {
    const all = grid({ networkPolicies });
    return { ...all, pods: [...all.pods, host] };
  };

  it('is never called denied by selectors of NetworkPolicy alone, as sender or receiver', () => {
    const some = facts([shut, policy('y/shut', {})]);
    const hosted: Endpoint = { type: 'pod', pod: host };
    expect(ask(some, at(some, 'z/a'), hosted)).toMatchObject({ answer: 'depends', reasons: [{ code: 'hostNetwork' }] });
    const lets = facts([policy('x/in', { ingress: [{ from: [ns('y')] }] })]);
    expect(ask(lets, hosted, at(lets, 'x/a'))).toMatchObject({ answer: 'depends', reasons: [{ code: 'hostNetwork' }] });
  });

  it('may surely be reached where its policies let it, whether they count for it or not', () => {
    const onHost = { podSelector: { matchLabels: { pod: 'h' } } };
    const some = facts([policy('y/shut', {}), policy('y/in', { ...onHost, ingress: [{ from: [ns('x')] }] })]);
    const hosted: Endpoint = { type: 'pod', pod: host };
    expect(ask(some, at(some, 'x/a'), hosted).answer).toBe('yes');
    expect(ask(some, at(some, 'z/a'), hosted).answer).toBe('depends');
  });

  it('is in no subject and no peer of AdminNetworkPolicy, which says so', () => {
    const all = facts([]);
    const deny = adminPolicy('p', 1, { ingress: [{ action: 'Deny', from: [space()] }] }, { namespaces: {} });
    const some = { ...all, adminNetworkPolicies: [deny] };
    expect(ask(some, at(some, 'z/a'), { type: 'pod', pod: host }).answer).toBe('yes');
    expect(ask(some, { type: 'pod', pod: host }, at(some, 'x/a')).answer).toBe('yes');
  });
});

it("traffic between a pod and its own node passes whatever the policies say; another node's does not", () => {
  const [own, other] = [node('n1', ['192.168.0.1']), node('n2', ['192.168.0.2'])];
  const placed = (old: Pod): Pod => ({ ...old, spec: { ...old.spec, nodeName: 'n1' } });
  const facts = withPod('x/a', placed, { nodes: [own, other], networkPolicies: [shut] });
  expect(ask(facts, { type: 'node', node: own }, at(facts, 'x/a')).answer).toBe('yes');
  expect(ask(facts, at(facts, 'x/a'), { type: 'node', node: own }, 10250).answer).toBe('yes');
  expect(ask(facts, { type: 'node', node: other }, at(facts, 'x/a')).answer).toBe('no');
});

it('a Service is judged at the port of its pods, not at its own', () => {
  const web = service('y/web', { pod: 'b' }, { ports: [{ port: 80, targetPort: 81 }] });
  const out = policy('x/out', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 80 }] }] });
  const facts = grid({ networkPolicies: [out] });
  const pods = facts.pods.filter(({ metadata }) => metadata?.namespace === 'y' && metadata.labels?.pod === 'b');
  const [{ targets: [target] = [] } = {}] = serviceTargets(web, pods);
  expect(target?.port).toBe(81);
  expect(ask(facts, at(facts, 'x/a'), at(facts, 'y/b'), target?.port).answer).toBe('no');
});

it('finished pods send and receive nothing; terminating ones still do', () => {
  const done = withPod('y/a', (old) => ({ ...old, status: { ...old.status, phase: 'Succeeded' } }), {});
  expect(ask(done, at(done, 'y/a'), at(done, 'x/a'))).toMatchObject({
    answer: 'no',
    reasons: [{ code: 'podFinished' }],
  });
  const leaving = withPod(
    'y/a',
    (old) => ({ ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    {},
  );
  expect(ask(leaving, at(leaving, 'y/a'), at(leaving, 'x/a')).answer).toBe('yes');
});

it('a pod without an address is judged by labels, and not by blocks', () => {
  const young = (old: Pod): Pod => ({ ...old, status: { phase: 'Pending' } });
  const byLabel = withPod('y/a', young, { networkPolicies: [policy('x/in', { ingress: [{ from: [ns('y')] }] })] });
  expect(ask(byLabel, at(byLabel, 'y/a'), at(byLabel, 'x/a')).answer).toBe('yes');
  const block = policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] });
  const byBlock = withPod('y/a', young, { networkPolicies: [block] });
  expect(ask(byBlock, at(byBlock, 'y/a'), at(byBlock, 'x/a'))).toMatchObject({
    answer: 'depends',
    reasons: [{ code: 'noAddress' }],
  });
});

it('DNS needs UDP and TCP 53, and a cache on the node is not met by the labels of kube-dns', () => {
  const dns = policy('x/out', {
    policyTypes: ['Egress'],
    egress: [{ to: [{ ...ns('y'), podSelector: podIs('c') }], ports: [{ protocol: 'UDP', port: 53 }] }],
  });
  const facts = grid({ networkPolicies: [dns] });
  const cache: Endpoint = { type: 'address', cidr: '169.254.20.10' };
  expect(ask(facts, at(facts, 'x/a'), at(facts, 'y/c'), 53, 'UDP').answer).toBe('yes');
  expect(ask(facts, at(facts, 'x/a'), at(facts, 'y/c'), 53, 'TCP').answer).toBe('no');
  expect(ask(facts, at(facts, 'x/a'), cache, 53, 'UDP').answer).toBe('no');
});

it('names of domains are for egress to the outside; whether an address is meant is open', () => {
  const egress = [
    { action: 'Accept', to: [{ domainNames: ['*.example.com'] }] },
    { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
  ];
  const facts = grid({ clusterNetworkPolicies: [clusterPolicy('p', 'Admin', 1, { egress })] });
  expect(ask(facts, at(facts, 'x/a'), { type: 'address', cidr: '192.0.2.1' })).toMatchObject({
    answer: 'depends',
    reasons: [{ code: 'domainNames' }],
  });
  expect(ask(facts, at(facts, 'x/a'), at(facts, 'y/a')).answer).toBe('no');
});

describe('policies of Calico and Cilium', () => {
  it.each([
    ['projectcalico.org/v3', 'NetworkPolicy', {}],
    ['cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: {}, ingress: [] }],
  ])('are not judged, and nothing about their pods is called open: %s', (apiVersion, kind, spec) => {
    const other = { apiVersion, kind, metadata: { namespace: 'x', name: 'p' }, spec };
    const facts = grid({ otherPolicies: [other] });
    expect(ask(facts, at(facts, 'y/a'), at(facts, 'x/a'))).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'notJudged' }],
    });
    expect(ask(facts, at(facts, 'y/a'), at(facts, 'z/a')).answer).toBe('yes');
  });
});
