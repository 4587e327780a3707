import type { CommandResult, Plan, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Grain } from '../../../shared/policy/many/connectivity.ts';
import { exitCode, type Report, type Section } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { joinNames, plural, shellQuote, wrap } from '../../../shared/util/text.ts';
import { briefRows, foldedRows } from '../answer/fold-rows.ts';
import { type KeepEnd, type MatrixAnswer, matrixRows } from '../answer/matrix-rows.ts';
import { mergeOutside } from '../answer/merge-outside.ts';
import { readPolicies, readWaysIn } from '../collect/policy-plan.ts';
import { reasonWords } from '../words/reasons.ts';
import { type Asked, ask, askedAboutAll, refuseNowhere } from './ask.ts';

/** `matrix`: every pair in the form that was asked for. */
export async function runMatrix(request: Request): Promise<CommandResult> {
  const { asked, answer: pairs, by, some } = await read(request, 'matrix');
  const format = request.options.string('output') ?? 'table';
  // A picture has one row and one column for each end.
  const answer = PICTURES.includes(format) ? pairs : mergeOutside(pairs);
  const report = matrixReport(asked, answer, by, 'netpol matrix');
  if (format === 'csv' || PICTURES.includes(format)) note(request, asked, report);
  const exit = exitCode(report);
  switch (format) {
    case 'json': {
      const { matrixJson } = await import('../answer/matrix-json.ts');
      return { type: 'pieces', pieces: matrixJson(report, answer), exit };
    }
    case 'yaml': {
      const [{ matrixYaml }, { dump }] = await Promise.all([import('../answer/matrix-json.ts'), import('js-yaml')]);
      const head = dump(toJsonValue(report), { noRefs: true, lineWidth: -1 });
      return { type: 'pieces', pieces: matrixYaml(head, answer), exit };
    }
    case 'csv': {
      const { matrixCsv } = await import('../answer/matrix-csv.ts');
      return { type: 'pieces', pieces: matrixCsv(answer), exit };
    }
    case 'html': {
      const { matrixHtml } = await import('../answer/matrix-html.ts');
      return { type: 'text', text: matrixHtml(report, foldedRows(answer)), exit };
    }
    case 'dot':
    case 'mermaid':
    case 'svg':
      return { type: 'text', text: await picture(answer, format, true), exit };
    default:
      return { type: 'report', report: { ...report, sections: [...tables(answer, format, some)] } };
  }
}

const PICTURES = ['dot', 'mermaid', 'svg'];

/** `graph`: the same pairs as a picture. */
export async function runGraph(request: Request): Promise<CommandResult> {
  const { asked, answer, by } = await read(request, 'graph');
  const format = request.options.string('output') ?? 'dot';
  const report = matrixReport(asked, answer, by, 'netpol graph');
  note(request, asked, report);
  return { type: 'text', text: await picture(answer, format, false), exit: exitCode(report) };
}

/** Forms that have no first line of their own say beside themselves that they are not the whole truth. */
function note({ runtime }: Request, { enforcement, gaps }: Asked, { headline }: Report): void {
  if (enforcement.enforced !== 'no' && gaps.incomplete === undefined) return;
  runtime.stderr.write(`${wrap(headline, WIDTH).join('\n')}\n`);
}

