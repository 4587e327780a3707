import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { KubeObject, Labels } from '../../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { evaluateUnits } from '../../../../shared/policy/evaluate/evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from '../../../../shared/policy/model.ts';
import { PROTOCOLS } from '../../../../shared/policy/rules/port-set.ts';
import { naiveAnswer } from '../../../../shared/policy/testing/naive.ts';
import { PORTS, randomCluster } from '../../../../shared/policy/testing/random-cluster.ts';
import { changesFor } from './changes.ts';

const seed = Number(process.env.POLICY_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.POLICY_RUNS ?? 1);

/** Names that kubectl can tell apart; the random ones are all alike. */
function named(facts: PolicyFacts): PolicyFacts {
  const own = <T extends KubeObject>(list: readonly T[] = []): readonly T[] =>
    list.map((one, at) => ({ ...one, metadata: { ...one.metadata, name: `${one.metadata?.name}-${at}` } }));
  return {
    ...facts,
    networkPolicies: own(facts.networkPolicies),
    adminNetworkPolicies: own(facts.adminNetworkPolicies),
    clusterNetworkPolicies: own(facts.clusterNetworkPolicies),
  };
}

interface Step {
  readonly op: 'add' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** JSON patch (RFC 6902) as the API server does it: a list must be there for an item of it. */
function patched<T>(object: T, steps: readonly Step[]): T {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const { op, path, value } of steps) {
    const keys = path.split('/').slice(1);
    const last = keys.pop() ?? '';
    let at: Record<string, unknown> = copy;
    for (const key of keys) {
      expect(at, `${path} of ${JSON.stringify(object)}`).toHaveProperty([key]);
      at = at[key] as Record<string, unknown>;
    }
    if (Array.isArray(at)) {
      expect(Number(last)).toBeLessThanOrEqual(op === 'add' ? at.length : at.length - 1);
      if (op === 'add') at.splice(Number(last), 0, value);
      else at.splice(Number(last), 1);
    } else if (op === 'add') at[last] = value;
    else delete at[last];
  }
  return copy as T;
}

const LISTS = {
  networkpolicy: 'networkPolicies',
  adminnetworkpolicy: 'adminNetworkPolicies',
  baselineadminnetworkpolicy: 'baselineAdminNetworkPolicies',
  clusternetworkpolicy: 'clusterNetworkPolicies',
  namespace: 'namespaces',
  pod: 'pods',
} as const;

/** Does to the facts what a printed line would do to a cluster. */
function run(facts: PolicyFacts, command: string): PolicyFacts {
  const change = (kind: string, name: string, space: string | undefined, to: (one: KubeObject) => KubeObject) => {
    const list = LISTS[kind as keyof typeof LISTS];
    const all = (facts[list] ?? []) as readonly KubeObject[];
    const isIt = ({ metadata }: KubeObject): boolean =>
      metadata?.name === name && (space === undefined || metadata.namespace === space);
    expect(all.filter(isIt), command).toHaveLength(1);
    return { ...facts, [list]: all.map((one) => (isIt(one) ? to(one) : one)) };
  };
  const patch = /^kubectl patch (\w+) (\S+)(?: -n (\S+))? --type=json -p '(.*)'$/.exec(command);
  if (patch !== null) {
    const [, kind = '', name = '', space, steps = ''] = patch;
    return change(kind, name, space, (one) => patched(one, JSON.parse(steps) as Step[]));
  }
  const label = /^kubectl label (\w+) (\S+)(?: -n (\S+))? ([^=\s]+?)(?:=(\S*)|-)$/.exec(command);
  if (label !== null) {
    const [, kind = '', name = '', space, key = '', value] = label;
    return change(kind, name, space, (one) => {
      const { [key]: _, ...others } = (one.metadata?.labels ?? {}) as Labels;
      const labels = value === undefined ? others : { ...others, [key]: value };
      return { ...one, metadata: { ...one.metadata, labels } };
    });
  }
  const apply = /^echo '(.*)' \| kubectl apply -f -$/.exec(command);
  if (apply !== null) {
    const object = JSON.parse(apply[1] ?? '') as NetworkPolicy;
    return { ...facts, networkPolicies: [...(facts.networkPolicies ?? []), object] };
  }
  const gone = /^kubectl delete networkpolicy (\S+) -n (\S+)$/.exec(command);
  if (gone === null) throw new Error(`no such command here: ${command}`);
  const [, name, space] = gone;
  return {
    ...facts,
    networkPolicies: (facts.networkPolicies ?? []).filter(
      ({ metadata }) => metadata?.name !== name || metadata?.namespace !== space,
    ),
  };
}

function find(facts: PolicyFacts, pod: Pod): Pod {
  const found = facts.pods.find(({ metadata }) => metadata?.name === pod.metadata?.name);
  if (found === undefined) throw new Error('the pod is gone');
  return found;
}

describe(`the smallest change, seed ${seed} (POLICY_SEED repeats it)`, () => {
  it('turns the answer round when its line is run, and its undo turns it back', () => {
    let told = 0;
    fc.assert(
      fc.property(randomCluster(), fc.nat(1000), (random, pick) => {
        const facts = named(random);
        const from = facts.pods[pick % facts.pods.length];
        const to = facts.pods[(pick + 1 + (pick % (facts.pods.length - 1))) % facts.pods.length];
        if (from === undefined || to === undefined || from === to) return;
        const protocol = PROTOCOLS[pick % 3] ?? 'TCP';
        const port = PORTS[pick % PORTS.length] ?? 80;
        const answer = (some: PolicyFacts): string =>
          naiveAnswer(some, find(some, from), find(some, to), protocol, port);
        const model = buildPolicyModel(facts);
        const [a, b] = [model.unitOf(from), model.unitOf(to)];
        const question = { protocol, port };
        const verdict = evaluateUnits(model, a, b, question);
        const pair = { from: a, to: b, question, verdict, count: 1 };
        const fixes = changesFor({ facts, model, pair });
        const before = answer(facts);
        const wanted = before === 'no' ? 'yes' : 'no';
        const both = verdict.egress.answer === 'no' && verdict.ingress.answer === 'no';
        const lists: readonly (readonly Fix[])[] = both && before === 'no' ? [fixes] : fixes.map((fix) => [fix]);
        for (const list of lists) {
          if (list.length === 0) continue;
          told++;
          const after = list.reduce((some, { command }) => run(some, command), facts);
          expect(answer(after), list.map(({ command }) => command).join('\n')).toBe(wanted);
          const back = [...list].reverse().reduce((some, { undo = '' }) => run(some, undo), after);
          expect(answer(back), list.map(({ undo }) => undo).join('\n')).toBe(before);
        }
      }),
      { seed, numRuns: 800 * runs },
    );
    expect(told).toBeGreaterThan(50);
  }, 600_000);
});
