import { judgeCorefile } from '../judge.ts';
import type { Files } from '../syntax/files.ts';
import { printCorefile } from '../syntax/print.ts';
import { type CorefileTree, parseTree, type TreeBlock, type TreeDirective, type TreeItem } from '../syntax/tree.ts';
import { directivesOf, parseVersion, type Version, version } from '../versions.ts';
import { newWords, successorOf } from './successors.ts';
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

const UNKNOWN = /^(?:plugin\/\w+: )?(?:unknown property|Unknown directive) '/;

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
    const gone = judged.errors.find(({ message }) => UNKNOWN.test(message));
    const without = gone === undefined ? undefined : removeLine(tree, gone.line);
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
      if (!known.has(directive.name)) return [successorOf(directive, known, changes)];
      const changed = newWords(withoutIgnored(directive, of, changes), of, changes);
      return of >= version('1.8.0') ? transferApart(changed, changes) : [changed];
    });
    return splitForwards({ ...block, directives }, of, changes);
  });
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

/** Since 1.8.0 zones are sent to others by a plugin of its own; a secondary zone is still fetched by its own option. */
function transferApart(directive: TreeDirective, changes: string[]): readonly TreeDirective[] {
  if (!['kubernetes', 'file', 'auto', 'secondary'].includes(directive.name)) return [directive];
  const lines = optionLines(directive);
  const transfers = lines.filter(
    ({ words }) => words[0] === 'transfer' && (directive.name !== 'secondary' || words[1] === 'to'),
  );
  if (transfers.length === 0) return [directive];
  const targets = transfers.filter(({ words }) => words[1] === 'to').map(({ words }) => words.slice(1).join(' '));
  const zones = argsOf(directive).slice(directive.name === 'file' ? 1 : 0);
  const what = directive.name === 'secondary' ? 'transfer to' : 'transfer';
  changes.push(`"${what}" of ${directive.name} becomes plugin transfer: the option is gone since 1.8.0`);
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
