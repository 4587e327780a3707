import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { goneMaker } from '../pods/creation/makers-in-events.ts';
import { rankedWorkloads } from './nearest-workloads.ts';
import { withoutHashes } from './selector-evidence.ts';

/** What there is instead, when nothing resembles the selector. */
export function presentLabels(index: ClusterIndex, subject: ServiceSubject): string {
  const made = madeByStranger(index, subject);
  if (made !== undefined) return made;
  const gone = goneMaker(index, subject);
  if (gone !== undefined) return `${gone.workload.kind} ${gone.workload.ref.name} was deleted`;
  const ranked = rankedWorkloads(index, subject, subject.namespace);
  if (ranked.length === 0) return index.seen('Pod', subject.namespace).whole ? nothingThere(index, subject) : '';
  const words = ranked
    .slice(0, 3)
    .map(({ ref, labels }) => `${ref.kind} ${ref.name} (${formatLabels(withoutHashes(labels)) || 'no labels'})`);
  const more = ranked.length > 3 ? ` and ${ranked.length - 3} more` : '';
  return `nothing there resembles it: the namespace has ${joinAnd(words)}${more}`;
}

const USUAL_MAKERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'] as const;

/** A dump without some kinds of workloads cannot tell that none of them is there. */
function nothingThere(index: ClusterIndex, { namespace }: ServiceSubject): string {
  const unseen = unseenMakers(index, namespace);
  if (unseen.length === 0) return 'the namespace has no pods and no workload that makes some';
  return `the namespace has no pods; ${joinNames(
    unseen.map((kind) => `${kind}s`),
    6,
  )} were not read`;
}

/** Kinds that usually make pods and were not read. */
export function unseenMakers(index: ClusterIndex, namespace: string): readonly string[] {
  return USUAL_MAKERS.filter((kind) => {
    const { status } = index.seen(kind, namespace);
    return status !== 'ok' && status !== 'absent';
  });
}

/** A ReplicaSet of a custom controller (a Rollout), which alone knows why it wants no pods. */
function madeByStranger(index: ClusterIndex, subject: ServiceSubject): string | undefined {
  const set = index
    .list('ReplicaSet', subject.namespace)
    .find((one) => matchesLabels(subject.selector ?? {}, one.spec?.template?.metadata?.labels));
  if (set === undefined) return undefined;
  const owner = controllerOf(set);
  const of = owner === undefined ? '' : ` of ${owner.kind ?? ''} ${owner.name ?? ''}`;
  return `ReplicaSet ${set.metadata?.name ?? ''}${of} makes such pods and wants ${set.spec?.replicas ?? 1}`;
}
