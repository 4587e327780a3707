import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { type OwnedWorkload, workloadsIn } from '../../../../shared/model/owners.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * True when the question is about files that were never applied: no pod was read, and the Service and every workload
 * carry nothing that a server adds. Their templates then stand for the pods they would make.
 */
export function isManifestOnly(index: ClusterIndex, subject: ServiceSubject): boolean {
  if (index.seen('Pod', subject.namespace).status !== 'notCollected') return false;
  const objects = [subject.service, ...workloadsIn(index, subject.namespace).map(({ object }) => object)];
  return objects.every(({ metadata }) => metadata?.uid === undefined && metadata?.creationTimestamp === undefined);
}

/** The workloads of the manifests that run for good. */
export function manifestWorkloads(index: ClusterIndex, subject: ServiceSubject): readonly OwnedWorkload[] {
  return workloadsIn(index, subject.namespace).filter(({ kind }) => kind !== 'Job' && kind !== 'CronJob');
}

/** The pods that the manifests would make behind the Service, one for each workload. */
export function manifestPods(index: ClusterIndex, subject: ServiceSubject): readonly Pod[] {
  const { selector, namespace } = subject;
  if (selector === undefined) return [];
  return manifestWorkloads(index, subject)
    .filter(({ template }) => matchesLabels(selector, template?.metadata?.labels))
    .map(({ kind, ref, template }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `template of ${ref.name}`,
        namespace,
        labels: template?.metadata?.labels ?? {},
        ownerReferences: [{ kind, name: ref.name, controller: true }],
      },
      ...(template?.spec === undefined ? {} : { spec: template.spec }),
    }));
}
