import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterPath } from '../state.ts';
import { netnsPath } from './network.ts';

interface Bind {
  readonly from: string;
  readonly to: string;
  readonly readOnly: boolean;
}

export interface MachineFile {
  readonly path: string;
  readonly text: string;
}

/** What the helper needs to start a machine (`machineSpec` in go/helper/machine.go). */
export interface MachineSpec {
  readonly name: string;
  readonly netns: string;
  readonly cgroup: string;
  readonly root: string;
  readonly socket: string;
  readonly log: string;
  readonly binds: readonly Bind[];
  readonly files: readonly MachineFile[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/** Folders of the host that every machine sees, and cannot change. */
const hostFolders = ['/usr', '/etc/alternatives', '/etc/ssl'];
/** Folders of the machine's own, on disk. The rest of its tree is in memory. */
const ownFolders = ['/etc', '/var/lib', '/var/log', '/opt/cni'];
const hostFiles = [
  '/etc/passwd',
  '/etc/group',
  '/etc/protocols',
  '/etc/services',
  '/etc/ld.so.cache',
  '/etc/nsswitch.conf',
];

export function machinePath(cluster: string, machine: string, ...parts: readonly string[]): string {
  return clusterPath(cluster, machine, ...parts);
}

export function machineSocket(cluster: string, machine: string): string {
  return machinePath(cluster, machine, 'init.sock');
}

/** All control groups of a cluster lie below this path of every hierarchy. */
export function cgroupOf(cluster: string): string {
  return `kubectl-net/${cluster}`;
}

export function writeMachineSpec(
  cluster: string,
  machine: string,
  parts: { readonly binds: readonly Bind[]; readonly files: readonly MachineFile[] },
): string {
  const folder = machinePath(cluster, machine);
  for (const own of ownFolders) {
    mkdirSync(join(folder, 'disk', own), { recursive: true });
  }
  mkdirSync(join(folder, 'root'), { recursive: true });
  const spec: MachineSpec = {
    name: machine,
    netns: netnsPath(cluster, machine),
    cgroup: `${cgroupOf(cluster)}/${machine}`,
    root: join(folder, 'root'),
    socket: machineSocket(cluster, machine),
    log: join(folder, 'init.log'),
    binds: [
      ...ownFolders.map((path) => ({ from: join(folder, 'disk', path), to: path, readOnly: false })),
      ...[...hostFolders, ...hostFiles].filter(existsSync).map((path) => ({ from: path, to: path, readOnly: true })),
      ...parts.binds,
    ],
    files: parts.files,
    links: ['bin', 'sbin', 'lib', 'lib64'].map((name) => ({ path: `/${name}`, target: `usr/${name}` })),
  };
  const path = join(folder, 'spec.json');
  writeFileSync(path, JSON.stringify(spec, undefined, 2));
  return path;
}
