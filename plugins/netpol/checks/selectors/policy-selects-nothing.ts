import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { LabelSelector } from '../../../../shared/model/objects.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatSelector, matchesSelector } from '../../../../shared/model/selectors.ts';
import type { Nearest } from '../../../../shared/policy/evaluate/nearest.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { missesOf } from '../../../../shared/policy/rules/labels.ts';
import type { PodsPeer } from '../../../../shared/policy/rules/rules.ts';
import { isFinished } from '../../../../shared/policy/rules/units.ts';
import { lintModelIn, templatesSeen } from '../../lint/lint-facts.ts';
import { classesIn, membersIn } from '../../lint/members.ts';
import { type NearWords, nearestNamespaces, nearestPods, nearWords } from '../../lint/nearest-words.ts';
import { atField, changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { selectorMessages } from '../../messages/selectors.ts';
import { peerWords } from '../../words/peers.ts';

/**
 * The subject of a policy matches no pod and no template of a workload. An empty selector means whatever comes, so a
 * deny-all in an empty namespace is right.
 */
export const policySelectsNothing = defineCheck<PolicySubject>({
  id: 'netpol/policy-selects-nothing',
  group: 'selectors',
  needs: ['Pod'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod'),
  applies: ({ compiled }) => compiled?.subject !== undefined && asksForLabels(compiled.subject),
  run: (subject, { index }) => {
    const { compiled } = subject;
    const wanted = compiled?.subject;
    if (wanted === undefined) return [];
    const model = lintModelIn(index);
    const { yes, maybe } = membersIn(model, wanted);
    if (yes.length + maybe.length > 0 || selectsFinished(index, wanted)) return [];
    const near = nearestOf(index, wanted);
    return [raise(index, subject, wanted, near)];
  },
});

function raise(index: ClusterIndex, subject: PolicySubject, wanted: PodsPeer, near: NearWords | undefined): Finding {
  const model = lintModelIn(index);
  const here = wanted.namespace === undefined ? undefined : classesIn(model).byNamespace.get(wanted.namespace);
  const empty = wanted.namespace !== undefined && here === undefined;
  const field = subject.kind === 'NetworkPolicy' ? 'spec.podSelector' : 'spec.subject';
  const selector = wanted.podSelector;
  const evidence: Evidence[] = [
    atField(index, subject, field, `selects ${peerWords(wanted)}`),
    ...(near === undefined ? [] : near.evidence),
  ];
  const sure = templatesSeen(index, subject.namespace ?? '*');
  if (!sure)
    evidence.push({ fact: 'workloads without pods could not all be seen', source: 'Deployments, Jobs and others' });
  return selectorMessages.POL101.raise({
    subject: subject.ref,
    // In a namespace without any pod the application is still to come.
    severity: empty ? 'info' : 'warning',
    confidence: sure && near?.slip === true ? 'proven' : sure ? 'likely' : 'possible',
    args: {
      policy: formatRef(subject.ref),
      selects: peerWords(wanted),
      none: empty ? `namespace ${wanted.namespace} has no pods` : 'no pod and no workload has these labels',
      nearest: near?.words ?? '',
      fixes: [
        ...selectorFix(index, subject, selector, near?.slip === true ? near.nearest : undefined),
        ...look(subject),
      ],
    },
    evidence,
  });
}

/** With the labels of the nearest pod the selector would hold. */
function selectorFix(
  index: ClusterIndex,
  subject: PolicySubject,
  selector: LabelSelector,
  nearest: Nearest | undefined,
): readonly Fix[] {
  if (nearest === undefined || subject.kind !== 'NetworkPolicy' || selector.matchExpressions?.length) return [];
  const fixed = corrected(selector, nearest);
  if (fixed === undefined) return [];
  return [
    changeFix(index, subject, {
      title: `select ${formatSelector({ matchLabels: fixed })} instead`,
      op: 'replace',
      path: '/spec/podSelector/matchLabels',
      value: fixed,
      old: selector.matchLabels,
      risk: 'high',
    }),
  ];
}

/** The equalities of a selector with the values, or the key, that the nearest object has. */
export function corrected(
  { matchLabels = {} }: LabelSelector,
  { misses, similar }: Nearest,
): Readonly<Record<string, string>> | undefined {
  const [miss] = misses;
  if (miss === undefined || misses.length > 1) return undefined;
  if (miss.found !== undefined) return { ...matchLabels, [miss.key]: miss.found };
  if (similar === undefined) return undefined;
  const { [miss.key]: _, ...others } = matchLabels;
  return { ...others, [similar.key]: similar.value };
}

function look({ namespace }: PolicySubject): readonly Fix[] {
  const scope = namespace === undefined ? '-A' : `-n ${namespace}`;
  return [{ title: 'see the labels of the pods', command: `kubectl get pods ${scope} --show-labels`, risk: 'none' }];
}

function nearestOf(index: ClusterIndex, wanted: PodsPeer): NearWords | undefined {
  const model = lintModelIn(index);
  const spaces = [...model.namespaces.values()];
  const selector = wanted.namespaceSelector;
  if (selector !== undefined && spaces.every(({ labels }) => missesOf(selector, labels).length > 0)) {
    return nearWords(nearestNamespaces(model, selector));
  }
  return nearWords(nearestPods(model, wanted));
}

function asksForLabels({ podSelector, namespaceSelector }: PodsPeer): boolean {
  return [podSelector, namespaceSelector ?? {}].some(
    ({ matchLabels, matchExpressions }) =>
      Object.keys(matchLabels ?? {}).length > 0 || (matchExpressions ?? []).length > 0,
  );
}

/** Pods that ended are no pods for a policy, but they prove that the selector is right: more will come. */
function selectsFinished(index: ClusterIndex, wanted: PodsPeer): boolean {
  return index
    .list('Pod', wanted.namespace)
    .some((pod) => isFinished(pod) && matchesSelector(wanted.podSelector, pod.metadata?.labels));
}
