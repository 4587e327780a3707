import { readFileSync } from 'node:fs';
import { runOn, tryOn } from '../../cluster/machine/enter.ts';
import type { TestCluster } from '../cluster.ts';
import { once, type Undo } from '../undo.ts';

const timeouts = ['nf_conntrack_udp_timeout', 'nf_conntrack_generic_timeout'];
const setting = (name: string): string => `/proc/sys/net/netfilter/${name}`;

/**
 * Fills a node's connection table to this share of its limit with flows to
 * addresses for tests (198.18.0.0/15). The kernel has one limit for all namespaces,
 * which cannot be lowered in one of them, so the table is filled for real.
 */
export async function fillConntrack(cluster: TestCluster, node: string, share = 1): Promise<Undo> {
  const read = async (name: string): Promise<string> =>
    (await runOn(cluster.name, node, ['cat', setting(name)])).trim();
  const limit = Number(readFileSync(setting('nf_conntrack_max'), 'utf8'));
  const used = Number(await read('nf_conntrack_count'));
  const before = await Promise.all(timeouts.map(read));
  const write = async (values: readonly string[]): Promise<void> => {
    for (const [at, name] of timeouts.entries()) {
      await runOn(cluster.name, node, ['sh', '-c', `echo ${values[at]} > ${setting(name)}`]);
    }
  };
  await write(timeouts.map(() => '1800'));
  // A few more than fit, since some of the present ones end meanwhile.
  const wanted = Math.ceil(limit * share * (share >= 1 ? 1.02 : 1)) - used;
  const fill = ['/opt/bin/helper', 'conntrack-fill', '/proc/self/ns/net', String(Math.max(0, wanted))];
  await runOn(cluster.name, node, fill);
  return once(async () => {
    await write(before);
    await tryOn(cluster.name, node, ['conntrack', '-D', '--orig-dst', '198.18.0.0/15']);
  });
}

/** Entries in use and the limit, as the node sees them. */
export async function conntrackUse(cluster: TestCluster, node: string): Promise<{ used: number; limit: number }> {
  const text = await runOn(cluster.name, node, ['cat', setting('nf_conntrack_count'), setting('nf_conntrack_max')]);
  const [used = 0, limit = 0] = text.trim().split('\n').map(Number);
  return { used, limit };
}