async function read(
  request: Request,
  command: 'matrix' | 'graph',
): Promise<{ readonly asked: Asked; readonly answer: MatrixAnswer; readonly by: Grain; readonly some: boolean }> {
  const [name] = request.args;
  if (name !== undefined) {
    throw new UsageError(
      `${command} takes no name: ${name}`,
      `Of one namespace: kubectl netpol ${command} -n ${shellQuote(name)}`,
    );
  }
  const by = (request.options.string('by') ?? 'workload') as Grain;
  const all = request.options.boolean('all-namespaces');
  const asked = askedAboutAll(await ask(request, plan));
  // Files are asked as a whole unless a namespace is named: they have no current one.
  const wanted = all
    ? undefined
    : (request.options.string('namespace') ?? (request.facts.kind === 'cluster' ? asked.namespace : undefined));
  const keep: KeepEnd = (end) => {
    if (wanted === undefined) return true;
    if (end.type !== 'pods') return false;
    return end.ref.kind === 'Namespace' ? end.ref.name === wanted : end.ref.namespace === wanted;
  };
  if (wanted !== undefined) refuseNowhere(asked, wanted);
  const answer = matrixRows(asked.index, asked.model, by, keep);
  return { asked, answer, by, some: answer.ends.some((end) => end.type === 'pods' && keep(end)) };
}

const plan: Plan = async (gatherer, namespace) => {
  await Promise.all([readPolicies(gatherer, 'all', [namespace]), readWaysIn(gatherer, 'all', [namespace])]);
};

async function picture(answer: MatrixAnswer, format: string, asMatrix: boolean): Promise<string> {
  const { graphOf, dotText, mermaidText } = await import('../answer/graph.ts');
  if (format === 'svg') {
    const { graphSvg, matrixSvg } = await import('../answer/graph-svg.ts');
    return asMatrix ? matrixSvg(answer) : graphSvg(graphOf(answer));
  }
  return format === 'mermaid' ? mermaidText(graphOf(answer)) : dotText(graphOf(answer));
}

/** The report without its rows. */
function matrixReport(asked: Asked, answer: MatrixAnswer, by: Grain, command: string): Report {
  const { snapshot, index, gaps, enforcement } = asked;
  const pods = answer.ends.filter(({ type }) => type === 'pods').length;
  const what = by === 'class' ? plural(pods, 'class of pods', 'classes of pods') : plural(pods, by);
  const policies = plural(asked.model.policies.filter(({ tier }) => tier !== 'network').length, 'policy', 'policies');
  const head =
    enforcement.enforced === 'no'
      ? `${reasonWords({ code: 'notEnforced', by: enforcement.by ?? '' })}. By the policies: connections`
      : 'Connections';
  return {
    command,
    target: undefined,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict: gaps.incomplete === undefined ? 'healthy' : 'unknown',
    word: gaps.incomplete === undefined ? '' : 'INCOMPLETE',
    headline: `${head} of ${what} under ${policies}${gaps.incomplete === undefined ? '' : `; ${gaps.incomplete}`}`,
    causes: [],
    findings: [],
    notChecked: gaps.notChecked,
    coverage: { ran: 1, of: 1 },
    ladder: [],
    layout: 'list',
    data: { by, enforcement: { enforced: enforcement.enforced, by: enforcement.by ?? null } },
  };
}

/** More targets than this are counted, unless everything is to be shown. */
const MOST = 6;

function tables(answer: MatrixAnswer, format: string, some: boolean): readonly Section[] {
  const rows = format === 'table' ? briefRows(answer) : foldedRows(answer);
  if (rows.length === 0) {
    return [{ type: 'text', lines: [some ? 'Nobody may reach anybody.' : 'There is no pod to ask about.'] }];
  }
  if (format === 'markdown') {
    const cells = rows.map(({ from, ports, to }) => [from, ports, to.join(', ')]);
    return [{ type: 'table', head: ['From', 'Ports', 'To'], rows: cells }];
  }
  const max = format === 'table' ? MOST : Number.POSITIVE_INFINITY;
  const lines: string[] = [];
  let last = '';
  for (const { from, ports, to } of rows) {
    if (from !== last) lines.push(...wrap(from, WIDTH));
    last = from;
    const text = `${ports}: ${joinNames(to, max)}`;
    lines.push(...wrap(text, WIDTH, '      ').map((line, at) => (at === 0 ? `  to  ${line.trimStart()}` : line)));
  }
  return [{ type: 'text', lines }];
}

const WIDTH = 80;
