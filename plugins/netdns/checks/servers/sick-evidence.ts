import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import type { SickPod } from '../../../../shared/model/sick-pods.ts';
import { ago } from '../../../../shared/util/duration.ts';

/** `coredns-x on node2: CrashLoopBackOff, exit code 1, not ready for 5m`. */
export function sickEvidence({ name, namespace, node, reason, message, since }: SickPod, now: number): Evidence {
  const where = node === '' ? '' : ` on ${node}`;
  const span = ago(since, now).replace(' ago', '');
  const how = `${reason}${span === '' ? '' : `, not ready for ${span}`}${message === '' ? '' : `: ${message}`}`;
  return { fact: `${name}${where}: ${how}`, source: `Pod ${namespace}/${name}` };
}

/** Names of nodes that are down. */
export function downNodes(index: ClusterIndex): ReadonlySet<string> {
  return index.memo('netdns/down-nodes', () => {
    const down = index.list('Node').filter((node) => {
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
      return ready === 'False' || ready === 'Unknown';
    });
    return new Set(down.map(nameOf));
  });
}
