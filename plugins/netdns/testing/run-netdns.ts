import type { KubeObject } from '../../../shared/model/objects.ts';
import { type FakeCluster, type FakeClusterOptions, fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { type CliRun, runCli } from '../../../shared/testing/run-cli.ts';
import { netdns } from '../plugin.ts';

/** Runs a command line against a cluster in memory. */
export async function runNetdns(
  line: string,
  objects: readonly KubeObject[],
  options: FakeClusterOptions = {},
): Promise<CliRun & { readonly cluster: FakeCluster }> {
  const cluster = fakeCluster(objects, options);
  const run = await runCli(netdns, line, { world: { connect: async () => cluster } });
  return { ...run, cluster };
}

/** The JSON that it printed. */
export interface NetdnsAnswer {
  readonly verdict: string;
  readonly headline: string;
  readonly causes: readonly {
    readonly code: string;
    readonly severity: string;
    readonly summary: string;
    readonly subject: { readonly kind: string; readonly name: string };
  }[];
  readonly notChecked: readonly { readonly check: string; readonly reason: string }[];
}

/** The same with `-o json`, parsed. */
export async function askNetdns(
  line: string,
  objects: readonly KubeObject[],
  options: FakeClusterOptions = {},
): Promise<NetdnsAnswer & { readonly exit: number; readonly cluster: FakeCluster }> {
  const { stdout, stderr, exit, cluster } = await runNetdns(`${line} -o json`, objects, options);
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as NetdnsAnswer), exit, cluster };
}
