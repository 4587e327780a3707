import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { formatRef } from '../../../../../shared/model/refs.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { nameOfWorkload, stayingPods, WORKLOAD_USES, workloadsBehind } from '../workloads-behind.ts';
import { nodeFixes, nodeNeeds } from './node-needs.ts';

/** The DaemonSet behind the Service wants no pod at all, because no node fits it. */
export const daemonSetFitsNoNode = defineCheck<ServiceSubject>({
  id: 'netsvc/daemonset-fits-no-node',
  group: 'pods',
  needs: ['Pod', 'DaemonSet'],
  uses: [...WORKLOAD_USES, 'Node'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    if (stayingPods(index, subject).length > 0) return [];
    return workloadsBehind(index, subject)
      .filter(({ kind, object }) => kind === 'DaemonSet' && object.status?.desiredNumberScheduled === 0)
      .filter(({ object }) => (object.status?.observedGeneration ?? 0) >= (object.metadata?.generation ?? 1))
      .map((workload) => {
        const { wants, have } = nodeNeeds(index, workload.template?.spec);
        return podsMessages.SVC204.raise({
          subject: workload.ref,
          args: {
            workload: nameOfWorkload(workload),
            needs: wants === '' ? 'no node takes it' : `no node has ${wants}`,
            nodes: have === '' ? '' : ` (${have})`,
          },
          evidence: evidenceOf(workload, wants),
          fixes: fixesOf(index, workload),
        });
      });
  },
});

function evidenceOf(workload: OwnedWorkload, wants: string): readonly Evidence[] {
  const source = formatRef(workload.ref);
  const evidence: Evidence[] = [{ fact: 'desiredNumberScheduled is 0', source: `${source} status` }];
  if (wants !== '') evidence.push({ fact: `the template asks for ${wants}`, source: `${source} spec.template.spec` });
  return evidence;
}

function fixesOf(index: ClusterIndex, workload: OwnedWorkload): readonly Fix[] {
  return nodeFixes(index, workload.ref, workload.template?.spec);
}
