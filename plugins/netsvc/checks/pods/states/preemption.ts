import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { type OwnedWorkload, ownerOrPod, ownerWorkload } from '../../../../../shared/model/owners.ts';
import { conditionOf } from '../../../../../shared/model/pods.ts';
import { nameOf, type Ref, refKey } from '../../../../../shared/model/refs.ts';
import { isPatchable, patchTemplateSpec, target } from '../containers/workload-commands.ts';
import { eventEvidence } from '../pod-evidence.ts';
import type { ServicePod } from '../service-pods.ts';
import { namespaceEvents } from '../workloads-behind.ts';

/** The scheduler's words: `Preempted by pod UID on node N`, before 1.28 `Preempted by NAMESPACE/NAME on node N`. */
export const PREEMPTED = /^Preempted by (?:a )?(?:pod )?(\S+) on node (\S+)/;

/** That the scheduler took former pods away for one of higher priority, and whose that is. */
export interface Preemption {
  /** What happened, as part of a summary; empty when nothing was taken away, or nobody knows for whom. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

const NONE: Preemption = { words: '', evidence: [], fixes: [] };

/** What the scheduler told of the former pods of the same owner: by an event, or on one that is about to go. */
export function preemptionOf(index: ClusterIndex, entry: ServicePod): Preemption {
  const { namespace = '' } = entry.pod.metadata ?? {};
  const told = toldByEvent(index, entry) ?? toldByPod(index, entry);
  if (told === undefined) return NONE;
  const { node, evidence, by } = told;
  const [victor] = by;
  const fixes: readonly Fix[] =
    node === ''
      ? []
      : [
          {
            title: `see the pods of ${node} with their priorities`,
            command: `kubectl get pods -A --field-selector spec.nodeName=${node} -o custom-columns=NAMESPACE:.metadata.namespace,POD:.metadata.name,CLASS:.spec.priorityClassName,PRIORITY:.spec.priority`,
            risk: 'none',
          },
        ];
  if (victor === undefined) return { words: '', evidence, fixes };
  const owner = ownerOrPod(index, victor);
  const place = owner.namespace === namespace ? owner.name : `${owner.namespace ?? ''}/${owner.name}`;
  const rank = victor.spec?.priorityClassName;
  const fact = `pod ${nameOf(victor)} of ${owner.kind} ${place}${rank === undefined ? '' : ` has priorityClassName ${rank}`}`;
  return {
    words: `the scheduler took the former pod from ${node} for ${owner.kind} ${place}${rank === undefined ? '' : ` (priority class ${rank})`}`,
    evidence: [...evidence, { fact, source: `Pod ${victor.metadata?.namespace ?? ''}/${nameOf(victor)}` }],
    fixes: [...giveBack(index, by, owner, entry.owner), ...sameRank(entry, rank), ...fixes],
  };
}

interface Told {
  readonly node: string;
  readonly evidence: readonly Evidence[];
  /** The pods for which it was done, as far as they are known. */
  readonly by: readonly Pod[];
}

/** Pods of a StatefulSet keep their name; others share the stem of it. */
function toldByEvent(index: ClusterIndex, { pod }: ServicePod): Told | undefined {
  const { generateName, name, namespace = '' } = pod.metadata ?? {};
  const events = namespaceEvents(index, namespace).filter(
    ({ reason, object }) =>
      reason === 'Preempted' &&
      (generateName === undefined ? object.name === name : (object.name ?? '').startsWith(generateName)),
  );
  const event = events.at(-1);
  if (event === undefined) return undefined;
  const told = events.flatMap(({ message }) => PREEMPTED.exec(message)?.[1] ?? []).reverse();
  const by = [...new Set(told)].flatMap((one) => index.list('Pod').find((other) => isNamed(other, one)) ?? []);
  return { node: PREEMPTED.exec(event.message)?.[2] ?? '', evidence: [eventEvidence(event, index.now)], by };
}

/** The scheduler marks a pod before it deletes it, and reserves the node for the one that is to have it. */
function toldByPod(index: ClusterIndex, entry: ServicePod): Told | undefined {
  const { namespace = '' } = entry.pod.metadata ?? {};
  const victim = index
    .list('Pod', namespace)
    .find(
      (pod) =>
        conditionOf(pod, 'DisruptionTarget')?.reason === 'PreemptionByScheduler' &&
        refKey(ownerOrPod(index, pod)) === refKey(entry.owner),
    );
  const node = victim?.spec?.nodeName;
  if (victim === undefined || node === undefined) return undefined;
  const fact = 'condition DisruptionTarget True (PreemptionByScheduler)';
  return {
    node,
    evidence: [{ fact, source: `Pod ${namespace}/${nameOf(victim)} status.conditions` }],
    by: index.list('Pod').filter(({ status }) => status?.nominatedNodeName === node),
  };
}

function isNamed({ metadata }: Pod, by: string): boolean {
  return metadata?.uid === by || `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}` === by;
}

/** So many pods fewer of the one that took the room; a Job stands still. */
function giveBack(index: ClusterIndex, by: readonly Pod[], owner: Ref, loser: Ref): readonly Fix[] {
  const made = by.filter((pod) => refKey(ownerOrPod(index, pod)) === refKey(owner)).length;
  const workload: OwnedWorkload | undefined = by[0] === undefined ? undefined : ownerWorkload(index, by[0]);
  const title = `give the room back to ${loser.name}, if ${owner.kind} ${owner.name} can wait`;
  if (owner.kind === 'Job') {
    const suspend = (on: boolean): string =>
      `kubectl patch job ${owner.name} -n ${owner.namespace ?? ''} -p '{"spec":{"suspend":${on}}}'`;
    return [{ title, command: suspend(true), risk: 'high', undo: suspend(false) }];
  }
  const replicas = workload?.object.spec?.replicas;
  if (replicas === undefined || replicas < made || !['Deployment', 'StatefulSet'].includes(owner.kind)) return [];
  const scale = (count: number): string => `kubectl scale ${target(owner)} --replicas=${count}`;
  return [{ title, command: scale(replicas - made), risk: 'high', undo: scale(replicas) }];
}

/** Pods of the same priority are not taken away for each other. */
function sameRank({ owner, pod }: ServicePod, rank: string | undefined): readonly Fix[] {
  if (rank === undefined || rank.startsWith('system-') || !isPatchable(owner)) return [];
  const patch = (priorityClassName: string | null): string => patchTemplateSpec(owner, { priorityClassName });
  return [
    {
      title: `so that they are not taken for it again: the same priority for ${owner.name}`,
      command: patch(rank),
      risk: 'low',
      undo: patch(pod.spec?.priorityClassName ?? null),
    },
  ];
}
