import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report, ReportItem } from '../../../shared/report/report.ts';
import { joinNames, plural, shellQuote, wrap } from '../../../shared/util/text.ts';
import { walkLines } from '../answer/walk-lines.ts';
import { checkExpectation, type Outcome } from '../assert/check-expectation.ts';
import { type Expectation, parseExpectations } from '../assert/parse-expectations.ts';
import { endsPlan } from '../collect/ends-plan.ts';
import { assertMessages } from '../messages/assert.ts';
import { askedPorts } from '../targets/ports.ts';
import { resolveEnd } from '../targets/resolve-end.ts';
import { closedByWords } from '../words/closed-by.ts';
import { reasonWords } from '../words/reasons.ts';
import { type Asked, ask, askedAbout } from './ask.ts';
import { nobodyWords } from './unseen-report.ts';

/** An expectation with what became of it. */
interface Checked {
  readonly expectation: Expectation;
  readonly outcome: Outcome;
  readonly because: string;
  readonly findings: readonly Finding[];
}

/** `assert`: every expectation of the files, held against the policies. */
export async function runAssert(request: Request): Promise<CommandResult> {
  const paths = request.options.list('filename');
  const [word] = request.args;
  if (word !== undefined) {
    throw new UsageError(
      `assert takes its files with -f: ${word}`,
      `kubectl netpol assert ${[...paths, ...request.args].map((path) => `-f ${shellQuote(path)}`).join(' ')}`,
    );
  }
  if (paths.length === 0) {
    throw new UsageError('assert needs a file of expectations', 'Example: kubectl netpol assert -f expectations.txt');
  }
  const expectations = (await Promise.all(paths.map((path) => readExpectations(request, path)))).flat();
  const asked = await ask(request, endsPlan(expectations.flatMap(({ from, to }) => [from, to])));
  return {
    type: 'report',
    report: reportOf(
      asked,
      expectations.map((one) => check(asked, one)),
    ),
  };
}

