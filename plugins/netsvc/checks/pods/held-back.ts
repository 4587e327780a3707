import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodTemplate } from '../../../../shared/model/objects-workload.ts';
import { controllerOf, type OwnedWorkload } from '../../../../shared/model/owners.ts';
import { type TemplateChange, templateChanges } from '../../../../shared/model/rollout-changes.ts';
import { target } from './containers/workload-commands.ts';
import type { ServicePod } from './service-pods.ts';

/** Pods that fail and that nothing makes anew, though the template of their workload is another one by now. */
export interface HeldBack {
  readonly why: string;
  readonly changes: readonly TemplateChange[];
  readonly fix: Fix;
}

/** What keeps pods of an older template; undefined where nothing does or the template has not changed. */
export function heldBack(index: ClusterIndex, bad: readonly ServicePod[]): HeldBack | undefined {
  const [first] = bad;
  const why = first?.workload === undefined ? '' : reasonOf(first.workload, bad);
  if (first?.workload === undefined || why === '') return undefined;
  const { owner, pod, workload } = first;
  const { namespace = '' } = owner;
  const of: PodTemplate | undefined =
    owner.kind === 'Deployment'
      ? index.get('ReplicaSet', namespace, controllerOf(pod)?.name ?? '')?.spec?.template
      : // Injected containers and variables are of the pod alone.
        pod;
  if (of === undefined) return undefined;
  const changes = templateChanges(of, workload.template).filter(
    ({ where, field }) => where !== '' && field !== 'container' && !field.startsWith('env'),
  );
  if (changes.length === 0) return undefined;
  const names = bad.map(({ name }) => name).join(' ');
  const fix: Fix =
    owner.kind === 'Deployment'
      ? {
          title: 'let the rollout go on',
          command: `kubectl rollout resume ${target(owner)}`,
          risk: 'low',
          undo: `kubectl rollout pause ${target(owner)}`,
        }
      : {
          title: 'make the pods anew from the template',
          command: `kubectl delete pod ${names} -n ${namespace}`,
          risk: 'low',
        };
  return { why, changes, fix };
}

/**
 * A StatefulSet with podManagementPolicy OrderedReady does not replace a pod that never gets Ready, whatever its template
 * says by now (kubernetes.io, StatefulSets, "Forced rollback").
 */
function reasonOf({ kind, object: { spec, status } }: OwnedWorkload, bad: readonly ServicePod[]): string {
  if (kind === 'Deployment') return spec?.paused === true ? 'the rollout is paused' : '';
  const byHand = spec?.updateStrategy?.type === 'OnDelete' ? 'its update strategy is OnDelete' : '';
  if (kind === 'DaemonSet')
    return (status?.updatedNumberScheduled ?? 0) < (status?.desiredNumberScheduled ?? 0) ? byHand : '';
  const { updateRevision } = status ?? {};
  const older = bad.every(({ pod }) => pod.metadata?.labels?.['controller-revision-hash'] !== updateRevision);
  if (kind !== 'StatefulSet' || updateRevision === undefined || !older) return '';
  if (byHand !== '') return byHand;
  if (spec?.podManagementPolicy === 'Parallel' || (spec?.updateStrategy?.rollingUpdate?.partition ?? 0) > 0) return '';
  return 'a StatefulSet waits for its pods to be Ready before it replaces them';
}
