import { clusterPolicyFor, dnsPolicyFix } from '../../../shared/diagnose/dns-policy-fix.ts';
import { namesOf } from '../../../shared/dns/service-names.ts';
import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { ownerOrPod } from '../../../shared/model/owners.ts';
import { podKey } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf, type Ref, refOf } from '../../../shared/model/refs.ts';
import { joinAnd, joinNames } from '../../../shared/util/text.ts';
import { namesMessages } from '../messages/names.ts';
import { aliasFindings } from './alias-findings.ts';
import { justChanged } from './just-changed.ts';
import { muslGivesUp, muslOnly } from './musl-findings.ts';
import type { NameQuestion } from './name-question.ts';
import { readName } from './name-reading.ts';

/** What is wrong with a name for its caller: the name, the caller's resolver, or the servers' answers. */
export function nameFindings(question: NameQuestion): readonly Finding[] {
  const otherwise = answersOtherwise(question);
  const aliases = aliasFindings(question);
  return [
    ...elsewhere(question),
    ...otherwise,
    ...(otherwise.length > 0 ? [] : oneSided(question)),
    ...wildcard(question),
    ...(aliases.length > 0 ? aliases : otherwise.length > 0 ? [] : unresolved(question)),
  ];
}

function subjectOf({ pod, name }: NameQuestion): Ref {
  return pod === undefined ? { kind: 'Name', name } : refOf(pod, 'Pod');
}

function who({ pod }: NameQuestion): string {
  return pod === undefined ? '' : ` for pod ${podKey(pod)}`;
}

/** Every name that is asked, with its answer, as evidence. */
function searchEvidence({ expansion }: NameQuestion): readonly Evidence[] {
  return expansion.queries.map(({ name, answer, suffix }) => ({
    fact: `${name}. → ${answer === 'nxdomain' ? 'NXDOMAIN' : answer}`,
    source: suffix === undefined ? `${expansion.libc}, as it is` : `${expansion.libc}, search domain ${suffix}`,
  }));
}

function elsewhere(question: NameQuestion): readonly Finding[] {
  const { pod, resolver, index, zone, name } = question;
  if (pod === undefined || resolver.asks === 'cluster') return [];
  const inside = [`${question.namespace}.svc.`, 'svc.', '']
    .map((suffix) => `${name.toLowerCase().replace(/\.$/, '')}.${suffix}${zone.domain}`)
    .concat(name.toLowerCase().replace(/\.$/, ''))
    .some((full) => zone.foretell(full, question.types) === 'found');
  const reading = readName(index, name, question.namespace, zone.domain);
  if (!inside && reading.is === 'nothing' && !/\.svc(\.|$)/.test(name)) return [];
  const { hostNetwork = false, dnsPolicy = 'ClusterFirst' } = pod.spec ?? {};
  const why =
    resolver.asks === 'own'
      ? `dnsPolicy None asks ${joinNames(resolver.nameservers) || 'nobody'}`
      : resolver.why === ''
        ? `dnsPolicy ${dnsPolicy} asks the servers of its node`
        : `${resolver.why}, which asks the servers of its node`;
  if (resolver.asks === 'own' && resolver.nameservers.some((server) => clusterServer(index, server))) return [];
  return [
    namesMessages.DNS609.raise({
      subject: subjectOf(question),
      args: { who: `pod ${podKey(pod)}`, why },
      evidence: [{ fact: `dnsPolicy ${dnsPolicy}, hostNetwork ${hostNetwork}`, source: `Pod ${podKey(pod)} spec` }],
      fixes: dnsPolicyFix(ownerOrPod(index, pod), pod.spec, clusterPolicyFor(pod.spec)),
    }),
  ];
}

function clusterServer(index: ClusterIndex, server: string): boolean {
  return index.list('Service').some(({ spec }) => (spec?.clusterIPs ?? [spec?.clusterIP]).includes(server));
}

