import { describe, expect, it } from 'vitest';
import type { Labels } from '../model/objects.ts';
import type { NetworkPolicy } from '../model/objects-network.ts';
import { evaluate } from './evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from './model.ts';
import { serviceTargets } from './service-targets.ts';
import { at, grid, node, policy, service } from './testing/cluster.ts';
import { lines, table } from './testing/table.ts';

/** What Kubernetes' own suite does to a running cluster: labels and policies that change, and several at once. */

const podA = { matchLabels: { pod: 'a' } };
const fromY = [{ namespaceSelector: { matchLabels: { ns: 'y' } } }];

function tableOf(networkPolicies: readonly NetworkPolicy[], more: Partial<PolicyFacts> = {}): readonly string[] {
  return table(grid({ networkPolicies, ...more }), 'TCP 80');
}

/** Only those of y, and a itself, reach x/a. */
const A_FOR_Y = lines(`
  x/a ... ... ...
  x/b X.. ... ...
  x/c X.. ... ...
  y/a ... ... ...
  y/b ... ... ...
  y/c ... ... ...
  z/a X.. ... ...
  z/b X.. ... ...
  z/c X.. ... ...`);

/** The grid with the labels of one pod, and of one namespace, changed. */
function relabelled(path: string, labels: Labels, space?: readonly [string, Labels]): Partial<PolicyFacts> {
  const { pods, namespaces } = grid();
  return {
    pods: pods.map((one) =>
      `${one.metadata?.namespace}/${one.metadata?.name}` === path
        ? { ...one, metadata: { ...one.metadata, labels } }
        : one,
    ),
    namespaces: namespaces.map((one) =>
      one.metadata?.name === space?.[0] ? { ...one, metadata: { ...one.metadata, labels: space?.[1] ?? {} } } : one,
    ),
  };
}

describe('changes', () => {
  const letsY = policy('x/in', { podSelector: podA, ingress: [{ from: fromY }] });

  it('follow the labels of namespaces', () => {
    expect(tableOf([letsY])).toEqual(A_FOR_Y);
    // z takes the label that y had, and y another.
    const { namespaces } = grid();
    const swapped = namespaces.map((one) => {
      const name = one.metadata?.name;
      const ns = name === 'y' ? 'z' : name === 'z' ? 'y' : 'x';
      return { ...one, metadata: { ...one.metadata, labels: { ns } } };
    });
    const now = tableOf([letsY], { namespaces: swapped });
    expect(now.filter((line) => line.startsWith('y')).map((line) => line[4])).toEqual(['X', 'X', 'X']);
    expect(now.filter((line) => line.startsWith('z')).map((line) => line[4])).toEqual(['.', '.', '.']);
  });

  it('follow the labels of pods, as the one protected and as the one let in', () => {
    expect(tableOf([letsY], relabelled('x/a', { pod: 'other' })).every((line) => !line.includes('X'))).toBe(true);
    const letsB = policy('x/in', {
      podSelector: podA,
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { pod: 'b' } } }] }],
    });
    const before = tableOf([letsB]).map((line) => line[4]);
    const after = tableOf([letsB], relabelled('y/b', { pod: 'gone' })).map((line) => line[4]);
    expect([before.join(''), after.join('')]).toEqual(['..X' + 'X.X'.repeat(2), '..XXXXX.X']);
  });

  it('follow the rules of a policy, and its deletion', () => {
    const shut = policy('x/in', { podSelector: podA });
    expect(tableOf([shut])[3]).toBe('y/a X.. ... ...');
    expect(tableOf([letsY])[3]).toBe('y/a ... ... ...');
    expect(tableOf([])[8]).toBe('z/c ... ... ...');
  });
});

