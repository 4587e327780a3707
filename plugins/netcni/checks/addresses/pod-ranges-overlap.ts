import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { ciliumRanges, podRangesByNode } from '../../../../shared/datapath/pod-ranges.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { overlaps } from '../../../../shared/util/addresses.ts';
import { keptFirst } from '../../../../shared/util/kubectl.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { cidrs, nodeFacts } from '../../facts/nodes.ts';
import { addressMessages } from '../../messages/addresses.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { usesPodRanges } from './pod-ranges.ts';

/** A range of pod addresses and the node that has it. */
interface Held {
  readonly node: string;
  readonly text: string;
  readonly range: ReturnType<typeof cidrs>[number]['range'];
  readonly source: string;
  /** The object that still holds it for a node that is gone. */
  readonly left?: string;
}

/** Nodes whose ranges share addresses. */
export const podRangesOverlap = defineCheck<ClusterSubject>({
  id: 'netcni/pod-ranges-of-nodes-overlap',
  group: 'ranges',
  needs: ['Node'],
  uses: [...AGENT_USES, 'CiliumNode'],
  run: (_, { index }) => {
    const all = [...heldRanges(index)].sort(
      (a, b) =>
        a.range.family - b.range.family || (a.range.first < b.range.first ? -1 : a.range.first > b.range.first ? 1 : 0),
    );
    // With dual-stack two nodes may share both of their ranges: that is one fault.
    const shared = new Map<string, (readonly [Held, Held])[]>();
    for (const [at, one] of all.entries()) {
      const next = all[at + 1];
      if (next === undefined || next.node === one.node || !overlaps(one.range, next.range)) continue;
      // Two that are both gone harm nobody.
      if (one.left !== undefined && next.left !== undefined) continue;
      const key = [one.node, next.node].sort().join(' ');
      shared.set(key, [...(shared.get(key) ?? []), [one, next]]);
    }
    return [...shared.values()].map(raise);
  },
});

function raise(pairs: readonly (readonly [Held, Held])[]): Finding {
  const [[one, other]] = pairs as readonly [readonly [Held, Held], ...(readonly [Held, Held])[]];
  const [a, b] = [one, other].sort((x, y) => (x.node < y.node ? -1 : 1)) as [Held, Held];
  const gone = [a, b].find(({ left }) => left !== undefined);
  const texts = [...new Set(pairs.flatMap(([first, second]) => [first.text, second.text]))];
  return addressMessages.CNI302.raise({
    subject: { kind: 'Node', name: b.node },
    args: { a: a.node, b: b.node, range: joinAnd(texts), gone: gone?.left ?? '' },
    pods: [a, b].filter(({ left }) => left === undefined).map(({ node }) => nodeKey(node)),
    evidence: pairs.flat().map(({ text, source }) => ({ fact: `pod range ${text}`, source })),
    ...(gone === undefined ? {} : { fixes: takeAway(gone.left ?? '', gone.node) }),
  });
}

function takeAway(kind: string, node: string): readonly Fix[] {
  return [
    { title: 'see that no Node of this name is there', command: `kubectl get node ${node}`, risk: 'none' },
    {
      title: 'take away what it left behind: agents drop their routes to it',
      ...keptFirst(kind.toLowerCase(), undefined, node, `kubectl delete ${kind.toLowerCase()} ${node}`),
      risk: 'low',
    },
  ];
}

function heldRanges(index: ClusterIndex): readonly Held[] {
  const { primary } = detectNetwork(index);
  if (primary?.name === 'OVN-Kubernetes')
    return [...podRangesByNode(index)].flatMap(([node, { ranges, source }]) =>
      ranges.map((entry) => ({ node, ...entry, source })),
    );
  if (primary?.name === 'Cilium' && primary.ipam?.value === 'operator') return ciliumHeld(index);
  if (!usesPodRanges(index)) return [];
  return nodeFacts(index).flatMap(({ name, ranges }) =>
    ranges.map((entry) => ({ node: name, ...entry, source: `Node ${name} spec.podCIDRs` })),
  );
}

/** Other agents make routes to every CiliumNode, whether its Node is there or not. */
function ciliumHeld(index: ClusterIndex): readonly Held[] {
  const all = isWhollyRead(index, 'Node');
  return index.list('CiliumNode').flatMap((object) => {
    const name = nameOf(object);
    const here = index.get('Node', undefined, name) !== undefined;
    if (!here && !all) return [];
    return cidrs(ciliumRanges(index, name)).map((entry) => ({
      node: name,
      ...entry,
      source: `CiliumNode ${name} spec.ipam`,
      ...(here ? {} : { left: 'CiliumNode' }),
    }));
  });
}
