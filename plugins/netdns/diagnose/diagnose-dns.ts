import { noNamespace } from '../../../shared/cli/no-namespace.ts';
import type { CheckContext } from '../../../shared/diagnose/check.ts';
import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import { dnsAddresses } from '../../../shared/dns/cluster-dns.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Report } from '../../../shared/report/report.ts';
import { plural } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { serverState } from '../checks/servers/server-facts.ts';
import { type DnsSubject, dnsSubject } from '../dns-subject.ts';
import { serversUnseen } from './servers-unseen.ts';
import { unseenRuns } from './unseen-runs.ts';

export interface DiagnoseOptions {
  readonly source: string;
  /** The namespace whose pods are judged as callers; undefined for all. */
  readonly callers?: string | undefined;
}

/** Runs every check on the cluster's DNS and ranks what they found. */
export function diagnoseDns(index: ClusterIndex, { source, callers }: DiagnoseOptions): Report {
  const subject = dnsSubject(index, callers);
  const context: CheckContext = { index, now: index.now };
  const runs = [
    ...nowhere(index, callers),
    ...runChecks(checks, subject, subject.namespace, context),
    ...unseenRuns(index, subject.dns, callers),
    ...blindness(index),
  ];
  return reportFromRuns(
    {
      command: 'netdns check',
      target: subject.ref,
      takenAt: index.takenAt,
      source,
      healthyHeadline: healthyHeadline(index, subject),
      essential: [UNSEEN],
    },
    runs,
  );
}

/** The outcome that stands for "the servers could not be seen": without them nobody is called healthy. */
const UNSEEN = 'netdns/servers-unseen';

function blindness(index: ClusterIndex): readonly CheckRun[] {
  const reason = serversUnseen(index);
  return reason === undefined ? [] : [{ id: UNSEEN, group: 'servers', outcome: { result: 'unknown', reason } }];
}

/** Pods of a namespace that does not exist are not pods without a fault: most likely its name was mistyped. */
function nowhere(index: ClusterIndex, callers: string | undefined): readonly CheckRun[] {
  const reason = callers === undefined ? undefined : noNamespace(index, callers);
  return reason === undefined ? [] : [{ id: UNSEEN, group: 'pods', outcome: { result: 'unknown', reason } }];
}

function healthyHeadline(index: ClusterIndex, { dns }: DnsSubject): string {
  if (dns === undefined) return 'cluster DNS: no fault found';
  if (dns.flavour === 'eks-auto') return 'cluster DNS runs on the nodes (EKS Auto Mode): no fault found here';
  if (dns.flavour === 'clouddns') return 'cluster DNS is Cloud DNS, outside of the cluster: no fault found here';
  const { ready, all } = serverState(index, dns, index.now);
  const addresses = dnsAddresses(dns);
  const behind = addresses.length === 0 ? '' : ` behind ${addresses.join(' and ')}`;
  return `cluster DNS is healthy: ${ready} of ${plural(all, 'server')} ready${behind}`;
}
