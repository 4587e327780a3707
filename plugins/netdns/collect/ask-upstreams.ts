import { setTimeout as pause } from 'node:timers/promises';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { ClusterDns } from '../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import { forwardedZones } from '../../../shared/dns/corefile/forwarded-zones.ts';
import { serversCorefile } from '../../../shared/dns/corefile/sources.ts';
import {
  isSound,
  PROBE_PREFIX,
  type ProbeAnswer,
  type UpstreamAnswers,
  upstreamsPath,
  type ZoneAnswer,
} from '../../../shared/dns/upstream-answers.ts';
import type { WireQuestion } from '../../../shared/dns/wire.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { judgeKnown } from '../checks/corefile/corefile-invalid.ts';
import { dnsPort, refusedRight } from './ask-servers.ts';

const MAX_SERVERS = 10;
const MAX_ZONES = 6;
const CONNECT_MS = 4000;
/** glibc and musl wait so long for an answer (resolv.conf(5), `timeout`). */
const PATIENCE_MS = 5000;
/** A sound answer takes less; from then on the second name is asked too. */
const SOON_MS = 1000;
/** A round after the first, on a line that is known to work. */
const STEADY_MS = 4000;

/**
 * Asks each ready server for a name of nobody's in each zone that it forwards: a new name, so that no cache answers.
 * Names below `invalid` leave no resolver's memory and trouble nobody (RFC 6761 §6.4).
 */
export async function askUpstreams(gatherer: Gatherer, dns: ClusterDns): Promise<readonly UpstreamAnswers[]> {
  const ready = dns.pods.filter(isReady).slice(0, MAX_SERVERS);
  const index = createIndex(gatherer.finish());
  const zones = zonesOf(index);
  if (ready.length === 0 || zones.length === 0) return [];
  if ((await refusedRight(gatherer, dns.namespace)) !== undefined) return [];
  const known: WireQuestion = { name: `dns-version.${clusterDomainOf(index).domain}`, type: 'TXT' };
  const word = `${PROBE_PREFIX}${Math.random().toString(36).slice(2, 10)}`;
  const results = await Promise.all(
    ready.map(async (pod, at) => {
      const asked = zones.map((zone) => askZone({ gatherer, pod, known, word: `${word}-${at}` }, zone));
      const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined);
      return { pod: nameOf(pod), namespace: namespaceOf(pod), zones: answers };
    }),
  );
  const heard = results.filter((result) => result.zones.length > 0);
  for (const result of heard) gatherer.keep({ path: upstreamsPath(result.pod), text: `${JSON.stringify(result)}\n` });
  return heard;
}

/** Whether something is wrong with an answer, so that it pays to read logs and metrics behind it. */
export function isTroubled({ first, second }: ZoneAnswer): boolean {
  return !isSound(first) && (second === undefined || !isSound(second));
}

/** Forwarded zones of the servers' own Corefile. */
function zonesOf(index: ReturnType<typeof createIndex>): readonly string[] {
  const source = serversCorefile(index);
  if (source === undefined) return [];
  const zones = forwardedZones(judgeKnown(source)).map(({ zone }) => zone);
  // The reverse zones of a block are those of its names.
  return [...new Set(zones)].filter((zone) => !zone.endsWith('.arpa.')).slice(0, MAX_ZONES);
}

interface Asked {
  readonly gatherer: Gatherer;
  readonly pod: Pod;
  /** A question that the server answers by itself. */
  readonly known: WireQuestion;
  readonly word: string;
}

/** Undefined when the server could not be asked at all, which is another check's matter. */
async function askZone(asked: Asked, zone: string): Promise<ZoneAnswer | undefined> {
  const name = `${asked.word}.${zone === '.' ? 'invalid' : zone.replace(/\.$/, '')}`;
  const first = probe(asked, name);
  if (zone !== '.') {
    const answer = await first;
    return answer === undefined ? undefined : { zone, ...answer };
  }
  const soon = await Promise.race([first, pause(SOON_MS, undefined)]);
  const second = soon !== undefined && isSound(soon.first) ? undefined : probe(asked, `${asked.word}.localhost`, false);
  const [answer, other] = await Promise.all([first, second]);
  if (answer === undefined) return undefined;
  return { zone, ...answer, ...(other === undefined || isSound(answer.first) ? {} : { second: other.first }) };
}

type Probe = Pick<ZoneAnswer, 'first' | 'steadyMs'>;

/** One name over one connection; servers take the questions of a connection one after the other. */
async function probe({ gatherer, pod, known }: Asked, name: string, steady = true): Promise<Probe | undefined> {
  const { converse } = await import('./converse.ts');
  const wait = { timeoutMs: CONNECT_MS };
  const opened = await gatherer.reader.forward(namespaceOf(pod), nameOf(pod), dnsPort(pod), wait);
  if (opened.status !== 'ok') return undefined;
  try {
    const ask = converse(opened.value);
    const heard = await ask([known, { name, type: 'A' }], PATIENCE_MS);
    if (!heard.answers.some((answer) => answer.type === known.type)) return undefined;
    const answer = heard.answers.find((one) => one.name === name);
    const first: ProbeAnswer = answer === undefined ? { name } : { name, rcode: answer.rcode, ms: answer.ms };
    if (!steady || !isSound(first)) return { first };
    // Other types of the same name: in no cache of the server, and in the memory of the upstream.
    const types = ['AAAA', 'TXT', 'MX'] as const;
    const again = await ask([known, ...types.map((type) => ({ name, type }))], STEADY_MS);
    const times = again.answers.map(({ ms }) => ms);
    const steps = times.slice(1).map((ms, at) => ms - (times[at] ?? ms));
    return again.failed !== undefined || steps.length < types.length
      ? { first }
      : { first, steadyMs: Math.min(...steps) };
  } finally {
    opened.value.destroy();
  }
}
