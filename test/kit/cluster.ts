import { type ClusterOptions, defaultOptions } from '../cluster/options.ts';
import { readState } from '../cluster/state.ts';
import { clusterSupport } from '../cluster/support.ts';
import { adminKubeconfig, up } from '../cluster/up.ts';

/** A cluster of ours, which faults can be put into. */
export interface TestCluster {
  readonly name: string;
  readonly kubeconfig: string;
  /** Names of the nodes: node1, node2 … */
  readonly nodes: readonly string[];
}

/**
 * Why tests on a cluster of ours are skipped here; nothing when they can run. With
 * NET_E2E=required they are not to be skipped, so missing support is an error.
 */
export function skipReason(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (foreignKubeconfig(env) !== undefined) {
    return 'the cluster given by KUBECONFIG_E2E is not ours to break';
  }
  const support = clusterSupport();
  if (support.ok) {
    return env.NET_E2E === 'off' ? 'NET_E2E=off' : undefined;
  }
  if (env.NET_E2E === 'required') {
    throw new Error(`NET_E2E=required, but ${support.reason}`);
  }
  return support.reason;
}

/** Kubeconfig of any cluster given from outside (kind, a real one): only harmless tests may run there. */
export function foreignKubeconfig(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.KUBECONFIG_E2E || undefined;
}

/** Tests use the cluster of this name; NET_CLUSTER chooses another, for faults that must not meet other people's. */
export const testClusterName = process.env.NET_CLUSTER || defaultOptions.name;

/** The test cluster, brought up when it is not there yet. */
export async function testCluster(options: Partial<ClusterOptions> = {}): Promise<TestCluster> {
  const wanted = { ...defaultOptions, name: testClusterName, ...options };
  const state = await up(wanted, (line) => void process.stderr.write(`${line}\n`));
  return describeCluster(state.name);
}

export function describeCluster(name: string): TestCluster {
  const machines = readState(name)?.machines ?? [];
  return {
    name,
    kubeconfig: adminKubeconfig(name),
    nodes: machines.filter(({ role }) => role === 'node').map((machine) => machine.name),
  };
}

export function addressOf(cluster: TestCluster, machine: string): string {
  const found = readState(cluster.name)?.machines.find(({ name }) => name === machine);
  if (found === undefined) {
    throw new Error(`cluster ${cluster.name} has no machine ${machine}`);
  }
  return found.address;
}
