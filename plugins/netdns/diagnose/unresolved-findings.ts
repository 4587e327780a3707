import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { namesMessages } from '../messages/names.ts';
import { muslGivesUp, muslOnly } from './musl-findings.ts';
import type { NameQuestion } from './name-question.ts';
import { readName } from './name-reading.ts';
import { searchEvidence, subjectOf, who } from './question-words.ts';
import { readingFinding } from './reading-finding.ts';

/** A name that nobody resolves: what is wrong with it, or with whom it leads to. */
export function unresolved(question: NameQuestion): readonly Finding[] {
  const { expansion, index, name, namespace, zone, types } = question;
  const { outcome } = expansion;
  if (outcome === 'found') return [];
  const subject = subjectOf(question);
  const evidence = searchEvidence(question);
  const last = expansion.queries.at(-1);
  const there = expansion.queries.find((query) => zone.records(query.name).length > 0);
  if ((outcome === 'nodata' || outcome === 'unknown') && there !== undefined) {
    const found = [...new Set(zone.records(there.name).map(({ type, data }) => `${type} ${data}`))];
    return [
      namesMessages.DNS607.raise({
        subject,
        ...(outcome === 'unknown' ? { confidence: 'likely' as const } : {}),
        args: { name: there.name, type: types.join(' or '), found: joinNames(found) },
        evidence,
      }),
    ];
  }
  if (outcome === 'unknown') {
    // musl asks such a name as it is and nowhere else, whatever the world outside knows of it.
    const musl = muslOnly(question, evidence);
    return musl.length > 0 ? musl.map((finding) => ({ ...finding, confidence: 'likely' })) : likelyMistake(question);
  }
  const unsearched = [...dotAtEnd(question, evidence), ...withoutSearch(question, evidence)];
  if (unsearched.length > 0) return unsearched;
  const half = muslGivesUp(question, evidence);
  if (half.length > 0) return half;
  const musl = muslOnly(question, evidence);
  if (musl.length > 0) return musl;
  const reading = readName(index, name, namespace, zone.domain);
  const dots = name.split('.').length - 1;
  const stranger = reading.is === 'nothing' || (reading.is === 'namespace' && !/\.svc(\.|$)/.test(name));
  const outside = stranger && dots > 0 && last !== undefined && !last.name.endsWith(`.${zone.domain}`);
  if (outcome === 'timeout' && !outside) return [];
  const rcodes = question.servers.flatMap(({ answers }) =>
    answers.filter((answer) => answer.name === last?.name).map(({ rcode }) => rcode),
  );
  if (outside && outcome === 'nodata' && rcodes.every((rcode) => rcode === 'NOERROR')) {
    const args = { name: last.name, type: types.join(' or '), found: '' };
    return [namesMessages.DNS607.raise({ subject, args, evidence })];
  }
  if (
    outside &&
    (outcome === 'servfail' || outcome === 'timeout' || question.servers.some(({ answers }) => answers.length > 0))
  ) {
    const silence = outcome === 'timeout' ? 'nothing within 6 s' : 'NXDOMAIN';
    const rcode = rcodes.find((word) => word !== 'NOERROR') ?? (outcome === 'servfail' ? 'SERVFAIL' : silence);
    return [namesMessages.DNS611.raise({ subject, args: { name, rcode, servers: 'the DNS servers' }, evidence })];
  }
  return [readingFinding(question, reading, subject, evidence)];
}

/**
 * Only the name as it is, or one of a namespace out of sight, could not be foretold: others may know it. When it reads
 * like a Service that is called a little otherwise, that is the likelier reading.
 */
function likelyMistake(question: NameQuestion): readonly Finding[] {
  const { expansion, index, name, namespace, zone } = question;
  const open = expansion.queries.filter(({ answer }) => answer === 'unknown');
  if (open.some(({ suffix, name: full }) => suffix !== undefined && !isOfNowhere(question, full))) return [];
  const reading = readName(index, name, namespace, zone.domain);
  if (reading.is === 'nothing' || reading.is === 'namespace') return [];
  const finding = readingFinding(question, reading, subjectOf(question), searchEvidence(question));
  return [{ ...finding, confidence: 'likely' }];
}

/** In a recording of some namespaces: the name is of one that left no trace in it, as `db` of `db-0.db` does. */
function isOfNowhere({ index, zone }: NameQuestion, full: string): boolean {
  const tail = `.svc.${zone.domain}`;
  const namespace = full.endsWith(tail) ? full.slice(0, -tail.length).split('.').at(-1) : undefined;
  return (
    namespace !== undefined && (['Service', 'Pod'] as const).every((kind) => index.list(kind, namespace).length === 0)
  );
}

/** A short name with the dot that makes it a full one. */
function dotAtEnd(question: NameQuestion, evidence: readonly Evidence[]): readonly Finding[] {
  const { name, resolver, zone, types } = question;
  const bare = name.slice(0, -1);
  const found = resolver.searches.some((suffix) => zone.foretell(`${bare}.${suffix}`.toLowerCase(), types) === 'found');
  if (!name.endsWith('.') || !found) return [];
  return [
    namesMessages.DNS601.raise({
      subject: subjectOf(question),
      args: { name, who: who(question), why: 'the dot at its end keeps search domains away', better: bare },
      evidence,
    }),
  ];
}

/** A short name where dnsPolicy None leaves out the search domains of the cluster. */
function withoutSearch(question: NameQuestion, evidence: readonly Evidence[]): readonly Finding[] {
  const { name, namespace, resolver, zone, types } = question;
  if (resolver.asks !== 'own' || name.endsWith('.')) return [];
  const found = [`${namespace}.svc.${zone.domain}`, `svc.${zone.domain}`, zone.domain].find(
    (suffix) =>
      !resolver.searches.includes(suffix) && zone.foretell(`${name}.${suffix}`.toLowerCase(), types) === 'found',
  );
  if (found === undefined) return [];
  const why = `with dnsPolicy None its dnsConfig.searches lacks ${found}`;
  return [
    namesMessages.DNS601.raise({
      subject: subjectOf(question),
      args: { name, who: who(question), why, better: `${name}.${found}` },
      evidence,
    }),
  ];
}
