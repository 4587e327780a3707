import { envTold } from '../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { podRangesOf } from '../../../shared/datapath/nodes.ts';
import type { Evidence } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { podAddresses } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { formatAddress, inRange, parseAddress, parseCidr } from '../../../shared/util/addresses.ts';
import { podsOn } from './node-pods.ts';

/** That a plugin replaces addresses of pods when they leave the cluster (IPv4). */
export interface Hiding {
  readonly plugin: 'Flannel' | 'Calico' | 'AWS VPC CNI';
  /** A chain of the table nat that shows that the plugin writes its rules there; undefined for one that may use another table. */
  readonly chain: RegExp | undefined;
  /** An address that is to be hidden. */
  readonly source: string;
  readonly told: Evidence;
}

/** Whether the plugin is set to hide the pods of a node behind it; undefined where it is not, or nobody tells. */
export function hidingOn(index: ClusterIndex, node: string): Hiding | undefined {
  const { primary } = detectNetwork(index);
  const sets = primary?.sets ?? [];
  if (primary?.name === 'Flannel') {
    const asked = sets.some((set) =>
      (set.spec?.template?.spec?.containers ?? []).some(({ command = [], args = [] }) =>
        [...command, ...args].some((word) => /^--?ip-masq(=true)?$/.test(word)),
      ),
    );
    const range = podRangesOf(index.get('Node', undefined, node) ?? {}).find((one) => one.range.family === 4)?.range;
    if (!asked || range === undefined) return undefined;
    const source = formatAddress({ family: 4, value: range.first + 2n });
    const told = { fact: 'flanneld runs with --ip-masq', source: 'its DaemonSet' };
    return { plugin: 'Flannel', chain: undefined, source, told };
  }
  const own = podsOn(index, node)
    .flatMap(podAddresses)
    .filter((address) => !address.includes(':'));
  if (primary?.name === 'Calico' && primary.dataplane?.value !== 'eBPF') {
    for (const pool of index.list('IPPool')) {
      const range = parseCidr(pool.spec?.cidr);
      const source = own.find((text) => {
        const address = parseAddress(text);
        return range !== undefined && address !== undefined && inRange(range, address);
      });
      if (pool.spec?.natOutgoing !== true || source === undefined) continue;
      const told = { fact: 'natOutgoing true', source: `IPPool ${nameOf(pool)} spec.natOutgoing` };
      return { plugin: 'Calico', chain: /^cali-/, source, told };
    }
  }
  const [source] = own;
  if (primary?.name !== 'AWS VPC CNI' || source === undefined) return undefined;
  const external = envTold(index, sets, 'AWS_VPC_K8S_CNI_EXTERNALSNAT')?.value.toLowerCase() === 'true';
  const told = { fact: 'AWS_VPC_K8S_CNI_EXTERNALSNAT is not true', source: 'DaemonSet aws-node env' };
  return external ? undefined : { plugin: 'AWS VPC CNI', chain: /^AWS-SNAT-CHAIN-0$/, source, told };
}
