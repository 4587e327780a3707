import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Lease } from '../../../../shared/model/objects-cni.ts';
import { conditionOf, podAddresses } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { logsOf, podSource, QUOTE } from '../pods/pod-evidence.ts';
import { ownerKey } from '../pods/pod-groups.ts';
import type { ServicePod } from '../pods/service-pods.ts';
import type { FailingProbe, ProbeFault } from './failing-probes.ts';
import { revisionOf } from './unready-weight.ts';

/** One pod of a workload leads and alone is Ready; the others keep themselves out of rotation until they lead. */
export interface Standby {
  readonly leader: string;
  /** Why it is the one: it `holds Lease shop/scheduler`, or `is the only one that does not say "standby"`. */
  readonly by: string;
  readonly evidence: readonly Evidence[];
}

/** What an app that stands by may do with a probe: say no, or not listen at all. */
const SAYS_NO: ReadonlySet<ProbeFault> = new Set(['status', 'refused', 'wrong-port', 'exec', 'grpc']);
/** 404, 401 and 500 are no way to say "not I"; HashiCorp Vault uses 429, 472 and 473. */
const STANDBY_STATUS: ReadonlySet<number> = new Set([429, 472, 473, 503]);

/** A pod that never was ready must have run for so long; one that was, or was started again, longer. */
const SETTLED = 60_000;
const DEMOTED = 60 * 60_000;
/** A holder that did not renew for so many times the duration of its lease is gone. */
const MISSED = 10;

/**
 * Whether pods that are not ready stand by on purpose: the only Ready pod of their workload holds a Lease that is kept
 * up, all are of one revision, and the others run steadily. A rollout of such a
 * workload that waits for the new pods is a fault all the same, as is a workload that nobody leads.
 */
export function standbyOf(
  index: ClusterIndex,
  group: readonly FailingProbe[],
  all: readonly ServicePod[],
): Standby | undefined {
  const [first] = group;
  if (first === undefined || !group.every((entry) => standsBy(entry, index.now))) return undefined;
  const own = all.filter((entry) => ownerKey(entry) === ownerKey(first));
  const [leader, ...more] = own.filter(({ state }) => state.is === 'ready');
  if (leader === undefined || more.length > 0 || own.length !== group.length + 1) return undefined;
  if (own.some((entry) => revisionOf(entry) !== revisionOf(leader))) return undefined;
  const lease = leaseOf(index, leader, own);
  if (lease === undefined) return bySayingSo(index, group, leader);
  const { holderIdentity = '', renewTime = '' } = lease.spec ?? {};
  const at = `Lease ${namespaceOf(lease)}/${nameOf(lease)}`;
  return {
    leader: leader.name,
    by: `holds ${at}`,
    evidence: [
      {
        fact: `held by ${holderIdentity}, renewed ${formatDuration(Math.max(0, index.now - Date.parse(renewTime)))} ago`,
        source: `${at} spec`,
      },
    ],
  };
}

/** What apps call the part of one that does not lead, in the answer to a probe or in their last lines. */
const ROLE =
  /\b(?:stand-?by|not (?:the )?(?:current )?(?:leader|master|primary|active)|passive|follower|(?:waiting|attempting|trying) (?:for|to (?:acquire|become|get|obtain)) (?:the |a )?(?:leader(?:ship)?|lock|lease))\b/i;

/** Without a Lease (an election in a database, in ZooKeeper or in etcd) only their own words tell. */
function bySayingSo(index: ClusterIndex, group: readonly FailingProbe[], leader: ServicePod): Standby | undefined {
  const said = group.flatMap((entry): readonly Evidence[] => {
    const log = logsOf(index, entry, entry.container.name).map(({ text }) => text.trimEnd().split('\n').slice(-LAST));
    const line = [entry.failure?.message ?? '', ...log.flat()].find((one) => ROLE.test(one));
    return line === undefined ? [] : [{ fact: shorten(line.trim(), QUOTE), source: `said by ${podSource(entry)}` }];
  });
  const [first] = said;
  if (first === undefined) return undefined;
  return {
    leader: leader.name,
    by: `is the only one that is no "${ROLE.exec(first.fact)?.[0] ?? ''}"`,
    evidence: said.slice(0, 2),
  };
}

/** Lines of a log in which an app may repeat its part. */
const LAST = 5;

function standsBy({ fault, failure, type, container, pod }: FailingProbe, now: number): boolean {
  if (type !== 'readiness' || !SAYS_NO.has(fault)) return false;
  if (fault === 'status' && !STANDBY_STATUS.has(failure?.status ?? 0)) return false;
  const { restartCount = 0, state } = container.status ?? {};
  const started = Date.parse(state?.running?.startedAt ?? '');
  const lost = Date.parse(conditionOf(pod, 'Ready')?.lastTransitionTime ?? '');
  // Many programs end when they lose the lead, and are started again.
  if (restartCount > 0 || lost > started + SETTLED) return now - Math.max(started, lost) >= DEMOTED;
  return now - started >= SETTLED;
}

/** The lease of the namespace whose holder calls itself by the leader's name or address, often with more behind it. */
function leaseOf(index: ClusterIndex, leader: ServicePod, own: readonly ServicePod[]): Lease | undefined {
  return index.list('Lease', leader.pod.metadata?.namespace).find(({ spec }) => {
    const holder = spec?.holderIdentity ?? '';
    const age = index.now - Date.parse(spec?.renewTime ?? '');
    if (!(age <= MISSED * 1000 * (spec?.leaseDurationSeconds ?? 15))) return false;
    const longer = own.some((other) => other.name.length > leader.name.length && means(holder, other));
    return means(holder, leader) && !longer;
  });
}

function means(holder: string, { name, pod }: ServicePod): boolean {
  return [name, ...podAddresses(pod)].some(
    (word) => holder.startsWith(word) && !/^[A-Za-z0-9]/.test(holder.slice(word.length)),
  );
}
