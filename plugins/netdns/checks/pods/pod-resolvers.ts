import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { clusterPolicyFor, dnsPolicyFix } from '../../../../shared/diagnose/dns-policy-fix.ts';
import { dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { runsOnMusl } from '../../../../shared/dns/musl.ts';
import { servicesNamedIn } from '../../../../shared/dns/named-hosts.ts';
import { nodeCacheAddresses } from '../../../../shared/dns/node-cache.ts';
import { muslDropsSearch, type PodResolver } from '../../../../shared/dns/pod-resolver.ts';
import { resolverOf } from '../../../../shared/dns/resolver-of.ts';
import { expandSearch } from '../../../../shared/dns/search-expansion.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { ownerOrPod } from '../../../../shared/model/owners.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { podsMessages } from '../../messages/pods.ts';

/** What is wrong with the resolv.conf of pods, workload by workload. Pods of the system know what they ask. */
export const podResolvers = defineCheck<DnsSubject>({
  id: 'netdns/pod-resolvers',
  group: 'pods',
  needs: [],
  uses: [
    'Event',
    'Pod',
    'Service',
    'ConfigMap',
    'DaemonSet',
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'ReplicationController',
    'Job',
    'CronJob',
    'Node',
  ],
  run: ({ dns, callers }, { index }) => {
    const seen = new Map<string, Finding>();
    const servers = dns === undefined ? [] : dnsAddresses(dns);
    for (const pod of index.list('Pod', callers)) {
      if (isFinished(pod) || isSystem(namespaceOf(pod)) || dns?.pods.includes(pod) === true) continue;
      const owner = ownerOrPod(index, pod);
      for (const finding of judge({ index, pod, owner, servers, resolver: resolverOf(index, pod) })) {
        const key = `${finding.code} ${owner.kind}/${owner.namespace ?? ''}/${owner.name}`;
        const known = seen.get(key);
        // One finding for all pods of a workload.
        seen.set(key, known === undefined ? finding : { ...known, pods: [...(known.pods ?? []), podKey(pod)] });
      }
    }
    return [...seen.values()];
  },
});

function isSystem(namespace: string): boolean {
  return /^(kube-|openshift-|calico-|tigera-|cilium|metallb-|gke-|gmp-|istio-system$)/.test(namespace);
}

interface Case {
  readonly index: ClusterIndex;
  readonly pod: Pod;
  readonly owner: Ref;
  /** ClusterIPs of the DNS Service. */
  readonly servers: readonly string[];
  readonly resolver: PodResolver;
}

function judge(given: Case): readonly Finding[] {
  return [
    ...asksElsewhere(given),
    ...unsearched(given),
    ...staleServer(given),
    ...cutOff(given),
    ...muslLine(given),
    ...muslNdots(given),
  ];
}

function wordOf({ owner }: Case): string {
  return `${owner.kind} ${owner.name}`;
}

/** Only pods that name a Service are in trouble: many agents on the host network need the node's DNS on purpose. */
function asksElsewhere(given: Case): readonly Finding[] {
  const { index, pod, owner, resolver, servers } = given;
  if (resolver.asks === 'cluster') return [];
  const known = new Set([...servers, ...nodeCacheAddresses(index)]);
  if (resolver.nameservers.some((server) => known.has(server))) return [];
  const named = servicesNamedIn(index, pod.spec, namespaceOf(pod)).map(({ name }) => name);
  if (named.length === 0) return [];
  const names = joinNames(named, 2);
  const common = { subject: owner, evidence: evidenceOf(given, named), pods: [podKey(pod)] };
  const args = { who: wordOf(given), namespace: namespaceOf(pod), names };
  if (resolver.asks === 'own') {
    if (servers.length === 0) return [];
    const others = { servers: joinNames(resolver.nameservers), cluster: servers.join(', ') };
    return [
      podsMessages.DNS303.raise({
        ...common,
        args: { ...args, ...others },
        fixes: dnsPolicyFix(owner, pod.spec, clusterPolicyFor(pod.spec)),
      }),
    ];
  }
  if (pod.spec?.hostNetwork === true && (pod.spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst') {
    return [
      podsMessages.DNS301.raise({ ...common, args, fixes: dnsPolicyFix(owner, pod.spec, clusterPolicyFor(pod.spec)) }),
    ];
  }
  if (pod.spec?.dnsPolicy !== 'Default') return [];
  return [
    podsMessages.DNS302.raise({ ...common, args, fixes: dnsPolicyFix(owner, pod.spec, clusterPolicyFor(pod.spec)) }),
  ];
}

function evidenceOf({ pod }: Case, named: readonly string[]): readonly Evidence[] {
  const { hostNetwork = false, dnsPolicy = 'ClusterFirst' } = pod.spec ?? {};
  return [
    { fact: `dnsPolicy ${dnsPolicy}, hostNetwork ${hostNetwork}`, source: `Pod ${podKey(pod)} spec` },
    { fact: `names ${joinNames(named, 4)}`, source: `Pod ${podKey(pod)} environment and arguments` },
  ];
}

/** The right server, and a search list in which a name that the pod uses is not found. */
function unsearched(given: Case): readonly Finding[] {
  const { index, pod, owner, resolver, servers } = given;
  const known = new Set([...servers, ...nodeCacheAddresses(index)]);
  if (resolver.asks !== 'own' || !resolver.nameservers.some((server) => known.has(server))) return [];
  const lost = servicesNamedIn(index, pod.spec, namespaceOf(pod)).find(
    ({ name, meant }) => !leadsTo(meant, expandSearch(name, 'glibc', resolver, () => 'nxdomain').candidates),
  );
  if (lost === undefined) return [];
  const { domain } = clusterDomainOf(index);
  return [
    podsMessages.DNS311.raise({
      subject: owner,
      args: {
        who: wordOf(given),
        namespace: namespaceOf(pod),
        name: lost.name,
        full: `${lost.meant.service}.${lost.meant.namespace}.svc.${domain}`,
      },
      evidence: [
        { fact: `searches: ${joinNames(resolver.searches) || 'none'}`, source: `Pod ${podKey(pod)} spec.dnsConfig` },
        { fact: `names ${lost.name}`, source: `Pod ${podKey(pod)} environment and arguments` },
      ],
      pods: [podKey(pod)],
    }),
  ];
}

/** Whether one of the names that are asked is the full one of that Service. */
function leadsTo(
  {
    host,
    service,
    namespace,
  }: { readonly host?: string | undefined; readonly service: string; readonly namespace: string },
  candidates: readonly string[],
): boolean {
  const full = `${host === undefined ? '' : `${host}.`}${service}.${namespace}.svc.`;
  return candidates.some((candidate) => candidate.startsWith(full));
}

/** An address near that of the DNS Service which no Service has any more. */
function staleServer(given: Case): readonly Finding[] {
  const { index, pod, owner, servers } = given;
  const own = pod.spec?.dnsConfig?.nameservers ?? [];
  const [right] = servers;
  if (own.length === 0 || right === undefined || !isWhollyRead(index, 'Service')) return [];
  const taken = new Set(index.list('Service').flatMap(({ spec }) => spec?.clusterIPs ?? [spec?.clusterIP ?? '']));
  const prefix = `${right.split('.').slice(0, 2).join('.')}.`;
  const stale = own.find((server) => !taken.has(server) && right.includes('.') && server.startsWith(prefix));
  if (stale === undefined || own.some((server) => servers.includes(server))) return [];
  // With ClusterFirst the right address comes first, and this one is asked only when that one does not answer.
  const severity = given.resolver.asks === 'cluster' ? 'info' : 'critical';
  return [
    podsMessages.DNS308.raise({
      subject: owner,
      severity,
      args: { who: wordOf(given), namespace: namespaceOf(pod), server: stale, right },
      evidence: [
        { fact: `nameservers: ${own.join(', ')}`, source: `Pod ${podKey(pod)} spec.dnsConfig` },
        { fact: `no Service has the ClusterIP ${stale}`, source: 'Services of all namespaces' },
      ],
      pods: [podKey(pod)],
    }),
  ];
}

function cutOff(given: Case): readonly Finding[] {
  const { index, pod, owner, resolver } = given;
  const { nameservers, searches } = resolver.omitted;
  const event = index.events(pod, 'Pod').findLast(({ reason }) => reason === 'DNSConfigForming');
  if (nameservers.length === 0 && searches.length === 0 && event === undefined) return [];
  const what =
    event?.message ??
    [
      nameservers.length === 0 ? [] : [`name servers left out: ${nameservers.join(', ')}`],
      searches.length === 0 ? [] : [`search domains left out: ${joinNames(searches)}`],
    ]
      .flat()
      .join('; ');
  // Left-out servers of the node do no harm while the first one answers.
  const own = (pod.spec?.dnsConfig?.searches ?? []).length > 0 || (pod.spec?.dnsConfig?.nameservers ?? []).length > 0;
  return [
    podsMessages.DNS304.raise({
      subject: owner,
      severity: own || searches.length > 0 || /Search Line/i.test(event?.message ?? '') ? 'warning' : 'info',
      args: { who: wordOf(given), namespace: namespaceOf(pod), what },
      evidence: [
        event === undefined
          ? { fact: what, source: `Pod ${podKey(pod)} spec.dnsConfig` }
          : { fact: event.message, source: `event DNSConfigForming of Pod ${podKey(pod)}` },
      ],
      pods: [podKey(pod)],
    }),
  ];
}

function muslLine(given: Case): readonly Finding[] {
  const { pod, owner, resolver } = given;
  const length = muslDropsSearch(resolver.searches);
  if (length === undefined || !runsOnMusl(pod)) return [];
  return [
    podsMessages.DNS305.raise({
      subject: owner,
      args: { who: wordOf(given), namespace: namespaceOf(pod), length },
      evidence: [
        {
          fact: `search ${resolver.searches.slice(0, 3).join(' ')} … (${resolver.searches.length} domains)`,
          source: `resolv.conf of Pod ${podKey(pod)}`,
        },
        {
          fact: `image ${joinNames((pod.spec?.containers ?? []).map(({ image = '' }) => image))}`,
          source: `Pod ${podKey(pod)} spec`,
        },
      ],
      pods: [podKey(pod)],
    }),
  ];
}

/** A name that needs a search domain and has too many dots for musl to search. */
function muslNdots(given: Case): readonly Finding[] {
  const { index, pod, owner, resolver } = given;
  if (resolver.asks !== 'cluster' || resolver.ndots >= 3 || !runsOnMusl(pod)) return [];
  const namespace = namespaceOf(pod);
  const lost = servicesNamedIn(index, pod.spec, namespace).find(
    ({ name, meant }) => !leadsTo(meant, expandSearch(name, 'musl', resolver, () => 'nxdomain').candidates),
  );
  if (lost === undefined) return [];
  return [
    podsMessages.DNS306.raise({
      subject: owner,
      args: {
        who: wordOf(given),
        namespace,
        name: lost.name,
        ndots: resolver.ndots,
        full: `${lost.meant.service}.${lost.meant.namespace}.svc`,
      },
      evidence: [
        { fact: `options ndots:${resolver.ndots}`, source: `Pod ${podKey(pod)} spec.dnsConfig` },
        { fact: `names ${lost.name}`, source: `Pod ${podKey(pod)} environment and arguments` },
        {
          fact: `image ${joinNames((pod.spec?.containers ?? []).map(({ image = '' }) => image))}`,
          source: `Pod ${nameOf(pod)} spec`,
        },
      ],
      pods: [podKey(pod)],
    }),
  ];
}