async function readExpectations(request: Request, path: string): Promise<readonly Expectation[]> {
  if (path === '-')
    return parseExpectations(new TextDecoder().decode(await request.runtime.readStdin()), 'standard input');
  const text = await readFile(resolve(request.runtime.cwd, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  return parseExpectations(text, path);
}

function check(asked: Asked, expectation: Expectation): Checked {
  const { file, line } = expectation;
  try {
    return judge(asked, expectation);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${file}:${line}: ${error.message}`, error.hint);
  }
}

function judge(asked: Asked, expectation: Expectation): Checked {
  const { model, enforcement, namespace } = asked;
  const from = resolveEnd(asked, expectation.from, namespace);
  const to = resolveEnd(asked, expectation.to, namespace);
  for (const end of [from, to]) {
    if (end.type !== 'party') return unknown(expectation, nobodyWords(end));
  }
  if (from.type !== 'party' || to.type !== 'party') throw new Error('an end is neither found nor unseen');
  const { port, protocol, expect, text } = expectation;
  const ports =
    port === undefined && to.party.service === undefined ? undefined : askedPorts(to.party, { port, protocol });
  // A deny without a port means every port of the pods, not those of the Service alone.
  const asks = expect === 'deny' && port === undefined ? undefined : ports;
  const outcome = checkExpectation(model, enforcement, expect, from.party, to.party, asks);
  const { incomplete } = askedAbout(asked, from.party, to.party).gaps;
  if (outcome.result !== 'fails' && incomplete !== undefined) return unknown(expectation, incomplete);
  const because = becauseOf(asked, outcome);
  if (outcome.result !== 'fails') return { expectation, outcome, because, findings: [] };
  const { file, line } = expectation;
  const finding = assertMessages.POL511.raise({
    subject: to.party.ref,
    args: { line: text, is: outcome.is, because: because === '' ? '' : `: ${because}` },
    evidence: [
      { fact: text, source: `${file}:${line}` },
      ...(outcome.told === undefined
        ? []
        : walkLines(outcome.told, asked).map((fact) => ({ fact: fact.trim(), source: '' }))),
    ],
  });
  return { expectation, outcome, because, findings: [{ ...finding, place: { path: file, line } }] };
}

function unknown(expectation: Expectation, because: string): Checked {
  return { expectation, outcome: { result: 'unknown', is: 'not to be told', told: undefined }, because, findings: [] };
}

function becauseOf({ enforcement, name, places }: Asked, { told, result }: Outcome): string {
  if (enforcement.enforced === 'no') return reasonWords({ code: 'notEnforced', by: enforcement.by ?? '' });
  const [reason] = told?.verdict.reasons ?? [];
  if (reason !== undefined) return reasonWords(reason, name);
  return (result === 'fails' && told !== undefined ? closedByWords(told.verdict, places) : undefined) ?? '';
}

const MARKS = { holds: '✓', fails: '✗', unknown: '?' } as const;
const VERDICTS = { holds: 'healthy', fails: 'degraded', unknown: 'unknown' } as const;

function reportOf(asked: Asked, all: readonly Checked[]): Report {
  const { index, snapshot, gaps, enforcement } = asked;
  const of = (result: Outcome['result']): readonly Checked[] => all.filter(({ outcome }) => outcome.result === result);
  const [failed, unsure] = [of('fails'), of('unknown')];
  const causes = failed.flatMap(({ findings }) => findings);
  const not =
    enforcement.enforced === 'no' ? `${reasonWords({ code: 'notEnforced', by: enforcement.by ?? '' })}. ` : '';
  const verdict = failed.length > 0 ? 'degraded' : unsure.length > 0 ? 'unknown' : 'healthy';
  return {
    command: 'netpol assert',
    target: undefined,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict,
    word: failed.length > 0 ? 'FAILS' : unsure.length > 0 ? 'UNSURE' : 'HOLDS',
    headline: `${not}${headlineOf(all, failed, unsure)}`,
    causes,
    findings: [],
    notChecked: gaps.notChecked,
    coverage: { ran: all.length - unsure.length, of: all.length },
    ladder: [],
    layout: 'list',
    items: all.map(itemOf),
    sections: [{ type: 'text', lines: all.flatMap(linesOf) }],
    data: {
      enforcement: { enforced: enforcement.enforced, by: enforcement.by ?? null },
      expectations: all.map(({ expectation: { file, line, text, expect }, outcome, because }) => ({
        file,
        line,
        text,
        expect,
        result: outcome.result,
        is: outcome.is,
        ...(because === '' ? {} : { because }),
      })),
    },
  };
}

function headlineOf(all: readonly Checked[], failed: readonly Checked[], unsure: readonly Checked[]): string {
  const places = (list: readonly Checked[]): string =>
    joinNames(list.map(({ expectation: { file, line } }) => `${file}:${line}`));
  if (failed.length > 0) {
    const more = unsure.length === 0 ? '' : `, and ${unsure.length} cannot be told`;
    return `${failed.length} of ${plural(all.length, 'expectation')} ${failed.length === 1 ? 'does' : 'do'} not hold${more}: ${places(failed)}`;
  }
  if (unsure.length > 0)
    return `${unsure.length} of ${plural(all.length, 'expectation')} cannot be told: ${places(unsure)}`;
  return all.length === 1 ? 'the one expectation holds' : `all ${all.length} expectations hold`;
}

function itemOf({ expectation, outcome, because, findings }: Checked): ReportItem {
  const { file, line, text } = expectation;
  return {
    target: { kind: 'Expectation', namespace: file, name: `${line}: ${text}` },
    verdict: VERDICTS[outcome.result],
    headline: outcome.result === 'holds' ? text : `${text}: it is ${outcome.is}${because === '' ? '' : `: ${because}`}`,
    causes: findings,
    findings: [],
    notChecked: [],
  };
}

function linesOf({ expectation: { text, file, line }, outcome, because }: Checked): readonly string[] {
  const head = `${MARKS[outcome.result]} ${text}`;
  if (outcome.result === 'holds') return [head];
  const why = `${outcome.is}${because === '' ? '' : `: ${because}`} (${file}:${line})`;
  return [head, ...wrap(why, 80, '    ')];
}
