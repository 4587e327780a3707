import type { Option } from './command.ts';
import { UsageError } from './command.ts';
import { didYouMean } from './nearest.ts';

/** A command line taken apart: plain words, and flags in the one form `--name=value`. */
export interface SplitArguments {
  readonly words: readonly string[];
  readonly flags: readonly Flag[];
}

export interface Flag {
  readonly option: Option;
  readonly value: string;
}

/**
 * Takes a command line apart as kubectl's users type it. yargs does not know these habits: joined short values
 * (`-nshop`, `-ojson`), `-` as a value (`--snapshot -`), levels (`-v=6`), flags before the command's name, and a flag
 * of kubectl whose value is empty (`-n "$NS"`), which counts as not given there and here.
 * Throws a UsageError for an unknown flag, with the nearest one, and for a missing value.
 */
export function splitArguments(argv: readonly string[], known: readonly Option[]): SplitArguments {
  const words: string[] = [];
  const flags: Flag[] = [];
  const rest = [...argv];
  const add = (option: Option, value: string): void => {
    if (value !== '') flags.push({ option, value });
    else if (!isOfKubectl(option)) throw emptyValue(option);
  };
  const next = (typed: string): string => {
    const value = rest.shift();
    if (value === undefined) throw new UsageError(`flag ${typed} needs a value`);
    if (isLongFlag(value, known)) throw new UsageError(`flag ${typed} needs a value`, `${value} after it is a flag.`);
    return value;
  };

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push(...rest);
      break;
    }
    if (word === '-' || word === '->' || !word.startsWith('-')) words.push(word);
    else if (word.startsWith('--')) readLong(word, known, add, next);
    else readShort(word, known, add, next, rest);
  }
  return { words, flags };
}

/** What takes the place of flags that people know from kubectl. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '-f': 'Files instead of a cluster: --snapshot PATH',
  '--filename': 'Files instead of a cluster: --snapshot PATH',
};

type Add = (option: Option, value: string) => void;
type Next = (typed: string) => string;

function readLong(word: string, known: readonly Option[], add: Add, next: Next): void {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const given = equals < 0 ? undefined : word.slice(equals + 1);
  // kubectl spells its level `--v=6`.
  const option = known.find((entry) => entry.name === (name === 'v' ? 'verbose' : name));
  if (option === undefined) throw unknownFlag(`--${name}`, name, known);
  if (option.type !== 'boolean') add(option, given ?? next(`--${name}`));
  else add(option, given === undefined ? 'true' : truth(option, `--${name}`, given));
}

function readShort(word: string, known: readonly Option[], add: Add, next: Next, rest: string[]): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const option = known.find((entry) => entry.alias === letter);
    if (option === undefined) throw unknownFlag(`-${letter}`, word.slice(1), known);
    const joined = word.slice(at + 1).replace(/^=/, '');
    if (option.type !== 'boolean') {
      add(option, at + 1 < word.length ? joined : next(`-${letter}`));
      return;
    }
    if (option.name === 'verbose' && /^\d*$/.test(joined)) {
      add(option, joined === '0' ? 'false' : 'true');
      if (joined === '' && /^\d$/.test(rest[0] ?? '')) rest.shift();
      return;
    }
    if (word[at + 1] === '=') {
      add(option, truth(option, `-${letter}`, joined));
      return;
    }
    add(option, 'true');
  }
}

/** `-n $NS --snapshot FILE` with an empty NS: no value that is meant begins like a flag of ours. */
function isLongFlag(word: string, known: readonly Option[]): boolean {
  const name = /^--([a-z-]+)(?:=|$)/.exec(word)?.[1];
  return known.some((option) => option.name === name);
}

/** The flags that kubectl has as well, where an empty value means none. */
function isOfKubectl({ name, group }: Option): boolean {
  return group !== undefined || ['namespace', 'selector', 'field-selector', 'output'].includes(name);
}

/** Without its value such a flag would change the question unseen: `--snapshot "$FILE"` would ask the cluster. */
function emptyValue({ name }: Option): UsageError {
  return new UsageError(`flag --${name} has an empty value`, 'Give it one, or leave the flag out.');
}

function truth(option: Option, typed: string, value: string): string {
  if (option.name === 'verbose' && /^\d+$/.test(value)) return value === '0' ? 'false' : 'true';
  if (value === 'true' || value === 'false') return value;
  throw new UsageError(`flag ${typed} is true or false, not ${value}`);
}

function unknownFlag(typed: string, name: string, known: readonly Option[]): UsageError {
  const names = known.filter((option) => option.hidden !== true).map((option) => option.name);
  const hint = ELSEWHERE[typed] ?? didYouMean(name, names, '--');
  return new UsageError(`unknown flag ${typed}`, hint === '' ? 'All flags: --help' : hint);
}
