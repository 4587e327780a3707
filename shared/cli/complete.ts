import type { Runtime } from '../runtime/runtime.ts';
import { compareText } from '../util/text.ts';
import type { Command, Option, Plugin } from './command.ts';
import { completeNames, type NameQuery } from './complete-names.ts';
import { optionsOf } from './option-groups.ts';
import { SERVICE_FIELDS } from './parse-field-selector.ts';
import type { World } from './world.ts';

/** What the shell does beside offering the candidates: cobra's directives, as bits. */
const NO_SPACE = 2;
const NO_FILES = 4;
const FILES = 0;

interface Candidate {
  readonly value: string;
  readonly describe?: string;
}

interface Answer {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

/**
 * Answers the completion of one command line in cobra's form: a candidate a line, with a description after a tab, and
 * the directive at the end. The last word is the one to complete; it may be empty. Never fails: without a cluster there
 * are only no names.
 */
export async function complete(
  plugin: Plugin,
  words: readonly string[],
  runtime: Runtime,
  world: World,
): Promise<string> {
  const last = words.at(-1) ?? '';
  const { candidates, directive } = await answer(plugin, words.slice(0, -1), last, runtime, world);
  const lines = candidates
    .filter(({ value }) => value.startsWith(last))
    .sort((a, b) => compareText(a.value, b.value))
    .map(({ value, describe }) => (describe === undefined ? value : `${value}\t${describe}`));
  return [...lines, `:${directive}`, ''].join('\n');
}

async function answer(
  plugin: Plugin,
  before: readonly string[],
  last: string,
  runtime: Runtime,
  world: World,
): Promise<Answer> {
  const parsed = readBefore(plugin, before);
  const options = optionsOf(parsed.command);
  const query: NameQuery = { flags: parsed.flags, runtime, world };
  if (parsed.open !== undefined) return valuesOf(parsed.open, '', plugin, query);
  if (last.startsWith('-')) {
    const equals = last.indexOf('=');
    const option = equals < 0 ? undefined : options.find((entry) => `--${entry.name}` === last.slice(0, equals));
    if (option !== undefined) return valuesOf(option, last.slice(0, equals + 1), plugin, query);
    return { candidates: flagsOf(options, last), directive: NO_FILES };
  }
  return wordsOf(plugin, parsed, last, query);
}

interface Before {
  readonly command: Command;
  readonly named: boolean;
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** The option whose value is being typed. */
  readonly open: Option | undefined;
}

/** Reads the finished words leniently: what is not understood is passed over. */
function readBefore(plugin: Plugin, before: readonly string[]): Before {
  // Some flags mean another thing to some commands; the named one is asked first.
  const first = plugin.commands.find((command) => before.includes(command.name));
  const all = [...(first === undefined ? [] : optionsOf(first)), ...plugin.commands.flatMap(optionsOf)];
  const words: string[] = [];
  const flags = new Map<string, readonly string[]>();
  let open: Option | undefined;
  for (const word of before) {
    if (open !== undefined) {
      flags.set(open.name, [...(flags.get(open.name) ?? []), word]);
      open = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = splitFlag(word);
      const option = all.find((entry) => entry.name === name || entry.alias === name);
      if (option === undefined) continue;
      if (value !== undefined) flags.set(option.name, [...(flags.get(option.name) ?? []), value]);
      else if (option.type !== 'boolean') open = option;
      else flags.set(option.name, ['true']);
    } else {
      words.push(word);
    }
  }
  const named = plugin.commands.find((command) => command.name === words[0]);
  const fallback = plugin.commands.find((command) => command.name === plugin.defaultCommand) ?? plugin.commands[0];
  const command = named ?? fallback;
  if (command === undefined) throw new Error(`plugin ${plugin.name} has no commands`);
  return { command, named: named !== undefined, words: named === undefined ? words : words.slice(1), flags, open };
}

function splitFlag(word: string): readonly [string, string | undefined] {
  const bare = word.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  return equals < 0 ? [bare, undefined] : [bare.slice(0, equals), bare.slice(equals + 1)];
}

function flagsOf(options: readonly Option[], last: string): readonly Candidate[] {
  const shown = options.filter((option) => option.hidden !== true);
  const long = shown.map((option) => ({ value: `--${option.name}`, describe: option.describe }));
  if (last !== '-') return long;
  return [
    ...long,
    ...shown.flatMap((option) =>
      option.alias === undefined ? [] : [{ value: `-${option.alias}`, describe: option.describe }],
    ),
  ];
}

async function valuesOf(option: Option, prefix: string, plugin: Plugin, query: NameQuery): Promise<Answer> {
  const with_ = (values: readonly string[]): Answer => ({
    candidates: values.map((value) => ({ value: `${prefix}${value}` })),
    directive: NO_FILES,
  });
  if (option.choices !== undefined) return with_(option.choices);
  if (option.name === 'suppress') {
    return { ...with_(Object.keys(await plugin.messages()).map((code) => `${code}=`)), directive: NO_FILES + NO_SPACE };
  }
  if (option.name === 'field-selector') {
    return { ...with_(Object.keys(SERVICE_FIELDS).map((field) => `${field}=`)), directive: NO_FILES + NO_SPACE };
  }
  if (FILE_FLAGS.has(option.name)) return { candidates: [], directive: FILES };
  return with_(await completeNames(option.name, '', query));
}

const FILE_FLAGS: ReadonlySet<string> = new Set([
  'snapshot',
  'kubeconfig',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'output',
]);

async function wordsOf(
  plugin: Plugin,
  { command, named, words }: Before,
  last: string,
  query: NameQuery,
): Promise<Answer> {
  const commands =
    named || words.length > 0
      ? []
      : plugin.commands
          .filter((entry) => entry.hidden !== true)
          .map((entry) => ({ value: entry.name, describe: entry.summary }));
  const full = words.length >= (command.completesWords ?? 1);
  if (command.completes === 'code' && !full) {
    const messages = Object.values(await plugin.messages());
    const codes = messages.map(({ code, title }) => ({ value: code, describe: title }));
    return { candidates: [...commands, ...codes], directive: NO_FILES };
  }
  const { completes = 'nothing' } = command;
  if (completes === 'nothing' || full) return { candidates: commands, directive: NO_FILES };
  const names = await completeNames(completes, last, query);
  return { candidates: [...commands, ...names.map((value) => ({ value }))], directive: NO_FILES };
}
