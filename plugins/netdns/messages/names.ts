import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import { plural } from '../../../shared/util/text.ts';

/** DNS601 to DNS649: one name, asked by one caller. */
export const namesMessages = defineMessages({
  DNS601: message<{ name: string; who: string; why: string; better: string }>({
    slug: 'no-such-name',
    severity: 'critical',
    rung: 60,
    title: 'the name does not exist',
    summary: ({ name, who, why, better }) =>
      `${name} does not resolve${who}: ${why}${better === '' ? '' : `; did you mean ${better}?`}`,
    explain:
      'Every name that the resolver makes of it, with each search domain and as it is, does not exist. Inside a cluster a ' +
      'Service is called NAME in its own namespace, NAME.NAMESPACE from others, and NAME.NAMESPACE.svc.DOMAIN in full.',
  }),

  DNS602: message<{ name: string; who: string; namespaces: string; better: string }>({
    slug: 'name-of-another-namespace',
    severity: 'critical',
    rung: 60,
    title: 'the Service is in another namespace',
    summary: ({ name, who, namespaces, better }) =>
      `${name} does not resolve${who}: the Service is in namespace ${namespaces}; from here its name is ${better}`,
    explain:
      'A bare name is looked for in the namespace of the pod that asks. A Service of another namespace needs its namespace ' +
      'behind its name.',
  }),

  DNS603: message<{ name: string; domain: string; right: string; better: string }>({
    slug: 'name-ends-with-other-domain',
    severity: 'critical',
    rung: 60,
    title: 'the name ends with another cluster domain',
    summary: ({ name, domain, right, better }) =>
      `${name} does not resolve: it ends with ${domain}, but the domain of this cluster is ${right}: write ${better}`,
    explain:
      'The cluster domain is set when a cluster is made (kubelet clusterDomain, the kubernetes zone of the Corefile). Leave it ' +
      'out, as in web.shop or web.shop.svc, and the name works in every cluster.',
  }),

  DNS604: message<{ name: string; service: string; ready: number; all: number }>({
    slug: 'headless-without-endpoints',
    severity: 'critical',
    rung: 60,
    title: 'the headless Service has no ready endpoint',
    summary: ({ name, service, ready, all }) =>
      `${name} does not resolve: Service ${service} is headless and ${ready} of ${all} endpoints are ready`,
    explain:
      'The name of a headless Service stands for its ready endpoints. Without one the servers answer NXDOMAIN, as if the name ' +
      'did not exist. Bring the pods to readiness; where names are needed before that (StatefulSets that look for their ' +
      'peers), set publishNotReadyAddresses.',
    fixes: ({ service }) => {
      const [namespace = '', name = ''] = service.split('/');
      return [{ title: 'see why nobody is ready', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' }];
    },
  }),

  DNS605: message<{ name: string; service: string; why: string }>({
    slug: 'no-such-srv',
    severity: 'critical',
    rung: 60,
    title: 'the Service has no port of that name',
    summary: ({ name, service, why }) => `${name} has no SRV record: ${why} (Service ${service})`,
    explain:
      'SRV records exist for named ports only: _NAME._PROTOCOL.SERVICE.NAMESPACE.svc.DOMAIN. The name is that of the port in ' +
      'the Service, the protocol _tcp or _udp.',
  }),

  DNS606: message<{ name: string; pod: string; service: string; why: string }>({
    slug: 'no-name-for-pod',
    severity: 'critical',
    rung: 60,
    title: 'the pod has no name of its own behind that Service',
    summary: ({ name, pod, service, why }) => `${name} does not resolve: ${why} (pod ${pod}, Service ${service})`,
    explain:
      'A pod gets a name behind a headless Service when it is a ready endpoint of it and spec.subdomain of the pod names that ' +
      'Service, which a StatefulSet does with spec.serviceName.',
    fixes: ({ service }) => {
      const [namespace = '', name = ''] = service.split('/');
      return [
        {
          title: 'see who is behind that Service, and why not',
          command: `kubectl netsvc endpoints ${name} -n ${namespace}`,
          risk: 'none',
        },
      ];
    },
  }),

  DNS607: message<{ name: string; type: string; found: string }>({
    slug: 'no-record-of-that-type',
    severity: 'warning',
    rung: 60,
    title: 'the name exists, but not with that type',
    summary: ({ name, type, found }) =>
      found === '' ? `${name} exists, and has no ${type} record` : `${name} has no ${type} record; it has ${found}`,
    explain:
      'The name exists with records of other types: an IPv4-only Service has no AAAA record, a Service name has no SRV ' +
      'record of its own. Most programs ask for A and AAAA and take what comes; musl stops its search at such an answer.',
  }),

  DNS608: message<{ name: string; ndots: number; dots: number; full: string }>({
    slug: 'musl-does-not-search',
    severity: 'critical',
    confidence: 'likely',
    rung: 50,
    covers: ['DNS601'],
    title: 'Alpine does not search for this name',
    summary: ({ name, ndots, dots, full }) =>
      `${name} does not resolve on Alpine: with ${plural(dots, 'dot')} and ndots:${ndots} musl asks it as it is and never searches; write ${full}`,
    explain:
      'musl uses the search list only for names with fewer dots than ndots. The full name with a dot at its end works with ' +
      'every library. The image is taken for Alpine by its name.',
  }),

  DNS609: message<{ who: string; why: string }>({
    slug: 'caller-asks-elsewhere',
    severity: 'critical',
    rung: 20,
    covers: ['DNS601', 'DNS602', 'DNS611'],
    title: 'the caller does not ask the DNS of the cluster',
    summary: ({ who, why }) =>
      `${who} does not ask the DNS of the cluster, so names of Services do not resolve: ${why}`,
    explain:
      'Only the DNS servers of the cluster know names of Services. With hostNetwork, ClusterFirst turns into Default; Default ' +
      'takes the resolv.conf of the node. dnsPolicy ClusterFirstWithHostNet asks the cluster from the host network.',
  }),

  DNS610: message<{ name: string; rcode: string; servers: string; all: boolean }>({
    slug: 'servers-answer-otherwise',
    severity: 'critical',
    rung: 55,
    title: 'DNS servers answer otherwise than the objects promise',
    summary: ({ name, rcode, servers, all }) =>
      `${all ? 'the DNS servers answer' : `DNS server ${servers} answers`} ${rcode} to ${name}, which the objects of the cluster promise`,
    explain:
      'The Service and its endpoints are there, and the server does not know the name, or knows old addresses. It has lost ' +
      'sight of the API server, runs with another Corefile, or something in the Corefile answers first (hosts, template, ' +
      'rewrite, a zone of the same name).',
  }),

  DNS611: message<{ name: string; rcode: string; servers: string }>({
    slug: 'outside-name-fails',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'the upstream servers do not resolve the name',
    summary: ({ name, rcode, servers }) => `${name} does not resolve: ${servers} answer ${rcode}`,
    explain:
      'The name is none of the cluster; the DNS servers pass it on to their upstreams. NXDOMAIN means that it does not exist ' +
      'there, SERVFAIL that the upstream could not be asked or its answer was refused (DNSSEC), REFUSED that it does not serve ' +
      'these clients. kubectl netdns corefile shows where questions are forwarded to.',
  }),

  DNS612: message<{ name: string; suffix: string; address: string; meant: string }>({
    slug: 'wildcard-in-search-domain',
    severity: 'critical',
    confidence: 'likely',
    rung: 40,
    covers: ['DNS601'],
    title: 'a search domain answers for every name',
    summary: ({ name, suffix, address, meant }) =>
      `${name} resolves to ${address}, an address of the search domain ${suffix}, and not to ${meant}`,
    explain:
      'A search domain in resolv.conf of the node has a wildcard record (*.corp.example), so every short name exists there. ' +
      'It comes from the node: take it out of the file that the kubelet passes on (resolvConf), or write names in full.',
  }),

  DNS613: message<{ name: string; target: string; why: string }>({
    slug: 'alias-leads-nowhere',
    severity: 'critical',
    rung: 60,
    title: 'the ExternalName Service leads nowhere',
    summary: ({ name, target, why }) => `${name} is an alias for ${target}, ${why}`,
    explain:
      'An ExternalName Service is a CNAME: the target must be a full DNS name that resolves by itself. An address there is ' +
      'taken for a name. A CNAME has no search list, so a short name such as web does not mean a Service.',
  }),

  DNS614: message<{
    name: string;
    who: string;
    address: string;
    right: string;
    kind: string;
    owner: string;
    namespace: string;
  }>({
    slug: 'hosts-file-hides-service',
    severity: 'critical',
    rung: 25,
    covers: ['DNS601', 'DNS602'],
    title: 'a line of hostAliases leads past the Service',
    summary: ({ name, who, address, right }) =>
      `pod ${who} takes ${name} for ${address} by its hostAliases and asks no DNS server; the Service has ${right}`,
    explain:
      'hostAliases put lines into /etc/hosts of the pod, which resolvers read before they ask DNS. An address that was right ' +
      'once stays there until somebody takes it out. DNS answers rightly, and nobody asks it.',
    fixes: ({ kind, owner, namespace }) => [
      {
        title: 'take the line out of hostAliases (restarts the pods)',
        command: `kubectl edit ${kind} ${owner} -n ${namespace}`,
        risk: 'low',
      },
    ],
  }),

  DNS615: message<{ name: string; rcode: string; what: string; seconds: number; kept: number }>({
    slug: 'older-answer-kept',
    severity: 'warning',
    confidence: 'likely',
    rung: 56,
    title: 'DNS servers still give the answer from before a change',
    summary: ({ name, rcode, what, seconds, kept }) =>
      `${name} is still answered as before (${rcode}): ${what} ${seconds} s ago, and servers keep answers for up to ${kept} s`,
    explain:
      'Plugin cache keeps what it has answered, "no such name" too, for as long as the ttl of plugin kubernetes says. Whoever ' +
      'asks for a Service before it is made makes every server keep that it is not there. It mends itself; clients with ' +
      'caches of their own (Java, nscd) may take longer. Newer Corefiles of kubeadm do not cache names of the cluster ' +
      '(disable success and disable denial).',
    fixes: ({ kept, seconds }) => [
      { title: 'wait for it, then ask again', command: `sleep ${Math.max(1, kept - seconds)}`, risk: 'none' },
    ],
  }),

  DNS616: message<{ name: string; what: string; servers: string; count: number; all: number }>({
    slug: 'name-fails-at-some-servers',
    severity: 'warning',
    rung: 59,
    title: 'some DNS servers resolve the name, others do not',
    summary: ({ name, what, servers, count, all }) =>
      `${name} fails every now and then: ${count} of ${all} DNS servers, ${servers}: ${what}`,
    explain:
      'Lookups are spread over all servers, so that a share of them fails, or waits 5 seconds and asks anew. For a name of ' +
      'the world outside the way from one node to the resolver above is broken, or that node names other resolvers; for one ' +
      'of the cluster that server is not up to date.',
    fixes: () => [
      { title: 'ask every server, and through it the resolver above', command: 'kubectl netdns check', risk: 'none' },
    ],
  }),

  DNS617: message<{ name: string; type: string; rcode: string; has: string; address: string }>({
    slug: 'musl-gives-up',
    severity: 'critical',
    rung: 55,
    title: 'Alpine drops an address because the other question failed',
    summary: ({ name, type, rcode, has, address }) =>
      `${name} does not resolve on Alpine: the servers answer ${rcode} to ${type}, and musl then drops the ${has} record (${address})`,
    explain:
      'A resolver asks for A and AAAA at once. glibc and Go take the answer that came; musl (Alpine) fails the lookup when one ' +
      'of the two is SERVFAIL, REFUSED or NXDOMAIN, so that the same name works in other pods. Mend the server of that name, ' +
      'or the resolver above that cannot handle AAAA; until then "template IN AAAA ZONE" with "rcode NOERROR" in the Corefile ' +
      'answers for it, or an image with glibc does not mind.',
    fixes: () => [
      { title: 'see where the Corefile sends that name', command: 'kubectl netdns corefile', risk: 'none' },
    ],
  }),
});
