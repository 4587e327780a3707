import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf } from '../../model/refs.ts';
import { configMaps, entryOf, envTold, imageVersion, parseJson, positive, retold, some } from './config-text.ts';
import type { Encapsulation, Ipam, PluginSettings, Told } from './setup.ts';

/** Calico's settings: the operator's Installation first, pools and Felix next, the manifest's ConfigMap and environment last. */
export function calicoSettings(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const config = configMaps(index, 'calico-config')[0];
  const network = parseJson(entryOf(config, 'cni_network_config')?.value.replaceAll(/__\w+__/g, '0'));
  const ipamType = firstPlugin(network)?.ipam as { type?: string } | undefined;
  const ipamSource = `ConfigMap ${config?.metadata?.namespace ?? ''}/${nameOf(config ?? {})} cni_network_config`;
  const installation = index.list('Installation')[0];
  const place = `Installation ${nameOf(installation ?? {})} spec`;
  const spec = installation?.spec;
  const ipamName: Told<string> | undefined =
    spec?.cni?.ipam?.type !== undefined
      ? { value: spec.cni.ipam.type, source: `${place}.cni.ipam.type` }
      : ipamType?.type !== undefined
        ? { value: ipamType.type, source: ipamSource }
        : undefined;
  return {
    ...some('version', versionOf(index, sets)),
    encapsulations: encapsulationsOf(index, sets),
    ...some('mtu', mtuOf(index)),
    ...some('encryption', encryptionOf(index)),
    ...some('ipam', retold(ipamName, ipamOf) ?? blocksSeen(index)),
    ...some('dataplane', dataplaneOf(index)),
    ...some('replacesKubeProxy', retold(felix(index, 'bpfEnabled') ?? bpfInstalled(index), isYes)),
    ...some('chained', chainedOf(index, sets)),
    podRanges: index
      .list('IPPool')
      .filter(
        ({ spec: pool }) => pool?.cidr !== undefined && pool.disabled !== true && isForWorkloads(pool.allowedUses),
      )
      .map((pool) => ({ value: pool.spec?.cidr ?? '', source: `IPPool ${nameOf(pool)} spec.cidr` })),
  };
}

/** Pools without `allowedUses` serve pods and tunnels. */
export function isForWorkloads(uses: readonly string[] | undefined): boolean {
  return uses === undefined || uses.length === 0 || uses.includes('Workload');
}

function firstPlugin(
  network: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const [first] = (network?.plugins as readonly Readonly<Record<string, unknown>>[] | undefined) ?? [];
  return first ?? network;
}

function ipamOf(type: string): Ipam {
  if (/host-local/i.test(type)) return 'podCIDR';
  return /calico/i.test(type) ? 'blocks' : 'cloud';
}

/** Blocks are written by Calico's own IPAM alone. */
function blocksSeen(index: ClusterIndex): Told<Ipam> | undefined {
  const [block] = index.list('IPAMBlock');
  return block === undefined ? undefined : { value: 'blocks', source: `IPAMBlock ${nameOf(block)}` };
}

function versionOf(index: ClusterIndex, sets: readonly Workload[]): Told<string> | undefined {
  const information = index.get('ClusterInformation', undefined, 'default');
  const version = information?.spec?.calicoVersion;
  if (version !== undefined && version !== '') {
    return { value: version, source: 'ClusterInformation default spec.calicoVersion' };
  }
  return imageVersion(sets, /(^|\/)node[:@]|calico-node|mirrored-calico-node|hardened-calico/);
}

/** A field of FelixConfiguration `default`, or of the environment variable of the same meaning. */
function felix(index: ClusterIndex, field: string): Told<string> | undefined {
  const value = index.get('FelixConfiguration', undefined, 'default')?.spec?.[field];
  if (value === undefined || value === null) return undefined;
  return { value: String(value), source: `FelixConfiguration default spec.${field}` };
}

function isYes(value: string): boolean {
  return value.toLowerCase() === 'true';
}

function bpfInstalled(index: ClusterIndex): Told<string> | undefined {
  const [installation] = index.list('Installation');
  const dataplane = installation?.spec?.calicoNetwork?.linuxDataplane;
  if (dataplane === undefined) return undefined;
  const source = `Installation ${nameOf(installation ?? {})} spec.calicoNetwork.linuxDataplane`;
  return { value: String(dataplane === 'BPF'), source };
}

