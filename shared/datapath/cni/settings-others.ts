import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { PluginName } from '../../model/network-plugins.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf } from '../../model/refs.ts';
import {
  configMaps,
  entryOf,
  envTold,
  flagTold,
  imageVersion,
  positive,
  retold,
  some,
  yamlTold,
} from './config-text.ts';
import type { Encapsulation, Ipam, PluginSettings, Told } from './setup.ts';

type Read = (index: ClusterIndex, sets: readonly Workload[]) => PluginSettings;

/** The settings of plugins that need few words. Calico, Cilium and Flannel have files of their own. */
export const OTHER_SETTINGS: { readonly [Name in PluginName]?: Read } = {
  Antrea: antrea,
  'Weave Net': weave,
  'OVN-Kubernetes': ovn,
  'OpenShift SDN': openShiftSdn,
  'Kube-OVN': kubeOvn,
  'kube-router': kubeRouter,
  kindnet: (_, sets) => ({
    ...some('version', imageVersion(sets, /kindnetd/)),
    encapsulations: [none('kindnet writes routes to the pod ranges of the other nodes')],
    ipam: podCidr("kindnet takes each node's spec.podCIDRs"),
    podRanges: [],
  }),
  'AWS VPC CNI': aws,
  Terway: cloud(/terway/),
  'OCI VCN-Native': cloud(/vcn-native/),
  'Azure CNI': cloud(/azure-cns/),
  kubenet: () => ({
    encapsulations: [none("the cloud's route controller writes routes")],
    ipam: podCidr("kubenet takes each node's spec.podCIDR"),
    podRanges: [],
  }),
};

function none(source: string): Told<Encapsulation> {
  return { value: { wrapping: 'none', when: 'always' }, source };
}

function podCidr(source: string): Told<Ipam> {
  return { value: 'podCIDR', source };
}

function cloud(image: RegExp): Read {
  return (_, sets) => ({
    ...some('version', imageVersion(sets, image)),
    encapsulations: [none("pods have addresses of the cloud's network")],
    ipam: { value: 'cloud', source: "pods have addresses of the cloud's network" },
    podRanges: [],
  });
}

function aws(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const mtu = retold(envTold(index, sets, 'AWS_VPC_ENI_MTU'), positive);
  return {
    ...some('version', imageVersion(sets, /amazon-k8s-cni(?!-init)/)),
    encapsulations: [none('pods have addresses of the VPC')],
    ...some('mtu', mtu),
    ipam: { value: 'cloud', source: 'addresses of the VPC' },
    podRanges: [],
  };
}

/** antrea-agent.conf (antrea-io/antrea docs/configuration.md): Geneve unless set. */
function antrea(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const config = entryOf(configMaps(index, 'antrea-config', true)[0], 'antrea-agent.conf');
  const mode = yamlTold(config, 'trafficEncapMode');
  const tunnel = yamlTold(config, 'tunnelType');
  const encryption = yamlTold(config, 'trafficEncryptionMode');
  const wrapping = (tunnel?.value ?? 'geneve') as Encapsulation['wrapping'];
  const encap = mode?.value ?? 'encap';
  return {
    ...some('version', imageVersion(sets, /antrea/)),
    encapsulations:
      config === undefined
        ? []
        : encap === 'encap' || encap === 'hybrid'
          ? [
              {
                value: { wrapping, when: encap === 'hybrid' ? 'crossSubnet' : 'always' },
                source: (tunnel ?? mode ?? config).source,
              },
            ]
          : [none(mode?.source ?? config.source)],
    ...some('mtu', retold(yamlTold(config, 'defaultMTU'), positive)),
    ...some(
      'encryption',
      retold(encryption, (value) =>
        /wireguard/i.test(value) ? 'wireguard' : /ipsec/i.test(value) ? 'ipsec' : undefined,
      ),
    ),
    ipam: podCidr("antrea-agent takes each node's spec.podCIDRs"),
    dataplane: { value: 'Open vSwitch', source: 'Antrea has no other on Linux' },
    ...some(
      'replacesKubeProxy',
      retold(yamlTold(config, 'proxyAll'), (value) => value === 'true'),
    ),
    ...some('chained', encap === 'networkPolicyOnly' ? mode : undefined),
    podRanges: [],
  };
}

