import type { CommandResult, Plan, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { PROTOCOLS, type Protocol } from '../../../shared/policy/rules/port-set.ts';
import type { Report, Verdict as ReportVerdict, Section } from '../../../shared/report/report.ts';
import { plural, wrap } from '../../../shared/util/text.ts';
import { changesFor } from '../answer/changes/changes.ts';
import { refValue } from '../answer/end-values.ts';
import { type Judged, judgePair, type PairVerdict, type PortVerdict } from '../answer/judge-pair.ts';
import { walkLines } from '../answer/walk-lines.ts';
import { walkValue } from '../answer/walk-value.ts';
import { endsPlan } from '../collect/ends-plan.ts';
import { policyMessages } from '../messages/reach.ts';
import { type End, parseEnds } from '../targets/parse-end.ts';
import { type Party, senderWords } from '../targets/party.ts';
import { askedPorts, type PortWish } from '../targets/ports.ts';
import { resolveEnd } from '../targets/resolve-end.ts';
import { portsValue, portWords } from '../words/ports.ts';
import { type Asked, ask, askedAbout, cniOf } from './ask.ts';
import { headlineOf, portPhrase, reasonsOf, splitWords } from './can-reach-words.ts';
import { lintOf } from './lint-of.ts';
import { unseenReport } from './unseen-report.ts';

/** `can-reach FROM TO`: the verdict, the walk on both sides, and the smallest change that would turn it round. */
export async function runCanReach(request: Request): Promise<CommandResult> {
  const [from, to] = endsOf(request.args);
  const plan: Plan = endsPlan([from, to]);
  const asked = await ask(request, plan);
  const one = resolveEnd(asked, from, asked.namespace);
  const other = resolveEnd(asked, to, asked.namespace);
  for (const end of [one, other]) {
    if (end.type !== 'party') return { type: 'report', report: unseenReport(asked, 'netpol can-reach', end) };
  }
  if (one.type !== 'party' || other.type !== 'party') throw new Error('an end is neither found nor unseen');
  if ([one, other].every(({ party }) => party.members.every(({ type }) => type === 'range'))) {
    throw new UsageError(
      'policies decide about pods, and neither end is one',
      'Addresses of pods are known as theirs.',
    );
  }
  const wish = wishOf(request, to);
  const ports = askedPorts(other.party, wish);
  const judged = judgePair(asked.model, asked.enforcement, one.party, other.party, ports);
  const told = toldPair(judged);
  const walks = told === undefined ? [] : [told.verdict.egress, told.verdict.ingress];
  const took = walks.flatMap(({ tiers }) => tiers.flatMap(({ policies }) => policies.map(({ policy }) => policy)));
  const findings = await lintOf(asked, took, cniOf(request));
  const about = askedAbout(asked, one.party, other.party);
  return { type: 'report', report: { ...reportOf(about, one.party, other.party, judged), findings } };
}

/** `from A to B`, `A to B`, `A -> B` as in expectations, `B from A`, and `A B`. Throws a UsageError unless there are two ends. */
export function endsOf(args: readonly string[]): readonly [End, End] {
  const arrows = args.flatMap((word) => (word.includes('->') ? word.split(/\s*(->)\s*/) : [word])).filter(Boolean);
  const plain = arrows.map((word) => (word === '->' ? 'to' : word));
  const words = plain[0] === 'from' || plain[0] === 'to' ? plain.slice(1) : plain;
  const between = words.findIndex((word) => word === 'to' || word === 'from');
  const ends =
    between > 0 ? [...parseEnds(words.slice(0, between)), ...parseEnds(words.slice(between + 1))] : parseEnds(words);
  // `B from A` and `to B from A` ask the same the other way round.
  const turned = words[between] === 'from';
  const [from, to, ...more] = turned ? ends.toReversed() : ends;
  if (from === undefined || to === undefined || more.length > 0) {
    const last = args.at(-1) ?? '';
    throw new UsageError(
      `can-reach needs two ends, and got ${ends.length}`,
      ends.length === 3 && /^\d+(?:\/\w+)?$/.test(last)
        ? `A port is a flag: --port ${last}`
        : 'Example: kubectl netpol can-reach deploy/web svc/db --port 5432',
    );
  }
  return [from, to];
}

/** The port and protocol that the options ask for, `--port 53/UDP` too, else those that stand behind the end. */
export function wishOf({ options }: Request, end: End): PortWish {
  const [port, behind] = options.string('port')?.split('/') ?? [];
  const protocol = options.string('protocol') ?? behind;
  if (protocol !== undefined && !PROTOCOLS.some((one) => one === protocol.toUpperCase())) {
    throw new UsageError(`"${protocol}" is no protocol`, `Known: ${PROTOCOLS.join(', ')}.`);
  }
  return { port: port ?? end.port, protocol: (protocol?.toUpperCase() as Protocol | undefined) ?? end.protocol };
}

const WORDS = { yes: 'ALLOWED', no: 'DENIED', depends: 'DEPENDS' } as const;
const VERDICTS: Readonly<Record<Judged['answer'], ReportVerdict>> = {
  yes: 'healthy',
  no: 'broken',
  depends: 'unknown',
};

function reportOf(asked: Asked, from: Party, to: Party, judged: Judged): Report {
  const { snapshot, index, gaps, model } = asked;
  const answer = gaps.incomplete === undefined ? judged.answer : 'depends';
  const told = toldPair(judged);
  const fixes =
    told === undefined || gaps.incomplete !== undefined ? [] : changesFor({ facts: model.facts, model, pair: told });
  const denial =
    answer === 'no' && told !== undefined
      ? [
          policyMessages.POL001.raise({
            subject: to.ref,
            args: { from: senderWords(from), to: to.words, port: portPhrase(judged) },
            evidence: walkLines(told, asked).map((fact) => ({ fact: fact.trim(), source: '' })),
            fixes,
          }),
        ]
      : [];
  return {
    command: 'netpol can-reach',
    target: to.ref,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict: VERDICTS[answer],
    word: WORDS[answer],
    headline: headlineOf(asked, from, to, judged),
    causes: denial,
    findings: [],
    notChecked: gaps.notChecked,
    coverage: { ran: 1, of: 1 },
    ladder: [],
    layout: 'answer',
    sections: [
      ...reasonSection(asked, from, to, judged),
      ...portSection(judged),
      ...walkSection(asked, judged),
      ...(denial.length === 0 ? fixSection(fixes, toldWords(judged)) : []),
    ],
    data: {
      answer: { yes: 'allowed', no: 'denied', depends: 'depends' }[answer],
      from: refValue(from.ref),
      to: refValue(to.ref),
      ports: judged.ports.map(portData),
      ...(judged.allowed.length + judged.depends.length === 0
        ? {}
        : { allowedPorts: portsValue(judged.allowed), undecidedPorts: portsValue(judged.depends) }),
      ...(told === undefined
        ? {}
        : { walk: { egress: walkValue(told.verdict.egress), ingress: walkValue(told.verdict.ingress) } }),
      reasons: reasonsOf(asked, from, to, judged),
      changes: fixes,
      enforcement: { enforced: asked.enforcement.enforced, by: asked.enforcement.by ?? null },
    },
  };
}

/** The port to tell: the one furthest from open. */
function toldPort({ ports }: Judged): PortVerdict | undefined {
  const order = { no: 0, depends: 1, yes: 2 } as const;
  return ports.filter(({ pairs }) => pairs.length > 0).sort((a, b) => order[a.answer] - order[b.answer])[0];
}

/** The pair of it that is furthest from open. */
function toldPair(judged: Judged): PairVerdict | undefined {
  return toldPort(judged)?.pairs[0];
}

/** ` on port 80 (http), which is TCP 8080 of its pods`: which of several ports the walk and the change are about. */
function toldWords(judged: Judged): string {
  const port = toldPort(judged);
  return port === undefined || judged.ports.length < 2 ? '' : portPhrase({ ports: [port] });
}

function walkSection(asked: Asked, judged: Judged): readonly Section[] {
  const told = toldPair(judged);
  if (told === undefined) return [];
  const on = toldWords(judged);
  const head = on === '' ? [] : wrap(`The way${on}`, 80);
  return [{ type: 'text', lines: [...head, ...walkLines(told, asked)] }];
}

function reasonSection(asked: Asked, from: Party, to: Party, judged: Judged): readonly Section[] {
  const told = headlineOf(asked, from, to, judged);
  const reasons = reasonsOf(asked, from, to, judged).filter((reason) => !told.includes(reason));
  if (reasons.length === 0) return [];
  const lines = reasons
    .slice(0, 6)
    .flatMap((reason) => wrap(reason, 78).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)));
  return [{ type: 'text', title: 'Mind', lines }];
}

