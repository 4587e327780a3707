import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { ClusterFailure } from '../failure.ts';
import type { Say } from './components.ts';

/** Debian packages by a program (or file) that proves them installed. */
const packageOf = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  iptables: 'iptables',
  nft: 'nftables',
  ipset: 'ipset',
  conntrack: 'conntrack',
  ip: 'iproute2',
  busybox: 'busybox-static',
  dig: 'dnsutils',
  curl: 'curl',
  tcpdump: 'tcpdump',
  iperf3: 'iperf3',
  socat: 'socat',
  nsenter: 'util-linux',
  gcc: 'gcc',
  '/usr/include/stdlib.h': 'libc6-dev',
  ping: 'iputils-ping',
} as const;

/** A bare API server needs no containers, only a network namespace. */
const forControlPlane: readonly string[] = ['ip', 'nsenter'];

export function programPath(name: string): string | undefined {
  const folders = ['/usr/sbin', '/sbin', ...(process.env.PATH ?? '').split(delimiter)];
  const candidates = name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name));
  return candidates.find((path) => existsSync(path));
}

export async function ensurePackages(say: Say, { nodes }: { readonly nodes: boolean }): Promise<void> {
  const missing = Object.entries(packageOf)
    .filter(([program]) => nodes || forControlPlane.includes(program))
    .filter(([program]) => programPath(program) === undefined)
    .map(([, name]) => name);
  const wanted = [...new Set(missing)];
  if (wanted.length === 0) {
    return;
  }
  if (programPath('apt-get') === undefined) {
    throw new ClusterFailure(`missing programs, and no apt-get to install them with: ${wanted.join(' ')}`);
  }
  say(`installing ${wanted.join(' ')} …`);
  await aptGet(['update', '-q']);
  // At run level 1 packages do not start daemons of their own.
  await aptGet(['install', '-y', '-q', '--no-install-recommends', ...wanted]);
}

async function aptGet(args: readonly string[]): Promise<void> {
  const result = await execa('apt-get', args, {
    reject: false,
    env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
  if (result.failed) {
    const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-5).join('\n  ');
    throw new ClusterFailure(`apt-get ${args[0]} failed:\n  ${tail}`);
  }
}
