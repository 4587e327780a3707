import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';

/** The node controller marks a node after 40 seconds without a sign; a lease is renewed every 10. */
const LATE = 45_000;
/** Beyond this the controller would have marked the node, had it really been silent. */
const MARKED_BY_THEN = 150_000;
/** Leases of sound nodes lie within one period of renewal of each other. */
const AHEAD = 30_000;

/**
 * Leases of nodes that count as Ready, compared with one another, never with a clock: a bundle may be read any time
 * after it was taken. One that is far ahead, or behind for longer than the controller would bear, shows a wrong clock.
 */
export const heartbeats = defineCheck<ClusterSubject>({
  id: 'netcni/heartbeats',
  group: 'nodes',
  needs: ['Node'],
  uses: ['Lease'],
  applies: (_, { index }) => index.list('Lease', 'kube-node-lease').length > 0,
  run: (_, { index }) => {
    const beats = nodeFacts(index).flatMap(({ name, standing, fresh }) => {
      const at = Date.parse(index.get('Lease', 'kube-node-lease', name)?.spec?.renewTime ?? '');
      return standing === 'ready' && !fresh && !Number.isNaN(at) ? [{ name, at }] : [];
    });
    // Of two that differ nobody can tell which one is right.
    if (beats.length < 3) return [];
    const sorted = beats.map(({ at }) => at).sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return beats.flatMap(({ name, at }) => judge(name, at - middle) ?? []);
  },
});

function judge(name: string, difference: number): Finding | undefined {
  const subject = { kind: 'Node', name };
  const pods = [nodeKey(name)];
  const evidence = [
    {
      fact: `renewTime is ${formatDuration(Math.abs(difference))} ${difference > 0 ? 'after' : 'before'} that of the other nodes, and the node counts as Ready`,
      source: `Lease kube-node-lease/${name}`,
    },
  ];
  if (difference > AHEAD || difference < -MARKED_BY_THEN) {
    const way = difference > 0 ? 'ahead of' : 'behind';
    return nodeMessages.CNI205.raise({
      subject,
      pods,
      evidence,
      args: { node: name, skew: formatDuration(Math.abs(difference)), way },
    });
  }
  if (difference > -LATE) return undefined;
  return nodeMessages.CNI204.raise({
    subject,
    pods,
    evidence,
    args: { node: name, behind: formatDuration(-difference) },
  });
}
