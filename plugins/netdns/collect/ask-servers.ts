import type { Duplex } from 'node:stream';
import type { Gatherer } from '../../../shared/collect/gather.ts';
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
 * refused is kept as the reason why that server was not asked. Without questions: two that every sound cluster answers.
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
    { name: `kubernetes.default.svc.${domain}`, type: 'A' },
  ];
}

/** From 1.35 on a websocket needs `create` beside `get` (AuthorizePodWebsocketUpgradeCreatePermission). */
async function refusedRight(gatherer: Gatherer, namespace: string): Promise<string | undefined> {
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
  const who = { pod: nameOf(pod), namespace: namespaceOf(pod) };
  const answers: WireAnswer[] = [];
  for (let at = 0; at < questions.length; at += PER_CONNECTION) {
    const opened = await gatherer.reader.forward(who.namespace, who.pod, dnsPort(pod), { timeoutMs: CONNECT_MS });
    if (opened.status !== 'ok') return { ...who, answers, failed: opened.reason, unasked: true };
    try {
      answers.push(...(await converse(opened.value, questions.slice(at, at + PER_CONNECTION))));
    } catch (error) {
      const failed = error instanceof Error ? error.message : String(error);
      return { ...who, answers, failed };
    } finally {
      opened.value.destroy();
    }
  }
  return { ...who, answers };
}

/** The container port of DNS over TCP: 5353 on OpenShift, 53 elsewhere. */
function dnsPort(pod: Pod): number {
  const ports = declaredPorts(pod.spec);
  return (ports.find(({ name }) => name === 'dns-tcp') ?? ports.find(({ port }) => port === 53))?.port ?? 53;
}

/** All questions at once over one connection; answers come in any order. */
async function converse(stream: Duplex, questions: readonly WireQuestion[]): Promise<readonly WireAnswer[]> {
  const { decodeAnswer, encodeQuestion, firstMessage } = await import('../../../shared/dns/wire.ts');
  return new Promise((resolve, reject) => {
    const answers = new Map<number, WireAnswer>();
    const start = performance.now();
    let buffer: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
    const finish = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    stream.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let length = firstMessage(buffer); length !== undefined; length = firstMessage(buffer)) {
        try {
          const { id, rcode, answers: records } = decodeAnswer(buffer.subarray(0, length));
          const question = questions[id];
          if (question !== undefined) {
            const { name, type } = question;
            answers.set(id, { name, type, rcode, answers: records, ms: Math.round(performance.now() - start) });
          }
        } catch {
          finish(() => reject(new Error('the answer is no DNS message')));
          return;
        }
        buffer = buffer.subarray(length);
      }
      if (answers.size === questions.length) {
        finish(() => resolve(questions.map((_, at) => answers.get(at)).filter((answer) => answer !== undefined)));
      }
    });
    stream.on('error', (error) => finish(() => reject(error)));
    stream.on('end', () => finish(() => reject(new Error('the server closed the connection without an answer'))));
    stream.write(Buffer.concat(questions.map((question, at) => encodeQuestion(at, question))));
  });
}
