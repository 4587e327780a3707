import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type ClusterOptions, isClusterName } from './options.ts';
import type { ProcessId } from './process.ts';

/** All that a cluster writes lies below one folder of its name (besides the build cache). */
const clustersRoot = '/var/lib/kubectl-net/clusters';

export interface MachineState {
  readonly name: string;
  readonly role: 'control-plane' | 'node';
  readonly address: string;
  readonly zone: string;
  readonly init?: ProcessId;
}

/** What a later command must know of a running cluster. */
export interface ClusterState {
  readonly name: string;
  /** Chooses the cluster's network and default port; no two clusters share one. */
  readonly index: number;
  readonly port: number;
  readonly options: ClusterOptions;
  readonly machines: readonly MachineState[];
  readonly forwarder?: ProcessId;
  /** False until all of it answered once. */
  readonly ready: boolean;
}

export function clusterFolder(name: string): string {
  return join(clustersRoot, name);
}

export function clusterPath(name: string, ...parts: readonly string[]): string {
  return join(clusterFolder(name), ...parts);
}

export function readState(name: string): ClusterState | undefined {
  try {
    return JSON.parse(readFileSync(clusterPath(name, 'state.json'), 'utf8')) as ClusterState;
  } catch {
    return undefined;
  }
}

export function writeState(state: ClusterState): ClusterState {
  mkdirSync(clusterFolder(state.name), { recursive: true, mode: 0o755 });
  const path = clusterPath(state.name, 'state.json');
  // Renamed in place: a crash in the middle leaves the old state, not half a file.
  writeFileSync(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
  return state;
}

/** Names of all clusters that left a folder, running or not. */
export function clusterNames(): readonly string[] {
  if (!existsSync(clustersRoot)) {
    return [];
  }
  return readdirSync(clustersRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isClusterName(entry.name))
    .map((entry) => entry.name);
}

export function removeState(name: string): void {
  rmSync(clusterFolder(name), { recursive: true, force: true });
}

/** Removes the folder of all clusters, and the one above it, when the last cluster has gone. */
export function removeEmptyFolders(): void {
  for (const folder of [clustersRoot, dirname(clustersRoot)]) {
    try {
      rmdirSync(folder);
    } catch {
      // Another cluster is in it, or it is gone already.
      return;
    }
  }
}

export function freeIndex(): number {
  const taken = new Set(clusterNames().map((name) => readState(name)?.index));
  for (let index = 0; index < 100; index += 1) {
    if (!taken.has(index)) {
      return index;
    }
  }
  throw new Error('100 clusters are up already; take some down');
}
