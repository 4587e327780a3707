import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { target } from '../containers/workload-commands.ts';
import { eventEvidence } from '../pod-evidence.ts';
import { nameOfWorkload, WORKLOAD_USES } from '../workloads-behind.ts';
import { makersInEvents, type ToldMaker } from './makers-in-events.ts';
import { refusalFinding } from './refusal-finding.ts';

/** The workloads were not read, and an event of one tells why the Service has no pod: likely that one. */
export const noPodByEvents = defineCheck<ServiceSubject>({
  id: 'netsvc/no-pod-by-events',
  group: 'pods',
  needs: ['Pod', 'Event'],
  uses: [...WORKLOAD_USES, 'ResourceQuota'],
  // Where the workloads were read, they tell it themselves.
  applies: (subject, { index }) =>
    subject.selector !== undefined && index.seen('Deployment', subject.namespace).status !== 'ok',
  run: (subject, { index }) => makersInEvents(index, subject).map((maker) => finding(index, subject, maker)),
});

function finding(index: ClusterIndex, subject: ServiceSubject, maker: ToldMaker): Finding {
  const { workload, event, told } = maker;
  const evidence = [
    eventEvidence(event, index.now),
    { fact: `${workload.kind}s were not read: its labels are not known`, source: 'coverage' },
  ];
  if (told === 'refused') {
    const refusal = { workload, message: event.message, missing: 0, wanted: 0, evidence };
    return { ...refusalFinding(index, subject, refusal), confidence: 'likely' };
  }
  const from = Number(/ from (\d+) to 0/.exec(event.message)?.[1] ?? 0);
  const when = ago(event.lastSeen, index.now);
  const how = [from > 0 ? `from ${from}` : '', when].filter((part) => part !== '').join(', ');
  return podsMessages.SVC201.raise({
    subject: workload.ref,
    confidence: 'likely',
    args: { workload: nameOfWorkload(workload), how: how === '' ? '' : ` (${how})` },
    evidence,
    fixes: [
      {
        title: from > 0 ? `scale back to the ${from} it had` : 'scale it up',
        command: `kubectl scale ${target(workload.ref)} --replicas=${Math.max(1, from)}`,
        risk: 'low',
        undo: `kubectl scale ${target(workload.ref)} --replicas=0`,
      },
    ],
  });
}
