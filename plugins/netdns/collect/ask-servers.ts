import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { ClusterDns } from '../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import { answersPath, type ServerAnswers } from '../../../shared/dns/server-answers.ts';
import type { WireAnswer, WireQuestion } from '../../../shared/dns/wire.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { declaredPorts } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';

/** Servers asked at most; where there are more, they are all alike or autoscaled. */
const MAX_SERVERS = 20;
/** miekg/dns, CoreDNS' library, ends a TCP connection after 128 questions. */
const PER_CONNECTION = 100;
const CONNECT_MS = 4000;
const ANSWER_MS = 6000;

/**
 * Puts questions to each DNS server over TCP, through a port-forward: nothing is placed in the cluster. Each way that is
 * refused is kept as the reason why that server was not asked. Without questions: those that every sound cluster answers.
 */
export async function askServers(
  gatherer: Gatherer,
  dns: ClusterDns,
  questions?: readonly WireQuestion[],
): Promise<readonly ServerAnswers[]> {
  const running = dns.pods.filter(({ status }) => status?.phase === 'Running').slice(0, MAX_SERVERS);
  if (running.length === 0) return [];
  const refused = await refusedRight(gatherer, dns.namespace);
  const asked = questions ?? healthQuestions(clusterDomainOf(createIndex(gatherer.finish())).domain);
  const results = await Promise.all(
    running.map((pod) =>
      refused === undefined
        ? askServer(gatherer, pod, asked)
        : { pod: nameOf(pod), namespace: namespaceOf(pod), answers: [], failed: refused, unasked: true },
    ),
  );
  for (const result of results) gatherer.keep({ path: answersPath(result.pod), text: `${JSON.stringify(result)}\n` });
  return results;
}

/** The schema's own record needs no object; `kubernetes` is the one Service that every cluster has. */
function healthQuestions(domain: string): readonly WireQuestion[] {
  return [
    { name: `dns-version.${domain}`, type: 'TXT' },
    // In a cluster of one family the other one has no record.
    { name: `kubernetes.default.svc.${domain}`, type: 'A' },
    { name: `kubernetes.default.svc.${domain}`, type: 'AAAA' },
  ];
}

/** Why servers may not be asked; undefined when they may. From 1.35 on a websocket needs `create` beside `get` (AuthorizePodWebsocketUpgradeCreatePermission). */
export async function refusedRight(gatherer: Gatherer, namespace: string): Promise<string | undefined> {
  const version = (await gatherer.version()) ?? '';
  const minor = Number(/^v1\.(\d+)/.exec(version)?.[1] ?? '35');
  const verbs = minor >= 35 ? ['get', 'create'] : ['get'];
  const rights = await Promise.all(
    verbs.map((verb) => gatherer.reader.access({ verb, resource: 'pods/portforward', namespace })),
  );
  const missing = verbs.filter((_, at) => rights[at]?.status === 'ok' && rights[at].value === false);
  return missing.length === 0
    ? undefined
    : `forbidden: ${missing.join(', ')} pods/portforward in namespace ${namespace}`;
}

async function askServer(gatherer: Gatherer, pod: Pod, questions: readonly WireQuestion[]): Promise<ServerAnswers> {
  const { converse } = await import('./converse.ts');
  const who = { pod: nameOf(pod), namespace: namespaceOf(pod) };
  const answers: WireAnswer[] = [];
  for (let at = 0; at < questions.length; at += PER_CONNECTION) {
    const opened = await gatherer.reader.forward(who.namespace, who.pod, dnsPort(pod), { timeoutMs: CONNECT_MS });
    if (opened.status !== 'ok') return { ...who, answers, failed: opened.reason, unasked: true };
    const heard = await converse(opened.value)(questions.slice(at, at + PER_CONNECTION), ANSWER_MS);
    opened.value.destroy();
    answers.push(...heard.answers);
    // One name without an answer (its upstream is silent) must not take those with one along.
    if (heard.failed !== undefined) return { ...who, answers, failed: heard.failed, unanswered: heard.unanswered };
  }
  return { ...who, answers };
}

/** The container port of DNS over TCP: 5353 on OpenShift, 53 elsewhere. */
export function dnsPort(pod: Pod): number {
  const ports = declaredPorts(pod.spec);
  return (ports.find(({ name }) => name === 'dns-tcp') ?? ports.find(({ port }) => port === 53))?.port ?? 53;
}
