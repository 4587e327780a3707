import type { DnsRecord } from '../../../shared/dns/records.ts';
import type { Zone } from '../../../shared/dns/zone.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import { ADDRESS_TARGET, aliasFinding, isAddressAlias } from './address-alias.ts';
import type { NameQuestion } from './name-question.ts';

/** An alias (ExternalName) that the search came to and that has no address at its end. */
export function aliasFindings(question: NameQuestion): readonly Finding[] {
  const { zone, expansion, name, types } = question;
  if (types.includes('CNAME')) return [];
  const last = expansion.queries.at(-1);
  for (const query of expansion.queries) {
    // What another search domain answered in the end is found, whatever an alias before it led to.
    if (expansion.outcome === 'found' && query !== last) continue;
    const record = aliasOf(zone, query.name);
    const why = record === undefined ? undefined : whyNowhere(question, query.name, record);
    if (record !== undefined && why !== undefined) return [aliasFinding(record, name, why)];
  }
  return [];
}

function aliasOf(zone: Zone, name: string): DnsRecord | undefined {
  return zone.records(name).find(({ type }) => type === 'CNAME');
}

function whyNowhere(question: NameQuestion, name: string, record: DnsRecord): string | undefined {
  const { zone, types, servers, index } = question;
  if (isAddressAlias(record)) return ADDRESS_TARGET;
  const end = endOf(zone, name);
  if (end === undefined) return 'which leads back to it';
  if (zone.foretell(end, types) === 'nxdomain' && end.includes('.')) {
    return `${end === record.data ? 'which' : `in the end ${end}, which`} does not exist in this cluster`;
  }
  const answers = servers.flatMap((server) => server.answers.filter((answer) => answer.name === name));
  const addressed = answers.some(({ type, answers: records }) => records.some((one) => one.type === type));
  if (addressed) return undefined;
  // An alias is no question of a pod: nothing is put behind it.
  const full = [`${end}.svc.${zone.domain}`, `${end}.${zone.domain}`].find(
    (one) => zone.foretell(one, types) === 'found',
  );
  if (full !== undefined) return `a short name, for which an alias has no search list: write ${full}`;
  if (!end.includes('.') && index.seen('Service').status === 'ok') {
    return 'a short name, for which an alias has no search list';
  }
  if (answers.length === 0) return undefined;
  const failing = answers.find(({ rcode }) => rcode !== 'NOERROR');
  if (failing === undefined) return 'for which the servers find no address';
  return answers.every(({ rcode }) => rcode !== 'NOERROR')
    ? `for which the servers answer ${failing.rcode}`
    : undefined;
}

/** The name behind a chain of aliases inside of the cluster; undefined when it goes round. */
function endOf(zone: Zone, name: string): string | undefined {
  const seen = new Set([name]);
  for (let at = name; ; ) {
    const next = aliasOf(zone, at)?.data;
    if (next === undefined) return at;
    if (seen.has(next)) return undefined;
    seen.add(next);
    at = next;
  }
}
