import { exitCode } from '../report/report.ts';
import type { View } from '../report/view.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CommandResult, Options } from './command.ts';

/** Writes a result to standard output in the form that `-o` asks for, and gives the exit status. */
export async function printResult(result: CommandResult, options: Options, runtime: Runtime): Promise<number> {
  const format = options.string('output') ?? 'table';
  if (result.type === 'text') {
    runtime.stdout.write(ended(result.text));
    return result.exit ?? 0;
  }
  if (result.type === 'pieces') {
    for (const piece of result.pieces) runtime.stdout.write(piece);
    return result.exit ?? 0;
  }
  if (result.type === 'value') {
    runtime.stdout.write(ended(await valueText(result.value, result.text, format)));
    return result.exit ?? 0;
  }
  const { formatReport } = await import('../report/format.ts');
  runtime.stdout.write(ended(await formatReport(result.report, format, viewOf(options, runtime))));
  return exitCode(result.report, options.failOn);
}

async function valueText(value: unknown, text: string, format: string): Promise<string> {
  if (format === 'json') return JSON.stringify(value, null, 2);
  if (format !== 'yaml') return text;
  const { dump } = await import('js-yaml');
  return dump(value, { noRefs: true, lineWidth: -1 });
}

const WIDTH = 80;

/** Colour only on a terminal that wants it: https://no-color.org, and `TERM=dumb`. */
function viewOf(options: Options, runtime: Runtime): View {
  const { env, stdout } = runtime;
  const refused = options.boolean('no-color') || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== '';
  return {
    width: WIDTH,
    tableWidth: Math.max(WIDTH, stdout.columns ?? WIDTH),
    color: !refused && (stdout.isTerminal || forced),
    failOn: options.failOn,
  };
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
