import { whyUnseen } from '../../../shared/cli/no-namespace.ts';
import { clusterDnsOf, dnsServersRef } from '../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import { compareRecords, type RecordDifference } from '../../../shared/dns/compare-records.ts';
import type { DnsRecord } from '../../../shared/dns/records.ts';
import { type ServerAnswers, serverAnswersOf } from '../../../shared/dns/server-answers.ts';
import { zoneOf } from '../../../shared/dns/zone.ts';
import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { isHeadless } from '../../../shared/model/services.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { compareText, joinNames, plural, shorten } from '../../../shared/util/text.ts';
import { recordsMessages } from '../messages/records.ts';
import { ADDRESS_TARGET, aliasFinding, isAddressAlias } from './address-alias.ts';
import { fits } from './fits.ts';
import { justChanged } from './just-changed.ts';

export interface RecordsFrame {
  /** `Service shop/web`, `the cluster`. */
  readonly what: string;
  /** Undefined for all of them. */
  readonly namespace: string | undefined;
  /** The Service that is asked about; undefined for a pod and for all. */
  readonly service: string | undefined;
  readonly live: boolean;
  readonly source: string;
}

/** Promised records as a table, and the differences of each server that was asked. */
export function recordsReport(index: ClusterIndex, records: readonly DnsRecord[], frame: RecordsFrame): Report {
  const { domain } = clusterDomainOf(index);
  const servers = frame.live ? serverAnswersOf(index) : [];
  const asked = servers.filter(({ unasked }) => unasked !== true);
  const aliases = records.filter(isAddressAlias);
  const promised = withSiblings(index, records);
  const differences = asked
    .flatMap((server) => compareRecords(promised, server, domain))
    // What no server can serve is the fault of the Service.
    .filter(({ name, type }) => !aliases.some((alias) => alias.name === name && alias.type === type));
  const failed = asked.filter(({ failed: why }) => why !== undefined);
  const notChecked: NotChecked[] = servers.flatMap(({ pod, failed: why }) =>
    why === undefined ? [] : [{ check: `server ${pod}`, reason: shorten(why, 200) }],
  );
  if (frame.live && servers.length === 0) notChecked.push({ check: 'servers', reason: 'no DNS server could be asked' });
  const unseen = unseenPart(index, frame);
  if (unseen !== undefined) notChecked.push({ check: 'records', reason: unseen });
  const blind =
    (frame.live && asked.length === failed.length) ||
    (unseen !== undefined && !records.some(({ owner }) => owner.kind === 'Service'));
  const causes = [
    ...(differences.length === 0 ? [] : findings(index, differences, asked)),
    ...aliases.map((alias) => aliasFinding(alias, alias.name, ADDRESS_TARGET)),
  ];
  const verdict = causes.length > 0 ? 'broken' : blind ? 'unknown' : 'healthy';
  return {
    command: 'netdns records',
    target: undefined,
    takenAt: index.takenAt,
    source: frame.source,
    verdict,
    headline: headlineOf(records, frame, { asked, differences, aliases, verdict, notChecked }),
    causes,
    findings: [],
    notChecked,
    coverage: { ran: asked.length - failed.length, of: servers.length },
    ladder: [],
    layout: 'list',
    sections: sectionsOf(records, differences),
    data: {
      records,
      differences,
      servers: servers.map(({ pod, failed: why }) => ({ pod, ...(why === undefined ? {} : { failed: why }) })),
    },
  };
}

/** What of the records was not seen: a namespace, Services, or the endpoints of headless ones. */
function unseenPart(index: ClusterIndex, { namespace, service }: RecordsFrame): string | undefined {
  const nowhere = whyUnseen(index, 'Service', namespace);
  if (nowhere !== undefined) return nowhere;
  const slices = index.seen('EndpointSlice', namespace);
  if (slices.status === 'ok') return undefined;
  const services = index.list('Service', namespace).filter((one) => service === undefined || nameOf(one) === service);
  return services.some(isHeadless) ? slices.reason : undefined;
}

/** What came of the comparison. */
interface Outcome {
  readonly asked: readonly ServerAnswers[];
  readonly differences: readonly RecordDifference[];
  readonly aliases: readonly DnsRecord[];
  readonly verdict: Report['verdict'];
  readonly notChecked: readonly NotChecked[];
}

/** A question is for all records of a name: those of others, such as the other pods of a StatefulSet, are promised too. */
function withSiblings(index: ClusterIndex, records: readonly DnsRecord[]): readonly DnsRecord[] {
  const zone = zoneOf(index);
  const names = new Set(records.map(({ name }) => name));
  return [...records, ...[...names].flatMap((name) => zone.records(name))];
}

