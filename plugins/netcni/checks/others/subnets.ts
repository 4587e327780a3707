import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { WhereaboutsIPPool } from '../../../../shared/model/objects-cni.ts';
import { isFinished } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { countAddresses, parseCidr } from '../../../../shared/util/addresses.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { troubledPods } from '../../facts/troubled-pods.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

interface Counted {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly used: number;
  readonly total: number;
  /** Addresses that pods hold which are not there any more. */
  readonly gone?: number;
}

const NEARLY = 0.9;

/** Subnets and ranges whose use stands in objects of their own: Kube-OVN, Antrea, Whereabouts. */
export const subnetsUsedUp = defineCheck<ClusterSubject>({
  id: 'netcni/subnet-used-up',
  group: 'addresses',
  needs: [],
  uses: [...AGENT_USES, 'KubeOvnSubnet', 'AntreaIPPool', 'WhereaboutsIPPool', 'Event'],
  run: (_, { index }) => {
    const counted: readonly Counted[] = [
      ...index.list('KubeOvnSubnet').map((subnet) => {
        const used = subnet.status?.v4usingIPs ?? 0;
        return { kind: 'Subnet', name: nameOf(subnet), used, total: used + (subnet.status?.v4availableIPs ?? 0) };
      }),
      ...index.list('AntreaIPPool').map((pool) => ({
        kind: 'IPPool',
        name: nameOf(pool),
        used: pool.status?.usage?.used ?? 0,
        total: pool.status?.usage?.total ?? 0,
      })),
      ...index.list('WhereaboutsIPPool').map((pool) => ofWhereabouts(index, pool)),
    ];
    return counted
      .filter(({ used, total }) => total > 0 && used / total >= NEARLY)
      .map(({ kind, name, namespace, used, total, gone = 0 }) =>
        pluginMessages.CNI703.raise({
          subject: { kind, name, ...(namespace === undefined ? {} : { namespace }) },
          args: { subnet: `${kind} ${name}`, used, total, gone },
          severity: used >= total ? 'critical' : 'warning',
          ...(used >= total ? { pods: nodesInWant(index) } : {}),
          evidence: [
            {
              fact: `${used} of ${total} addresses given out`,
              source: `${kind} ${name} ${namespace === undefined ? 'status' : 'spec.allocations'}`,
            },
            ...(gone === 0 ? [] : [{ fact: `${gone} of them to pods that are not there`, source: 'podref, Pods' }]),
          ],
        }),
      );
  },
});

/** Its ranges are small, and addresses of pods that ended in a crash of their node stay given out. */
function ofWhereabouts(index: ClusterIndex, pool: WhereaboutsIPPool): Counted {
  const holders = Object.values(pool.spec?.allocations ?? {}).map(({ podref = '' }) => podref);
  const range = parseCidr(pool.spec?.range);
  // The address of the network and that of its broadcast are not given out.
  const total = range === undefined || range.family === 6 ? 0 : Math.max(0, Number(countAddresses(range)) - 2);
  const gone = holders.filter((podref) => {
    const [namespace = '', name = ''] = podref.split('/');
    if (name === '') return false;
    const pod = index.get('Pod', namespace, name);
    return pod === undefined ? isProvenAbsent(index, 'Pod', namespace, name) : isFinished(pod);
  }).length;
  return { kind: 'IPPool', name: nameOf(pool), namespace: namespaceOf(pool), used: holders.length, total, gone };
}

/** Nodes whose pods wait for an address: that follows from a subnet that has none. */
function nodesInWant(index: ClusterIndex): readonly string[] {
  const pods = troubledPods(index).filter(
    ({ cause }) => cause.trouble === 'no-address' || cause.trouble === 'no-pool' || cause.plugin === 'Whereabouts',
  );
  return [...new Set(pods.map(({ node }) => nodeKey(node)))];
}
