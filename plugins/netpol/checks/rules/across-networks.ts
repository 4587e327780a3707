import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { sidesOf } from '../../../../shared/policy/evaluate/evaluate.ts';
import { namedPort, sideSets } from '../../../../shared/policy/evaluate/side.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { networkTier } from '../../../../shared/policy/rules/own-network.ts';
import { openDefaultPorts } from '../../../../shared/policy/rules/pod-networks.ts';
import { intersectPorts, unionPorts } from '../../../../shared/policy/rules/port-set.ts';
import { DIRECTIONS, type Direction, type Rule } from '../../../../shared/policy/rules/rules.ts';
import type { PodUnit } from '../../../../shared/policy/rules/units.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { lintModelIn, ownNetworksOf } from '../../lint/lint-facts.ts';
import { classesOf, selectedClasses } from '../../lint/members.ts';
import { atField } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { ruleMessages } from '../../messages/rules.ts';
import { NETWORK_KINDS } from '../../own-networks.ts';
import { ruleWords } from '../../words/policies.ts';
import { networkWords } from '../../words/reasons.ts';

/**
 * Rules that mean pods of another network alone (OKEP-5193, "Network Policy": "configuring network policies that allow
 * traffic between namespaces that connect to different user-defined primary networks will have no effect").
 */
export const acrossNetworks = defineCheck<PolicySubject>({
  id: 'netpol/across-networks',
  group: 'priorities',
  needs: ['Namespace'],
  uses: [...POLICY_FACT_KINDS.filter((kind) => kind !== 'Namespace'), ...NETWORK_KINDS],
  applies: ({ kind }, { index }) => kind === 'NetworkPolicy' && ownNetworksOf(index).length > 0,
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule) => judge(index, subject, direction, rule) ?? []),
    ),
});

function judge(index: ClusterIndex, subject: PolicySubject, direction: Direction, rule: Rule): Finding | undefined {
  const { namespace, ref } = subject;
  if (namespace === undefined || rule.peers === 'any' || rule.peers.length === 0) return undefined;
  const model = lintModelIn(index);
  const meant = rule.peers.map((peer) => (peer.type === 'pods' ? classesOf(model, peer) : []));
  const others = [...new Set(meant.flatMap((classes) => classes.map(({ unit }) => unit.namespace.name)))];
  if (meant.some((classes) => classes.length === 0 || classes.some(({ unit }) => unit.hostNetwork))) return undefined;
  const own = unitsOf(index, selectedClasses(model, subject.compiled));
  const theirs = unitsOf(index, [...new Set(meant.flat())]);
  const apart = (mine: PodUnit, other: PodUnit): boolean =>
    direction === 'ingress' ? isApart(index, rule, other, mine) : isApart(index, rule, mine, other);
  if (own.length === 0 || own.some((mine) => theirs.some((other) => !apart(mine, other)))) return undefined;
  const networks = ownNetworksOf(index).map((network) => network.namespace);
  const where = networks.includes(namespace) ? namespace : (others.find((other) => networks.includes(other)) ?? '');
  return ruleMessages.POL317.raise({
    subject: ref,
    args: { rule: ruleWords(ref, direction, rule), direction, others: joinNames(others, 3), namespace },
    evidence: [
      atField(index, subject, `spec.${direction}[${rule.index}]`, `means pods of namespace ${joinNames(others, 3)}`),
      { fact: networkWords(where), source: `Namespace ${where} metadata.labels` },
    ],
  });
}

/** Whether the networks surely keep two units apart, both ways that count, on every port that a rule opens. */
function isApart(index: ClusterIndex, { ports }: Rule, from: PodUnit, to: PodUnit): boolean {
  const model = lintModelIn(index);
  const tiers = [networkTier(ownNetworksOf(index))];
  const sides = sidesOf(model, from, to);
  const [out, into] = [sides.egress, sides.ingress].map((side) => sideSets({ ...side, tiers }, model.context));
  const opened = ports.named.reduce((all, named) => unionPorts(all, namedPort(named, to)), ports.fixed);
  return intersectPorts(opened, intersectPorts(out?.allow ?? [], into?.allow ?? [])).length === 0;
}

/** One pod of a class for each set of ports that its pods keep open to other networks. */
function unitsOf(index: ClusterIndex, classes: readonly PodClass[]): readonly PodUnit[] {
  const model = lintModelIn(index);
  return classes.flatMap(({ pods }) => {
    const byPorts = new Map(pods.map((pod) => [openDefaultPorts(pod).join(), pod]));
    return [...byPorts.values()].map(model.unitOf);
  });
}
