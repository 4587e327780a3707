import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { LabelSelector } from '../../../../shared/model/objects.ts';
import type { NetworkPolicyPeer } from '../../../../shared/model/objects-network.ts';
import { formatSelector } from '../../../../shared/model/selectors.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { DIRECTIONS, type Direction, type PodsPeer } from '../../../../shared/policy/rules/rules.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesOf, countPods, podNames } from '../../lint/members.ts';
import { atField, changeFix } from '../../lint/places.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';
import { selectorMessages } from '../../messages/selectors.ts';
import { peerWords } from '../../words/peers.ts';
import { ruleWords } from '../../words/policies.ts';
import type { PlacedPeer } from './peers.ts';

/**
 * A namespaceSelector and a podSelector in neighbouring list items (OR), where the pods show that one item (AND) was
 * meant; or one item where two were meant. Which reading fits is seen from the pods, so both must be there to look at.
 */
export const andOrTrap = defineCheck<PolicySubject>({
  id: 'netpol/and-or-trap',
  group: 'selectors',
  needs: ['Pod', 'Namespace'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod' && kind !== 'Namespace'),
  applies: (subject) => trapsOf(subject).length > 0,
  run: (subject, { index }) => trapsOf(subject).flatMap((trap) => judge(index, subject, trap) ?? []),
});

/** A pair of selectors, in two items of a list or in one. */
interface Trap {
  readonly direction: Direction;
  readonly rule: number;
  readonly list: readonly NetworkPolicyPeer[];
  /** Places in the list; equal for one item with both selectors. */
  readonly namespaceAt: number;
  readonly podAt: number;
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
}

function trapsOf(subject: PolicySubject): readonly Trap[] {
  const spec = writtenPolicy(subject)?.spec;
  return DIRECTIONS.flatMap((direction) =>
    (subject.compiled?.affects[direction] === true ? (spec?.[direction] ?? []) : []).flatMap((rule, at) => {
      const list = (rule && ('from' in rule ? rule.from : 'to' in rule ? rule.to : undefined)) ?? [];
      return pairs(list).map((pair) => ({ direction, rule: at, list, ...pair }));
    }),
  );
}

function pairs(
  list: readonly NetworkPolicyPeer[],
): readonly Pick<Trap, 'namespaceAt' | 'podAt' | 'namespaces' | 'pods'>[] {
  return list.flatMap((peer, at) => {
    const { namespaceSelector: namespaces, podSelector: pods } = peer ?? {};
    if (namespaces && pods) return asks(pods) ? [{ namespaceAt: at, podAt: at, namespaces, pods }] : [];
    if (!namespaces || pods) return [];
    // Only the neighbours: a list that names a namespace here and pods there is a list.
    return [at + 1, at - 1].flatMap((podAt) => {
      const other = list[podAt];
      if (!other?.podSelector || other.namespaceSelector || !asks(other.podSelector)) return [];
      return [{ namespaceAt: at, podAt, namespaces, pods: other.podSelector }];
    });
  });
}

function asks({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length > 0;
}

/** How many pods each reading of a pair means. */
interface Readings {
  readonly both: PodsPeer;
  readonly own: PodsPeer;
  readonly spaces: PodsPeer;
}

function readingsOf({ namespace }: PolicySubject, { namespaces, pods }: Trap): Readings {
  const form = { type: 'pods', hostNetwork: 'undefined' } as const;
  return {
    both: { ...form, namespace: undefined, namespaceSelector: namespaces, podSelector: pods },
    own: { ...form, namespace: namespace ?? '', namespaceSelector: undefined, podSelector: pods },
    spaces: { ...form, namespace: undefined, namespaceSelector: namespaces, podSelector: {} },
  };
}

/** Whether one item with both selectors means nobody while two items would mean somebody each. */
export function isOneWhereTwo(index: ClusterIndex, subject: PolicySubject, both: PodsPeer): boolean {
  if (both.namespaceSelector === undefined || !asks(both.podSelector)) return false;
  const model = lintModelIn(index);
  const own: PodsPeer = { ...both, namespace: subject.namespace ?? '', namespaceSelector: undefined };
  return [own, { ...both, podSelector: {} }].every((peer) => classesOf(model, peer).length > 0);
}

/**
 * Whether a podSelector stands alone where only together with its neighbour it means anybody. The trap is told; that the
 * item alone selects nothing is part of it.
 */
export function isTwoWhereOne(index: ClusterIndex, subject: PolicySubject, place: PlacedPeer): boolean {
  const model = lintModelIn(index);
  return trapsOf(subject).some((trap) => {
    if (trap.direction !== place.direction || trap.rule !== place.rule.index || trap.podAt !== place.at) return false;
    const { both, own } = readingsOf(subject, trap);
    return trap.namespaceAt !== trap.podAt && classesOf(model, own).length === 0 && classesOf(model, both).length > 0;
  });
}

function judge(index: ClusterIndex, subject: PolicySubject, trap: Trap): Finding | undefined {
  const model = lintModelIn(index);
  const readings = readingsOf(subject, trap);
  const [both, own] = [classesOf(model, readings.both), classesOf(model, readings.own)];
  if (trap.namespaceAt === trap.podAt) {
    if (both.length > 0 || !isOneWhereTwo(index, subject, readings.both)) return undefined;
    const why = `No pod is both, and ${plural(countPods(own), 'pod')} of its own namespace would fit.`;
    return raise(index, subject, trap, readings, 'warning', why);
  }
  const everywhere = !asks(trap.namespaces);
  const ownSpace = classesOf(model, readings.spaces).some(({ unit }) => unit.namespace.name === subject.namespace);
  if (everywhere || (ownSpace && own.length > 0)) {
    const why = 'As written the second item adds nothing to the first.';
    return raise(index, subject, trap, readings, 'warning', why);
  }
  if (both.length === 0) return undefined;
  const fit = `${plural(countPods(both), 'pod')} of those namespaces ${both.length === 1 && countPods(both) === 1 ? 'fits' : 'fit'} both`;
  if (own.length === 0) {
    const why = `In namespace ${subject.namespace} there is no pod ${formatSelector(trap.pods)}, and ${fit}.`;
    return raise(index, subject, trap, readings, 'warning', why);
  }
  return raise(index, subject, trap, readings, 'info', `Both readings mean pods: ${fit}.`);
}

function raise(
  index: ClusterIndex,
  subject: PolicySubject,
  trap: Trap,
  readings: Readings,
  severity: Severity,
  why: string,
): Finding {
  const model = lintModelIn(index);
  const { direction, rule, list, namespaceAt, podAt } = trap;
  const one = namespaceAt === podAt;
  const list1 = peerWords(readings.both);
  const list2 = `${peerWords(readings.spaces)}, and ${peerWords(readings.own)}`;
  const field = `spec.${direction}[${rule}].${direction === 'ingress' ? 'from' : 'to'}`;
  const pods = { namespaceSelector: trap.namespaces, podSelector: trap.pods };
  const value = one
    ? list.flatMap((peer, at) =>
        at === podAt ? [{ namespaceSelector: trap.namespaces }, { podSelector: trap.pods }] : [peer],
      )
    : list.flatMap((peer, at) => (at === namespaceAt ? [pods] : at === podAt ? [] : [peer]));
  const examples = podNames(classesOf(model, readings.both), 3);
  return selectorMessages.POL104.raise({
    subject: subject.ref,
    severity,
    confidence: severity === 'info' ? 'possible' : 'likely',
    args: {
      rule: ruleWords(subject.ref, direction, { index: rule }),
      written: one ? list1 : list2,
      other: one ? list2 : list1,
      why,
      fixes: [
        changeFix(index, subject, {
          title: one ? 'write two list items (OR)' : 'write one list item (AND)',
          op: 'replace',
          path: `/${field.replaceAll('.', '/').replaceAll('[', '/').replaceAll(']', '')}`,
          value,
          old: list,
          risk: 'high',
        }),
      ],
    },
    evidence: [
      atField(index, subject, field, `as written (${one ? 'AND' : 'OR'}): ${one ? list1 : list2}`),
      { fact: `the other reading (${one ? 'OR' : 'AND'}): ${one ? list2 : list1}`, source: '' },
      ...(examples.length === 0 ? [] : [{ fact: `pods that fit both selectors: ${joinNames(examples)}`, source: '' }]),
    ],
  });
}