/** weaveworks/weave: IPALLOC_RANGE 10.32.0.0/12 and WEAVE_MTU 1376 unless set. */
function weave(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const range = envTold(index, sets, 'IPALLOC_RANGE') ?? { value: '10.32.0.0/12', source: 'default of Weave Net' };
  const secret = sets.some((set) =>
    (set.spec?.template?.spec?.containers ?? []).some(({ env }) => env?.some(({ name }) => name === 'WEAVE_PASSWORD')),
  );
  return {
    ...some('version', imageVersion(sets, /weave-kube/)),
    encapsulations: [{ value: { wrapping: 'vxlan', when: 'always' }, source: 'fast datapath of Weave Net' }],
    ...some('mtu', retold(envTold(index, sets, 'WEAVE_MTU'), positive)),
    ...some('encryption', secret ? ({ value: 'ipsec', source: 'env WEAVE_PASSWORD' } as const) : undefined),
    ipam: { value: 'own', source: 'Weave Net shares its range among its peers' },
    podRanges: [range],
  };
}

function ovn(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const network = index.get('OpenShiftNetwork', undefined, 'cluster');
  const config = configMaps(index, 'ovn-config')[0];
  const mtu = network?.status?.clusterNetworkMTU;
  const ranges = openShiftRanges(index);
  const own = entryOf(config, 'net_cidr');
  return {
    ...some('version', imageVersion(sets, /ovn-kube/)),
    encapsulations: [{ value: { wrapping: 'geneve', when: 'always' }, source: 'OVN wraps in Geneve' }],
    ...some(
      'mtu',
      mtu === undefined
        ? retold(entryOf(config, 'mtu'), positive)
        : { value: mtu, source: 'Network cluster status.clusterNetworkMTU' },
    ),
    ipam: { value: 'own', source: 'annotation k8s.ovn.org/node-subnets of each node' },
    dataplane: { value: 'Open vSwitch', source: 'OVN has no other' },
    replacesKubeProxy: { value: true, source: 'OVN handles Services itself' },
    podRanges:
      ranges.length > 0 || own === undefined
        ? ranges
        : [{ value: own.value.split('/').slice(0, 2).join('/'), source: own.source }],
  };
}

function openShiftSdn(index: ClusterIndex): PluginSettings {
  const mtu = index.get('OpenShiftNetwork', undefined, 'cluster')?.status?.clusterNetworkMTU;
  return {
    encapsulations: [{ value: { wrapping: 'vxlan', when: 'always' }, source: 'OpenShift SDN wraps in VXLAN' }],
    ...some('mtu', mtu === undefined ? undefined : { value: mtu, source: 'Network cluster status.clusterNetworkMTU' }),
    ipam: { value: 'own', source: 'HostSubnet of each node' },
    dataplane: { value: 'Open vSwitch', source: 'OpenShift SDN has no other' },
    replacesKubeProxy: { value: true, source: 'kube-proxy runs inside the sdn pods' },
    podRanges: openShiftRanges(index),
  };
}

function openShiftRanges(index: ClusterIndex): readonly Told<string>[] {
  const network = index.get('OpenShiftNetwork', undefined, 'cluster');
  return (network?.status?.clusterNetwork ?? network?.spec?.clusterNetwork ?? []).flatMap(({ cidr }) =>
    cidr === undefined ? [] : [{ value: cidr, source: 'Network cluster clusterNetwork' }],
  );
}

function kubeOvn(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  return {
    ...some('version', imageVersion(sets, /kube-ovn/)),
    encapsulations: [{ value: { wrapping: 'geneve', when: 'always' }, source: 'OVN wraps in Geneve' }],
    ipam: { value: 'own', source: 'Subnets of Kube-OVN' },
    dataplane: { value: 'Open vSwitch', source: 'OVN has no other' },
    podRanges: index
      .list('KubeOvnSubnet')
      .filter(({ spec }) => spec?.default === true && spec.cidrBlock !== undefined)
      .flatMap((subnet) =>
        (subnet.spec?.cidrBlock ?? '')
          .split(',')
          .map((value) => ({ value, source: `Subnet ${nameOf(subnet)} spec.cidrBlock` })),
      ),
  };
}

/** cloudnativelabs/kube-router docs/user-guide.md: overlay IPIP between subnets unless switched off. */
function kubeRouter(_: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const overlay = flagTold(sets, '--enable-overlay');
  const encap = flagTold(sets, '--overlay-encap');
  const full = flagTold(sets, '--overlay-type')?.value === 'full';
  const routes = flagTold(sets, '--run-router');
  const source = overlay?.source ?? encap?.source ?? 'default of kube-router';
  return {
    ...some('version', imageVersion(sets, /kube-router/)),
    encapsulations: [
      overlay?.value === 'false'
        ? none(source)
        : {
            value: { wrapping: encap?.value === 'fou' ? 'fou' : 'ipip', when: full ? 'always' : 'crossSubnet' },
            source,
          },
    ],
    ipam: podCidr("kube-router takes each node's spec.podCIDR"),
    ...some(
      'replacesKubeProxy',
      retold(flagTold(sets, '--run-service-proxy'), (value) => value === 'true'),
    ),
    ...some('chained', routes?.value === 'false' ? routes : undefined),
    podRanges: [],
  };
}
