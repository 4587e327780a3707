import { weightIn } from '../../../../../shared/diagnose/denial-weight.ts';
import { clusterDnsOf } from '../../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../../shared/model/objects-network.ts';
import { podsOf } from '../../../../../shared/model/services.ts';
import { policyModelOf } from '../../../../../shared/policy/model-of-index.ts';
import { callerAccess } from '../../../../../shared/policy/services/caller-access.ts';
import { joinNames } from '../../../../../shared/util/text.ts';
import { letAskDns } from '../../policy/caller-fixes.ts';
import { decidingPolicies, deniedSide } from '../../policy/walk-misses.ts';
import type { ServicePod } from '../service-pods.ts';

/** What programs write where packets are dropped without a word. */
const DROPPED = /time(?:d )?-?out|deadline exceeded|unreachable|ETIMEDOUT/i;

/** Policies that keep a pod, which tells of answers that do not come, from every pod of a Service. */
export function keptFrom(
  index: ClusterIndex,
  { entry, said }: { readonly entry: ServicePod; readonly said: string },
  service: Service,
  port: number | undefined,
): string | undefined {
  if (!DROPPED.test(said) || weightIn(index).severity !== 'critical') return undefined;
  const { ports } = callerAccess(policyModelOf(index), entry.pod, service, podsOf(index, service));
  const denied = ports.find(
    (one) => (port === undefined || one.servicePort === port) && one.no.length > 0 && one.yes.length === 0,
  );
  const walk = denied === undefined ? undefined : deniedSide(denied);
  if (denied === undefined || walk === undefined) return undefined;
  const way = walk.direction === 'egress' ? 'does not let it out' : 'does not let it in';
  return `but ${joinNames(decidingPolicies(walk), 2)} ${way} to port ${denied.targetPort}/${denied.protocol} (${walk.direction})`;
}

/** What programs write where a server said that there is no such name (NXDOMAIN): the question did arrive. */
const ANSWERED = /ENOTFOUND|no such host|not known|does not resolve|NXDOMAIN/i;

/** Policies that keep a pod, which tells of names that do not resolve, from the DNS servers of the cluster. */
export function keptFromDns(
  index: ClusterIndex,
  { pod }: ServicePod,
  said: string,
): { readonly evidence: Evidence; readonly fixes: readonly Fix[]; readonly weak: boolean } | undefined {
  const dns = clusterDnsOf(index)?.service;
  if (dns === undefined || ANSWERED.test(said)) return undefined;
  const { severity, words } = weightIn(index);
  const weak = severity !== 'critical';
  // Where nothing is seen that enforces it, it takes a packet without an answer to be worth a word.
  if (weak && !DROPPED.test(said)) return undefined;
  const { ports } = callerAccess(policyModelOf(index), pod, dns, podsOf(index, dns));
  const closed = ports.find((one) => one.servicePort === 53 && one.protocol === 'UDP' && one.yes.length === 0);
  const walk = closed === undefined ? undefined : deniedSide(closed);
  if (walk === undefined) return undefined;
  const policies = joinNames(decidingPolicies(walk), 2);
  return {
    evidence: {
      fact: `${policies} ${walk.direction === 'egress' ? 'does not let it ask' : 'does not let it reach'} DNS on UDP 53 (${walk.direction})${words}`,
      source: policies,
    },
    weak,
    fixes: walk.decision.by === 'isolation' ? [letAskDns(pod, dns, walk.direction)] : [],
  };
}
