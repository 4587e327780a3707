import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { podState } from '../../../shared/model/pod-state.ts';
import { isFinished, podAddresses, podKey } from '../../../shared/model/pods.ts';
import { refOf } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';
import { shorten } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { nodesOf } from '../cluster-subject.ts';
import { nodeAddresses } from '../facts/addresses.ts';
import { troubledPods } from '../facts/troubled-pods.ts';
import { podMessages } from '../messages/pods.ts';
import { agentsUnseen, asUnseen } from './blind-spots.ts';

/** Codes that concern the address a pod would get, and so only pods that have none. */
const ABOUT_WAITING = /^CNI(304|308|309|312|316|704)$/;
/** Codes about the future of a node, not about this pod. */
const ABOUT_LATER = /^CNI(305|306|310|311|706)$/;

/** Why this pod has no working network: what stands in its own way, then what is wrong with its node. */
export function podReport(index: ClusterIndex, pod: Pod, source: string): Report {
  const key = podKey(pod);
  const node = pod.spec?.nodeName ?? '';
  const has = podAddresses(pod).length > 0;
  const own = ownTrouble(index, pod);
  const runs: readonly CheckRun[] = [
    {
      id: 'netcni/pod',
      group: 'pod',
      outcome: own === undefined ? { result: 'pass' } : { result: 'fail', findings: [own] },
    },
    ...runChecks(checks, { node }, '*', { index, now: index.now }).map((run): CheckRun => {
      if (run.outcome.result !== 'fail') return run;
      const findings = run.outcome.findings.filter((finding) => concerns(finding, pod, node, has) && own === undefined);
      return { ...run, outcome: findings.length === 0 ? { result: 'pass' } : { result: 'fail', findings } };
    }),
  ];
  const report = reportFromRuns(
    {
      command: 'netcni pod',
      target: refOf(pod, 'Pod'),
      takenAt: index.takenAt,
      source,
      healthyHeadline: healthyHeadline(index, pod),
      essential: ['netcni/kubelet-silent'],
    },
    runs,
  );
  return {
    ...asUnseen(report, pod.spec?.hostNetwork === true ? undefined : agentsUnseen(index)),
    data: { pod: key, node, addresses: podAddresses(pod), hostNetwork: pod.spec?.hostNetwork === true },
  };
}

function concerns(finding: Finding, pod: Pod, node: string, has: boolean): boolean {
  if (ABOUT_LATER.test(finding.code) || finding.role === 'note') return false;
  if (has && ABOUT_WAITING.test(finding.code)) return false;
  if (finding.subject.kind === 'Pod' && finding.code === 'CNI704') return finding.subject.name === pod.metadata?.name;
  if (pod.spec?.hostNetwork === true && /^CNI3/.test(finding.code)) return false;
  const nodes = nodesOf(finding);
  return nodes === undefined ? finding.subject.kind !== 'Pod' : nodes.includes(node);
}

/** What keeps the pod from its network that is not the network's doing. */
function ownTrouble(index: ClusterIndex, pod: Pod): Finding | undefined {
  if (podAddresses(pod).length > 0 || isFinished(pod)) return undefined;
  const state = podState(index, pod);
  const raise = (what: string, evidence: readonly Evidence[]): Finding =>
    podMessages.CNI317.raise({ subject: refOf(pod, 'Pod'), args: { pod: podKey(pod), what }, evidence });
  const source = `Pod ${podKey(pod)} status`;
  if (state.is === 'unscheduled') {
    return raise(`it is not on any node yet (${shorten(state.message === '' ? state.why : state.message, 160)})`, [
      { fact: shorten(state.message, 200) || state.why, source },
    ]);
  }
  if (state.is !== 'preparing') return undefined;
  const { problem } = state;
  switch (problem.is) {
    case 'missing-object':
      return raise(`its ${problem.object.kind} ${problem.object.name} is missing`, [
        { fact: shorten(problem.message, 200) || 'not found', source },
      ]);
    case 'mount':
    case 'attach':
      return raise(`a volume cannot be ${problem.is === 'mount' ? 'mounted' : 'attached'}`, [
        { fact: shorten(problem.message, 200), source },
      ]);
    case 'claim':
      return raise(`its claim ${problem.claim} is ${problem.phase}`, [
        { fact: problem.phase, source: `PersistentVolumeClaim ${problem.claim}` },
      ]);
    default:
      return undefined;
  }
}

function healthyHeadline(index: ClusterIndex, pod: Pod): string {
  const key = podKey(pod);
  const node = pod.spec?.nodeName ?? '';
  if (isFinished(pod)) return `pod ${key} has ended (${pod.status?.phase ?? ''}) and holds no address any more`;
  if (pod.spec?.hostNetwork === true)
    return `pod ${key} uses the network of node ${node}, on which objects show no fault`;
  const addresses = podAddresses(pod);
  if (addresses.length > 0) {
    const ranges = nodeAddresses(index).find(({ name }) => name === node)?.ranges ?? [];
    const from = ranges.length === 0 ? '' : ` (node's ranges ${ranges.slice(0, 2).join(', ')})`;
    return `pod ${key} has address ${addresses.join(', ')}${from}; objects show no fault on node ${node}`;
  }
  const waits = troubledPods(index).some((one) => one.key === key);
  return waits
    ? `pod ${key} waits for its network`
    : `pod ${key} is being set up on node ${node}; nothing speaks against it yet`;
}
