import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type ClusterDns, dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { servicesNamedIn } from '../../../../shared/dns/named-hosts.ts';
import { nodeCacheAddresses } from '../../../../shared/dns/node-cache.ts';
import { resolverOf } from '../../../../shared/dns/resolver-of.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { isHeadless } from '../../../../shared/model/services.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { compareText, joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodesMessages } from '../../messages/nodes.ts';
import { dnsAccessOf, undecidedBy } from '../policy/dns-access.ts';
import { SERVER_KINDS, serverState } from '../servers/server-facts.ts';
import { LOOKUP_WORDS, lookupLine } from './lookup-lines.ts';

/** Fewer are what a rollout of the servers costs. */
const LEAST = 5;

/**
 * Programs whose logs tell that names of the cluster, which need no resolver outside, got no answer in time, while all
 * servers are ready and no policy is in the way: the packets are lost between the two.
 */
export const lookupTimeouts = defineCheck<DnsSubject>({
  id: 'netdns/lookup-timeouts',
  group: 'pods',
  needs: ['Pod'],
  uses: [...SERVER_KINDS, ...POLICY_FACT_KINDS],
  run: ({ dns, callers }, { index, now }) => {
    if (dns === undefined) return [];
    const { ready, all } = serverState(index, dns, now);
    if (all === 0 || ready < all) return [];
    const told = index
      .list('Pod', callers)
      .filter((pod) => !isFinished(pod) && !dns.pods.includes(pod))
      .flatMap((pod) => timeouts(index, dns, pod))
      .filter(({ pod }) => dnsAccessOf(index, dns, pod) === undefined && undecidedBy(index, dns, pod).length === 0);
    const [first] = told;
    if (first === undefined) return [];
    const nodes = [...new Set(told.map(({ pod }) => pod.spec?.nodeName ?? ''))].filter((name) => name !== '');
    const { kind, name } = { kind: 'Node', name: nodes.sort(compareText)[0] ?? '' };
    return [
      nodesMessages.DNS323.raise({
        subject: { kind, name },
        args: {
          pods: joinNames(told.map(({ pod }) => podKey(pod))),
          nodes: nodes.length === 0 ? 'a node' : `${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes)}`,
          node: name === '' ? '<node>' : name,
          ready,
        },
        evidence: told.slice(0, 3).map(({ pod, count, line }) => ({
          fact: `${shorten(line, 200)} (${count} times)`,
          source: `log of Pod ${podKey(pod)}`,
        })),
        pods: told.map(({ pod }) => podKey(pod)),
      }),
    ];
  },
});

interface Timeouts {
  readonly pod: Pod;
  readonly count: number;
  readonly line: string;
}

function timeouts(index: ClusterIndex, dns: ClusterDns, pod: Pod): readonly Timeouts[] {
  const asked = new Set([...dnsAddresses(dns), ...nodeCacheAddresses(index)]);
  const asks = resolverOf(index, pod).asks === 'cluster';
  const lines = (pod.spec?.containers ?? [])
    .map(({ name = '' }) => index.log(namespaceOf(pod), nameOf(pod), name, false) ?? '')
    .filter((text) => LOOKUP_WORDS.test(text))
    .flatMap((text) => text.split('\n'))
    .filter((line) => {
      const told = lookupLine(line);
      if (told === undefined) return false;
      const { host, server, doubtful = false } = told;
      if (server === undefined ? !asks : !asked.has(server)) return false;
      if (host === undefined) return servicesNamedIn(index, pod.spec, namespaceOf(pod)).length > 0;
      return isOfCluster(index, host, namespaceOf(pod)) && !(doubtful && mayBeNew(index, dns, host, pod));
    });
  const last = lines.at(-1);
  return last === undefined || lines.length < LEAST ? [] : [{ pod, count: lines.length, line: last.trim() }];
}

/** A name that the servers answer by themselves: that of a Service, in whatever length it was written. */
function isOfCluster(index: ClusterIndex, host: string, namespace: string): boolean {
  const name = host.replace(/\.$/, '').toLowerCase();
  return name.endsWith(`.svc.${clusterDomainOf(index).domain}`) || serviceOf(index, name, namespace) !== undefined;
}

function serviceOf(index: ClusterIndex, host: string, namespace: string): Service | undefined {
  const tail = `.${clusterDomainOf(index).domain}`;
  const name = host.replace(/\.$/, '').toLowerCase();
  const bare = name.endsWith(`.svc${tail}`) ? name.slice(0, -tail.length) : name;
  const [service = '', space = namespace, svc = 'svc', ...rest] = bare.split('.');
  return svc === 'svc' && rest.length === 0 ? index.get('Service', space, service) : undefined;
}

/** Whether the name, or a server, may have come after the program that looked for it: then it did not exist at first. */
function mayBeNew(index: ClusterIndex, dns: ClusterDns, host: string, pod: Pod): boolean {
  const service = serviceOf(index, host, namespaceOf(pod));
  if (service === undefined || isHeadless(service)) return true;
  const since = Date.parse(pod.status?.startTime ?? '');
  const made = Date.parse(service.metadata?.creationTimestamp ?? '');
  const served = dns.pods.some(({ status }) => Date.parse(status?.startTime ?? '') < since);
  return !(made < since && served);
}
