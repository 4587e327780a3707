import type { PluginEvidence, PluginName } from '../../model/network-plugins.ts';
import type { Workload } from '../../model/objects-workload.ts';
import type { Wrapping } from '../mtu-headers.ts';

/** A fact of the network with the place where it stands: `ConfigMap kube-system/cilium-config routing-mode`. */
export interface Told<T> {
  readonly value: T;
  readonly source: string;
}

/** How packets between nodes are wrapped; `none` is routing without a tunnel. */
export interface Encapsulation {
  readonly wrapping: Exclude<Wrapping, 'wireguard' | 'ipsec'> | 'none';
  /** `crossSubnet`: only between nodes that are not in one subnet. */
  readonly when: 'always' | 'crossSubnet';
  /** The pool it belongs to, where each pool has its own. */
  readonly pool?: string;
}

/**
 * Who hands out pod addresses. `podCIDR`: each node from its own spec.podCIDRs. `blocks`: Calico, in blocks of pools.
 * `operator`: each node from a range its plugin's operator gave it (Cilium's cluster-pool and multi-pool). `cloud`:
 * addresses of the cloud's network. `own`: the plugin by itself (Weave, Kube-OVN, OVN).
 */
export type Ipam = 'podCIDR' | 'blocks' | 'operator' | 'cloud' | 'own';

/** What is known of one plugin's settings. A field that is absent was not seen. */
export interface PluginSettings {
  readonly version?: Told<string>;
  /** Every way in use; empty when nothing tells. */
  readonly encapsulations: readonly Told<Encapsulation>[];
  /** A number that was configured; absent when the plugin reckons by itself or nothing tells. */
  readonly mtu?: Told<number>;
  readonly encryption?: Told<'wireguard' | 'ipsec'>;
  readonly ipam?: Told<Ipam>;
  readonly dataplane?: Told<string>;
  /** True where the plugin does the work of kube-proxy. */
  readonly replacesKubeProxy?: Told<boolean>;
  /** Present where another plugin gives pods their interface and this one only enforces policies or forwards. */
  readonly chained?: Told<string>;
  readonly podRanges: readonly Told<string>[];
}

/** A plugin that was found. */
export interface FoundPlugin extends PluginSettings {
  readonly name: PluginName;
  /** `GKE Dataplane V2`, `Calico`: the name people know it by here. */
  readonly title: string;
  readonly evidence: readonly PluginEvidence[];
  /** DaemonSets of its agents that were read, also those that want no node. */
  readonly sets: readonly Workload[];
  /**
   * `agents`: its agents run, or should. `in-process`: inside the kubelet's own process (K3s). `leftover`: only marks
   * on nodes speak for it, and all DaemonSets were read. `unseen`: the same, and agents could not be looked for.
   */
  readonly alive: 'agents' | 'in-process' | 'leftover' | 'unseen';
}

/** kube-proxy as far as objects tell. */
export interface KubeProxySetup {
  readonly sets: readonly Workload[];
  /** `iptables`, `ipvs`, `nftables`; absent when nothing tells. */
  readonly mode?: Told<string>;
  readonly clusterRange?: Told<string>;
  /** Runs inside another process (K3s) or as static pods, so that no DaemonSet is to be expected. */
  readonly elsewhere?: Told<string>;
}

/** The network of a cluster as its objects tell it. */
export interface NetworkSetup {
  /** All that were found, those that give pods their interface first. */
  readonly plugins: readonly FoundPlugin[];
  /** The one that gives pods their interface and address; undefined when none was recognised. */
  readonly primary: FoundPlugin | undefined;
  /** Two or more that would each give pods an interface: no known combination. */
  readonly clash: readonly FoundPlugin[];
  readonly kubeProxy: KubeProxySetup;
  /** Ranges of pod addresses of the whole cluster, as configured; each node's own stand on the nodes. */
  readonly podRanges: readonly Told<string>[];
  readonly serviceRanges: readonly Told<string>[];
}
