import { clusterDnsOf } from '../../../shared/dns/cluster-dns.ts';
import type { ServerAnswers } from '../../../shared/dns/server-answers.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { joinAnd, joinNames } from '../../../shared/util/text.ts';
import { namesMessages } from '../messages/names.ts';
import { justChanged } from './just-changed.ts';
import type { NameQuestion } from './name-question.ts';
import { readName } from './name-reading.ts';
import { searchEvidence, subjectOf } from './question-words.ts';

/** Names that exist by the objects and are answered otherwise. */
export function answersOtherwise(question: NameQuestion): readonly Finding[] {
  const { servers, zone, types, expansion } = question;
  const asked = servers.filter((server) => isReached(question, server));
  for (const { name } of expansion.queries) {
    const promised = zone.records(name).filter(({ type }) => types.includes(type));
    if (promised.length === 0) continue;
    const bad = asked.flatMap(({ pod, answers }) => {
      const own = answers.filter((answer) => answer.name === name && promised.some(({ type }) => type === answer.type));
      const served = new Set(own.flatMap((answer) => answer.answers.map(({ data }) => data.toLowerCase())));
      const lost = promised.filter(({ data }) => !served.has(data.toLowerCase()));
      const rcode = own.find((answer) => answer.rcode !== 'NOERROR')?.rcode;
      if (own.length === 0 || lost.length === 0) return [];
      return [{ pod, rcode: rcode ?? (served.size === 0 ? 'nothing' : joinNames([...served])) }];
    });
    if (bad.length === 0) continue;
    const all = bad.length === asked.length;
    const subject = promised[0]?.owner ?? subjectOf(question);
    const rcode = bad[0]?.rcode ?? '';
    const evidence = [
      {
        fact: `promised: ${joinNames(promised.map(({ type, data }) => `${type} ${data}`))}`,
        source: `${promised[0]?.owner.kind ?? ''} ${promised[0]?.owner.name ?? ''}`,
      },
      ...bad.slice(0, 4).map((one) => ({ fact: `answers ${one.rcode}`, source: `DNS over TCP to Pod ${one.pod}` })),
    ];
    // A server that does not know what every cluster has keeps nothing: it knows no Service.
    const blind = asked.some(({ answers }) =>
      answers.some((answer) => answer.name === `dns-version.${zone.domain}` && answer.rcode !== 'NOERROR'),
    );
    const change = blind ? undefined : justChanged(question.index, subject);
    if (change !== undefined) {
      const { what, seconds, kept } = change;
      return [namesMessages.DNS615.raise({ subject, evidence, args: { name, rcode, what, seconds, kept } })];
    }
    return [
      namesMessages.DNS610.raise({
        subject,
        severity: all ? 'critical' : 'warning',
        impact: bad.length / asked.length,
        args: { name, rcode, servers: joinAnd(bad.map(({ pod }) => pod)), all },
        evidence,
      }),
    ];
  }
  return [];
}

/** A server that pods get their answers from: one that is not ready stands behind no Service, and some are not asked at all. */
function isReached({ index }: NameQuestion, { pod, unasked }: ServerAnswers): boolean {
  const known = clusterDnsOf(index)?.pods.find((one) => nameOf(one) === pod);
  return unasked !== true && (known === undefined || isReady(known));
}

/** A name that some servers resolve and others do not: every now and then a lookup fails. */
export function oneSided(question: NameQuestion): readonly Finding[] {
  const { servers, expansion, types } = question;
  const last = expansion.queries.at(-1);
  if (expansion.outcome !== 'found' || last === undefined) return [];
  const asked = servers.filter((server) => isReached(question, server));
  const failing = asked.flatMap(({ pod, answers, unanswered = [], failed = '' }) => {
    const isAsked = (one: { readonly name: string; readonly type: string }) =>
      one.name === last.name && types.some((type) => type === one.type);
    const own = answers.filter(isAsked);
    if (own.some(({ answers: records }) => records.length > 0)) return [];
    const rcode = own.find((answer) => answer.rcode !== 'NOERROR')?.rcode;
    if (rcode !== undefined) return [{ pod, what: `answers ${rcode}` }];
    return unanswered.some(isAsked) ? [{ pod, what: failed === '' ? 'no answer' : failed }] : [];
  });
  const [first] = failing;
  if (first === undefined || failing.length === asked.length) return [];
  const pods = failing.map(({ pod }) => pod);
  return [
    namesMessages.DNS616.raise({
      subject: subjectOf(question),
      impact: failing.length / asked.length,
      args: { name: last.name, what: first.what, servers: joinAnd(pods), all: asked.length, count: pods.length },
      evidence: failing.slice(0, 4).map(({ pod, what }) => ({ fact: what, source: `DNS over TCP to Pod ${pod}` })),
    }),
  ];
}

/** An outside search domain that answers where a Service of the cluster, or nothing, was meant. */
export function wildcard(question: NameQuestion): readonly Finding[] {
  const { expansion, zone, name, servers } = question;
  const last = expansion.queries.at(-1);
  if (last?.answer !== 'found' || last.suffix === undefined) return [];
  if (last.suffix === zone.domain || last.suffix.endsWith(`.${zone.domain}`) || last.suffix === '.') return [];
  const reading = readName(question.index, name, question.namespace, zone.domain);
  const meant =
    reading.is === 'elsewhere' || reading.is === 'service' ? reading.better : name.includes('.') ? `${name}.` : '';
  if (meant === '') return [];
  const address =
    servers
      .flatMap(({ answers }) => answers)
      .find((answer) => answer.name === last.name)
      ?.answers.at(-1)?.data ?? '?';
  return [
    namesMessages.DNS612.raise({
      subject: subjectOf(question),
      args: { name, suffix: last.suffix, address, meant },
      evidence: searchEvidence(question),
    }),
  ];
}
