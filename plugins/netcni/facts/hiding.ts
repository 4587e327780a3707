import { configMaps, entryOf, envTold, yamlTold } from '../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { ciliumSetting } from '../../../shared/datapath/cni/settings-cilium.ts';
import { podRangesOf } from '../../../shared/datapath/nodes.ts';
import type { Evidence } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { podAddresses } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { formatAddress, inRange, parseAddress, parseCidr } from '../../../shared/util/addresses.ts';
import { podsOn } from './node-pods.ts';

/** That a plugin replaces addresses of pods when they leave the cluster (IPv4). */
export interface Hiding {
  readonly plugin: string;
  /** A chain that shows that the plugin writes its rules there; undefined for one that may use another table. */
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
      return { plugin: 'Calico', chain: /^(nat-)?cali-/, source, told };
    }
  }
  const [source] = own;
  if (primary === undefined || source === undefined) return undefined;
  const rule = OTHERS[primary.title];
  const told = rule?.told(index, sets);
  return rule === undefined || told === undefined
    ? undefined
    : { plugin: primary.title, chain: rule.chain, source, told };
}

/** Plugins that keep these rules in one chain, and what says that they are to; undefined where they are told not to. */
const OTHERS: Readonly<
  Record<
    string,
    {
      readonly chain: RegExp;
      readonly told: (index: ClusterIndex, sets: readonly Workload[]) => Evidence | undefined;
    }
  >
> = {
  'AWS VPC CNI': {
    chain: /^AWS-SNAT-CHAIN-0$/,
    told: (index, sets) =>
      envTold(index, sets, 'AWS_VPC_K8S_CNI_EXTERNALSNAT')?.value.toLowerCase() === 'true'
        ? undefined
        : { fact: 'AWS_VPC_K8S_CNI_EXTERNALSNAT is not true', source: 'DaemonSet aws-node env' },
  },
  Antrea: {
    chain: /^ANTREA-POSTROUTING$/,
    told: (index) => {
      const config = entryOf(configMaps(index, 'antrea-config', true)[0], 'antrea-agent.conf');
      const mode = yamlTold(config, 'trafficEncapMode')?.value ?? 'encap';
      if (config === undefined || mode === 'networkPolicyOnly' || yamlTold(config, 'noSNAT')?.value === 'true')
        return undefined;
      return { fact: 'noSNAT is not true', source: config.source };
    },
  },
  Cilium: {
    chain: /^CILIUM_POST_nat$/,
    told: (index, sets) => {
      const set = ciliumSetting(index, sets, 'enable-ipv4-masquerade');
      const bpf = ciliumSetting(index, sets, 'enable-bpf-masquerade');
      const agent = ciliumSetting(index, sets, 'enable-ip-masq-agent');
      // Without the first it is not known; with the second programs of the kernel do it, with the third by a list.
      if (set?.value !== 'true' || bpf?.value === 'true' || agent?.value === 'true') return undefined;
      return { fact: 'enable-ipv4-masquerade true', source: set.source };
    },
  },
  kindnet: { chain: /^KIND-MASQ-AGENT$/, told: () => ({ fact: 'it always does', source: 'kindnet' }) },
  'Weave Net': { chain: /^WEAVE$/, told: () => ({ fact: 'it always does', source: 'Weave Net' }) },
};
