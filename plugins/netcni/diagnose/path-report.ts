import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { podAddresses, podKey } from '../../../shared/model/pods.ts';
import { refOf } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { nodesOf } from '../cluster-subject.ts';
import { rulesPacketsMessages as messages } from '../messages/rules-packets.ts';
import { agentsUnseen, asUnseen } from './blind-spots.ts';
import { commonAddress, pathHops } from './path-hops.ts';
import { decisionWords, type PathPolicy, type PathPort, policiesOnPath, portsOf } from './path-policy.ts';

export interface PathFrame {
  readonly source: string;
  readonly from: Pod;
  readonly to: Pod;
  /** The port asked about; else those that the receiver declares. */
  readonly port: PathPort | undefined;
}

/** The way, and what of the faults of the cluster concerns it. */
export function pathReport(index: ClusterIndex, { source, from, to, port }: PathFrame): Report {
  const nodes = [from, to].map((pod) => pod.spec?.nodeName);
  const concerned = (finding: Finding): boolean =>
    nodesOf(finding)?.some((name) => nodes.includes(name)) ?? finding.severity === 'critical';
  const runs = runChecks(checks, {}, '*', { index, now: index.now }).map((run): CheckRun => {
    if (run.outcome.result !== 'fail') return run;
    const findings = run.outcome.findings.filter(concerned);
    return { ...run, outcome: findings.length === 0 ? { result: 'pass' } : { result: 'fail', findings } };
  });
  const policies = policiesOnPath(index, from, to, port === undefined ? portsOf(to) : [port]);
  const own = [...familyFindings(from, to), ...policyFindings(from, to, policies)];
  const words = `pod ${podKey(from)} to pod ${podKey(to)}`;
  const report = reportFromRuns(
    {
      command: 'netcni path',
      target: refOf(to, 'Pod'),
      takenAt: index.takenAt,
      source,
      healthyHeadline: `${words}: no fault on the way, as far as objects tell`,
      essential: [],
    },
    own.length === 0
      ? runs
      : [...runs, { id: 'netcni/path', group: 'path', outcome: { result: 'fail', findings: own } }],
  );
  return {
    ...asUnseen(report, unseenPart(index, nodes)),
    sections: [{ type: 'hops', title: words, hops: pathHops(index, from, to, policies, report.causes) }],
    data: {
      from: refOf(from, 'Pod'),
      to: refOf(to, 'Pod'),
      hops: pathHops(index, from, to, policies, report.causes),
    },
  };
}

/** Without their nodes, and who joins them, nothing of the way between two pods was seen. */
function unseenPart(index: ClusterIndex, nodes: readonly (string | undefined)[]): string | undefined {
  const unread = nodes.find((name) => name !== undefined && index.get('Node', undefined, name) === undefined);
  if (unread === undefined) return agentsUnseen(index);
  const { status, reason } = index.seen('Node');
  return status === 'ok' ? `node ${unread} is not among those that were read` : reason;
}

function familyFindings(from: Pod, to: Pod): readonly Finding[] {
  if (podAddresses(from).length === 0 || podAddresses(to).length === 0 || commonAddress(from, to) !== undefined)
    return [];
  return [
    messages.CNI862.raise({
      subject: refOf(to, 'Pod'),
      args: { from: podKey(from), to: podKey(to) },
      evidence: [from, to].map((pod) => ({
        fact: podAddresses(pod).join(', '),
        source: `Pod ${podKey(pod)} status.podIPs`,
      })),
    }),
  ];
}

function policyFindings(from: Pod, to: Pod, policies: readonly PathPolicy[]): readonly Finding[] {
  const denied = policies.filter(({ verdict, unenforced }) => verdict.answer === 'no' && !unenforced);
  const [first] = denied;
  if (first === undefined) return [];
  const side = first.verdict.egress.answer === 'no' ? first.verdict.egress : first.verdict.ingress;
  return [
    messages.CNI861.raise({
      subject: refOf(to, 'Pod'),
      args: {
        from: podKey(from),
        to: podKey(to),
        ports: joinNames(denied.map(({ port }) => `${port.port}/${port.protocol}`)),
        by: decisionWords(side),
      },
      evidence: denied.map(({ port, verdict }) => ({
        fact: `${port.port}/${port.protocol}: egress ${decisionWords(verdict.egress)}; ingress ${decisionWords(verdict.ingress)}`,
        source: 'network policies',
      })),
    }),
  ];
}
