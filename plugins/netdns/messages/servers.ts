import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { keptFirst } from '../../../shared/util/kubectl.ts';

const editKubeDns = ({ namespace }: { readonly namespace: string }): readonly Fix[] => [
  { title: 'mend it', command: `kubectl edit configmap kube-dns -n ${namespace}`, risk: 'low' },
];

/** DNS101 to DNS129: the DNS servers and the Service in front of them. */
export const serversMessages = defineMessages({
  DNS101: message<{ dns: string; why: string }>({
    slug: 'servers-down',
    severity: 'critical',
    rung: 50,
    covers: ['DNS105', 'DNS109', 'DNS131', 'DNS506'],
    title: 'no DNS server is ready',
    summary: ({ dns, why }) => `no name resolves in this cluster: ${dns}, ${why}`,
    explain:
      'Pods send every question to the DNS Service, which leads to ready DNS servers only. None is ready, so lookups time ' +
      'out; connections to addresses still work.\nThe last lines of the log of a server that stopped say why: after a change ' +
      'of the ConfigMap a typing error in the Corefile is the usual cause. A server that waits to be placed says so in its events.',
  }),

  DNS102: message<{ dns: string; namespace: string; name: string }>({
    slug: 'servers-scaled-to-zero',
    severity: 'critical',
    rung: 20,
    covers: ['DNS101', 'DNS105', 'DNS506'],
    title: 'the DNS servers are scaled to 0',
    summary: ({ dns }) => `no name resolves in this cluster: ${dns} is scaled to 0 replicas`,
    explain:
      'Somebody, or an autoscaler, has set the number of DNS servers to 0. Lookups time out until one is ready again.\n' +
      'Where a proportional autoscaler runs (dns-autoscaler, coredns-autoscaler), its ConfigMap decides the number: mend it ' +
      'there, or it sets the number again.',
    fixes: ({ namespace, name }) => [
      {
        title: 'start the DNS servers again',
        command: `kubectl scale deployment ${name} -n ${namespace} --replicas=2`,
        risk: 'low',
        undo: `kubectl scale deployment ${name} -n ${namespace} --replicas=0`,
      },
    ],
  }),

  DNS103: message<{ dns: string; ready: number; all: number; why: string }>({
    slug: 'servers-partly-down',
    severity: 'warning',
    rung: 55,
    covers: ['DNS109', 'DNS131'],
    title: 'some DNS servers are not ready',
    summary: ({ dns, ready, all, why }) => `${dns}: ${ready} of ${all} servers ready, ${why}`,
    explain:
      'Names resolve, because the DNS Service leads to ready servers only. What is left carries the whole load, and when it ' +
      'stops too, no name resolves. During a change of the Corefile this is the first sign of a mistake in it: servers that ' +
      'started before still run on the old text.',
  }),

  DNS104: message<{ namespace: string; name: string; ready: number }>({
    slug: 'dns-service-missing',
    severity: 'critical',
    rung: 20,
    covers: ['DNS105'],
    title: 'the DNS Service does not exist',
    summary: ({ namespace, name, ready }) =>
      `no name resolves in this cluster: Service ${namespace}/${name} does not exist, although ${ready} DNS servers are ready`,
    explain:
      'The address of this Service stands in /etc/resolv.conf of every pod. It was deleted, so their questions lead nowhere. ' +
      'Created anew it must get the same ClusterIP, the clusterDNS of every kubelet: pods that run keep their resolv.conf.',
  }),

  DNS105: message<{
    namespace: string;
    name: string;
    count: number;
    ready: number;
    /** Ready endpoints of pods that were deleted, and why they are left. */
    gone?: string;
    why?: string;
  }>({
    slug: 'dns-service-without-endpoints',
    severity: 'critical',
    rung: 60,
    title: 'the DNS Service has no ready endpoint',
    summary: ({ namespace, name, count, ready, gone = '', why = '' }) =>
      gone === ''
        ? `Service ${namespace}/${name} has no ready endpoint (0 of ${count}), although ${ready} DNS servers are ready`
        : `no name resolves in this cluster: all endpoints of Service ${namespace}/${name} are pods that are gone (${gone}), although ${ready} DNS servers are ready${why}`,
    explain:
      'kube-proxy sends questions to the ready endpoints of the DNS Service. There is none although servers are ready: the ' +
      'EndpointSlices are out of date. kube-controller-manager writes them: look whether it runs.',
    fixes: ({ namespace, name }) => [
      { title: 'ask for that Service', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),

  DNS106: message<{ namespace: string; name: string; selector: string; labels: string; ready: number }>({
    slug: 'dns-service-selector',
    severity: 'critical',
    rung: 25,
    covers: ['DNS105'],
    title: 'the DNS Service selects no DNS server',
    summary: ({ namespace, name, selector, labels, ready }) =>
      `no name resolves in this cluster: Service ${namespace}/${name} selects ${selector}, but the ${ready} ready DNS servers are labelled ${labels}`,
    explain:
      'The selector of the DNS Service and the labels of the servers must agree; one of the two was changed. The label ' +
      'k8s-app=kube-dns is the usual one for both, with CoreDNS too.',
  }),

  DNS107: message<{ namespace: string; name: string; what: string }>({
    slug: 'dns-service-ports',
    severity: 'critical',
    rung: 25,
    covers: ['DNS105', 'DNS210'],
    title: 'the DNS Service does not pass port 53 on to the servers',
    summary: ({ namespace, name, what }) => `Service ${namespace}/${name} ${what}`,
    explain:
      'Resolvers ask port 53 over UDP, and over TCP when an answer does not fit. The DNS Service needs both, each leading to ' +
      'the port on which the servers listen (53, on OpenShift 5353).',
  }),

  DNS108: message<{ pods: string; limit: string; times: number; namespace: string; workload: string; more: string }>({
    slug: 'servers-out-of-memory',
    severity: 'warning',
    rung: 20,
    covers: ['DNS101', 'DNS103', 'DNS109', 'DNS131'],
    title: 'DNS servers run out of memory',
    summary: ({ pods, limit, times }) =>
      `DNS servers are killed for using more memory than their limit${limit === '' ? '' : ` of ${limit}`} (OOMKilled): ${pods}, ${times} restarts`,
    explain:
      'CoreDNS keeps all Services and endpoints in memory: about (pods + Services) / 1000 + 54 MB, with autopath / 250 + 56 ' +
      'MB. More is needed when upstreams are slow, because every open question takes memory: max_concurrent in the forward ' +
      'block limits that.\nGive it more memory, then look for slow upstreams.',
    fixes: ({ namespace, workload, limit, more }) => {
      const allow = (memory: string): string =>
        `kubectl set resources ${workload} -n ${namespace} --limits=memory=${memory}`;
      if (workload === '' || more === '') return [];
      const title = `raise the memory limit to ${more} (restarts the servers one by one)`;
      return [{ title, command: allow(more), risk: 'low', undo: allow(limit) }];
    },
  }),

  DNS109: message<{ pods: string; times: number; last: string; why: string }>({
    slug: 'servers-restart',
    severity: 'warning',
    rung: 70,
    title: 'DNS servers restart',
    summary: ({ pods, times, last, why }) =>
      `DNS servers restart again and again: ${pods}, ${times} times, last ${last}${why === '' ? '' : ` (${why})`}`,
    explain:
      'Each restart loses the cache and the questions under way. The log of the run before says why it ended. A liveness ' +
      'probe that fails means that CoreDNS could not answer its own health check in time: too little CPU, or a node under ' +
      'pressure.',
  }),

  DNS111: message<{ where: string; source: string; many: boolean; asks: string; service: string; address: string }>({
    slug: 'kubelet-names-another-address',
    severity: 'critical',
    rung: 20,
    title: 'kubelets write another DNS address than that of the DNS Service',
    summary: ({ where, source, many, asks, service, address }) =>
      `pods${where} ask ${asks}, which is not the DNS Service: ${source} ${many ? 'have' : 'has'} clusterDNS ${asks}, Service ${service} has ClusterIP ${address}`,
    explain:
      'The kubelet writes its clusterDNS into /etc/resolv.conf of every new pod. It must be the ClusterIP of the DNS Service, ' +
      'or the address of a node cache. After the Service was deleted and created anew, it has another address.\nCreate the ' +
      'Service with the address that the kubelets name: then pods that run are mended too. The other way, changing every ' +
      'kubelet, needs all pods to be restarted.',
  }),

  DNS113: message<{ nodes: string; pods: string; count: number; all: number; sound: boolean }>({
    slug: 'servers-on-dead-node',
    severity: 'warning',
    rung: 10,
    covers: ['DNS101', 'DNS103', 'DNS109'],
    title: 'DNS servers run on a node that is down',
    summary: ({ nodes, pods, count, all, sound }) => {
      const who =
        all === 1
          ? `the only DNS server, ${pods}, runs`
          : count === all
            ? `all ${all} DNS servers run`
            : `${count} of ${all} DNS servers ${count === 1 ? 'runs' : 'run'}`;
      const are = nodes.startsWith('nodes') ? 'are' : 'is';
      return `${sound ? '' : 'no name resolves: '}${who} on ${nodes}, which ${are} not ready${all === 1 ? '' : `: ${pods}`}`;
    },
    explain:
      'The node does not answer, and with it the servers on it. Kubernetes starts them elsewhere after five minutes, unless ' +
      'nothing else has room. Bring the node back, or delete the pods there to start others at once.',
  }),

  DNS114: message<{ dns: string }>({
    slug: 'one-server',
    severity: 'info',
    title: 'there is one DNS server only',
    summary: ({ dns }) => `${dns} runs one DNS server: while it restarts or its node is down, no name resolves`,
    explain:
      'A second replica on another node keeps names resolving during restarts, upgrades and the loss of a node. Small ' +
      'clusters of one node, such as k3s by default, have no use for it.',
  }),

  DNS115: message<{ dns: string; node: string; count: number; nodes: number }>({
    slug: 'servers-on-one-node',
    severity: 'info',
    title: 'all DNS servers run on one node',
    summary: ({ dns, node, count, nodes }) => `all ${count} servers of ${dns} run on node ${node} of ${nodes}`,
    explain:
      'When that node stops, no name resolves until the servers run elsewhere. A preferred anti-affinity, as kubeadm sets it, ' +
      'does not move servers that run already: restart the Deployment to spread them.',
  }),

  DNS116: message<{ dns: string; count: number }>({
    slug: 'no-disruption-budget',
    severity: 'info',
    title: 'no PodDisruptionBudget protects the DNS servers',
    summary: ({ dns, count }) =>
      `no PodDisruptionBudget covers ${dns}: draining nodes may stop all ${count} servers at once`,
    explain:
      'A PodDisruptionBudget makes drains wait until another server is ready. kubeadm sets none; managed ' +
      'clusters mostly do. minAvailable: 1 is enough.',
  }),

  DNS120: message<{ what: string }>({
    slug: 'other-dns',
    severity: 'info',
    title: 'the DNS of this cluster is not CoreDNS',
    summary: ({ what }) => `${what}; what is said of Corefiles does not apply here`,
    explain:
      'Service, endpoints, policies and resolv.conf of pods are judged in the same way. Configuration, logs and metrics of ' +
      'CoreDNS are not there to be read.',
  }),

  DNS121: message<{ namespace: string; why: string }>({
    slug: 'kube-dns-config-refused',
    severity: 'warning',
    rung: 45,
    title: 'kube-dns does not take its ConfigMap',
    summary: ({ namespace, why }) => `ConfigMap ${namespace}/kube-dns is not in force: ${why}`,
    explain:
      'kube-dns reads stubDomains (a map of domains to lists of addresses), upstreamNameservers (a list of at most three) ' +
      'and federations, each JSON in one key of the ConfigMap. With a mistake in one of them it goes on as it was, or without ' +
      'any of them after a restart: names of stub domains get NXDOMAIN from elsewhere.',
    fixes: editKubeDns,
  }),

  DNS122: message<{ namespace: string; what: string }>({
    slug: 'kube-dns-asks-itself',
    severity: 'critical',
    rung: 24,
    title: 'kube-dns is told to send names the wrong way round',
    summary: ({ what }) => `kube-dns cannot resolve names: ${what}`,
    explain:
      'A question that kube-dns passes on to its own Service comes back to it, until dnsmasq has no room for more ("Maximum ' +
      'number of concurrent DNS queries reached") and drops those of everybody. A stub domain equal to the domain of the ' +
      'cluster takes the names of Services away.\nName servers outside of the cluster there.',
    fixes: editKubeDns,
  }),

  DNS130: message<{ pod: string; name: string; rcode: string; all: boolean }>({
    slug: 'server-answers-wrong',
    severity: 'warning',
    rung: 60,
    title: 'a DNS server does not know a name that every cluster has',
    summary: ({ pod, name, rcode, all }) =>
      `${all ? 'the DNS servers answer' : `DNS server ${pod} answers`} ${rcode} to ${name}, which every cluster has`,
    explain:
      'dns-version and kubernetes.default exist in every cluster. A server that does not know them has no kubernetes plugin ' +
      'for this domain, serves another cluster domain, has another Corefile than the others, or has not read the Services.',
  }),

  DNS131: message<{ pod: string; why: string; all: boolean }>({
    slug: 'server-does-not-answer',
    severity: 'warning',
    rung: 65,
    title: 'a DNS server does not answer',
    summary: ({ pod, why, all }) =>
      `${all ? 'no DNS server answers' : `DNS server ${pod} does not answer`} over TCP: ${why}`,
    explain:
      'The server was asked through a port-forward, from inside its own network namespace: no policy and no kube-proxy stands ' +
      'between. "Connection refused" means that nothing listens on its DNS port; a failed reload of the Corefile can leave it ' +
      'so while the pod still looks sound.',
  }),

  DNS132: message<{
    count: number;
    all: number;
    service: string;
    which: string;
    namespace: string;
    slices: readonly string[];
  }>({
    slug: 'endpoint-is-no-server',
    severity: 'warning',
    confidence: 'likely',
    rung: 22,
    title: 'the DNS Service sends questions to pods that are no DNS servers',
    summary: ({ count, all, service, which, slices }) =>
      `${count} of ${all} endpoints of Service ${service} ${count === 1 ? 'is' : 'are'} no DNS server: ${which}, from EndpointSlice ${slices.join(' and ')}`,
    explain:
      'All EndpointSlices with the label kubernetes.io/service-name of a Service count, whoever wrote them. Each endpoint gets ' +
      'its share of the questions; a pod without a DNS server refuses them, or says nothing, and lookups fail or take 5 seconds.',
    fixes: ({ slices, namespace }) => [
      {
        title: 'take away the slice that was made by hand',
        ...keptFirst(
          'endpointslice',
          namespace,
          slices.join(' '),
          `kubectl delete endpointslice ${slices.join(' ')} -n ${namespace}`,
        ),
        risk: 'low',
      },
    ],
  }),
});
