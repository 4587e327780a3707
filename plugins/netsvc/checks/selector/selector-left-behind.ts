import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { OwnedWorkload } from '../../../../shared/model/owners.ts';
import { isReady, isTerminating } from '../../../../shared/model/pods.ts';
import { formatRef, type Ref, refKey } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd, plural } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { labelDifferences } from './label-distance.ts';
import { selectorChange } from './selector-evidence.ts';
import { selectorKeyFix } from './selector-fixes.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { isVersionKey, isVersionWord, stemOf } from './version-words.ts';
import { podsByOwner } from './workload-pods.ts';
import { workloadsMatching } from './workloads-matching.ts';

/** A sibling that differs in its version label only, and has ready pods. */
interface Sibling {
  readonly owner: Ref;
  readonly labels: Labels;
  readonly ready: number;
}

/** Blue was switched off, green runs, and the selector still says blue. */
export const selectorLeftBehind = defineCheck<ServiceSubject>({
  id: 'netsvc/selector-left-behind',
  group: 'selector',
  needs: ['Pod'],
  uses: [...SELECTOR_USES, 'HorizontalPodAutoscaler', 'ScaledObject'],
  applies: (subject) => subject.selector !== undefined && Object.keys(subject.selector).some(isVersionKey),
  run: (subject, { index, now }) => {
    const selector = subject.selector ?? {};
    const pods = subjectPods(index, subject).filter((pod) => !isTerminating(pod));
    if (pods.some(isReady)) return [];
    const versions = Object.entries(selector).filter(
      ([key, value]) => isVersionKey(key) && !isOwnVersion(subject, value),
    );
    if (versions.length === 0) return [];
    const idle = workloadsMatching(index, subject.namespace, selector);
    const [off] = idle;
    if (off === undefined || isAutoscaled(index, off)) return [];
    const sibling = siblingOf(
      index,
      subject,
      versions.map(([key]) => key),
      new Set(idle.map(({ ref }) => refKey(ref))),
    );
    if (sibling === undefined) return [];
    const change = Object.fromEntries(
      labelDifferences(selector, sibling.labels).map(({ key, found }) => [key, found ?? '']),
    );
    const switchedOff = pods.length === 0 && idle.every(({ object }) => object.spec?.replicas === 0);
    return [
      selectorMessages.SVC103.raise({
        subject: subject.ref,
        // Pods of the selected version that fail have a cause of their own; then this is the way round it.
        severity: switchedOff ? 'critical' : 'info',
        args: {
          service: `${subject.namespace}/${subject.name}`,
          wanted: joinAnd(Object.keys(change).map((key) => `${key}=${selector[key] ?? ''}`)),
          idle: switchedOff
            ? `whose ${off.kind} ${off.ref.name} has 0 replicas`
            : `of which no pod is ready (${off.kind} ${off.ref.name})`,
          active: `${sibling.owner.kind} ${sibling.owner.name}`,
          found: formatLabels(change),
          ready: sibling.ready,
        },
        evidence: [
          { fact: `selector ${formatLabels(selector)}`, source: `${formatRef(subject.ref)} spec.selector` },
          { fact: `spec.replicas is ${off.object.spec?.replicas ?? 1}`, source: `${formatRef(off.ref)} spec.replicas` },
          {
            fact: `${plural(sibling.ready, 'ready pod')} with ${formatLabels(change)}`,
            source: `Pods of ${formatRef(sibling.owner)}`,
          },
          ...selectorChange(subject, now),
        ],
        fixes: fixesOf(subject, off, sibling, change),
      }),
    ];
  },
});

/** A Service that bears the version in its name (`web-canary`) is meant for it and for no other. */
function isOwnVersion(subject: ServiceSubject, value: string): boolean {
  return !isVersionWord(value) || subject.name.split('-').includes(value);
}

/** An autoscaler that goes to zero is a plan, not a switch. */
function isAutoscaled(index: ClusterIndex, { ref }: OwnedWorkload): boolean {
  const targets = [
    ...index.list('HorizontalPodAutoscaler', ref.namespace),
    ...index.list('ScaledObject', ref.namespace),
  ];
  return targets.some((scaler) => {
    const spec = (scaler as { spec?: { scaleTargetRef?: { name?: string } } }).spec;
    return spec?.scaleTargetRef?.name === ref.name;
  });
}

function siblingOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  versionKeys: readonly string[],
  own: ReadonlySet<string>,
): Sibling | undefined {
  const selector = subject.selector ?? {};
  const rest = Object.fromEntries(Object.entries(selector).filter(([key]) => !versionKeys.includes(key)));
  const siblings = [...podsByOwner(index, subject.namespace).values()].flatMap(
    ({ owner, pods }): readonly Sibling[] => {
      const [first] = pods;
      const labels = first?.metadata?.labels ?? {};
      const ready = pods.filter(isReady).length;
      if (ready === 0 || own.has(refKey(owner)) || !matchesLabels(rest, labels)) return [];
      // Without a shared key only the names can tell that both are versions of one app.
      if (Object.keys(rest).length === 0 && stemOf(owner.name) !== stemOf(subject.name)) return [];
      if (versionKeys.some((key) => labels[key] === undefined)) return [];
      return [{ owner, labels, ready }];
    },
  );
  return siblings.sort((a, b) => b.ready - a.ready || (refKey(a.owner) < refKey(b.owner) ? -1 : 1))[0];
}

function fixesOf(
  subject: ServiceSubject,
  off: OwnedWorkload,
  sibling: Sibling,
  change: Readonly<Record<string, string>>,
): readonly Fix[] {
  const turn = selectorKeyFix(subject, change, `turn the Service to ${sibling.owner.kind} ${sibling.owner.name}`);
  if (!['Deployment', 'StatefulSet'].includes(off.kind)) return [turn];
  const scale = (count: number): string =>
    `kubectl scale ${off.kind.toLowerCase()} ${off.ref.name} -n ${subject.namespace} --replicas=${count}`;
  return [
    turn,
    { title: 'or start the old version again', command: scale(sibling.ready), risk: 'low', undo: scale(0) },
  ];
}
