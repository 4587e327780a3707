import { rankFindings } from '../../../shared/diagnose/rank.ts';
import { verdictOf } from '../../../shared/diagnose/report-from-runs.ts';
import { lineDiff } from '../../../shared/dns/corefile/edit/line-diff.ts';
import { recommendedForm } from '../../../shared/dns/corefile/edit/recommend.ts';
import type { Judgement } from '../../../shared/dns/corefile/judge.ts';
import { lintCorefile } from '../../../shared/dns/corefile/lint/lint.ts';
import type { LintFacts } from '../../../shared/dns/corefile/lint/problem.ts';
import { ASSUMED_VERSION, type CorefileSource, judgeSource } from '../../../shared/dns/corefile/sources.ts';
import { printCorefile } from '../../../shared/dns/corefile/syntax/print.ts';
import { parseTree } from '../../../shared/dns/corefile/syntax/tree.ts';
import { NEWEST_VERSION } from '../../../shared/dns/corefile/versions.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { plural } from '../../../shared/util/text.ts';
import {
  type CorefilePlace,
  importFindings,
  invalidFindings,
  lineName,
  lintFindings,
  upgradeFindings,
} from './corefile-findings.ts';

/** A Corefile with its surroundings and how to get at it. */
export interface NamedCorefile {
  readonly source: CorefileSource;
  readonly facts: LintFacts;
  readonly place: CorefilePlace;
}

export interface CorefileReportOptions {
  /** The version asked for; undefined for the one that runs. */
  readonly wanted: string | undefined;
  readonly takenAt: string;
  readonly source: string;
  readonly unseen: readonly NotChecked[];
}

interface Judged {
  readonly named: NamedCorefile;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
}

/** The answer of `netdns corefile`: every Corefile judged and linted, printed in normal form and compared. */
export function corefileReport(all: readonly NamedCorefile[], options: CorefileReportOptions): Report {
  const judged = all.map((named) => judge(named, options.wanted));
  const ranked = rankFindings(judged.flatMap(({ findings }) => findings));
  const [first] = judged;
  const open = judged.flatMap(({ judgement }) => judgement.unknown);
  const verdict = verdictOf(ranked, first === undefined || open.length > 0);
  return {
    command: 'netdns corefile',
    target: first?.named.source.ref,
    takenAt: options.takenAt,
    source: options.source,
    verdict,
    headline: ranked.causes[0]?.summary ?? soundHeadline(judged, options),
    causes: ranked.causes,
    findings: ranked.findings,
    notChecked: [...options.unseen, ...judged.flatMap(takenForGiven)],
    coverage: { ran: judged.length, of: judged.length + options.unseen.length },
    ladder: [],
    sections: judged.flatMap((one) => sectionsOf(one, judged.length > 1)),
    ...(first === undefined ? {} : { data: { corefile: dataOf(first.judgement) } }),
  };
}

function judge(named: NamedCorefile, wanted: string | undefined): Judged {
  const judgement = judgeSource(named.source, wanted);
  const findings = [
    ...invalidFindings(judgement, named.place, 'critical', named.source.program === 'node-cache'),
    ...lintFindings(lintCorefile(judgement, named.facts), named.place),
    ...importFindings(judgement, named.place),
    ...(wanted === undefined ? upgradeFindings(judgement, judgeSource(named.source, NEWEST_VERSION), named.place) : []),
  ];
  return { named, judgement, findings };
}

function soundHeadline(judged: readonly Judged[], { unseen }: CorefileReportOptions): string {
  const [first] = judged;
  if (first === undefined) return `could not tell: ${unseen[0]?.reason ?? 'no Corefile was found'}`;
  const { judgement, named } = first;
  const [open] = judged.flatMap((one) => one.judgement.unknown);
  if (open !== undefined)
    return `could not tell: CoreDNS ${judgement.judgedAs} is newer than what is known here (${NEWEST_VERSION})`;
  const blocks = plural(judgement.servers.length, 'server block');
  return `CoreDNS ${judgement.judgedAs} starts with ${named.place.source}: ${blocks}, no fault found`;
}

function takenForGiven({ judgement, named }: Judged): readonly NotChecked[] {
  const outside = judgement.assumed.filter((what) => what !== 'file /etc/resolv.conf');
  const version = named.source.version === undefined && judgement.judgedAs === ASSUMED_VERSION;
  return [
    ...judgement.unknown.map(({ message, file, line }) => ({
      check: lineName(file, line),
      reason: `${message} up to ${NEWEST_VERSION}; whether ${judgement.judgedAs} knows it was not known here`,
    })),
    ...(outside.length === 0
      ? []
      : [{ check: named.place.source, reason: `taken to be there: ${outside.join(', ')}` }]),
    ...(version
      ? [
          {
            check: named.place.source,
            reason: `which CoreDNS reads it: judged as ${ASSUMED_VERSION}; say --coredns-version`,
          },
        ]
      : []),
  ];
}

function dataOf({ valid, judgedAs, errors, servers }: Judgement): unknown {
  return {
    valid,
    judgedAs,
    errors: errors.map(({ line, message }) => ({ line, message })),
    servers: servers.map(({ zones, plugins }) => ({ zones, plugins })),
  };
}

function sectionsOf({ named, judgement }: Judged, titled: boolean): readonly Section[] {
  const { source, place } = named;
  const of = titled ? ` of ${place.source}` : '';
  const normal = printCorefile(parseTree(source.text));
  const diff =
    source.program === 'coredns' && judgement.valid
      ? lineDiff(normal, recommendedForm(source.text, judgement.judgedAs))
      : [];
  return [
    { type: 'text', title: `Normal form${of}`, lines: normal.trimEnd().split('\n') },
    ...(diff.length === 0
      ? []
      : [{ type: 'text' as const, title: `Recommended for CoreDNS ${judgement.judgedAs}${of}`, lines: diff }]),
  ];
}
