import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { nodesAre, sinceWords } from '../words.ts';

/** Nodes whose kubelet says nothing any more. */
export const kubeletSilent = defineCheck<ClusterSubject>({
  id: 'netcni/kubelet-silent',
  group: 'nodes',
  needs: ['Node'],
  uses: ['Lease'],
  run: (_, { index, now }) => {
    const silent = nodeFacts(index).filter(({ standing }) => standing === 'silent');
    return [
      ...raise(
        index,
        silent.filter(({ leaving }) => leaving === undefined),
        now,
      ),
      ...raise(
        index,
        silent.filter(({ leaving }) => leaving !== undefined),
        now,
      ),
    ];
  },
});

/** One finding for all of them; of nodes that are being taken away it is a note. */
function raise(index: ClusterIndex, silent: readonly NodeFacts[], now: number): readonly Finding[] {
  const [first] = silent;
  if (first === undefined) return [];
  const names = silent.map(({ name }) => name);
  const going = first.leaving;
  return [
    nodeMessages.CNI201.raise({
      subject: { kind: 'Node', name: first.name },
      args: {
        nodes: nodesAre(names),
        first: first.name,
        since: silent.length === 1 ? sinceWords(ago(first.ready?.lastTransitionTime, now)) : '',
        said: first.ready?.reason ?? 'Unknown',
        going:
          going === undefined ? '' : `, and ${silent.length === 1 ? 'it is' : 'they are'} being taken away (${going})`,
      },
      ...(going === undefined ? {} : { severity: 'info' as const, fixes: [] }),
      impact: silent.length / Math.max(1, nodeFacts(index).length),
      pods: names.map(nodeKey),
      evidence: silent.slice(0, 4).flatMap((entry) => evidenceOf(index, entry, now)),
    }),
  ];
}

function evidenceOf(index: ClusterIndex, { name, ready }: NodeFacts, now: number): readonly Evidence[] {
  const lease = index.get('Lease', 'kube-node-lease', name)?.spec?.renewTime;
  return [
    {
      fact: `Ready is ${ready?.status ?? ''}${sinceWords(ago(ready?.lastTransitionTime, now))}: ${shorten(ready?.message ?? '', 120)}`,
      source: `Node ${name} status.conditions`,
    },
    ...(lease === undefined
      ? []
      : [{ fact: `last heartbeat ${ago(lease, now)}`, source: `Lease kube-node-lease/${name} spec.renewTime` }]),
  ];
}
