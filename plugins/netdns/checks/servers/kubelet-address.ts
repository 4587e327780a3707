import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { kubeletDnsOf } from '../../../../shared/dns/cluster-domain.ts';
import { nodeCacheAddresses } from '../../../../shared/dns/node-cache.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, refOf } from '../../../../shared/model/refs.ts';
import { keptFirst } from '../../../../shared/util/kubectl.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** The address that kubelets write into resolv.conf is not that of the DNS Service. */
export const kubeletAddress = defineCheck<DnsSubject>({
  id: 'netdns/kubelet-address',
  group: 'service',
  needs: ['Service'],
  uses: [...SERVER_KINDS],
  run: ({ dns }, { index }) => {
    const service = dns?.service;
    if (dns === undefined || service === undefined) return [];
    const addresses = dnsAddresses(dns);
    if (addresses.length === 0) return [];
    const known = new Set([...addresses, ...nodeCacheAddresses(index)]);
    const told = kubeletDnsOf(index).filter(({ clusterDns }) => clusterDns.length > 0);
    const wrong = told.filter(({ clusterDns }) => !clusterDns.some((address) => known.has(address)));
    const [first] = wrong;
    if (first === undefined) return [];
    const ref = refOf(service, 'Service');
    const others = wrong.length === 1 ? '' : ` and ${wrong.length - 1} more`;
    // Where other kubelets name the Service, its address is the right one, and the odd ones are to be mended.
    const odd = wrong.length < told.length;
    const nodes = wrong.flatMap(({ node }) => node ?? []);
    const { all, pods } = odd ? podsOn(index, nodes) : { all: 1, pods: [] };
    return [
      serversMessages.DNS111.raise({
        subject: ref,
        args: {
          where: odd && nodes.length > 0 ? ` on ${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes)}` : '',
          source: `${first.source}${others}`,
          many: wrong.length > 1,
          asks: joinAnd(first.clusterDns),
          service: `${dns.namespace}/${ref.name}`,
          address: joinAnd(addresses),
        },
        // What nodes that join later will get.
        ...(odd && nodes.length === 0 ? { severity: 'warning' as const } : {}),
        ...(pods.length === 0 ? {} : { pods, impact: pods.length / Math.max(1, all) }),
        evidence: [
          ...wrong
            .slice(0, 3)
            .map(({ source, clusterDns }) => ({ fact: `clusterDNS: ${joinAnd(clusterDns)}`, source })),
          { fact: `clusterIP: ${joinAnd(addresses)}`, source: `${formatRef(ref)} spec.clusterIPs` },
        ],
        fixes: odd
          ? mendKubelets(nodes, first.clusterDns[0] ?? '', addresses[0] ?? '')
          : [
              {
                title: `create the Service anew with the address ${first.clusterDns[0] ?? ''} (names do not resolve meanwhile)`,
                ...keptFirst(
                  'service',
                  dns.namespace,
                  ref.name,
                  `sed -e 's/${dotted(addresses[0] ?? '')}/${first.clusterDns[0] ?? ''}/' -e '/uid:/d' before.yaml | kubectl replace --force -f -`,
                ),
                risk: 'high',
              },
            ],
      }),
    ];
  },
});

/** Pods that got the resolv.conf of these kubelets, and how many there are on all nodes. */
function podsOn(
  index: ClusterIndex,
  nodes: readonly string[],
): { readonly all: number; readonly pods: readonly string[] } {
  const asking = index
    .list('Pod')
    .filter((pod) => !isFinished(pod) && pod.spec?.hostNetwork !== true && (pod.spec?.dnsPolicy ?? FIRST) === FIRST);
  const own = asking.filter(({ spec }) => nodes.includes(spec?.nodeName ?? ''));
  return { all: asking.length, pods: own.map(podKey) };
}

const FIRST = 'ClusterFirst';

/** kubeadm and most others keep the kubelet's configuration there; pods keep what they were given at their start. */
function mendKubelets(nodes: readonly string[], wrong: string, right: string): readonly Fix[] {
  const [node] = nodes;
  if (node === undefined)
    return [
      {
        title: `name ${right} in the configuration that new nodes get`,
        command: 'kubectl edit configmap kubelet-config -n kube-system',
        risk: 'low',
      },
    ];
  const set = (from: string, to: string): string =>
    `sed -i 's/${dotted(from)}/${to}/' /var/lib/kubelet/config.yaml && systemctl restart kubelet`;
  return [
    {
      title: `on ${nodes.length === 1 ? `node ${node}` : `each of ${joinNames(nodes)}`}: name the DNS Service in the kubelet's configuration`,
      command: set(wrong, right),
      risk: 'low',
      undo: set(right, wrong),
    },
    {
      title: 'then make the pods there anew, which keep the resolv.conf of their start',
      command: `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data && kubectl uncordon ${node}`,
      risk: 'high',
    },
  ];
}

function dotted(address: string): string {
  return address.replaceAll('.', '\\.');
}
