import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** SVC801 to SVC849: nodes, kube-proxy, CoreDNS, address ranges. */
export const clusterMessages = defineMessages({
  SVC801: message<{ where: string; reason: string; message: string; namespace: string; set: string; pod: string }>({
    slug: 'kube-proxy-sick',
    severity: 'warning',
    confidence: 'likely',
    rung: 50,
    title: 'kube-proxy does not work on some nodes',
    summary: ({ where, reason, message }) =>
      `kube-proxy on ${where} does not work (${reason}${message === '' ? '' : `: ${message}`}): Services changed since then cannot be reached from there`,
    explain:
      'kube-proxy writes the rules by which a node finds the endpoints of a ClusterIP. When it stops, the last rules stay in ' +
      'force: Services that have not changed go on working, new ones and those whose pods moved fail, on that node only.\n' +
      'Read its log. Typical causes are a broken configuration, missing kernel modules, or no way to the API server.',
    fixes: ({ namespace, set, pod }) => [
      pod === ''
        ? {
            title: 'look at its pods',
            command: `kubectl get pods -n ${namespace} -l k8s-app=kube-proxy -o wide`,
            risk: 'none',
          }
        : {
            title: 'read why it stops',
            command: `kubectl logs ${pod} -n ${namespace} --previous --tail=20`,
            risk: 'none',
          },
      {
        title: 'restart it on every node',
        command: `kubectl rollout restart daemonset ${set} -n ${namespace}`,
        risk: 'low',
      },
    ],
  }),

  SVC802: message<{
    where: string;
    namespace: string;
    set: string;
    wants: string;
    fixes: readonly Fix[];
  }>({
    slug: 'kube-proxy-missing',
    severity: 'warning',
    confidence: 'likely',
    rung: 50,
    title: 'kube-proxy does not run on some nodes',
    summary: ({ where, namespace, set, wants }) =>
      `DaemonSet ${namespace}/${set} runs no pod on ${where}` +
      (wants === '' ? '' : ` (it wants nodes with ${wants})`) +
      ', and nothing else does the work of kube-proxy',
    explain:
      'Without kube-proxy, or something that does its work, a node knows no ClusterIPs: requests from its pods to Services ' +
      'get no answer. Network plugins such as Cilium, OVN-Kubernetes and kube-router can replace kube-proxy; none of them ' +
      'is in sight here.\nLook at the node selector, the affinity and the tolerations of the DaemonSet.',
    fixes: ({ namespace, set, fixes }) => [
      ...fixes,
      { title: 'see where it may run', command: `kubectl describe daemonset ${set} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC803: message<{ dns: string; why: string }>({
    slug: 'cluster-dns-down',
    severity: 'critical',
    rung: 50,
    covers: ['SVC804'],
    title: 'the DNS of the cluster is down',
    summary: ({ dns, why }) => `cluster DNS is down, so names of Services do not resolve: ${dns}, ${why}`,
    explain:
      'Pods find Services by name, and all names are answered by the DNS servers of the cluster (CoreDNS). None of them is ' +
      'ready. Connections to addresses still work, and names that a caller has cached for a while.\n' +
      'Bring the DNS pods up first. After a change of the ConfigMap coredns, a typing error there is the usual cause. ' +
      'kubectl netdns looks closer.',
  }),

  SVC804: message<{ name: string; namespace: string; what: string; ready: number }>({
    slug: 'cluster-dns-service',
    severity: 'critical',
    rung: 50,
    title: 'the Service of the DNS servers leads nowhere',
    summary: ({ name, namespace, what, ready }) =>
      `Service ${namespace}/${name} ${what}, so names of Services do not resolve` +
      (ready === 0 ? '' : `, although ${ready} DNS pods are ready`),
    explain:
      'Every pod sends its DNS questions to the address of this Service. It leads to none of the DNS servers, which are ready ' +
      'themselves: its selector or its endpoints are wrong, or it was deleted. Created anew it needs the same ClusterIP, ' +
      'which stands in /etc/resolv.conf of every pod.',
    fixes: ({ name, namespace }) => [
      { title: 'ask for that Service', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC805: message<{ nodes: string; count: number; all: number; held: string }>({
    slug: 'endpoints-on-cordoned-nodes',
    severity: 'info',
    title: 'endpoints run on nodes that take no new pods',
    summary: ({ nodes, count, all, held }) => `${count} of ${all} ready endpoints run on ${nodes}, cordoned${held}`,
    explain:
      'A cordoned node keeps its pods and takes no new ones, most often because it is about to be drained. Pods that end ' +
      'there are started elsewhere, if another node has room.\n' +
      'A PodDisruptionBudget that allows no disruption makes the drain wait until more pods are healthy than it needs.',
  }),

  SVC806: message<{ service: string; what: string }>({
    slug: 'address-range-overlap',
    severity: 'warning',
    rung: 50,
    title: 'address ranges of Services and pods or nodes overlap',
    summary: ({ service, what }) => `Service ${service}: ${what}`,
    explain:
      'The ranges of Services, pods and nodes must be apart. Where they overlap, one address can mean a Service and a pod or ' +
      'node at once: kube-proxy catches what is meant for the other, and requests fail for some addresses only.\n' +
      'One of the ranges must be changed (--service-cluster-ip-range, a further ServiceCIDR, or the range of the network ' +
      'plugin).',
  }),

  SVC807: message<{ service: string; address: string; ranges: string }>({
    slug: 'cluster-ip-out-of-range',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'the ClusterIP lies outside of the range of Services',
    summary: ({ service, address, ranges }) =>
      `ClusterIP ${address} of Service ${service} lies outside of the ranges of this cluster (${ranges})`,
    explain:
      'The range was changed, or the object comes from another cluster. kube-proxy serves the address all the same where ' +
      'packets reach it; routers, policies and the books of the API server know nothing of it.\n' +
      'Delete the Service and create it anew without a clusterIP.',
  }),

  SVC808: message<{ service: string; reason: string; message: string }>({
    slug: 'allocation-event',
    severity: 'warning',
    confidence: 'likely',
    rung: 80,
    title: 'the books of addresses and node ports do not agree with the Service',
    summary: ({ service, reason, message }) => `Service ${service}: ${reason}: ${message}`,
    explain:
      'The API server keeps books of the ClusterIPs and node ports in use and compares them with the Services. An address or ' +
      'port that belongs to two Services, or lies out of range, must be mended by hand: delete one of the Services and create ' +
      'it anew. One that was merely missing in the books is added by itself.',
  }),

  SVC809: message<{ count: number; reason: string; pod: string }>({
    slug: 'controller-manager-down',
    severity: 'warning',
    confidence: 'likely',
    rung: 8,
    covers: ['SVC211', 'SVC212', 'SVC506', 'SVC507'],
    title: 'kube-controller-manager does not run',
    summary: ({ count, reason }) =>
      `kube-controller-manager does not run (${count === 1 ? 'its pod' : `all ${count} pods`}: ${reason}): EndpointSlices and pods are not kept up to date`,
    explain:
      'kube-controller-manager writes EndpointSlices, makes the pods of workloads and marks nodes that are gone. While it ' +
      'does not run, everything stays as it was: pods that are gone remain endpoints, new pods do not become any.\n' +
      'Read its log on the control plane node.',
    fixes: ({ pod }) => [
      {
        title: 'read why it stops',
        command: `kubectl logs ${pod} -n kube-system --previous --tail=20`,
        risk: 'none',
      },
    ],
  }),

  SVC810: message<{ dns: string; ready: number; all: number; reason: string }>({
    slug: 'cluster-dns-partly-down',
    severity: 'info',
    title: 'some DNS servers are not ready',
    summary: ({ dns, ready, all, reason }) => `${dns}: ${ready} of ${all} DNS pods ready (${reason})`,
    explain:
      'Names resolve, because DNS pods that are not ready get no questions. What is left has to carry the whole load, and ' +
      'nothing is left when it stops too. kubectl netdns looks closer.',
  }),

  SVC811: message<{ service: string; address: string; other: string }>({
    slug: 'cluster-ip-taken',
    severity: 'critical',
    rung: 60,
    title: 'another Service has the same ClusterIP',
    summary: ({ service, address, other }) =>
      `ClusterIP ${address} of Service ${service} belongs to Service ${other} as well`,
    explain:
      'A ClusterIP leads to one Service. The API server gives an address out once; two Services with the same one come from ' +
      'manifests with fixed addresses or from a restored backup. Requests reach one of the two.\n' +
      'Delete one of them and create it anew without a clusterIP.',
  }),

  SVC812: message<{
    set: string;
    namespace: string;
    where: string;
    reason: string;
    message: string;
    endpoints: number;
    all: number;
    pod: string;
  }>({
    slug: 'network-agent-sick',
    severity: 'warning',
    confidence: 'likely',
    rung: 22,
    title: 'the network agent does not work under endpoints of the Service',
    summary: ({ set, where, reason, message, endpoints, all }) =>
      `network agent ${set} on ${where} does not work (${reason}${message === '' ? '' : `: ${message}`}); ${endpoints} of ${all} endpoints run there`,
    explain:
      'The agent of the network plugin sets up addresses and routes of pods on its node. When it stops, running pods often ' +
      'keep their network for a while; new pods get none, and ways to and from other nodes go stale.\n' +
      'Read its log. kubectl netcni looks closer.',
    fixes: ({ pod, namespace }) => [
      { title: 'read why it stops', command: `kubectl logs ${pod} -n ${namespace} --previous --tail=20`, risk: 'none' },
    ],
  }),

  SVC813: message<{ namespace: string }>({
    slug: 'namespace-leaving',
    severity: 'critical',
    rung: 3,
    covers: ['SVC101', 'SVC208', 'SVC210', 'SVC212', 'SVC245'],
    title: 'the namespace is being deleted',
    summary: ({ namespace }) =>
      `namespace ${namespace} is being deleted (Terminating): its pods go away and no new ones can be made`,
    explain:
      'Somebody has deleted the namespace. Everything in it is removed one after the other, and the API server refuses new ' +
      'objects there. A deletion cannot be taken back; it hangs when a finalizer or an API that does not answer holds it up.\n' +
      'Make the namespace and its content anew, from its manifests or a backup.',
    fixes: ({ namespace }) => [
      {
        title: 'see what holds the deletion up',
        command: `kubectl get namespace ${namespace} -o jsonpath='{.status.conditions}'`,
        risk: 'none',
      },
    ],
  }),

  SVC814: message<{ node: string; told: string; real: string; endpoints: number; all: number }>({
    slug: 'network-address-stale',
    severity: 'warning',
    confidence: 'likely',
    rung: 22,
    title: 'the network looks for a node of endpoints where it is not',
    summary: ({ node, told, real, endpoints, all }) =>
      `Flannel sends packets for pods of node ${node} to ${told}, but the node has ${real}: ${endpoints} of ${all} endpoints run there, out of reach of other nodes`,
    explain:
      'Flannel announces the address of a node when it starts. When the node has got another one since, packets from other nodes are lost, and pods there stay Ready. Or the kubelet ' +
      'tells Kubernetes a wrong one (--node-ip). kubectl netcni tells more.',
    fixes: ({ node }) => [
      { title: 'look closer at the node', command: `kubectl netcni check --node ${node}`, risk: 'none' },
    ],
  }),
});
