import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { onDownNodes, SERVER_KINDS } from './server-facts.ts';

/** Servers on nodes that are down. */
export const deadNode = defineCheck<DnsSubject>({
  id: 'netdns/servers-on-dead-node',
  group: 'servers',
  needs: ['Pod', 'Node'],
  uses: [...SERVER_KINDS],
  run: ({ dns }, { index }) => {
    const lost = onDownNodes(index, dns?.pods ?? []);
    if (dns === undefined || lost.length === 0) return [];
    const nodes = [...new Set(lost.map((pod) => pod.spec?.nodeName ?? ''))];
    const conditions = index.list('Node').flatMap((node) => {
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
      if (!nodes.includes(nameOf(node)) || ready === undefined) return [];
      return [
        {
          fact: `Ready is ${ready.status ?? '?'}: ${ready.message ?? ready.reason ?? ''}`,
          source: `Node ${nameOf(node)} status`,
        },
      ];
    });
    const sound = dns.pods.some((pod) => isReady(pod) && !lost.includes(pod));
    return [
      serversMessages.DNS113.raise({
        subject: dnsServersRef(dns),
        severity: sound ? 'warning' : 'critical',
        args: {
          nodes: `${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes)}`,
          pods: joinNames(lost.map(nameOf)),
          count: lost.length,
          all: dns.pods.length,
          sound,
        },
        evidence: conditions,
        fixes: [
          ...nodes.slice(0, 1).map((node) => ({
            title: 'look at the node',
            command: `kubectl describe node ${node}`,
            risk: 'none' as const,
          })),
          {
            title: 'start the servers elsewhere at once, when the node stays down',
            command: `kubectl delete pod ${lost.map(nameOf).join(' ')} -n ${dns.namespace} --force --grace-period=0`,
            risk: 'low',
          },
        ],
        pods: lost.map(podKey),
      }),
    ];
  },
});
