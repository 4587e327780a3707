import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** DNS301 to DNS319: what the kubelet writes into resolv.conf of pods, and what libraries make of it. */
export const podsMessages = defineMessages({
  DNS301: message<{ who: string; namespace: string; names: string }>({
    slug: 'host-network-asks-node',
    severity: 'warning',
    confidence: 'likely',
    rung: 30,
    title: "pods on the host network ask the node's DNS",
    summary: ({ who, namespace, names }) =>
      `${who} in namespace ${namespace} cannot resolve names of Services${names === '' ? '' : ` (${names})`}: hostNetwork with dnsPolicy ClusterFirst asks the node's DNS servers`,
    explain:
      'A pod with hostNetwork gets the resolv.conf of its node, whatever dnsPolicy ClusterFirst says. The name servers of a ' +
      'node do not know names of Services. dnsPolicy ClusterFirstWithHostNet asks the cluster.',
  }),

  DNS302: message<{ who: string; namespace: string; names: string }>({
    slug: 'default-policy-asks-node',
    severity: 'warning',
    confidence: 'likely',
    rung: 30,
    title: "pods with dnsPolicy Default ask the node's DNS",
    summary: ({ who, namespace, names }) =>
      `${who} in namespace ${namespace} cannot resolve names of Services (${names}): dnsPolicy Default asks the node's DNS servers`,
    explain:
      'In spite of its name, Default is not the default: it takes over the resolv.conf of the node, whose name servers do not ' +
      'know names of Services. Leave dnsPolicy out, or write ClusterFirst.',
  }),

  DNS303: message<{ who: string; namespace: string; servers: string; cluster: string; names: string }>({
    slug: 'own-servers-do-not-know-cluster',
    severity: 'warning',
    confidence: 'likely',
    rung: 30,
    title: 'pods with dnsPolicy None ask other servers than the cluster',
    summary: ({ who, namespace, servers, cluster, names }) =>
      `${who} in namespace ${namespace} cannot resolve names of Services (${names}): dnsPolicy None asks ${servers}, not the DNS of the cluster (${cluster})`,
    explain:
      'With dnsPolicy None only dnsConfig counts. Servers outside of the cluster do not know names of Services; when several ' +
      'are listed, the first that answers decides, also with NXDOMAIN.',
  }),

  DNS304: message<{ who: string; namespace: string; what: string }>({
    slug: 'resolv-conf-cut',
    severity: 'warning',
    rung: 50,
    title: 'resolv.conf of pods is cut off',
    summary: ({ who, namespace, what }) => `resolv.conf of ${who} in namespace ${namespace} is cut off: ${what}`,
    explain:
      'The kubelet writes at most 3 name servers, 32 search domains and 2048 characters of them (6 and 256 before 1.28, where ' +
      'not opened by a feature gate), leaves the rest out and says so with an event DNSConfigForming. What was left out is ' +
      'missing: names that need a search domain at the end of the list do not resolve.',
  }),

  DNS305: message<{ who: string; namespace: string; length: number }>({
    slug: 'musl-ignores-search',
    severity: 'warning',
    confidence: 'likely',
    rung: 40,
    title: 'the search line is too long for Alpine',
    summary: ({ who, namespace, length }) =>
      `${who} in namespace ${namespace} cannot use short names: the search line of resolv.conf has ${length} characters, and musl (Alpine) ignores lines of more than 254`,
    explain:
      'musl, the C library of Alpine, reads lines of resolv.conf into 256 bytes and passes over a longer one as a whole: no ' +
      'search domain is left, so web and web.shop do not resolve, while the full name does. Debian and others have no such ' +
      'limit. Take search domains out of dnsConfig, or of resolv.conf of the nodes.',
  }),

  DNS306: message<{ who: string; namespace: string; name: string; ndots: number; full: string }>({
    slug: 'musl-ndots',
    severity: 'warning',
    confidence: 'likely',
    rung: 40,
    title: 'a low ndots keeps Alpine from searching',
    summary: ({ who, namespace, name, ndots }) =>
      `${who} in namespace ${namespace} cannot resolve ${name}: with ndots:${ndots} musl (Alpine) asks that name as it is and never searches`,
    explain:
      'musl uses the search list only for names with fewer dots than ndots; glibc uses it afterwards in any case. Lowering ' +
      'ndots, which saves questions on Debian, breaks names such as web.shop.svc on Alpine. Use the full name with a dot at ' +
      'its end, or keep ndots above the number of dots in every short name.',
  }),

  DNS307: message<{ where: string; message: string }>({
    slug: 'kubelet-without-cluster-dns',
    severity: 'critical',
    rung: 15,
    title: 'a kubelet has no clusterDNS',
    summary: ({ where }) =>
      `the kubelet of ${where} has no clusterDNS: new pods there ask the DNS of the node and find no Service`,
    explain:
      'Without clusterDNS in its configuration the kubelet treats dnsPolicy ClusterFirst as Default, and says so with an event ' +
      'MissingClusterDNS. Set clusterDNS and clusterDomain (or --cluster-dns and --cluster-domain), restart the kubelet, and ' +
      'then the pods of that node.',
  }),

  DNS308: message<{ who: string; namespace: string; server: string; right: string }>({
    slug: 'stale-name-server',
    severity: 'critical',
    rung: 25,
    title: 'pods ask an address that is no DNS server any more',
    summary: ({ who, namespace, server, right }) =>
      `${who} in namespace ${namespace} ask ${server}, which belongs to no Service${right === '' ? '' : ` (the DNS Service has ${right})`}`,
    explain:
      'dnsConfig of these pods names a ClusterIP by hand. The DNS Service has another one now, so their questions time out. ' +
      'Leave the address to the kubelet (dnsPolicy ClusterFirst), and use dnsConfig for what comes on top.',
  }),

  DNS310: message<{ service: string; nodes: string; count: number }>({
    slug: 'no-server-on-the-node',
    severity: 'critical',
    rung: 25,
    title: 'pods of some nodes reach no DNS server',
    summary: ({ service, nodes, count }) =>
      `${count} ${count === 1 ? 'pod' : 'pods'} on ${nodes} cannot resolve names: Service ${service} has internalTrafficPolicy Local, and no ready DNS server runs there`,
    explain:
      'With internalTrafficPolicy Local kube-proxy sends a question only to a DNS server on the node of the pod that asks, and ' +
      'drops it where there is none. That needs a server on every node (a DaemonSet). The default, Cluster, lets all nodes ask ' +
      'all servers.',
  }),

  DNS309: message<{ node: string; message: string }>({
    slug: 'node-resolv-conf-limits',
    severity: 'info',
    title: 'resolv.conf of a node is over the limits',
    summary: ({ node, message }) => `${node}: ${message}`,
    explain:
      'The kubelet looks at the resolv.conf that it passes on to pods (resolvConf in its configuration) and says when it holds ' +
      'more search domains or name servers than fit. Pods get the first ones only.',
  }),

  DNS311: message<{ who: string; namespace: string; name: string; full: string }>({
    slug: 'search-list-lacks-cluster',
    severity: 'warning',
    rung: 50,
    title: 'dnsPolicy None without the search domains of the cluster',
    summary: ({ who, namespace, name, full }) =>
      `${who} in namespace ${namespace} does not find ${name}: with dnsPolicy None its search list does not lead to ${full}`,
    explain:
      'With dnsPolicy None resolv.conf holds what dnsConfig says and nothing else. The server is that of the cluster, but short ' +
      'names are tried with the domains under dnsConfig.searches only. Add NAMESPACE.svc.DOMAIN and svc.DOMAIN there, write ' +
      'the name in full, or use dnsPolicy ClusterFirst, to which dnsConfig adds.',
  }),
});
