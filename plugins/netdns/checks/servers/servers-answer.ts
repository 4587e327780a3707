import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { type ServerAnswers, serverAnswersOf } from '../../../../shared/dns/server-answers.ts';
import type { WireAnswer } from '../../../../shared/dns/wire.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { nameOf, type Ref } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** What each server said when it was asked for names that every cluster has. */
export const serversAnswer = defineCheck<DnsSubject>({
  id: 'netdns/servers-answer',
  group: 'answers',
  needs: [],
  uses: [...SERVER_KINDS],
  applies: (_subject, { index }) => serverAnswersOf(index).some(({ unasked }) => unasked !== true),
  run: ({ dns, namespace }, { index }) => {
    const ready = new Set((dns?.pods ?? []).filter(isReady).map(nameOf));
    // Servers that are not ready get no questions; why they are not is another check's.
    const asked = serverAnswersOf(index).filter(({ pod, unasked }) => unasked !== true && ready.has(pod));
    const subject: Ref = dns === undefined ? { kind: 'Namespace', name: namespace } : dnsServersRef(dns);
    const { domain } = clusterDomainOf(index);
    return [...silent(subject, asked), ...wrong(subject, asked, domain)];
  },
});

function silent(subject: Ref, asked: readonly ServerAnswers[]): readonly Finding[] {
  // One that answered something does answer; which names it could not is told elsewhere.
  const dumb = asked.filter(({ failed, answers }) => failed !== undefined && answers.length === 0);
  const all = asked.length > 1 && dumb.length === asked.length;
  return (all ? dumb.slice(0, 1) : dumb).map(({ pod, namespace, failed = '' }) =>
    serversMessages.DNS131.raise({
      subject: all ? subject : { kind: 'Pod', namespace, name: pod },
      severity: all || asked.length === 1 ? 'critical' : 'warning',
      confidence: /refused/.test(failed) ? 'proven' : 'likely',
      args: { pod, why: shorten(failed.replace(/^.*(dial tcp|connect)/s, '$1'), 120), all },
      evidence: dumb.slice(0, 4).map((one) => ({
        fact: shorten(one.failed ?? '', 200),
        source: `DNS over TCP to Pod ${one.namespace}/${one.pod}`,
      })),
      pods: dumb.map((one) => `${one.namespace}/${one.pod}`),
    }),
  );
}

function wrong(subject: Ref, asked: readonly ServerAnswers[], domain: string): readonly Finding[] {
  const bad = asked.flatMap(({ pod, namespace, answers }) => {
    const answer = wrongAnswer(answers, domain);
    return answer === undefined ? [] : [{ pod, namespace, answer }];
  });
  const all = bad.length === asked.length;
  return (all ? bad.slice(0, 1) : bad).map(({ pod, namespace, answer }) =>
    serversMessages.DNS130.raise({
      subject: all ? subject : { kind: 'Pod', namespace, name: pod },
      severity: all ? 'critical' : 'warning',
      impact: all ? 1 : bad.length / asked.length,
      args: { pod, name: answer.name, rcode: answer.rcode === 'NOERROR' ? 'nothing' : answer.rcode, all },
      evidence: bad.slice(0, 4).map((one) => ({
        fact: `${one.answer.name} ${one.answer.type}: ${one.answer.rcode}`,
        source: `DNS over TCP to Pod ${one.namespace}/${one.pod}`,
      })),
      pods: bad.map((one) => `${one.namespace}/${one.pod}`),
    }),
  );
}

/**
 * An answer that cannot be right. Clusters have addresses of one family or of both: nothing for one of them is no fault,
 * and nothing for a type that somebody asked for out of curiosity is none either.
 */
function wrongAnswer(answers: readonly WireAnswer[], domain: string): WireAnswer | undefined {
  const version = answers.filter(({ name }) => name === `dns-version.${domain}`);
  const service = answers.filter(({ name }) => name === `kubernetes.default.svc.${domain}`);
  const refused = [...version, ...service].find(({ rcode }) => rcode !== 'NOERROR');
  if (refused !== undefined) return refused;
  const empty = version.find(({ type, answers: records }) => type === 'TXT' && records.length === 0);
  if (empty !== undefined) return empty;
  const addresses = service.filter(({ type }) => type === 'A' || type === 'AAAA');
  const both = new Set(addresses.map(({ type }) => type)).size === 2;
  return both && addresses.every(({ answers: records }) => records.length === 0) ? addresses[0] : undefined;
}