function dataplaneOf(index: ClusterIndex): Told<string> | undefined {
  const bpf = felix(index, 'bpfEnabled');
  if (bpf !== undefined && isYes(bpf.value)) return { value: 'eBPF', source: bpf.source };
  const [installation] = index.list('Installation');
  const dataplane = installation?.spec?.calicoNetwork?.linuxDataplane;
  if (dataplane !== undefined) {
    const source = `Installation ${nameOf(installation ?? {})} spec.calicoNetwork.linuxDataplane`;
    return { value: dataplane === 'BPF' ? 'eBPF' : dataplane.toLowerCase(), source };
  }
  const mode = felix(index, 'nftablesMode');
  return mode?.value === 'Enabled' ? { value: 'nftables', source: mode.source } : undefined;
}

function encryptionOf(index: ClusterIndex): PluginSettings['encryption'] {
  return retold(felix(index, 'wireguardEnabled') ?? felix(index, 'wireguardEnabledV6'), (value) =>
    isYes(value) ? 'wireguard' : undefined,
  );
}

function mtuOf(index: ClusterIndex): Told<number> | undefined {
  const [installation] = index.list('Installation');
  const chosen = positive(installation?.spec?.calicoNetwork?.mtu);
  if (chosen !== undefined) {
    return { value: chosen, source: `Installation ${nameOf(installation ?? {})} spec.calicoNetwork.mtu` };
  }
  return retold(entryOf(configMaps(index, 'calico-config')[0], 'veth_mtu'), positive);
}

/** Calico that only enforces: its CNI plugin is another's, or it has no networking of its own. */
function chainedOf(index: ClusterIndex, sets: readonly Workload[]): Told<string> | undefined {
  const [installation] = index.list('Installation');
  const type = installation?.spec?.cni?.type;
  if (type !== undefined && type !== 'Calico') {
    return { value: type, source: `Installation ${nameOf(installation ?? {})} spec.cni.type` };
  }
  const backend = envTold(index, sets, 'CALICO_NETWORKING_BACKEND');
  if (backend?.value !== 'none') return undefined;
  return { value: 'no networking of its own', source: backend.source };
}

function encapsulationsOf(index: ClusterIndex, sets: readonly Workload[]): readonly Told<Encapsulation>[] {
  const pools = index.list('IPPool').filter(({ spec }) => spec?.disabled !== true && isForWorkloads(spec?.allowedUses));
  if (pools.length > 0) {
    return pools.map((pool) => {
      const { ipipMode = 'Never', vxlanMode = 'Never' } = pool.spec ?? {};
      const wrapping = vxlanMode !== 'Never' && vxlanMode !== '' ? 'vxlan' : isOff(ipipMode) ? 'none' : 'ipip';
      const mode = wrapping === 'vxlan' ? vxlanMode : ipipMode;
      const field = wrapping === 'vxlan' ? 'vxlanMode' : 'ipipMode';
      return {
        value: { wrapping, when: mode === 'CrossSubnet' ? 'crossSubnet' : 'always', pool: nameOf(pool) },
        source: `IPPool ${nameOf(pool)} spec.${field}`,
      };
    });
  }
  const [installation] = index.list('Installation');
  const planned = installation?.spec?.calicoNetwork?.ipPools ?? [];
  if (planned.length > 0) {
    return planned.map(({ encapsulation = 'IPIP', cidr = '' }) => ({
      value: { ...ofInstallation(encapsulation), pool: cidr },
      source: `Installation ${nameOf(installation ?? {})} spec.calicoNetwork.ipPools`,
    }));
  }
  return fromEnvironment(index, sets);
}

function isOff(mode: string): boolean {
  return mode === '' || mode === 'Never' || mode === 'Off' || mode === 'off';
}

function ofInstallation(encapsulation: string): Encapsulation {
  const when = encapsulation.endsWith('CrossSubnet') ? 'crossSubnet' : 'always';
  if (encapsulation.startsWith('VXLAN')) return { wrapping: 'vxlan', when };
  return encapsulation.startsWith('IPIP') ? { wrapping: 'ipip', when } : { wrapping: 'none', when };
}

/** What the first pool is made with (manifest installation), where pools were not read. */
function fromEnvironment(index: ClusterIndex, sets: readonly Workload[]): readonly Told<Encapsulation>[] {
  for (const [name, wrapping] of [
    ['CALICO_IPV4POOL_VXLAN', 'vxlan'],
    ['CALICO_IPV4POOL_IPIP', 'ipip'],
  ] as const) {
    const mode = envTold(index, sets, name);
    if (mode === undefined || isOff(mode.value)) continue;
    return [
      { value: { wrapping, when: mode.value === 'CrossSubnet' ? 'crossSubnet' : 'always' }, source: mode.source },
    ];
  }
  return [];
}
