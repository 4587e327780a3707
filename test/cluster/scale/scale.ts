import { readFileSync, writeFileSync } from 'node:fs';
import { KubeApi } from '../api.ts';
import type { Say } from '../build/components.ts';
import { down } from '../down.ts';
import { ClusterFailure, messageOf } from '../failure.ts';
import type { ClusterOptions } from '../options.ts';
import { type ClusterState, clusterPath } from '../state.ts';
import { adminKubeconfig, up } from '../up.ts';
import { load } from './load.ts';
import type { ScaleSize } from './objects.ts';

/** An API server that holds a big cluster, without machines: for benchmarks. Asked twice for the same size, it is there. */
export async function scale(options: ClusterOptions, size: ScaleSize, say: Say): Promise<ClusterState> {
  checkSize(size);
  const start = (): Promise<ClusterState> => up({ ...options, nodes: 1, metrics: false }, say, { bare: true });
  let state = await start();
  const had = loadedSize(options.name);
  if (had === JSON.stringify(size)) {
    say(`cluster ${options.name} holds these objects already`);
    return state;
  }
  if (had !== undefined || state.machines.some(({ role }) => role === 'node')) {
    throw new ClusterFailure(
      `cluster ${options.name} is up with something else in it; take it down first: down --name ${options.name}`,
    );
  }
  if (await isHalfLoaded(options.name)) {
    say(`cluster ${options.name} was only half loaded: starting afresh`);
    await down(options.name);
    state = await start();
  }
  try {
    await load(adminKubeconfig(options.name), size, say);
  } catch (error) {
    await down(options.name);
    throw new ClusterFailure(`loading objects failed: ${messageOf(error)}\ncluster ${options.name} was removed again`);
  }
  writeFileSync(clusterPath(options.name, 'scale.json'), JSON.stringify(size));
  return state;
}

function loadedSize(cluster: string): string | undefined {
  try {
    return readFileSync(clusterPath(cluster, 'scale.json'), 'utf8');
  } catch {
    return undefined;
  }
}

async function isHalfLoaded(cluster: string): Promise<boolean> {
  const api = new KubeApi(adminKubeconfig(cluster));
  try {
    return (await api.find('/api/v1/namespaces/ns-0')) !== undefined;
  } finally {
    api.close();
  }
}

function checkSize(size: ScaleSize): void {
  for (const [name, value] of Object.entries(size)) {
    if (!Number.isInteger(value) || value < (name === 'policies' || name === 'pods' ? 0 : 1) || value > 100_000) {
      throw new ClusterFailure(`--${name} ${value}: not a sensible number`);
    }
  }
  if (size.pods / size.nodes > 250) {
    throw new ClusterFailure(`${size.pods} pods on ${size.nodes} nodes: at most 250 fit on one, ask for more --nodes`);
  }
  if (size.nodes > 2800) {
    throw new ClusterFailure(`--nodes ${size.nodes}: at most 2800, one /24 each`);
  }
}
