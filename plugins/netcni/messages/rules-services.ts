import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI801 to CNI819: what dumps of nodes show of the rules for Services. */
export const rulesServicesMessages = defineMessages({
  CNI801: message<{ where: string; what: string; fix: readonly Fix[] }>({
    slug: 'service-rules-unreached',
    severity: 'critical',
    rung: 60,
    covers: ['CNI802', 'CNI803', 'CNI804', 'CNI806', 'CNI807', 'CNI810', 'CNI813'],
    title: 'the rules for Services are there, but no packet reaches them',
    summary: ({ where, what }) => `on ${where} no packet reaches the rules for Services: ${what}`,
    explain:
      "kube-proxy's chains hang on the built-in chains PREROUTING (packets of pods) and OUTPUT (packets of the node). Where " +
      'that hook is missing, or another rule ends the packet before it, requests to ClusterIPs leave the node unchanged and ' +
      'get no answer.\nFirewalls that reload (firewalld, ufw, docker, a script with iptables -F) take the hooks away. ' +
      'kube-proxy puts them back when it starts, and most versions within a minute; if it does not, it hangs. ' +
      'Find who flushes: systemctl status firewalld ufw docker, and the log around that time.',
    fixes: ({ fix }) => fix,
  }),

  CNI802: message<{ where: string; wanted: number; mode: string; fix: readonly Fix[] }>({
    slug: 'service-rules-gone',
    severity: 'critical',
    rung: 60,
    covers: ['CNI803', 'CNI804', 'CNI806', 'CNI807', 'CNI810', 'CNI813'],
    title: 'a node has no rules for Services',
    summary: ({ where, wanted, mode }) =>
      `${where} has no kube-proxy rules for any of ${wanted} Service ports with ready endpoints (${mode}): requests to ClusterIPs from there get no answer`,
    explain:
      'Without these rules a node knows no ClusterIP: its pods reach other pods by address, but no Service by name or ' +
      'ClusterIP, and DNS fails first.\nThey were flushed and kube-proxy has not written them again because it is stopped, ' +
      'hangs or cannot reach the API server; or kube-proxy writes into the other iptables (legacy, nft) than the one dumped.',
    fixes: ({ fix }) => fix,
  }),

  CNI803: message<{ where: string; services: string; count: number; fix: readonly Fix[] }>({
    slug: 'service-without-rules',
    severity: 'critical',
    rung: 60,
    title: 'Services have no rules on a node',
    summary: ({ where, services, count }) =>
      `${where} has no rules for ${services}, which ${count === 1 ? 'has' : 'have'} ready endpoints: requests from there get no answer`,
    explain:
      'Other Services have their rules there. Rules of single Services are missing after an update that failed half-way, or ' +
      'when kube-proxy stopped before the Service was made.\nRead the log of kube-proxy on that node (iptables-restore: …, ' +
      'Failed to sync, watch errors); a new kube-proxy writes everything anew.',
    fixes: ({ fix }) => fix,
  }),

  CNI804: message<{ where: string; what: string; fix: readonly Fix[] }>({
    slug: 'service-rules-stale',
    severity: 'critical',
    rung: 60,
    covers: ['CNI812'],
    title: 'rules for Services are out of date on a node',
    summary: ({ where, what }) => `the rules for Services on ${where} are out of date: ${what}`,
    explain:
      'The chains of kube-proxy still hold what was true before. Requests from this node to these Services go to addresses ' +
      'where nobody answers, or where another pod lives by now; from other nodes they work.\nkube-proxy on the node is ' +
      'stopped, frozen, overloaded, or lost its watch. Its own word: port-forward to 10249 and read ' +
      'kubeproxy_sync_proxy_rules_last_timestamp_seconds, or GET :10256/healthz on the node.',
    fixes: ({ fix }) => fix,
  }),

  CNI805: message<{ where: string; count: number; examples: string; fix: readonly Fix[] }>({
    slug: 'rules-of-deleted-services',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    title: 'rules of Services that are gone remain on a node',
    summary: ({ where, count, examples }) =>
      `${where} still has rules for ${count === 1 ? 'a Service that does' : `${count} Service ports that do`} not exist: ${examples}`,
    explain:
      'kube-proxy takes rules away within seconds after a Service is deleted. Where they stay, it does not follow any more, ' +
      'or it was replaced and nobody cleaned up (kube-proxy --cleanup).\nHarmless until the address is given to a new ' +
      'Service; then the old rules win.',
    fixes: ({ fix }) => fix,
  }),

  CNI806: message<{ where: string; services: string; fix: readonly Fix[] }>({
    slug: 'service-refused',
    severity: 'critical',
    rung: 60,
    title: 'rules refuse Services that have endpoints',
    summary: ({ where, services }) =>
      `${where} refuses requests to ${services}, as if there were no endpoints; there are ready ones`,
    explain:
      'kube-proxy writes a rule that rejects requests while a Service has no endpoints, and takes it away when the first is ' +
      'ready. This one was ready long ago: kube-proxy on the node does not follow the changes.',
    fixes: ({ fix }) => fix,
  }),

  CNI807: message<{ where: string; what: string; fix: readonly Fix[] }>({
    slug: 'masquerade-missing',
    severity: 'warning',
    rung: 60,
    title: 'the rules that hide addresses are missing',
    summary: ({ where, what }) =>
      `on ${where} ${what}: answers to node ports, load balancers and pods that call themselves get lost`,
    explain:
      'kube-proxy marks packets whose answers must come back through the node and rewrites their source after routing ' +
      '(KUBE-POSTROUTING, MASQUERADE). Without it the endpoint answers straight to a client that never asked it.',
    fixes: ({ fix }) => fix,
  }),

  CNI808: message<{ where: string; what: string }>({
    slug: 'two-iptables',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    title: 'rules of Kubernetes stand in both iptables',
    summary: ({ where, what }) => `${where} has rules of Kubernetes in iptables-legacy and in iptables-nft: ${what}`,
    explain:
      'The kernel has two rule systems under the name of iptables, and asks both. kube-proxy, the kubelet and the network ' +
      'plugin must write to the same one; what stands in the other is old, is never cleaned up, and may catch packets first.\n' +
      'See both with iptables-legacy-save and iptables-nft-save. After the programs agree, reboot the node or flush the ' +
      'stale half.',
    fixes: () => [
      {
        title: 'count the rules in each, on the node',
        command: 'iptables-legacy-save | grep -c ^-A; iptables-nft-save | grep -c ^-A',
        risk: 'none',
      },
    ],
  }),

  CNI809: message<{ where: string; modes: string; fix: readonly Fix[] }>({
    slug: 'two-proxy-modes',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    title: 'rules of two modes of kube-proxy on one node',
    summary: ({ where, modes }) =>
      `${where} has rules for Services of ${modes}: those of the mode that is not in use go stale`,
    explain:
      'When the mode of kube-proxy changes, the rules of the former one must go. Left behind they are evaluated too, and ' +
      'lead to endpoints of the day of the change.\nOn the node: kube-proxy --cleanup with the image of the old mode, or a reboot.',
    fixes: ({ fix }) => fix,
  }),

  CNI810: message<{ where: string; way: string; problem: string; fix: readonly Fix[] }>({
    slug: 'outer-way-lost',
    severity: 'critical',
    rung: 60,
    title: 'a node does not serve a node port or an outer address',
    summary: ({ where, way, problem }) => `${where} does not serve ${way}: ${problem}, while the ClusterIP works there`,
    explain:
      'Requests from outside come by a node port, an external IP or the address of a load balancer. kube-proxy has rules of their own ' +
      'for these (KUBE-NODEPORTS and KUBE-EXT, in the nftables mode the map service-nodeports), and here they are missing or lead nowhere. Pods do not notice, since they ask the ClusterIP; ' +
      'outside, requests that come to this node fail, and those to other nodes work.\n' +
      'Somebody flushed these chains, kube-proxy does not follow, or its nodePortAddresses leave this node out.',
    fixes: ({ fix }) => fix,
  }),

  CNI811: message<{ where: string; told: string; address: string }>({
    slug: 'pods-taken-for-outsiders',
    severity: 'warning',
    rung: 60,
    title: 'kube-proxy takes pods for outsiders',
    summary: ({ where, told, address }) =>
      `the rules of ${where} take its pods (such as ${address}) for outsiders: insiders are ${told}, so requests of pods to Services arrive with the address of the node`,
    explain:
      'kube-proxy hides the address of everybody outside of clusterCIDR behind that of the node. With a clusterCIDR that is not the range of the pods every request of a pod to a ' +
      'Service is hidden too: it works, but network policies that allow these pods deny it, and logs show nodes.\n' +
      'Set clusterCIDR in the ConfigMap kube-proxy (or its flag --cluster-cidr) to the range of the pods and restart it.',
    fixes: () => [
      {
        title: 'set clusterCIDR to the range of the pods, then restart kube-proxy',
        command: 'kubectl edit configmap kube-proxy -n kube-system',
        risk: 'low',
      },
      {
        title: 'let it read that',
        command: 'kubectl rollout restart daemonset kube-proxy -n kube-system',
        risk: 'low',
      },
    ],
  }),

  CNI812: message<{ where: string; service: string; what: string; fix: readonly Fix[] }>({
    slug: 'requests-shared-unevenly',
    severity: 'warning',
    rung: 60,
    title: 'requests to a Service are not divided evenly on a node',
    summary: ({ where, service, what }) => `on ${where} requests to Service ${service} are not divided evenly: ${what}`,
    explain:
      'kube-proxy draws lots: of three endpoints the first rule takes a third, the second half of the rest, the last all that is left. Other numbers are not from kube-proxy: a rule was ' +
      'changed or taken away by hand or by a script. One endpoint then idles, others do its work, or a part of the requests is not translated at all and gets no answer.\n' +
      'kube-proxy writes the chains of a Service again when its endpoints change, or all when it starts.',
    fixes: ({ fix }) => fix,
  }),

  CNI813: message<{ where: string; what: string; effect: string; fix: readonly Fix[] }>({
    slug: 'forward-rules-missing',
    severity: 'warning',
    rung: 60,
    title: 'kube-proxy’s rules for forwarded packets are missing',
    summary: ({ where, what, effect }) => `on ${where} ${what}: ${effect}`,
    explain:
      'In the table filter kube-proxy keeps KUBE-FORWARD, which hangs on FORWARD: it drops packets of broken connections, which would reset sound ones (long answers through node ports), and lets the others ' +
      'pass a policy of DROP. "iptables -F" empties this table and no other, so that ClusterIPs go on working and the loss goes unseen.\nkube-proxy writes the chain again when it starts, and most versions within a minute; if it does not, it hangs. Find who flushes: firewalld, ufw, docker, a script.',
    fixes: ({ fix }) => fix,
  }),

  CNI817: message<{ where: string; count: number }>({
    slug: 'dump-of-another-cluster',
    severity: 'info',
    title: 'the dump seems to be of another cluster',
    summary: ({ where, count }) =>
      `${count === 1 ? 'the Service chain' : `most of ${count} Service chains`} in the rules of ${where} ${count === 1 ? 'belongs to a Service' : 'belong to Services'} not in the facts: the dump seems to be of another cluster, and its Services are not judged`,
    explain:
      'Fewer than half of the ClusterIPs in the rules are ClusterIPs of the Services that were read. Judge a dump against ' +
      'the cluster, or the snapshot, it was taken from: --context, --snapshot.',
  }),

  CNI818: message<{ where: string; count: number }>({
    slug: 'services-not-in-facts',
    severity: 'info',
    title: 'rules lead to Services that were not read',
    summary: ({ where, count }) =>
      count === 1
        ? `one Service chain in the rules of ${where} belongs to a Service not in the facts`
        : `${count} Service chains in the rules of ${where} belong to Services not in the facts`,
    explain:
      'They are neither right nor wrong: the Services were not read. Judge the dump against the whole cluster, or a snapshot ' +
      'of all namespaces, to have them compared.',
  }),

  CNI819: message<{ where: string; when: string; facts: string }>({
    slug: 'dump-of-another-time',
    severity: 'info',
    title: 'the dump is of another time than the facts',
    summary: ({ where, when, facts }) =>
      `the dump of ${where} was written ${when}, the facts are of ${facts}: what changed between is not judged`,
    explain:
      'iptables-save writes its time into the dump, in the time zone of the node. More than five minutes from the facts, an ' +
      'endpoint in the rules may simply be older or younger than what was read. Take a fresh dump, or give the snapshot of ' +
      'that time.',
  }),
});