/** Names that exist by the objects and are answered otherwise. */
function answersOtherwise(question: NameQuestion): readonly Finding[] {
  const { servers, zone, types, expansion } = question;
  const asked = servers.filter(({ unasked }) => unasked !== true);
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

/** A name that some servers resolve and others do not: every now and then a lookup fails. */
function oneSided(question: NameQuestion): readonly Finding[] {
  const { servers, expansion, types } = question;
  const last = expansion.queries.at(-1);
  if (expansion.outcome !== 'found' || last === undefined) return [];
  const asked = servers.filter(({ unasked }) => unasked !== true);
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
function wildcard(question: NameQuestion): readonly Finding[] {
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

function unresolved(question: NameQuestion): readonly Finding[] {
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
  if (outcome === 'unknown') return likelyMistake(question);
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
 * Only the name as it is could not be foretold: the world outside may know it. When it reads like a Service that is
 * called a little otherwise, that is the likelier reading.
 */
function likelyMistake(question: NameQuestion): readonly Finding[] {
  const { expansion, index, name, namespace, zone } = question;
  const open = expansion.queries.filter(({ answer }) => answer === 'unknown');
  if (open.some(({ suffix }) => suffix !== undefined)) return [];
  const reading = readName(index, name, namespace, zone.domain);
  if (reading.is === 'nothing' || reading.is === 'namespace') return [];
  const finding = readingFinding(question, reading, subjectOf(question), searchEvidence(question));
  return [{ ...finding, confidence: 'likely' }];
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

function readingFinding(
  question: NameQuestion,
  reading: ReturnType<typeof readName>,
  subject: Ref,
  evidence: readonly Evidence[],
): Finding {
  const { name, zone } = question;
  const key = (service: Parameters<typeof nameOf>[0]): string => `${namespaceOf(service)}/${nameOf(service)}`;
  switch (reading.is) {
    case 'elsewhere':
      return namesMessages.DNS602.raise({
        subject,
        args: { name, who: who(question), namespaces: joinNames(reading.namespaces), better: reading.better },
        evidence: [
          {
            fact: `names: ${namesOf(reading.service, reading.namespaces[0] ?? '', zone.domain)
              .slice(1)
              .join(', ')}`,
            source: `Service ${reading.namespaces[0] ?? ''}/${reading.service}`,
          },
          ...evidence,
        ],
      });
    case 'domain':
      return namesMessages.DNS603.raise({
        subject,
        args: { name, domain: reading.domain, right: zone.domain, better: reading.better },
        evidence,
      });
    case 'form':
      return namesMessages.DNS601.raise({
        subject,
        args: { name, who: who(question), why: reading.why, better: reading.better },
        evidence,
      });
    case 'headless':
      return namesMessages.DNS604.raise({
        subject: refOf(reading.service, 'Service'),
        args: { name, service: key(reading.service), ready: reading.ready, all: reading.all },
        evidence: [
          {
            fact: `clusterIP: None, ${reading.ready} of ${reading.all} endpoints ready`,
            source: `Service ${key(reading.service)}`,
          },
          ...evidence,
        ],
      });
    case 'srv':
      return namesMessages.DNS605.raise({
        subject: refOf(reading.service, 'Service'),
        args: { name, service: key(reading.service), why: reading.why },
        evidence,
      });
    case 'pod':
      return namesMessages.DNS606.raise({
        subject: refOf(reading.service, 'Service'),
        args: { name, pod: reading.host, service: key(reading.service), why: reading.why },
        evidence,
      });
    case 'namespace':
      return namesMessages.DNS601.raise({
        subject,
        args: { name, who: who(question), why: `there is no namespace ${reading.namespace}`, better: reading.better },
        evidence,
      });
    case 'service':
      return namesMessages.DNS601.raise({
        subject,
        args: {
          name,
          who: who(question),
          why: `namespace ${reading.namespace} has no Service ${reading.service}`,
          better: reading.better,
        },
        evidence,
      });
    default:
      return namesMessages.DNS601.raise({
        subject,
        args: { name, who: who(question), why: 'no Service and no name outside is called so', better: '' },
        evidence,
      });
  }
}
