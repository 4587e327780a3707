import { existsSync, readFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { binaryPath } from './build/cache.ts';
import { findGo } from './build/go.ts';
import { programPath } from './build/packages.ts';

export type Support = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const no = (reason: string): Support => ({ ok: false, reason });

/**
 * Whether this machine can run a cluster, and if not, why: tests skip and repeat
 * the reason. Takes some ten milliseconds and changes nothing.
 */
export function clusterSupport(): Support {
  if (process.platform !== 'linux') {
    return no(`clusters need Linux, this is ${process.platform}`);
  }
  if (process.getuid?.() !== 0) {
    return no('clusters need root: they make namespaces, mounts and packet filters');
  }
  const built = ['kube', 'helper'].every((name) => existsSync(binaryPath(name as 'kube' | 'helper')));
  if (!built && findGo() === undefined) {
    return no('Go 1.26 or newer is not installed (on PATH or in /usr/local/go), and no binaries were built before');
  }
  if (programPath('apt-get') === undefined && programPath('containerd') === undefined) {
    return no('neither containerd nor apt-get to install it is here');
  }
  return kernelSupport();
}

function kernelSupport(): Support {
  if (!readFileSync('/proc/filesystems', 'utf8').includes('overlay')) {
    const loaded = execaSync('modprobe', ['overlay'], { reject: false });
    if (loaded.failed) {
      return no('the kernel has no overlay file system');
    }
  }
  if (programPath('unshare') === undefined || programPath('ip') === undefined) {
    // They come with the packages that `up` installs; the kernel is judged then.
    return { ok: true };
  }
  const tries = {
    'network namespaces': 'true',
    'veth and bridge devices': 'ip link add name try0 type veth peer name try1 && ip link add name try2 type bridge',
    'VXLAN devices': 'ip link add name try3 type vxlan id 1 dstport 4789 dev lo',
  };
  for (const [feature, script] of Object.entries(tries)) {
    const result = execaSync('unshare', ['--net', '--mount', 'sh', '-c', script], { reject: false });
    if (result.failed) {
      return no(
        `the kernel (or this container's rights) has no ${feature}: ${result.stderr.trim().split('\n')[0] ?? ''}`,
      );
    }
  }
  return { ok: true };
}
