import { strayFlannelAddresses } from '../../../../shared/datapath/flannel-addresses.ts';
import { internalAddress } from '../../../../shared/datapath/nodes.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { downNodes } from '../../../../shared/model/down-nodes.ts';
import type { EndpointRow } from '../../../../shared/model/services.ts';
import { clusterMessages } from '../../messages/cluster.ts';

/** Endpoints on a node for which Flannel announces an address that it has not: only pods of that node reach them. */
export function lostBehindAddress(index: ClusterIndex, endpoints: readonly EndpointRow[]): readonly Finding[] {
  return strayFlannelAddresses(index).flatMap(({ name, node, address, annotation }) => {
    const real = internalAddress(node) ?? '';
    const rows = endpoints.filter(({ pod }) => pod?.spec?.hostNetwork !== true);
    const hit = rows.filter((row) => name === (row.endpoint.nodeName ?? row.pod?.spec?.nodeName));
    if (hit.length === 0 || downNodes(index).has(name)) return [];
    return [
      clusterMessages.SVC814.raise({
        subject: { kind: 'Node', name },
        args: { node: name, told: address, real, endpoints: hit.length, all: endpoints.length },
        impact: Math.min(0.9, hit.length / endpoints.length),
        evidence: [
          { fact: `public-ip ${address}`, source: `Node ${name} annotation ${annotation}` },
          { fact: `InternalIP ${real}`, source: `Node ${name} status.addresses` },
        ],
      }),
    ];
  });
}
