import { judgeCorefile } from '../judge.ts';
import type { Files } from '../syntax/files.ts';
import { printCorefile } from '../syntax/print.ts';
import {
  type CorefileTree,
  parseTree,
  type TreeBlock,
  type TreeDirective,
  type TreeItem,
  type TreeLine,
} from '../syntax/tree.ts';
import { directivesOf, parseVersion, type Version, version } from '../versions.ts';
import {
  argsOf,
  mapBlocks,
  newBlock,
  newDirective,
  newLine,
  optionLines,
  removeLine,
  withOptions,
} from './tree-edit.ts';

export interface Migration {
  /** The Corefile for the other version, in normal form. */
  readonly text: string;
  /** What was changed and why, a sentence each. */
  readonly changes: readonly string[];
  /** What CoreDNS of that version would still refuse. */
  readonly left: readonly string[];
}

export interface MigrationOptions {
  /** The version that shall read it. */
  readonly to: string;
  readonly files?: Files;
  readonly env?: ReadonlyMap<string, string>;
}

/** A Corefile has few lines that a version could refuse; more rounds than that mean that a change does not help. */
const MAX_ROUNDS = 200;

/**
 * Writes a Corefile so that another version of CoreDNS starts with it: what has a successor is put in its words (`proxy` →
 * `forward`, the option `transfer` → plugin `transfer`), what has none is taken out, and every change is told.
 */
export function migrateCorefile(text: string, { to, files, env }: MigrationOptions): Migration {
  const of = parseVersion(to) ?? version('1.12.4');
  const changes: string[] = [];
  let tree = replaceOld(parseTree(text), of, changes);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    // Printed and read again, so that the lines of errors are those of the tree.
    const printed = printCorefile(tree);
    tree = parseTree(printed);
    const judged = judgeCorefile({ text: printed, version: to, ...(files && { files }), ...(env && { env }) });
    const [error] = judged.errors;
    const gone =
      error === undefined
        ? undefined
        : /^(?:plugin\/\w+: )?(?:unknown property|Unknown directive) '(.*)'/.exec(error.message);
    const without =
      gone === null || gone === undefined || error === undefined ? undefined : removeLine(tree, error.line);
    if (without === undefined) {
      return { text: printed, changes, left: judged.errors.map(({ message, line }) => `line ${line}: ${message}`) };
    }
    changes.push(`"${without.removed}" is taken out: CoreDNS ${to} does not know it and has nothing in its place`);
    tree = without.tree;
  }
  return { text: printCorefile(tree), changes, left: [] };
}

function replaceOld(tree: CorefileTree, of: Version, changes: string[]): CorefileTree {
  const known = directivesOf(of);
  return mapBlocks(tree, (block) => {
    const directives = block.directives.flatMap((directive) => {
      if (directive.name === 'proxy' && !known.has('proxy')) return [toForward(directive, changes)];
      const changed = withoutIgnored(directive, of, changes);
      return of >= version('1.8.0') ? transferApart(changed, changes) : [changed];
    });
    return splitForwards({ ...block, directives }, of, changes);
  });
}

const POLICIES: Readonly<Record<string, string>> = {
  random: 'random',
  round_robin: 'round_robin',
  sequential: 'sequential',
  first: 'sequential',
  least_conn: 'random',
};

/** `proxy` in the words of `forward`; its health checks over HTTP have no successor. */
function toForward(directive: TreeDirective, changes: string[]): TreeDirective {
  const dropped: string[] = [];
  const options = optionLines(directive).flatMap((line): readonly TreeLine[] => {
    const [name = '', ...args] = line.words;
    if (name === 'except' || name === 'max_fails') return [line];
    if (name === 'policy') return [{ ...line, words: ['policy', POLICIES[args[0] ?? ''] ?? 'random'] }];
    if (name === 'protocol' && args[1] === 'force_tcp') return [{ ...line, words: ['force_tcp'] }];
    dropped.push(line.words.join(' '));
    return [];
  });
  const without = dropped.length === 0 ? '' : `; ${dropped.map((line) => `"${line}"`).join(', ')} has no successor`;
  changes.push(`"proxy ${argsOf(directive).join(' ')}" becomes forward: proxy is gone since 1.5.0${without}`);
  const [first = newLine('proxy')] = directive.lines;
  const words = first.words.map((word, at) => (at === 0 ? 'forward' : word));
  return withOptions(
    { ...directive, name: 'forward', lines: [{ ...first, words }, ...directive.lines.slice(1)] },
    options,
  );
}

const IGNORED: Readonly<Record<string, string>> = {
  upstream: 'the server resolves CNAMEs by itself',
  resyncperiod: 'the API is watched without it',
};

function withoutIgnored(directive: TreeDirective, of: Version, changes: string[]): TreeDirective {
  if (directive.name !== 'kubernetes' || of < version('1.7.0')) return directive;
  const kept = optionLines(directive).filter(({ words }) => {
    const why = Object.hasOwn(IGNORED, words[0] ?? '') ? IGNORED[words[0] ?? ''] : undefined;
    if (why !== undefined) changes.push(`"${words.join(' ')}" is taken out: gone since 1.7.0, ${why}`);
    return why === undefined;
  });
  return kept.length === optionLines(directive).length ? directive : withOptions(directive, kept);
}

/** Since 1.8.0 zones are sent to others by a plugin of its own. */
function transferApart(directive: TreeDirective, changes: string[]): readonly TreeDirective[] {
  if (!['kubernetes', 'file', 'auto'].includes(directive.name)) return [directive];
  const lines = optionLines(directive);
  const transfers = lines.filter(({ words }) => words[0] === 'transfer');
  if (transfers.length === 0) return [directive];
  const targets = transfers.filter(({ words }) => words[1] === 'to').map(({ words }) => words.slice(1).join(' '));
  const zones = argsOf(directive).slice(directive.name === 'file' ? 1 : 0);
  changes.push(`"transfer" of ${directive.name} becomes plugin transfer: the option is gone since 1.8.0`);
  const rest = withOptions(
    directive,
    lines.filter((line) => !transfers.includes(line)),
  );
  return targets.length === 0 ? [rest] : [rest, newDirective(['transfer', ...zones].join(' '), targets)];
}

/** Before 1.9.4 a block could hold one `forward`; the others get blocks of their own. */
function splitForwards(block: TreeBlock, of: Version, changes: string[]): readonly TreeItem[] {
  const forwards = block.directives.filter(({ name }) => name === 'forward');
  if (of >= version('1.9.4') || forwards.length < 2) return [block];
  const stays = forwards.find((one) => argsOf(one)[0] === '.') ?? forwards[0];
  const moved = forwards.filter((one) => one !== stays);
  const port = /:\d+$/.exec(block.keys[0] ?? '')?.[0] ?? '';
  for (const one of moved)
    changes.push(`"forward ${argsOf(one).join(' ')}" gets a block of its own: one forward for each block before 1.9.4`);
  const blocks = moved.map((one) => {
    const [zone = '.', ...to] = argsOf(one);
    const [first = newLine('forward')] = one.lines;
    const words = ['forward', '.', ...to, ...(first.words.includes('{') ? ['{'] : [])];
    const alone: TreeDirective = { ...one, lines: [{ ...first, words }, ...one.lines.slice(1)] };
    return newBlock([`${zone}${port}`], [newDirective('errors'), newDirective('cache 30'), alone]);
  });
  return [{ ...block, directives: block.directives.filter((one) => !moved.includes(one)) }, ...blocks];
}
