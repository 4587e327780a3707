import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { programPath as inPath } from '../../../scripts/package/program-path.ts';
import { ClusterFailure } from '../failure.ts';
import { withLockFile } from '../lock.ts';
import { cacheRoot } from './cache.ts';
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

/** Where a program stands, also in folders that only root has in its PATH. */
export function programPath(name: string): string | undefined {
  const candidates = name.startsWith('/') ? [name] : ['/usr/sbin', '/sbin'].map((folder) => join(folder, name));
  return candidates.find((path) => existsSync(path)) ?? (name.startsWith('/') ? undefined : inPath(name));
}

/** Installing waits for whoever installs already: a slow mirror and a busy machine take their time. */
const INSTALL_WAIT_MS = 1_200_000;

export async function ensurePackages(say: Say, { nodes }: { readonly nodes: boolean }): Promise<void> {
  const wanted = Object.entries(packageOf).filter(([program]) => nodes || forControlPlane.includes(program));
  await installPackages(Object.fromEntries(wanted), say);
}

/**
 * Installs the Debian packages whose program (or file) is not there. One command at a time: a second apt-get would not
 * wait for the first one, but fail.
 */
export async function installPackages(wanted: Readonly<Record<string, string>>, say: Say): Promise<void> {
  const missing = (): readonly string[] => {
    const absent = Object.entries(wanted).filter(([program]) => programPath(program) === undefined);
    return [...new Set(absent.map(([, name]) => name))];
  };
  if (missing().length === 0) {
    return;
  }
  if (programPath('apt-get') === undefined) {
    throw new ClusterFailure(`missing programs, and no apt-get to install them with: ${missing().join(' ')}`);
  }
  await withLockFile(join(cacheRoot(), 'install.lock'), 'installing packages', INSTALL_WAIT_MS, async () => {
    const names = missing();
    if (names.length === 0) {
      return;
    }
    say(`installing ${names.join(' ')} …`);
    await aptGet(['update', '-q']);
    // At run level 1 packages do not start daemons of their own.
    await aptGet(['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...names]);
  });
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