function headlineOf(
  records: readonly DnsRecord[],
  { what, live }: RecordsFrame,
  { asked, differences, aliases, verdict, notChecked }: Outcome,
): string {
  const promised = `${plural(records.length, 'record')} promised for ${what}`;
  const lost =
    aliases.length === 0
      ? ''
      : `; ${plural(aliases.length, 'alias', 'aliases')} of an address, which no server can serve`;
  if (verdict === 'unknown') return `could not tell: ${notChecked[0]?.reason ?? promised}`;
  if (!live) return `${promised}${lost}`;
  const servers = asked.map(({ pod }) => pod);
  if (records.length === 0) return `${promised}: no endpoint is ready, or none has an address`;
  if (differences.length === 0)
    return `${promised}, and ${plural(servers.length, 'server')} serve them: no difference${lost}`;
  const bad = [...new Set(differences.map(({ pod }) => pod))];
  const who = bad.length === servers.length && servers.length > 1 ? 'all servers' : joinNames(bad);
  return `${promised}; ${who} differ${bad.length === 1 ? 's' : ''} in ${plural(new Set(differences.map(({ name, type }) => `${name} ${type}`)).size, 'answer')}`;
}

function findings(
  index: ClusterIndex,
  differences: readonly RecordDifference[],
  asked: readonly ServerAnswers[],
): readonly Finding[] {
  const byPod = new Map<string, RecordDifference[]>();
  for (const difference of differences) byPod.set(difference.pod, [...(byPod.get(difference.pod) ?? []), difference]);
  const all = byPod.size === asked.length && asked.length > 1;
  const dns = clusterDnsOf(index);
  const groups = all ? [[...byPod.entries()][0] ?? ['', []]] : [...byPod.entries()];
  return groups.map(([pod, list]) =>
    recordsMessages.DNS150.raise({
      subject:
        all && dns !== undefined
          ? dnsServersRef(dns)
          : { kind: 'Pod', namespace: dns?.namespace ?? 'kube-system', name: pod as string },
      args: {
        pod: pod as string,
        count: (list as readonly RecordDifference[]).length,
        first: words((list as readonly RecordDifference[])[0]),
        all,
      },
      evidence: (list as readonly RecordDifference[])
        .slice(0, 8)
        .map((one): Evidence => ({ fact: words(one), source: `DNS over TCP to Pod ${one.pod}` }))
        .concat(freshness(index, list as readonly RecordDifference[])),
    }),
  );
}

/** Changes that are so new that servers may still keep the answer from before. */
function freshness(index: ClusterIndex, differences: readonly RecordDifference[]): readonly Evidence[] {
  const zone = zoneOf(index);
  const owners = differences.flatMap(({ name }) => zone.records(name).slice(0, 1));
  const changes = owners.flatMap(({ owner }) => justChanged(index, owner) ?? []);
  const [change] = changes;
  if (change === undefined) return [];
  const fact = `${change.what} ${change.seconds} s ago: servers may keep the answer from before for up to ${change.kept} s`;
  return [{ fact, source: 'plugin cache' }];
}

function words(difference: RecordDifference | undefined): string {
  if (difference === undefined) return '';
  const { name, type, rcode, missing, extra } = difference;
  const parts = [
    ...(missing.length === 0 ? [] : [`missing ${joinNames(missing)}`]),
    ...(extra.length === 0 ? [] : [`not promised ${joinNames(extra)}`]),
  ];
  return `${name} ${type}: ${parts.join(', ')}${rcode === 'NOERROR' ? '' : ` (${rcode})`}`;
}

function sectionsOf(records: readonly DnsRecord[], differences: readonly RecordDifference[]): readonly Section[] {
  const rows = [...records].sort(
    (a, b) => compareText(a.owner.namespace ?? '', b.owner.namespace ?? '') || compareText(a.owner.name, b.owner.name),
  );
  const cells = rows.map(({ name, type, data }) => [`${name}.`, type, data]);
  const head = ['NAME', 'TYPE', 'DATA'];
  // Reverse names of IPv6 alone have 73 letters: then each name stands on a line of its own, with its records below.
  const table: Section = fits([head, ...cells])
    ? { type: 'table', head, rows: cells }
    : {
        type: 'text',
        lines: cells.flatMap(([name = '', type = '', data = ''], at) => [
          ...(cells[at - 1]?.[0] === name ? [] : [name]),
          `    ${type.padEnd(5)}  ${data}`,
        ]),
      };
  if (differences.length === 0) return [table];
  return [
    {
      type: 'table',
      title: 'Differences',
      head: ['SERVER', 'NAME', 'TYPE', 'ANSWER', 'MISSING', 'NOT PROMISED'],
      rows: differences.map(({ pod, name, type, rcode, missing, extra }) => [
        pod,
        `${name}.`,
        type,
        rcode,
        joinNames(missing) || '-',
        joinNames(extra) || '-',
      ]),
    },
    table,
  ];
}
