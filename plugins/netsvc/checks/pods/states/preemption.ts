import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { ownerOrPod } from '../../../../../shared/model/owners.ts';
import { eventEvidence } from '../pod-evidence.ts';
import type { ServicePod } from '../service-pods.ts';
import { namespaceEvents } from '../workloads-behind.ts';

/** The scheduler's words: `Preempted by pod UID on node N`, before 1.28 `Preempted by NAMESPACE/NAME on node N`. */
export const PREEMPTED = /^Preempted by (?:a )?(?:pod )?(\S+) on node (\S+)/;

/** That the scheduler took former pods away for one of higher priority, and whose that is. */
export interface Preemption {
  /** The end of a summary; empty when nothing was taken away, or nobody knows for whom. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/** What the scheduler told of the former pods of the same owner. */
export function preemptionOf(index: ClusterIndex, { pod }: ServicePod): Preemption {
  const { generateName, namespace = '' } = pod.metadata ?? {};
  const event =
    generateName === undefined
      ? undefined
      : namespaceEvents(index, namespace).findLast(
          ({ reason, object }) => reason === 'Preempted' && (object.name ?? '').startsWith(generateName),
        );
  if (event === undefined) return { words: '', evidence: [], fixes: [] };
  const [, by = '', node = ''] = PREEMPTED.exec(event.message) ?? [];
  const victor = index.list('Pod').find((one) => isNamed(one, by));
  const evidence = [eventEvidence(event, index.now)];
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
  const fact = `pod ${victor.metadata?.name ?? ''} of ${owner.kind} ${place}${rank === undefined ? '' : ` has priorityClassName ${rank}`}`;
  return {
    words: `; the scheduler took the former pod from ${node} for ${owner.kind} ${place}${rank === undefined ? '' : ` (priority class ${rank})`}`,
    evidence: [...evidence, { fact, source: `Pod ${victor.metadata?.namespace ?? ''}/${victor.metadata?.name ?? ''}` }],
    fixes,
  };
}

function isNamed({ metadata }: Pod, by: string): boolean {
  return metadata?.uid === by || `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}` === by;
}
