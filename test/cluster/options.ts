import { kubernetesVersion } from './build/pins.ts';
import { ClusterFailure } from './failure.ts';

/** What can be chosen about a cluster; the same words as on the command line. */
export interface ClusterOptions {
  readonly name: string;
  readonly nodes: number;
  readonly proxyMode: 'iptables' | 'nftables';
  readonly dualStack: boolean;
  /** What joins the pods of the nodes: Flannel with a tunnel or with routes, or a bridge and routes by hand. */
  readonly cni: Cni;
  /** Groups of kinds to install: gateway, policy, istio, cilium, calico. */
  readonly crds: readonly CrdGroup[];
  readonly metrics: boolean;
  /** Port on the loopback address; chosen when missing. */
  readonly port?: number;
}

export const cnis = ['flannel-vxlan', 'flannel-host-gw', 'bridge'] as const;
export type Cni = (typeof cnis)[number];

export const crdGroups = ['gateway', 'policy', 'istio', 'cilium', 'calico'] as const;
export type CrdGroup = (typeof crdGroups)[number];

export const defaultOptions: ClusterOptions = {
  name: 'e2e',
  nodes: 2,
  proxyMode: 'iptables',
  dualStack: false,
  cni: 'flannel-vxlan',
  crds: [],
  metrics: true,
};

/** Short, since it is part of namespace names and of paths of Unix sockets (108 bytes). */
export function isClusterName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,15}$/.test(name);
}

/** A name is part of paths and control groups that are cleared away: an empty one would mean those of all clusters. */
export function checkName(name: string): void {
  if (!isClusterName(name)) {
    throw new ClusterFailure(`--name "${name}": use up to 16 lower-case letters, digits and dashes, a letter first`);
  }
}

/** Says what is wrong with the options before anything is made. */
export function checkOptions(options: ClusterOptions, version?: string): void {
  checkName(options.name);
  if (!Number.isInteger(options.nodes) || options.nodes < 1 || options.nodes > 4) {
    throw new ClusterFailure(`--nodes ${options.nodes}: between 1 and 4`);
  }
  if (!['iptables', 'nftables'].includes(options.proxyMode)) {
    throw new ClusterFailure(`--proxy-mode ${options.proxyMode}: iptables or nftables`);
  }
  if (!cnis.includes(options.cni)) {
    throw new ClusterFailure(`--cni ${options.cni}: choose from ${cnis.join(', ')}`);
  }
  for (const group of options.crds) {
    if (!crdGroups.includes(group)) {
      throw new ClusterFailure(`--crds ${group}: choose from ${crdGroups.join(', ')}`);
    }
  }
  if (options.port !== undefined && !(options.port > 0 && options.port < 65536)) {
    throw new ClusterFailure(`--port ${options.port}: not a port`);
  }
  if (version !== undefined && version.replace(/^v/, '') !== kubernetesVersion) {
    throw new ClusterFailure(
      `--kubernetes ${version}: only ${kubernetesVersion} is pinned (test/cluster/go/kube/go.mod); change the pin to test another`,
    );
  }
}
