import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { kubeletDnsOf } from '../../../../shared/dns/cluster-domain.ts';
import { isLocalDns, nodeCacheAddresses, nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { downNodes } from '../../../../shared/model/down-nodes.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { isVirtualNode } from '../../../../shared/model/virtual-nodes.ts';
import { compareText, joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodeCacheMessages } from '../../messages/node-cache.ts';

/** Nodes whose kubelet writes the node cache's address into resolv.conf of pods, and on which no node cache is placed. */
export const nodeCacheAbsent = defineCheck<DnsSubject>({
  id: 'netdns/node-cache-absent',
  group: 'node cache',
  needs: ['Pod', 'Node'],
  uses: ['DaemonSet', 'ConfigMap', 'Service'],
  applies: (_subject, { index }) => kubeletDnsOf(index).some(({ clusterDns }) => namesCache(index, clusterDns)),
  run: (_subject, { index }) => {
    if (!isWhollyRead(index, 'Pod', 'kube-system') || !isWhollyRead(index, 'DaemonSet', 'kube-system')) return [];
    const cache = nodeCacheOf(index);
    const served = new Set((cache?.pods ?? []).map(({ spec }) => spec?.nodeName ?? ''));
    const bare = asking(index).filter(({ node }) => !served.has(node));
    const [first] = bare;
    if (first === undefined) return [];
    const nodes = [...new Set(bare.map(({ node }) => node))].sort(compareText);
    const set = cache?.set === undefined ? undefined : nameOf(cache.set);
    return [
      nodeCacheMessages.DNS508.raise({
        subject: { kind: 'Node', name: nodes[0] ?? '' },
        args: {
          nodes: `${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes)}`,
          node: nodes[0] ?? '',
          address: first.address,
          set: set ?? '',
        },
        evidence: [
          ...bare.slice(0, 3).map(({ source, address }) => ({ fact: `clusterDNS: ${address}`, source })),
          {
            fact:
              cache === undefined
                ? 'there is neither a DaemonSet nor a pod of a node cache'
                : `${served.size} of ${index.list('Node').length} nodes have a pod of the node cache`,
            source: `namespace ${cache?.namespace ?? 'kube-system'}`,
          },
        ],
      }),
    ];
  },
});

interface Asking {
  readonly node: string;
  readonly address: string;
  readonly source: string;
}

/** Nodes that are up, with the link-local address that alone stands in resolv.conf of their pods. */
function asking(index: ClusterIndex): readonly Asking[] {
  const down = downNodes(index);
  const nodes = index
    .list('Node')
    .filter((node) => !down.has(nameOf(node)) && !isVirtualNode(node) && !isWindows(node));
  const own = new Set(kubeletDnsOf(index).flatMap(({ node }) => node ?? []));
  return kubeletDnsOf(index).flatMap(({ node, source, clusterDns }) => {
    const [address = ''] = clusterDns;
    if (!namesCache(index, clusterDns)) return [];
    return nodes
      .map(nameOf)
      .filter((name) => (node === undefined ? !own.has(name) : name === node))
      .map((name) => ({ node: name, address, source }));
  });
}

/** Whether nothing but the link-local address of a node cache is named, which only a pod of the node answers. */
function namesCache(index: ClusterIndex, clusterDns: readonly string[]): boolean {
  const addresses = new Set(nodeCacheAddresses(index));
  return (
    clusterDns.length > 0 &&
    clusterDns.every((one) => addresses.has(one) && !isLocalDns(one) && /^169\.254\.|^fe80:|^fd00:/i.test(one))
  );
}

/** There is no node cache for Windows. */
function isWindows({ metadata }: Node): boolean {
  return metadata?.labels?.['kubernetes.io/os'] === 'windows';
}
