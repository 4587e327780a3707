import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type ClusterDns, dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { nodeCacheAddresses } from '../../../../shared/dns/node-cache.ts';
import { resolverOf } from '../../../../shared/dns/resolver-of.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { compareText, joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodesMessages } from '../../messages/nodes.ts';
import { dnsAccessOf, undecidedBy } from '../policy/dns-access.ts';
import { SERVER_KINDS, serverState } from '../servers/server-facts.ts';

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

/** As Go writes it: `lookup web on 10.96.0.10:53: read udp 10.244.1.7:4711->10.96.0.10:53: i/o timeout`. */
const GO = /lookup (?<host>\S+) on \[?(?<server>[0-9a-fA-F.:]+?)\]?:53: .*i\/o timeout/;

/** EAI_AGAIN of getaddrinfo in the words of glibc, musl and .NET, or its name: no server answered in time. */
const AGAIN = '(?:temporary failure in name resolution|try again|resource temporarily unavailable)';

/** How other languages name the host of a lookup without an answer; none names the server. */
const OTHERS: readonly RegExp[] = [
  /getaddrinfo EAI_AGAIN (?<host>[-\w.]+)/,
  /query[A-Z]+ ETIMEOUT (?<host>[-\w.]+)/,
  new RegExp(String.raw`UnknownHostException: (?<host>[-\w.]+): ${AGAIN}`, 'i'),
  new RegExp(String.raw`(?:resolve|host name|getaddrinfo for) ["']?(?<host>[-\w.]+)["']?.*${AGAIN}`, 'i'),
  new RegExp(String.raw`(?:connection to |https?:\/\/)(?<host>[-\w.]+):\d+.*${AGAIN}`, 'i'),
  new RegExp(String.raw`${AGAIN} \((?<host>[-\w.]+):\d+\)`, 'i'),
];

/** Words of which one stands in each of these lines: most logs hold none. */
const ANY = new RegExp(`i/o timeout|EAI_AGAIN|ETIMEOUT|${AGAIN}`, 'i');

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
    .filter((text) => ANY.test(text))
    .flatMap((text) => text.split('\n'))
    .filter((line) => {
      const { host = '', server } = hostOf(line);
      return (server === undefined ? asks : asked.has(server)) && isOfCluster(index, host, namespaceOf(pod));
    });
  const last = lines.at(-1);
  return last === undefined || lines.length < LEAST ? [] : [{ pod, count: lines.length, line: last.trim() }];
}

/** The host of a lookup without an answer, and the server that gave none where the line tells it. */
function hostOf(line: string): { readonly host?: string; readonly server?: string } {
  if (!ANY.test(line)) return {};
  const go = GO.exec(line)?.groups;
  if (go !== undefined) return go;
  return OTHERS.map((words) => words.exec(line)?.groups).find((groups) => groups !== undefined) ?? {};
}

/** A name that the servers answer by themselves: that of a Service, in whatever length it was written. */
function isOfCluster(index: ClusterIndex, host: string, namespace: string): boolean {
  const name = host.replace(/\.$/, '').toLowerCase();
  if (name.endsWith(`.svc.${clusterDomainOf(index).domain}`)) return true;
  const [service = '', space = namespace, svc = 'svc', ...rest] = name.split('.');
  return svc === 'svc' && rest.length === 0 && index.get('Service', space, service) !== undefined;
}
