import type { Fix } from '../../../../shared/messages/finding.ts';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import type { PeerMiss, RuleWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import type { PolicyFacts, PolicyModel } from '../../../../shared/policy/model.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL, type Unit } from '../../../../shared/policy/rules/units.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import { type Candidate, NONE } from './candidate.ts';

/** Gives a namespace or a pod the one label that a rule misses. Labels that are there already are left alone. */
export function labelChanges(
  model: PolicyModel,
  facts: PolicyFacts,
  rule: RuleWalk,
  other: Unit,
  side: Direction,
): readonly Candidate[] {
  if (rule.peers === 'any' || !rule.ports.matched || other.type !== 'pod') return [];
  return rule.peers.flatMap(({ misses }): readonly Candidate[] => {
    const [miss, ...more] = misses;
    if (miss === undefined || more.length > 0) return [];
    if (miss.what !== 'namespaceLabel' && miss.what !== 'podLabel') return [];
    const value = wantedValue(miss);
    if (value === undefined) return [];
    return miss.what === 'namespaceLabel'
      ? [namespaceLabel(facts, miss.namespace, miss.key, value, side)]
      : podLabel(model, facts, other.pod, miss.key, value, side);
  });
}

function wantedValue(miss: Extract<PeerMiss, { what: 'namespaceLabel' | 'podLabel' }>): string | undefined {
  if (miss.found !== undefined || miss.key === NAMESPACE_NAME_LABEL) return undefined;
  if (miss.operator === 'Exists') return '';
  return miss.operator === 'In' ? miss.values[0] : undefined;
}

function namespaceLabel(facts: PolicyFacts, name: string, key: string, value: string, side: Direction): Candidate {
  const labelled = (object: KubeObject): KubeObject => withLabel(object, key, value);
  const known = facts.namespaces.some((object) => object.metadata?.name === name);
  const namespaces = known
    ? facts.namespaces.map((object) => (object.metadata?.name === name ? labelled(object) : object))
    : [...facts.namespaces, labelled({ metadata: { name } })];
  return {
    fix: {
      title: `give namespace ${name} the label that the rule wants`,
      command: `kubectl label namespace ${name} ${key}=${value}`,
      risk: 'low',
      undo: `kubectl label namespace ${name} ${key}-`,
    },
    facts: { ...facts, namespaces },
    replaced: NONE,
    order: 0,
    side,
  };
}

const TEMPLATED = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** A bare pod is labelled as it is; a workload's pods by its template, which rolls them. */
function podLabel(
  model: PolicyModel,
  facts: PolicyFacts,
  pod: Pod,
  key: string,
  value: string,
  side: Direction,
): readonly Candidate[] {
  const owner = model.workloadOf(pod);
  if (owner.kind !== 'Pod' && !TEMPLATED.has(owner.kind)) return [];
  const own = model.pods.filter((one) => refKey(model.workloadOf(one)) === refKey(owner));
  const replaced = new Map([...own, pod].map((one) => [one, withLabel(one, key, value)]));
  const pods = facts.pods.map((one) => replaced.get(one) ?? one);
  const name = `${owner.name} -n ${owner.namespace ?? ''}`;
  const patch = (to: string | null): string =>
    `kubectl patch ${owner.kind.toLowerCase()} ${name} -p ${shellQuote(
      JSON.stringify({ spec: { template: { metadata: { labels: { [key]: to } } } } }),
    )}`;
  const fix: Fix =
    owner.kind === 'Pod'
      ? {
          title: `give ${formatRef(owner)} the label that the rule wants`,
          command: `kubectl label pod ${name} ${key}=${value}`,
          risk: 'low',
          undo: `kubectl label pod ${name} ${key}-`,
        }
      : {
          title: `give the pods of ${formatRef(owner)} the label that the rule wants, which replaces them one by one`,
          command: patch(value),
          risk: 'low',
          undo: patch(null),
        };
  return [{ fix, facts: { ...facts, pods }, replaced, order: 1, side }];
}

function withLabel<T extends KubeObject>(object: T, key: string, value: string): T {
  const labels = { ...object.metadata?.labels, [key]: value };
  return { ...object, metadata: { ...object.metadata, labels } };
}
