import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** What every word about metrics is given. */
export interface MetricsArgs {
  readonly pods: string;
  readonly what: string;
  readonly number: string;
}

const look = (title: string, command: string): readonly Fix[] => [{ title, command, risk: 'none' }];

/** DNS270 to DNS289: what the metrics of the DNS servers say. */
export const metricsMessages = defineMessages({
  DNS270: message<MetricsArgs>({
    slug: 'upstream-slow',
    severity: 'warning',
    rung: 42,
    title: 'an upstream resolver is slow',
    summary: ({ what, number }) => `upstream ${what} is slow: 5 of 100 answers take longer than ${number}`,
    explain:
      'Names outside of the cluster wait for the upstream, unless they are in the cache. A client gives up after 5 seconds and ' +
      'asks again. Look at the resolver itself, at limits of the cloud, and at the way to it.',
    fixes: () => look('see where the Corefile forwards to', 'kubectl netdns corefile'),
  }),
  DNS271: message<MetricsArgs>({
    slug: 'server-slow',
    severity: 'warning',
    rung: 46,
    title: 'one DNS server is slower than the others',
    summary: ({ pods, number, what }) => `${pods} answers slowly: 5 of 100 queries take longer than ${number}${what}`,
    explain:
      'All servers hold the same names and ask the same upstreams. One that is slower lacks processor time, or its node loses ' +
      'packets on the way to the upstream. Pods whose queries land there wait, others do not.',
    fixes: () => look('see what the servers use', 'kubectl top pods -n kube-system -l k8s-app=kube-dns'),
  }),
  DNS272: message<MetricsArgs>({
    slug: 'many-servfail',
    severity: 'warning',
    rung: 43,
    title: 'many queries get SERVFAIL',
    summary: ({ pods, number, what }) => `${number} of 100 queries to ${pods} get SERVFAIL${what}`,
    explain:
      'SERVFAIL means that the server could not find out: an upstream that is silent or refuses, a plugin without fallthrough, ' +
      'or an upstream whose DNSSEC validation fails. The errors in the log name the upstream.',
    fixes: () => look('see what the logs say', 'kubectl netdns logs'),
  }),
  DNS273: message<MetricsArgs>({
    slug: 'many-nxdomain',
    severity: 'info',
    title: 'most queries ask for names that do not exist',
    summary: ({ number }) => `${number} of 100 answers are NXDOMAIN, as a rule misses of search lists (ndots 5)`,
    explain:
      'A name with fewer dots than ndots is tried with every suffix of the search list first. A final dot, or dnsConfig with ' +
      'ndots 2 for pods that ask for outside names, spares these queries. With plugin log the names and clients are known: ' +
      'kubectl netdns logs.',
    fixes: () => look('see which names and clients', 'kubectl netdns logs'),
  }),
  DNS274: message<MetricsArgs>({
    slug: 'queries-rejected',
    severity: 'warning',
    rung: 36,
    title: 'queries are refused because too many wait',
    summary: ({ pods, number }) =>
      `${pods} refused ${number} queries: more waited for the upstream than max_concurrent allows`,
    explain:
      'forward refuses queries when more than max_concurrent wait for the upstream. Look at its latency before the number is ' +
      'raised: every query that waits costs about 2 KB of memory.',
    fixes: () => look('see where the Corefile forwards to', 'kubectl netdns corefile'),
  }),
  DNS275: message<MetricsArgs>({
    slug: 'server-panics',
    severity: 'warning',
    rung: 30,
    title: 'a DNS server panicked',
    summary: ({ pods, number }) => `${pods} panicked ${number} times since the start`,
    explain:
      'A fault of CoreDNS or of one of its plugins: each panic answers the query at hand with SERVFAIL. The log has the ' +
      'message; look for it among the issues of CoreDNS, and think of an upgrade.',
    fixes: () => look('see what the logs say', 'kubectl netdns logs'),
  }),
  DNS276: message<MetricsArgs>({
    slug: 'replicas-differ',
    severity: 'warning',
    rung: 24,
    title: 'DNS servers run on different Corefiles',
    summary: ({ pods, what }) =>
      what === '' ? `${pods} run on different Corefiles` : `${pods} on another Corefile than ${what}`,
    explain:
      'Each server tells a hash of the Corefile it runs on. They differ for up to two minutes after a change of the ConfigMap ' +
      '(the kubelet and plugin reload take a while); after that a server has not taken it over: reload failed, or the plugin ' +
      'reload is missing. The same name then has different answers.',
    fixes: () => [
      {
        title: 'restart the servers one after the other',
        command: 'kubectl rollout restart deployment coredns -n kube-system',
        risk: 'low',
        undo: 'kubectl rollout undo deployment coredns -n kube-system',
      },
    ],
  }),
  DNS277: message<MetricsArgs>({
    slug: 'reload-failed',
    severity: 'warning',
    rung: 23,
    covers: ['DNS276', 'DNS251', 'DNS214'],
    title: 'a change of the Corefile was refused',
    summary: ({ pods, number }) => `${pods} refused ${number} changes of the Corefile and may run on an older one`,
    explain:
      'Plugin reload could not use a new Corefile and went on with the old one. The server crashes as soon as it is started ' +
      'anew, if the mistake is still there.',
    fixes: () => look('see what CoreDNS refuses', 'kubectl netdns corefile'),
  }),
  DNS278: message<MetricsArgs>({
    slug: 'upstream-fails-checks',
    severity: 'warning',
    rung: 38,
    title: 'an upstream resolver does not answer its health checks',
    summary: ({ what, number, pods }) => `upstream ${what} failed ${number} health checks of ${pods}`,
    explain:
      'Once a query upstream fails, forward asks that upstream every half second whether it is back. Many failures mean that ' +
      'it is down for a while, or often: outside names wait until another upstream is asked, or fail when there is none.',
    fixes: () => look('see where the Corefile forwards to', 'kubectl netdns corefile'),
  }),
  DNS280: message<MetricsArgs>({
    slug: 'memory-short',
    severity: 'warning',
    rung: 44,
    title: 'the memory limit of the DNS servers is short',
    summary: ({ what, number }) => `the memory limit of the DNS servers is ${number}; ${what}`,
    explain:
      'CoreDNS needs about (pods + Services) / 1000 + 54 MB, and (pods + Services) / 250 + 56 MB with autopath or verified ' +
      'pods, plus about 30 MB for the cache and 2 KB for each query that waits. A server at its limit is killed (OOMKilled).',
    fixes: () => [
      {
        title: 'give the servers more memory',
        command: 'kubectl set resources deployment coredns -n kube-system --limits=memory=512Mi',
        risk: 'low',
        undo: 'kubectl rollout undo deployment coredns -n kube-system',
      },
    ],
  }),
  DNS281: message<MetricsArgs>({
    slug: 'few-replicas',
    severity: 'info',
    title: 'few DNS servers for a cluster of this size',
    summary: ({ what, number }) => `${number} DNS servers for ${what}`,
    explain:
      'The usual measure of cluster-proportional-autoscaler is one server for each 256 cores or 16 nodes, whichever is more, ' +
      'and at least two. Fewer may do where few names are asked for; watch the processor use of the servers.',
    fixes: () => [
      {
        title: 'run more servers',
        command: 'kubectl scale deployment coredns -n kube-system --replicas=4',
        risk: 'low',
        undo: 'kubectl scale deployment coredns -n kube-system --replicas=2',
      },
    ],
  }),
  DNS282: message<MetricsArgs>({
    slug: 'autoscaler-at-its-end',
    severity: 'warning',
    rung: 47,
    title: 'the autoscaler of the DNS servers cannot add more',
    summary: ({ what, number }) => `${what} wants more DNS servers than its maximum of ${number}`,
    explain:
      'The HorizontalPodAutoscaler has reached maxReplicas and its measure is still above the target: the servers are busier ' +
      'than they should be, and queries wait.',
    fixes: () => look('see what the servers use', 'kubectl top pods -n kube-system -l k8s-app=kube-dns'),
  }),
  DNS283: message<MetricsArgs>({
    slug: 'cpu-short',
    severity: 'warning',
    rung: 44,
    title: 'a DNS server uses all of the processor time it may',
    summary: ({ pods, what }) => `${pods} uses ${what} of its CPU limit: queries wait`,
    explain:
      'At its CPU limit a server is stopped for parts of every tenth of a second, and queries wait that long or are lost. DNS ' +
      'servers are better off without a CPU limit, or with more of them.',
    fixes: () => [
      {
        title: 'run more servers',
        command: 'kubectl scale deployment coredns -n kube-system --replicas=4',
        risk: 'low',
        undo: 'kubectl scale deployment coredns -n kube-system --replicas=2',
      },
    ],
  }),
});
