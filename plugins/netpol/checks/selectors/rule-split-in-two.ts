import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { hasPort, isAllPorts, type PortRange, toPortRanges } from '../../../../shared/policy/rules/port-set.ts';
import { DIRECTIONS, type Direction, type Rule } from '../../../../shared/policy/rules/rules.ts';
import { declaredPortsOf, resolveNamedPort } from '../../../../shared/policy/rules/units.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesOf } from '../../lint/members.ts';
import { atField, changeFix } from '../../lint/places.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';
import { selectorMessages } from '../../messages/selectors.ts';
import { peersWords } from '../../words/peers.ts';
import { rulePortWords } from '../../words/ports.ts';

/** A rule with peers and no ports, followed by one with ports and no peers: a dash too many before `ports`. */
export const ruleSplitInTwo = defineCheck<PolicySubject>({
  id: 'netpol/rule-split-in-two',
  group: 'selectors',
  needs: ['NetworkPolicy'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy'),
  applies: ({ kind }) => kind === 'NetworkPolicy',
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) => judge(index, subject, direction, subject.compiled?.[direction] ?? []) ?? []),
});

function judge(
  index: ClusterIndex,
  subject: PolicySubject,
  direction: Direction,
  rules: readonly Rule[],
): Finding | undefined {
  const [first, second, third] = rules;
  // With more rules than two, one for everybody is more likely meant as it stands.
  if (first === undefined || second === undefined || third !== undefined) return undefined;
  if (first.peers === 'any' || second.peers !== 'any') return undefined;
  if (!isAllPorts(first.ports.fixed) || isAllPorts(second.ports.fixed)) return undefined;
  const named = second.ports.named.length > 0;
  if (!named && toPortRanges(second.ports.fixed).every(isForEverybody)) return undefined;
  // All pods of the namespace on every port, and everybody on one, is a usual pair of rules.
  const particular = first.peers.every((peer) => peer.type === 'pods' && asksForPods(peer.podSelector));
  const spaces = first.peers.every(
    (peer) => peer.type === 'pods' && (asksForPods(peer.podSelector) || asksForPods(peer.namespaceSelector ?? {})),
  );
  if (!spaces) return undefined;
  if (direction === 'egress' && !belongsTo(index, first, second)) return undefined;
  const written = writtenPolicy(subject)?.spec?.[direction] ?? [];
  const value = [{ ...written[0], ...written[1] }];
  return selectorMessages.POL105.raise({
    subject: subject.ref,
    // A namespace that may use every port, and one port for everybody, is often meant as it stands.
    severity: particular ? 'warning' : 'info',
    confidence: direction === 'egress' && particular ? 'likely' : 'possible',
    args: {
      policy: formatRef(subject.ref),
      direction,
      first: peersWords(first.peers),
      second: rulePortWords(second.ports),
      fixes: [
        changeFix(index, subject, {
          title: 'make one rule of them',
          op: 'replace',
          path: `/spec/${direction}`,
          value,
          old: written,
          risk: 'high',
        }),
      ],
    },
    evidence: [
      atField(index, subject, `spec.${direction}[0]`, `${peersWords(first.peers)}, and no ports: every port`),
      atField(index, subject, `spec.${direction}[1]`, `${rulePortWords(second.ports)}, and no peers: everybody`),
    ],
  });
}

/** DNS, and what is served to or fetched from the whole world. */
function isForEverybody({ protocol, from, to }: PortRange): boolean {
  if (from !== to) return false;
  return from === 53 || (protocol !== 'SCTP' && (from === 80 || from === 443));
}

function asksForPods({ matchLabels, matchExpressions }: Parameters<typeof isEmptySelector>[0]): boolean {
  return !isEmptySelector({ ...(matchLabels && { matchLabels }), ...(matchExpressions && { matchExpressions }) });
}

function isEmptySelector({
  matchLabels,
  matchExpressions,
}: {
  readonly matchLabels?: object;
  readonly matchExpressions?: readonly unknown[];
}): boolean {
  return Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length === 0;
}

/** Whether the ports of the second rule are those that the pods of the first one serve. */
function belongsTo(index: ClusterIndex, first: Rule, second: Rule): boolean {
  if (first.peers === 'any') return false;
  const model = lintModelIn(index);
  const pods = first.peers.flatMap((peer) => (peer.type === 'pods' ? classesOf(model, peer) : []));
  return pods.some(({ unit }) => {
    const served = declaredPortsOf(unit.pod);
    return (
      served.some(({ protocol, number }) => hasPort(second.ports.fixed, protocol, number)) ||
      second.ports.named.some((name) => resolveNamedPort(unit.pod, name).length > 0)
    );
  });
}
