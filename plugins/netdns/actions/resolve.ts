import type { CommandResult, Plugin, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { kindAmong } from '../../../shared/cli/kind-words.ts';
import { nearCommand } from '../../../shared/cli/near-command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { clusterDnsOf } from '../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import type { RecordType } from '../../../shared/dns/records.ts';
import { resolverOf } from '../../../shared/dns/resolver-of.ts';
import { reverseName } from '../../../shared/dns/reverse-name.ts';
import { expandSearch } from '../../../shared/dns/search-expansion.ts';
import { standingAlone } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { shellQuote } from '../../../shared/util/text.ts';
import { type CallerName, callerPod, libcOf, parseCaller } from '../caller.ts';
import { resolveReport } from '../diagnose/resolve-report.ts';
import { checkedName } from './dns-name.ts';

const TYPES: readonly RecordType[] = ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'TXT'];

/** `resolve`: one name for one caller. */
export async function runResolve(request: Request): Promise<CommandResult> {
  const { options, facts } = request;
  const { name, types } = wantedName(request);
  const namespace = await facts.namespace();
  const from = options.string('from');
  const caller = from === undefined ? undefined : parseCaller(from, namespace);
  const where = caller?.namespace ?? namespace;
  const snapshot = await facts.snapshot((gatherer) =>
    readFacts(gatherer, { name, types, caller, namespace: where, ask: !options.boolean('no-ask') }),
  );
  const index = createIndex(snapshot);
  const pod = caller === undefined ? undefined : callerPod(index, caller);
  const report = orCommand(
    resolveReport(index, { name, types, pod, namespace: where, source: sourceName(snapshot) }),
    name,
    request.plugin,
  );
  return {
    type: 'report',
    report: withProblems(suppressReport(report, parseSuppress(options.list('suppress'))), snapshot),
  };
}

/** `chekc` resolves to nothing, and may have been meant as the command `check`. */
function orCommand(report: Report, name: string, plugin: Plugin): Report {
  const near = nearCommand(plugin, name);
  if (near === undefined) return report;
  const title = `or run the command ${near}, if ${name} was meant as one`;
  const fix: Fix = { title, command: `kubectl ${plugin.name} ${near}`, risk: 'none' };
  return {
    ...report,
    causes: report.causes.map((cause) =>
      cause.code === 'DNS601' ? { ...cause, fixes: standingAlone([...cause.fixes, fix]) } : cause,
    ),
  };
}

interface Wanted {
  readonly name: string;
  readonly types: readonly RecordType[];
}

function wantedName({ args, options, plugin }: Request): Wanted {
  const [word, ...more] = args;
  if (word === undefined || more.length > 0) {
    throw new UsageError(
      word === undefined ? 'resolve needs a name' : `one name at a time, not ${args.length}`,
      lineMeant(args, plugin),
    );
  }
  const type = options.string('type')?.toUpperCase();
  if (type !== undefined && !TYPES.includes(type as RecordType)) {
    throw new UsageError(`there is no type ${type} here`, `It takes ${TYPES.join(', ')}.`);
  }
  const reverse = reverseName(word);
  if (reverse !== undefined) {
    if (type !== undefined && type !== 'PTR') {
      throw new UsageError(`an address has a PTR, no ${type}`, `Its name: kubectl netdns ${word}`);
    }
    return { name: `${reverse}.`, types: ['PTR'] };
  }
  checkedName(word);
  const srv = /^_[^.]+\._(tcp|udp|sctp)\./i.test(word);
  return { name: word, types: type === undefined ? (srv ? ['SRV'] : ['A', 'AAAA']) : [type as RecordType] };
}

/** Programs that ask for names, as they are typed by habit. */
const LOOKUPS: readonly string[] = ['dig', 'nslookup', 'host', 'lookup', 'getent'];

/** The line that several words may mean: `web from pod/x`, `dig web`, `web records`. */
function lineMeant(args: readonly string[], plugin: Plugin): string {
  const line = (...words: readonly string[]): string => `kubectl netdns ${words.map(shellQuote).join(' ')}`;
  const at = args.indexOf('from');
  const [first = '', ...rest] = args;
  if (at >= 0 && at < 2 && args.length === 3) {
    const [name = '', from = ''] = at === 1 ? [first, args[2]] : [args[2], args[1]];
    return line(name, '--from', from);
  }
  if (LOOKUPS.includes(first)) return line(...rest);
  const last = args.at(-1) ?? '';
  if (plugin.commands.some(({ name }) => name === last)) return line(last, ...args.slice(0, -1));
  const near = nearCommand(plugin, first);
  if (near !== undefined) return line(near, ...rest);
  const isService = kindAmong(['Service'], first) !== undefined && args.length === 2;
  return isService ? line(last) : 'kubectl netdns web.shop';
}

interface Facts extends Wanted {
  readonly caller: CallerName | undefined;
  readonly namespace: string;
  readonly ask: boolean;
}

async function readFacts(gatherer: Gatherer, { name, types, caller, namespace, ask }: Facts): Promise<void> {
  const { checkPlan } = await import('../collect/check-plan.ts');
  await Promise.all([
    gatherer.list('Service'),
    checkPlan({ callers: namespace, ask: false })(gatherer),
    ...(caller?.kind === 'StatefulSet' || caller?.kind === 'Deployment'
      ? [gatherer.list('ReplicaSet', { namespace })]
      : []),
  ]);
  const index = createIndex(gatherer.finish());
  const names = candidates(index, name, caller, namespace);
  await Promise.all(namespacesIn(index, names).map((where) => gatherer.list('EndpointSlice', { namespace: where })));
  const dns = clusterDnsOf(index);
  if (!ask || dns === undefined) return;
  const { askServers } = await import('../collect/ask-servers.ts');
  await askServers(
    gatherer,
    dns,
    names.flatMap((entry) => types.map((type) => ({ name: entry, type }))),
  );
}

/** Every name that the search could come to. */
function candidates(
  index: ClusterIndex,
  name: string,
  caller: CallerName | undefined,
  namespace: string,
): readonly string[] {
  const pod = caller === undefined ? undefined : callerPod(index, caller);
  const resolver = resolverOf(index, pod ?? { metadata: { namespace }, spec: {} });
  return expandSearch(name, libcOf(pod), resolver, () => 'nxdomain').candidates;
}

/** Namespaces that the names lead to: only their endpoints matter. */
function namespacesIn(index: ClusterIndex, names: readonly string[]): readonly string[] {
  const { domain } = clusterDomainOf(index);
  const known = new Set(index.list('Namespace').map(nameOf));
  const found = names.flatMap((name) => {
    const [namespace, kind] = name
      .slice(0, -domain.length - 1)
      .split('.')
      .slice(-2);
    return name.endsWith(`.${domain}`) &&
      kind === 'svc' &&
      namespace !== undefined &&
      (known.size === 0 || known.has(namespace))
      ? [namespace]
      : [];
  });
  return [...new Set(found)];
}
