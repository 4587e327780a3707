import { readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { gatewayAddress, nodeAddress, nodeAddress6, nodeNetwork } from '../addresses.ts';
import { ClusterFailure } from '../failure.ts';
import type { ClusterOptions } from '../options.ts';

/** Names of all network namespaces of a cluster start with this. */
export function netnsPrefix(cluster: string): string {
  return `knet-${cluster}_`;
}

export function netnsName(cluster: string, machine: string): string {
  return `${netnsPrefix(cluster)}${machine}`;
}

export function netnsPath(cluster: string, machine: string): string {
  return `/var/run/netns/${netnsName(cluster, machine)}`;
}

/** One batch for each namespace: an `ip` process per line would cost seconds. */
async function ipBatch(lines: readonly string[], netns?: string): Promise<void> {
  const where = netns === undefined ? [] : ['-n', netns];
  const result = await execa('ip', [...where, '-batch', '-'], { input: `${lines.join('\n')}\n`, reject: false });
  if (result.failed) {
    throw new ClusterFailure(`cannot set up the network: ${result.stderr.trim()}`);
  }
}

/**
 * The control plane's namespace holds a bridge that every node's eth0 is plugged
 * into. Nothing leads out of it: what a cluster sends stays inside.
 */
export async function makeNetwork(options: ClusterOptions, index: number): Promise<void> {
  const { name, dualStack } = options;
  await loadKernelModules();
  raiseWatchLimit();
  const plane = netnsName(name, 'plane');
  const gateway = gatewayAddress(index);
  const nodes = Array.from({ length: options.nodes }, (_, at) => at + 1);
  await ipBatch([`netns add ${plane}`, ...nodes.map((node) => `netns add ${netnsName(name, `node${node}`)}`)]);
  await ipBatch(
    [
      'link set lo up',
      'link add br0 type bridge',
      'link set br0 up',
      `addr add ${gateway}/24 dev br0`,
      ...(dualStack ? [`addr add ${nodeNetwork(index).v6}::1/64 dev br0 nodad`] : []),
      ...nodes.flatMap((node) => [
        `link add node${node} type veth peer name eth0 netns ${netnsName(name, `node${node}`)}`,
        `link set node${node} master br0 up`,
      ]),
    ],
    plane,
  );
  for (const node of nodes) {
    await ipBatch(
      [
        'link set lo up',
        'link set eth0 up',
        `addr add ${nodeAddress(index, node)}/24 dev eth0`,
        `route add default via ${gateway}`,
        ...(dualStack
          ? [
              `addr add ${nodeAddress6(index, node)}/64 dev eth0 nodad`,
              `route add ::/0 via ${nodeNetwork(index).v6}::1`,
            ]
          : []),
      ],
      netnsName(name, `node${node}`),
    );
  }
  // Frames between nodes are the wire here, not traffic for this host's firewall.
  await setSysctl(plane, { 'net.ipv4.ip_forward': '1', 'net.bridge.bridge-nf-call-iptables': '0' });
  for (const node of nodes) {
    await setSysctl(netnsName(name, `node${node}`), {
      'net.ipv4.ip_forward': '1',
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.bridge.bridge-nf-call-ip6tables': '1',
      ...(dualStack ? { 'net.ipv6.conf.all.forwarding': '1' } : {}),
    });
  }
}

/** Where the kernel has these as modules; built in, or not there at all, is seen soon enough. */
async function loadKernelModules(): Promise<void> {
  const modules = ['overlay', 'br_netfilter', 'vxlan', 'nf_conntrack', 'nf_tables', 'ip_tables', 'ip6_tables'];
  await execa('modprobe', ['--all', '--quiet', ...modules], { reject: false });
}

const watchLimit = '/proc/sys/fs/inotify/max_user_instances';
const enoughWatches = 1024;

/** Each kubelet and containerd watches files; the usual 128 of one user are used up by the third cluster. */
function raiseWatchLimit(): void {
  if (Number(readFileSync(watchLimit, 'utf8')) < enoughWatches) writeFileSync(watchLimit, String(enoughWatches));
}

async function setSysctl(netns: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const script = Object.entries(settings)
    .map(
      ([key, value]) =>
        `[ ! -e /proc/sys/${key.replaceAll('.', '/')} ] || echo ${value} > /proc/sys/${key.replaceAll('.', '/')}`,
    )
    .join('\n');
  await execa('nsenter', [`--net=/var/run/netns/${netns}`, 'sh', '-c', script]);
}

/** Ways to the pods of nodes, on a machine that nobody else tells them to. */
export async function addPodRoutes(
  cluster: string,
  machine: string,
  routes: readonly { readonly range: string; readonly via: string }[],
): Promise<void> {
  const lines = routes.map(({ range, via }) => `route replace ${range} via ${via}`);
  await ipBatch(lines, netnsName(cluster, machine));
}

/** Names of the namespaces that exist for a cluster, also those of a run that crashed. */
export async function existingNetns(cluster: string): Promise<readonly string[]> {
  const { stdout } = await execa('ip', ['netns', 'list']);
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(netnsPrefix(cluster)));
}

export async function removeNetwork(cluster: string): Promise<void> {
  for (const name of await existingNetns(cluster)) {
    await execa('ip', ['netns', 'delete', name]);
  }
}
