import { weightIn } from '../../../../../shared/diagnose/denial-weight.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../../shared/model/objects-network.ts';
import { podsOf } from '../../../../../shared/model/services.ts';
import { policyModelOf } from '../../../../../shared/policy/model-of-index.ts';
import { callerAccess } from '../../../../../shared/policy/services/caller-access.ts';
import { joinNames } from '../../../../../shared/util/text.ts';
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
