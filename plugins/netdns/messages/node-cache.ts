import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import { applyLine, keptFirst } from '../../../shared/util/kubectl.ts';

/** DNS501 to DNS549: NodeLocal DNSCache. */
export const nodeCacheMessages = defineMessages({
  DNS501: message<{ set: string; ready: number; all: number; where: string; why: string }>({
    slug: 'node-cache-down',
    severity: 'critical',
    rung: 50,
    title: 'the node cache does not run on some nodes',
    summary: ({ set, ready, all, where, why }) =>
      `pods on ${where} cannot resolve names, because the node cache there does not work: ${set}, ${ready} of ${all} ready${why === '' ? '' : ` (${why})`}`,
    explain:
      'Pods ask the cache on their own node. When it stops, its address stays on the interface for a while or is taken away: ' +
      'where kubelets name the link-local address, pods of that node have no DNS at all until it is back. In iptables mode ' +
      'questions go to the DNS Service again once its rules are gone.',
  }),

  DNS502: message<{ configMap: string; words: string; line: number; values: Readonly<Record<string, string>> }>({
    slug: 'node-cache-placeholder',
    severity: 'critical',
    rung: 15,
    covers: ['DNS501'],
    title: 'the Corefile of the node cache holds a placeholder',
    summary: ({ configMap, words, line }) =>
      `the Corefile of the node cache still holds ${words} (ConfigMap ${configMap}, line ${line}): it was installed without its values`,
    explain:
      'The manifest of NodeLocal DNSCache must be filled in with sed before it is applied: __PILLAR__LOCAL__DNS__ with the ' +
      'link-local address, __PILLAR__DNS__DOMAIN__ with the cluster domain, __PILLAR__DNS__SERVER__ with the ClusterIP of the ' +
      'DNS Service. __PILLAR__CLUSTER__DNS__ and __PILLAR__UPSTREAM__SERVERS__ stay: the cache fills them in itself.',
    fixes: ({ configMap, values }) => {
      const [namespace = '', name = ''] = configMap.split('/');
      const change = Object.entries(values).map(([word, value]) => `-e 's/${word}/${value}/g'`);
      if (change.length === 0) return [];
      return [
        {
          title: 'fill them in (compare the arguments of the DaemonSet, -localip, with the addresses)',
          ...keptFirst('configmap', namespace, name, `sed ${change.join(' ')} before.yaml | kubectl apply -f -`),
          risk: 'low',
        },
        {
          title: 'then start the caches anew',
          command: `kubectl rollout restart daemonset ${name} -n ${namespace}`,
          risk: 'low',
        },
      ];
    },
  }),

  DNS503: message<{ address: string; right: string; configMap: string; line: number }>({
    slug: 'node-cache-upstream-stale',
    severity: 'critical',
    rung: 20,
    title: 'the node cache asks an address that is no DNS server any more',
    summary: ({ address, right, configMap, line }) =>
      `the node cache forwards to ${address}, which belongs to no Service${right === '' ? '' : ` (the DNS servers are behind ${right})`}: ConfigMap ${configMap}, line ${line}`,
    explain:
      'The address was right when the cache was set up. Since then the Service was deleted and created anew with another ' +
      'ClusterIP. Names of the cluster time out on every node while the DNS servers are well.\nPut the present address in, or ' +
      '__PILLAR__CLUSTER__DNS__, which the cache replaces with the ClusterIP of Service kube-dns-upstream when it starts.',
    fixes: ({ address, right, configMap }) => {
      const [namespace = '', name = ''] = configMap.split('/');
      const edit = (from: string, to: string): string =>
        `kubectl get configmap ${name} -n ${namespace} -o yaml | sed 's/${from.replaceAll('.', '\\.')}/${to}/g' | kubectl apply -f -`;
      return right === ''
        ? []
        : [
            {
              title: 'name the present address (the cache reloads it)',
              command: edit(address, right),
              risk: 'low',
              undo: edit(right, address),
            },
          ];
    },
  }),

  DNS504: message<{ namespace: string }>({
    slug: 'node-cache-upstream-missing',
    severity: 'critical',
    rung: 20,
    title: 'the Service by which the node cache asks the DNS servers is missing',
    summary: ({ namespace }) =>
      `the node cache cannot reach the DNS servers: Service ${namespace}/kube-dns-upstream does not exist`,
    explain:
      'In iptables mode the cache takes over the ClusterIP of the DNS Service, so it needs another way to the servers: ' +
      'Service kube-dns-upstream with the selector k8s-app=kube-dns. It belongs to the manifest of NodeLocal DNSCache.',
    fixes: ({ namespace }) => [
      {
        title: 'create it',
        command: applyLine({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'kube-dns-upstream', namespace, labels: { 'k8s-app': 'kube-dns' } },
          spec: {
            selector: { 'k8s-app': 'kube-dns' },
            ports: [
              { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
              { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
            ],
          },
        }),
        risk: 'low',
        undo: `kubectl delete service kube-dns-upstream -n ${namespace}`,
      },
    ],
  }),

  DNS505: message<{ pods: string; what: string }>({
    slug: 'node-cache-setup',
    severity: 'warning',
    rung: 40,
    title: 'the node cache cannot set up its interface or rules',
    summary: ({ pods, what }) => `the node cache fails to set up its node (${what}): ${pods}`,
    explain:
      'The cache puts its address on interface nodelocaldns and writes rules that keep its packets out of connection tracking. ' +
      'Errors there, or "Added back nodelocaldns rule" again and again, mean that something else changes the rules, most often ' +
      'another variant of iptables (legacy and nft) on the node than in the image.',
  }),

  DNS506: message<{ nodes: string; upstream: string; count: number; how: string }>({
    slug: 'node-cache-gets-no-answer',
    severity: 'warning',
    rung: 45,
    title: 'the node cache gets no answer from the DNS servers',
    summary: ({ nodes, upstream, count, how }) =>
      `names of the cluster fail for pods on ${nodes}: the node cache asked the DNS servers at ${upstream} and got ${how}, ${count} times`,
    explain:
      'The cache on a node asks the DNS servers by the ClusterIP of Service kube-dns-upstream, over TCP. Where that fails on ' +
      'some nodes only, the way from those nodes is broken: kube-proxy, the network plugin, a firewall for TCP 53, or a policy ' +
      'on the DNS servers that does not let nodes in. Where it fails on all of them, look at the servers and their Service first.',
    fixes: () => [
      {
        title: 'see the way of that Service',
        command: 'kubectl netsvc kube-dns-upstream -n kube-system',
        risk: 'none',
      },
      { title: 'see how the network of the nodes does', command: 'kubectl netcni', risk: 'none' },
    ],
  }),

  DNS507: message<{ configMap: string; domain: string; served: string }>({
    slug: 'node-cache-other-domain',
    severity: 'critical',
    rung: 20,
    title: 'the node cache does not know the cluster domain',
    summary: ({ configMap, domain, served }) =>
      `the node cache has no block for ${domain}${served === '' ? '' : ` (it has ${served})`}, so it asks the servers outside for names of Services: ConfigMap ${configMap}`,
    explain:
      'The first block of its Corefile passes names of the cluster on to the DNS servers. When that block is for another domain ' +
      'than clusterDomain of the kubelets, these names go with all others to the resolvers of the node, which do not know them.',
    fixes: ({ configMap }) => {
      const [namespace = '', name = ''] = configMap.split('/');
      return [
        {
          title: 'name the domain in the first block',
          command: `kubectl edit configmap ${name} -n ${namespace}`,
          risk: 'low',
        },
      ];
    },
  }),

  DNS508: message<{ nodes: string; node: string; address: string; set: string }>({
    slug: 'node-cache-absent',
    severity: 'critical',
    rung: 24,
    confidence: 'likely',
    title: 'kubelets name a node cache that is not there',
    summary: ({ nodes, address }) =>
      `pods on ${nodes} cannot resolve names: the kubelet writes ${address} into their resolv.conf, and no node cache runs there`,
    explain:
      'The link-local address is answered by the node cache of the same node and by nothing else. Where its DaemonSet was ' +
      'taken away, or leaves a node out (a taint it does not tolerate, a nodeSelector), pods of that node ask into the void. ' +
      'Place the cache there, or let clusterDNS of the kubelet name the DNS Service and start the pods anew: resolv.conf is ' +
      'written when a pod starts. A cache that runs outside of Kubernetes is not seen here.',
    fixes: ({ node, set }) => [
      set === ''
        ? {
            title: 'see whether something answers on the node',
            command: `kubectl debug node/${node} -it --image=busybox -- chroot /host ss -lnup`,
            risk: 'low',
          }
        : {
            title: 'see which nodes it leaves out: taints against tolerations, labels against nodeSelector',
            command: `kubectl describe node ${node}; kubectl get daemonset ${set} -A -o yaml`,
            risk: 'none',
          },
    ],
  }),
});
