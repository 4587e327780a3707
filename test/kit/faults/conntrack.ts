import { setTimeout as sleep } from 'node:timers/promises';
import { runOn, tryOn } from '../../cluster/machine/enter.ts';
import type { TestCluster } from '../cluster.ts';
import { once, type Undo } from '../undo.ts';

/** Entries in use and the limit, as the node sees them. */
export async function conntrackUse(cluster: TestCluster, node: string): Promise<{ used: number; limit: number }> {
  const setting = (name: string): string => `/proc/sys/net/netfilter/nf_conntrack_${name}`;
  const text = await runOn(cluster.name, node, ['cat', setting('count'), setting('max')]);
  const [used = 0, limit = 0] = text.trim().split('\n').map(Number);
  return { used, limit };
}

/**
 * Fills a node's connection table to this share of its limit with made-up flows
 * between addresses for tests (198.18.0.0/15). The kernel has one limit for all
 * namespaces, which cannot be lowered in one of them, so the table is filled for real.
 */
export async function fillConntrack(cluster: TestCluster, node: string, share = 1): Promise<Undo> {
  // Entries of closed connections are given away when the table is full, and would leave room.
  for (const ended of [
    ['-p', 'tcp', '--state', 'TIME_WAIT'],
    ['-p', 'tcp', '--state', 'CLOSE'],
    ['-p', 'udp'],
  ]) {
    await tryOn(cluster.name, node, ['conntrack', '-D', ...ended]);
  }
  let next = 0;
  for (let round = 0; round < 10; round += 1) {
    const { used, limit } = await conntrackUse(cluster, node);
    const missing = Math.round(limit * share) - used;
    if (missing <= 0) {
      break;
    }
    const flows = Array.from({ length: missing }, (_, at) => flow(next + at));
    next += missing;
    // Read from a file: a pipe would be a socket here, which cannot be opened by name.
    const load = 'cat > /tmp/flows && conntrack -R /tmp/flows; rm /tmp/flows';
    await tryOn(cluster.name, node, ['sh', '-c', load], `${flows.join('\n')}\n`);
    // Full once is not full for good: others end in the first second.
    await sleep(500);
  }
  return once(async () => {
    await tryOn(cluster.name, node, ['conntrack', '-D', '-s', '198.18.0.0/16']);
  });
}

/** "Assured", as flows that had an answer are: the kernel gives away the others when the table is full. */
function flow(at: number): string {
  const from = `198.18.${(at >> 8) & 255}.${at & 255}`;
  const to = `198.19.${(at >> 16) & 255}.1`;
  const ports = '--sport 1000 --dport 1000 --reply-port-src 1000 --reply-port-dst 1000';
  return `-A -s ${from} -d ${to} -r ${to} -q ${from} -p udp ${ports} --timeout 1800 --status ASSURED,SEEN_REPLY`;
}
