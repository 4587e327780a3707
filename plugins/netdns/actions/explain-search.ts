import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import { resolverOf } from '../../../shared/dns/resolver-of.ts';
import {
  type Expansion,
  expandSearch,
  type Foretold,
  LIBCS,
  type Libc,
  type SearchSettings,
  wireQueries,
} from '../../../shared/dns/search-expansion.ts';
import { DEFAULT_CLUSTER_DOMAIN } from '../../../shared/dns/service-names.ts';
import { type Zone, zoneOf } from '../../../shared/dns/zone.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { podKey } from '../../../shared/model/pods.ts';
import { plural, wrap } from '../../../shared/util/text.ts';
import { callerPod, libcOf, parseCaller } from '../caller.ts';
import { readCaller } from '../collect/read-caller.ts';
import { betterSpelling } from '../diagnose/better-spelling.ts';
import { checkedName } from './dns-name.ts';

/** `explain-search`: the queries of each library, in order, with their answers foretold. */
export async function runExplainSearch(request: Request): Promise<CommandResult> {
  const { args, options } = request;
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) {
    throw new UsageError('explain-search takes one name', 'kubectl netdns explain-search web.shop --from pod/NAME');
  }
  checkedName(name);
  const given = await settingsOf(request);
  const settings: SearchSettings = {
    searches: searchesIn(options.list('search')) ?? given.settings.searches,
    ndots: options.number('ndots') ?? given.settings.ndots,
  };
  const only = options.string('image-libc') as Libc | undefined;
  const foretell = (query: string): Foretold => given.zone?.foretell(query, ['A', 'AAAA']) ?? 'unknown';
  const expansions = LIBCS.filter((libc) => only === undefined || libc === only).map((libc) =>
    expandSearch(name, libc, settings, foretell),
  );
  const domain = given.zone?.domain ?? DEFAULT_CLUSTER_DOMAIN;
  const better = betterSpelling(name, only ?? given.libc, settings, domain, foretell);
  const value = {
    name,
    from: given.from,
    ...settings,
    libcs: expansions.map((expansion) => ({ ...expansion, wireQueries: wireQueries(expansion) })),
    better,
  };
  return { type: 'value', value, text: textOf(name, given.from, settings, expansions, better) };
}

interface Given {
  readonly from: string | undefined;
  readonly libc: Libc;
  readonly settings: SearchSettings;
  readonly zone: Zone | undefined;
}

async function settingsOf({ options, facts }: Request): Promise<Given> {
  const from = options.string('from');
  // With a search list of its own a question needs no cluster; a recording that is given is asked all the same.
  if (from === undefined && options.list('search').length > 0 && facts.kind === 'cluster') {
    return { from: undefined, libc: 'glibc', settings: { searches: [], ndots: 5 }, zone: undefined };
  }
  const namespace = await facts.namespace();
  const wanted = from === undefined ? undefined : parseCaller(from, namespace);
  const snapshot = await facts.snapshot(async (gatherer) => {
    await Promise.all([
      readCaller(gatherer, wanted?.namespace ?? namespace),
      gatherer.list('Service'),
      gatherer.list('Namespace'),
      gatherer.list('EndpointSlice'),
    ]);
  });
  const index = createIndex(snapshot);
  const zone = zoneOf(index);
  if (wanted === undefined) return { from: undefined, libc: 'glibc', settings: usual(index, namespace), zone };
  const pod = callerPod(index, wanted);
  return { from: podKey(pod), libc: libcOf(pod), settings: resolverOf(index, pod), zone };
}

/** The list that a pod without settings of its own gets. */
function usual(index: ClusterIndex, namespace: string): SearchSettings {
  const { domain } = clusterDomainOf(index);
  return { searches: [`${namespace}.svc.${domain}`, `svc.${domain}`, domain], ndots: 5 };
}

function searchesIn(words: readonly string[]): readonly string[] | undefined {
  const list = words.flatMap((word) => word.split(/[\s,]+/)).filter((word) => word !== '');
  return list.length === 0 ? undefined : list;
}

/** What is foretold, in a word. */
export const ANSWER_WORDS: Readonly<Record<Foretold, string>> = {
  found: 'address',
  nodata: 'no data',
  nxdomain: 'NXDOMAIN',
  servfail: 'SERVFAIL',
  timeout: 'no answer',
  unknown: '?',
};

function textOf(
  name: string,
  from: string | undefined,
  { searches, ndots }: SearchSettings,
  expansions: readonly Expansion[],
  better: readonly string[],
): string {
  const lines = [
    ...wrap(
      `${name}${from === undefined ? '' : ` asked by Pod ${from}`}: ndots ${ndots}, search ${searches.join(' ') || '(none)'}`,
      80,
    ),
    '',
  ];
  for (const expansion of expansions) {
    const { libc, queries, outcome, notes } = expansion;
    lines.push(
      `${libc.padEnd(6)} ${plural(wireQueries(expansion), 'query', 'queries')} on the wire, ends with ${ANSWER_WORDS[outcome]}`,
    );
    for (const [at, query] of queries.entries()) {
      lines.push(`  ${String(at + 1).padStart(2)}  ${query.name}.  ${ANSWER_WORDS[query.answer]}`);
    }
    const rest = expansion.candidates.slice(queries.length);
    if (rest.length > 0 && outcome !== 'found')
      lines.push(`      then, while nothing is found: ${rest.map((entry) => `${entry}.`).join(' ')}`);
    for (const note of notes) lines.push(...wrap(note, 76).map((line) => `      ${line}`));
    lines.push('');
  }
  for (const [at, hint] of better.entries()) {
    const [first = '', ...more] = wrap(`${at === 0 ? 'Better: ' : ''}${hint}`, 80, '  ');
    lines.push(at === 0 ? first.trimStart() : first, ...more);
  }
  return lines.join('\n').trimEnd();
}
