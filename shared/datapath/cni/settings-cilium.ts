import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf } from '../../model/refs.ts';
import { configMaps, entryOf, flagTold, imageVersion, positive, retold, some } from './config-text.ts';
import type { Encapsulation, Ipam, PluginSettings, Told } from './setup.ts';

/** A setting of Cilium: the agent's flag, which wins, or the entry of ConfigMap cilium-config. */
export function ciliumSetting(index: ClusterIndex, sets: readonly Workload[], key: string): Told<string> | undefined {
  return flagTold(sets, `--${key}`) ?? entryOf(configMaps(index, 'cilium-config')[0], key);
}

/** Cilium's settings, and those of GKE Dataplane V2, which is Cilium (cilium/cilium Documentation/cmdref, pkg/option). */
export function ciliumSettings(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const setting = (key: string): Told<string> | undefined => ciliumSetting(index, sets, key);
  return {
    ...some('version', imageVersion(sets, /cilium/)),
    encapsulations: encapsulationsOf(setting, configMaps(index, 'cilium-config').length > 0),
    ...some('mtu', retold(setting('mtu'), positive)),
    ...some('encryption', encryptionOf(setting)),
    ...some('ipam', retold(setting('ipam'), ipamOf)),
    dataplane: { value: 'eBPF', source: 'Cilium has no other' },
    ...some('replacesKubeProxy', replacementOf(sets, setting('kube-proxy-replacement'))),
    ...some('chained', chainedOf(setting)),
    podRanges: rangesOf(index, setting),
  };
}

type Setting = (key: string) => Told<string> | undefined;

/** `routing-mode` and `tunnel-protocol` since 1.14, `tunnel` before; VXLAN when nothing is said (pkg/defaults). */
function encapsulationsOf(setting: Setting, configured: boolean): readonly Told<Encapsulation>[] {
  const mode = setting('routing-mode');
  const old = setting('tunnel');
  if (mode?.value === 'native' || (mode === undefined && old?.value === 'disabled')) {
    return [{ value: { wrapping: 'none', when: 'always' }, source: (mode ?? old)?.source ?? '' }];
  }
  const protocol = setting('tunnel-protocol') ?? old;
  if (protocol !== undefined) {
    return [
      {
        value: { wrapping: protocol.value === 'geneve' ? 'geneve' : 'vxlan', when: 'always' },
        source: protocol.source,
      },
    ];
  }
  if (mode === undefined && !configured) return [];
  return [
    { value: { wrapping: 'vxlan', when: 'always' }, source: mode?.source ?? 'default of Cilium, nothing else is set' },
  ];
}

function encryptionOf(setting: Setting): PluginSettings['encryption'] {
  const wireguard = setting('enable-wireguard');
  if (wireguard?.value === 'true') return { value: 'wireguard', source: wireguard.source };
  const ipsec = setting('enable-ipsec');
  return ipsec?.value === 'true' ? { value: 'ipsec', source: ipsec.source } : undefined;
}

function ipamOf(mode: string): Ipam {
  if (mode === 'kubernetes') return 'podCIDR';
  return /^(eni|azure|alibabacloud|delegated-plugin)$/.test(mode) ? 'cloud' : 'operator';
}

/**
 * `strict` until 1.15, `true` since. `partial` and `probe` leave parts to kube-proxy, and which is not told. Clusters of
 * GKE Dataplane V2 have no kube-proxy, whatever the configuration says.
 */
function replacementOf(
  sets: readonly Workload[],
  told: Told<string> | undefined,
): PluginSettings['replacesKubeProxy'] | undefined {
  if (sets.some((set) => nameOf(set) === 'anetd'))
    return { value: true, source: 'GKE Dataplane V2 does the work of kube-proxy' };
  if (told === undefined || /^(partial|probe)$/.test(told.value)) return undefined;
  return { value: told.value === 'true' || told.value === 'strict', source: told.source };
}

function chainedOf(setting: Setting): Told<string> | undefined {
  const mode = setting('cni-chaining-mode');
  return mode === undefined || mode.value === 'none' || mode.value === '' ? undefined : mode;
}

function rangesOf(index: ClusterIndex, setting: Setting): readonly Told<string>[] {
  const ipam = setting('ipam')?.value;
  if (ipam === 'multi-pool') {
    return index.list('CiliumPodIPPool').flatMap((pool) =>
      [...(pool.spec?.ipv4?.cidrs ?? []), ...(pool.spec?.ipv6?.cidrs ?? [])].flatMap((entry) => {
        const value = typeof entry === 'string' ? entry : entry.cidr;
        return value === undefined ? [] : [{ value, source: `CiliumPodIPPool ${nameOf(pool)}` }];
      }),
    );
  }
  if (ipam !== undefined && ipam !== 'cluster-pool') return [];
  return ['cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr'].flatMap((key) => {
    const told = setting(key);
    return (told?.value ?? '')
      .split(/[\s,]+/)
      .filter((text) => text !== '')
      .map((value) => ({ value, source: told?.source ?? '' }));
  });
}