/** One line a port, where there are several, or where pods differ. */
function portSection(judged: Judged): readonly Section[] {
  const rows = judged.ports.map(
    (port) => `  ${{ yes: '✓', no: '✗', depends: '?' }[port.answer]} ${port.words}${notesOf(port)}`,
  );
  const sets = judged.allowed.length === 0 || !judged.declared ? [] : [`  open in all: ${portWords(judged.allowed)}`];
  if (rows.length < 2 && judged.ports.every((port) => notesOf(port) === '')) return [];
  return [{ type: 'text', title: 'Ports', lines: [...rows, ...sets].flatMap((line) => wrap(line, 78, '  ')) }];
}

function notesOf(port: PortVerdict): string {
  const split = splitWords(port);
  const notes = [
    ...(split === undefined ? [] : [split]),
    ...(port.without > 0 ? [`${plural(port.without, 'pod')} without this port`] : []),
  ];
  return notes.length === 0 ? '' : `: ${notes.join(', ')}`;
}

function portData({ words, protocol, answer, pairs, without }: PortVerdict): object {
  const count = (wanted: string): number =>
    pairs.reduce((sum, pair) => sum + (pair.verdict.answer === wanted ? pair.count : 0), 0);
  return {
    port: words,
    protocol,
    targetPorts: [...new Set(pairs.map(({ question }) => question.port))].sort((a, b) => a - b),
    answer: { yes: 'allowed', no: 'denied', depends: 'depends' }[answer],
    pairs: { allowed: count('yes'), denied: count('no'), undecided: count('depends'), withoutPort: without },
  };
}

function fixSection(fixes: readonly Fix[], on: string): readonly Section[] {
  return fixes.map((fix, at) => ({
    type: 'text',
    title: at === 0 ? `Smallest change${on.replace(/, which is .*/, '')}` : 'Or',
    lines: [
      ...wrap(fix.title, 80, '  '),
      `    ${fix.command}`,
      ...(fix.undo === undefined ? [] : ['  undo', `    ${fix.undo}`]),
    ],
  }));
}