describe('several policies', () => {
  it('add up, port by port', () => {
    const one = policy('x/one', { podSelector: podA, ingress: [{ from: fromY, ports: [{ port: 80 }] }] });
    const two = policy('x/two', { podSelector: podA, ingress: [{ from: fromY, ports: [{ port: 81 }] }] });
    const facts = grid({ networkPolicies: [one, two] });
    const row = (port: string) => table(facts, port)[3];
    expect(['TCP 80', 'TCP 81', 'TCP 82', 'UDP 80'].map(row)).toEqual([
      'y/a ... ... ...',
      'y/a ... ... ...',
      'y/a X.. ... ...',
      'y/a X.. ... ...',
    ]);
  });

  it('let through what one of them allows though another denies all, in whatever order they stand', () => {
    const deny = policy('x/deny', { podSelector: {} });
    const allow = policy('x/allow', { podSelector: {}, ingress: [{}] });
    for (const order of [
      [deny, allow],
      [allow, deny],
    ])
      expect(tableOf(order).every((line) => !line.includes('X'))).toBe(true);
  });

  it('of both directions hold both: who may send is asked as well as who may receive', () => {
    const out = policy('x/out', {
      podSelector: podA,
      policyTypes: ['Egress'],
      egress: [{ to: [{ namespaceSelector: { matchLabels: { ns: 'z' } } }] }],
    });
    const into = policy('z/in', { podSelector: podA, ingress: [{ from: fromY }] });
    expect(tableOf([out, into])).toEqual(
      lines(`
        x/a .XX XXX X..
        x/b ... ... X..
        x/c ... ... X..
        y/a ... ... ...
        y/b ... ... ...
        y/c ... ... ...
        z/a ... ... ...
        z/b ... ... X..
        z/c ... ... X..`),
    );
  });
});

describe('egress', () => {
  it('denied for a pod leaves it reachable, and denied for a namespace leaves the others alone', () => {
    const shut = tableOf([policy('x/out', { podSelector: podA, policyTypes: ['Egress'] })]);
    expect(shut.slice(0, 2)).toEqual(['x/a .XX XXX XXX', 'x/b ... ... ...']);
    const all = tableOf([policy('x/out', { podSelector: {}, policyTypes: ['Egress'] })]);
    expect(all.slice(0, 4)).toEqual(['x/a .XX XXX XXX', 'x/b X.X XXX XXX', 'x/c XX. XXX XXX', 'y/a ... ... ...']);
  });

  it('goes by the port of the pod behind a Service, not by the port of the Service', () => {
    const web = service('y/web', { pod: 'b' }, { ports: [{ port: 80, targetPort: 81 }] });
    const facts = grid({
      networkPolicies: [
        policy('x/out', { podSelector: podA, policyTypes: ['Egress'], egress: [{ ports: [{ port: 80 }] }] }),
      ],
    });
    const model = buildPolicyModel(facts);
    const pods = facts.pods.filter(({ metadata }) => metadata?.namespace === 'y' && metadata.labels?.pod === 'b');
    const [{ targets: [target] = [] } = {}] = serviceTargets(web, pods);
    const port = target?.port ?? 0;
    expect(port).toBe(81);
    const { answer } = evaluate(model, at(facts, 'x/a'), at(facts, 'y/b'), { protocol: 'TCP', port });
    expect(answer).toBe('no');
  });
});

it("is always open to the pod's own node, whose probes no policy stops", () => {
  const own = node('n1', ['192.168.0.1']);
  const other = node('n2', ['192.168.0.2']);
  const { pods } = grid();
  const placed = pods.map((one) => ({ ...one, spec: { ...one.spec, nodeName: 'n1' } }));
  const facts = grid({
    pods: placed,
    nodes: [own, other],
    networkPolicies: [policy('x/deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })],
  });
  const model = buildPolicyModel(facts);
  const ask = (from: typeof own): string =>
    evaluate(model, { type: 'node', node: from }, at(facts, 'x/a'), { protocol: 'TCP', port: 80 }).answer;
  expect([ask(own), ask(other)]).toEqual(['yes', 'no']);
});
