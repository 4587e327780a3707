import { messageOf } from './failure.ts';
import { daemons } from './machine/control.ts';
import { isAlive } from './process.ts';
import { type ClusterState, clusterNames, readState } from './state.ts';
import { adminKubeconfig, whatIsBroken } from './up.ts';

/** Lines for a reader: every cluster, its machines and what runs on them. */
export async function statusLines(name?: string): Promise<readonly string[]> {
  const names = clusterNames().filter((one) => name === undefined || one === name);
  if (names.length === 0) {
    return [name === undefined ? 'no cluster' : `no cluster ${name}`];
  }
  const blocks = await Promise.all(names.map(describe));
  return blocks.flat();
}

async function describe(name: string): Promise<readonly string[]> {
  const state = readState(name);
  if (state === undefined) {
    return [`${name}: broken, without a record; \`down --name ${name}\` clears it away`];
  }
  const fault = await whatIsBroken(state).catch(messageOf);
  return [
    `${name}: ${fault === undefined ? 'ready' : `broken: ${fault}`}, ${describeOptions(state)}`,
    `  KUBECONFIG=${adminKubeconfig(name)} (https://127.0.0.1:${state.port})`,
    ...(await Promise.all(state.machines.map((machine) => describeMachine(name, machine)))),
  ];
}

function describeOptions({ options, machines }: ClusterState): string {
  const nodes = machines.filter(({ role }) => role === 'node').length;
  const extras = [options.dualStack ? 'dual-stack' : '', ...options.crds].filter((extra) => extra !== '');
  return [`${nodes} nodes`, `kube-proxy ${options.proxyMode}`, ...extras].join(', ');
}

async function describeMachine(cluster: string, machine: ClusterState['machines'][number]): Promise<string> {
  const { name, address, init } = machine;
  if (!isAlive(init)) {
    return `  ${name} ${address}: gone`;
  }
  const { running, exited } = await daemons(cluster, name);
  const dead = Object.entries(exited).map(([daemon, status]) => `${daemon} (ended: ${status})`);
  return `  ${name} ${address} (process ${init?.pid}): ${[...Object.keys(running), ...dead].join(', ')}`;
}
