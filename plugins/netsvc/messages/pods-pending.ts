import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** What each message about unscheduled pods is told. */
export interface PendingArgs {
  /** `in all 3 pods of Deployment web` without the `in`. */
  readonly pods: string;
  /** `0/3 nodes fit: 2 Insufficient cpu, 1 …`. */
  readonly verdict: string;
  /** What the pod asks for, with a leading separator; may be empty. */
  readonly detail: string;
}

const summary = ({ pods, verdict, detail }: PendingArgs): string =>
  `${capital(pods)} cannot be scheduled (Pending): ${verdict}${detail}`;

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const HOW =
  "The scheduler's reasons are in the pod's condition PodScheduled and in events with reason FailedScheduling; each node " +
  'is counted under the first thing that rules it out.\n';

/** SVC213 to SVC221: pods that no node takes. */
export const podsPendingMessages = defineMessages({
  SVC213: message<PendingArgs>({
    slug: 'insufficient-resources',
    severity: 'critical',
    rung: 20,
    title: 'no node has room for the pods',
    summary,
    explain:
      HOW +
      'A node has room when the requests of its pods plus this one stay below its allocatable amount; what is really used ' +
      'does not count.\nLower the requests, free room, or add a node. A request above what the largest node has can never ' +
      'be met.',
  }),
  SVC214: message<PendingArgs>({
    slug: 'node-selector-fits-no-node',
    severity: 'critical',
    rung: 20,
    title: 'no node carries the labels that the pods ask for',
    summary,
    explain:
      HOW +
      "The pod's nodeSelector or required node affinity names labels that no node has. Label a node, or correct the template.",
  }),
  SVC215: message<PendingArgs>({
    slug: 'untolerated-taint',
    severity: 'critical',
    rung: 20,
    title: 'the pods do not tolerate the taints of the nodes',
    summary,
    explain:
      HOW +
      'A taint keeps away every pod that does not tolerate it. Remove the taint if it was set by mistake or for a ' +
      'maintenance that is over, or add a toleration to the template if the pods belong on these nodes.',
  }),
  SVC216: message<PendingArgs>({
    slug: 'host-port-taken',
    severity: 'critical',
    rung: 20,
    title: 'the host port is taken on every node',
    summary,
    explain:
      HOW +
      'A hostPort can be had once per node, protocol and address. More pods than nodes, or another workload with the same ' +
      'port, leave no node. A Service needs no hostPort: drop it unless something outside connects to the node directly.',
  }),
  SVC217: message<PendingArgs>({
    slug: 'volume-not-available',
    severity: 'critical',
    rung: 19,
    title: 'a volume claim of the pods cannot be met',
    summary,
    explain:
      HOW +
      'The pod waits for its PersistentVolumeClaim: it does not exist, is not bound (no storage class, no provisioner, no ' +
      'matching volume), or its volume lives in another zone or on another node than the pod may run on.',
  }),
  SVC218: message<PendingArgs>({
    slug: 'pod-affinity-unmet',
    severity: 'critical',
    rung: 20,
    title: 'affinity or spread rules leave no node',
    summary,
    explain:
      HOW +
      'Required pod anti-affinity allows one pod per topology (usually per node): more replicas than nodes can never all ' +
      'run, and a rolling update needs one node more. Required affinity needs a matching pod to be there. A topology spread ' +
      'constraint with whenUnsatisfiable: DoNotSchedule ignores nodes without its topologyKey label.\n' +
      'Use the preferred form (or ScheduleAnyway) unless the rule must hold.',
  }),
  SVC219: message<{ pods: string; gates: string }>({
    slug: 'scheduling-gated',
    severity: 'critical',
    rung: 20,
    title: 'scheduling gates hold the pods back',
    summary: ({ pods, gates }) => `scheduling gates hold back ${pods} (SchedulingGated): ${gates}`,
    explain:
      'A pod with spec.schedulingGates is not looked at by the scheduler until every gate is removed, which the controller ' +
      'that added it should do. It is missing, or waits for something (a quota, a queue).',
  }),
  SVC220: message<PendingArgs>({
    slug: 'no-schedulable-node',
    severity: 'critical',
    rung: 18,
    title: 'no node takes new pods',
    summary,
    explain:
      HOW +
      'The nodes are cordoned (spec.unschedulable), not ready, short of memory, disk space or process numbers, or there is ' +
      'none. Uncordon them when the maintenance is over; see to the nodes that are not ready or short of something.',
  }),
  SVC221: message<{ pods: string; why: string }>({
    slug: 'not-scheduled',
    severity: 'critical',
    rung: 20,
    title: 'no scheduler places the pods',
    summary: ({ pods, why }) => `${capital(pods)} cannot be scheduled (Pending): ${why}`,
    explain:
      'No scheduler has looked at the pod, or it gave a reason that fits no other code. A pod is taken only by the scheduler ' +
      'named in spec.schedulerName (default-scheduler when nothing is said): that one is not running, or its name is ' +
      'misspelt.',
  }),
});
