import { isProvenAbsent } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeOvnSubnet, WhereaboutsIPPool } from '../../../shared/model/objects-cni.ts';
import { isFinished } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { countAddresses, parseCidr } from '../../../shared/util/addresses.ts';

/** A subnet or range whose use stands in an object of its own. */
export interface Counted {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly used: number;
  readonly total: number;
  /** Addresses that pods hold which are not there any more. */
  readonly gone?: number;
  /** The line that shows who holds its addresses. */
  readonly look: string;
}

/** Those of Kube-OVN, Antrea and Whereabouts; Calico's pools are counted by their blocks. */
export function countedSubnets(index: ClusterIndex): readonly Counted[] {
  return [
    ...index.list('KubeOvnSubnet').map(ofKubeOvn),
    ...index.list('AntreaIPPool').map((pool) => ({
      kind: 'IPPool',
      name: nameOf(pool),
      used: pool.status?.usage?.used ?? 0,
      total: pool.status?.usage?.total ?? 0,
      look: `kubectl get ippools.crd.antrea.io ${nameOf(pool)} -o yaml`,
    })),
    ...index.list('WhereaboutsIPPool').map((pool) => ofWhereabouts(index, pool)),
  ];
}

/** A subnet of two families is counted by its addresses of IPv4, which run out first. */
function ofKubeOvn(subnet: KubeOvnSubnet): Counted {
  const { v4usingIPs = 0, v4availableIPs = 0, v6usingIPs = 0, v6availableIPs = 0 } = subnet.status ?? {};
  const [used, free] = v4usingIPs + v4availableIPs > 0 ? [v4usingIPs, v4availableIPs] : [v6usingIPs, v6availableIPs];
  const name = nameOf(subnet);
  return { kind: 'Subnet', name, used, total: used + free, look: `kubectl get ips.kubeovn.io -o wide | grep ${name}` };
}

/** Its ranges are small, and addresses of pods that ended in a crash of their node stay given out. */
function ofWhereabouts(index: ClusterIndex, pool: WhereaboutsIPPool): Counted {
  const holders = Object.values(pool.spec?.allocations ?? {}).map(({ podref = '' }) => podref);
  const range = parseCidr(pool.spec?.range);
  // The address of the network and, with IPv4, that of its broadcast are not given out.
  const total = range === undefined ? 0 : Math.max(0, Number(countAddresses(range)) - (range.family === 4 ? 2 : 1));
  const gone = holders.filter((podref) => {
    const [namespace = '', name = ''] = podref.split('/');
    if (name === '') return false;
    const pod = index.get('Pod', namespace, name);
    return pod === undefined ? isProvenAbsent(index, 'Pod', namespace, name) : isFinished(pod);
  }).length;
  const [name, namespace] = [nameOf(pool), namespaceOf(pool)];
  const look = `kubectl get ippools.whereabouts.cni.cncf.io ${name} -n ${namespace} -o yaml`;
  return { kind: 'IPPool', name, namespace, used: holders.length, total, gone, look };
}
