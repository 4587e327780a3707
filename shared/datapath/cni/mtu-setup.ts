import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { PluginName } from '../../model/network-plugins.ts';
import { parseAddress } from '../../util/addresses.ts';
import type { MtuPlugin, MtuSetup } from '../mtu.ts';
import { detectNetwork } from './detect.ts';
import { ciliumSetting } from './settings-cilium.ts';
import type { FoundPlugin } from './setup.ts';

const NAMES: { readonly [Name in PluginName]?: MtuPlugin } = {
  Calico: 'calico',
  Canal: 'canal',
  Cilium: 'cilium',
  Flannel: 'flannel',
  Antrea: 'antrea',
  'Weave Net': 'weave',
  'OVN-Kubernetes': 'ovn-kubernetes',
  'kube-router': 'kube-router',
  kindnet: 'kindnet',
  'AWS VPC CNI': 'aws-vpc-cni',
  'Azure CNI': 'azure-cni',
};

/** What the MTU arithmetic needs of the plugin that gives pods their network; undefined while none was recognised. */
export function mtuSetup(index: ClusterIndex): { readonly plugin: FoundPlugin; readonly setup: MtuSetup } | undefined {
  const { primary } = detectNetwork(index);
  if (primary === undefined) return undefined;
  const wrappings = primary.encapsulations.flatMap(({ value: { wrapping } }) =>
    wrapping === 'none' ? [] : [wrapping],
  );
  const dsr =
    primary.name === 'Cilium' && ciliumSetting(index, primary.sets, 'bpf-lb-dsr-dispatch')?.value === 'geneve';
  return {
    plugin: primary,
    setup: {
      plugin: NAMES[primary.name] ?? 'other',
      encapsulations: [...new Set(wrappings)],
      encryption: primary.encryption?.value,
      outer: outerFamily(index),
      version: primary.version?.value,
      geneveDsr: dsr,
      azureHosts:
        primary.name === 'Calico' &&
        index.get('FelixConfiguration', undefined, 'default')?.spec?.wireguardHostEncryptionEnabled === true &&
        index.list('Node').some(({ spec }) => /^azure:/.test(spec?.providerID ?? '')),
    },
  };
}

/** The family of the nodes' first addresses: those the tunnels go between. */
function outerFamily(index: ClusterIndex): 4 | 6 {
  for (const { status } of index.list('Node')) {
    const internal = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const address = parseAddress(internal);
    if (address !== undefined) return address.family;
  }
  return 4;
}
