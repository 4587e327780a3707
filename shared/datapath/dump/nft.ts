import { readNftRule } from './nft-rule.ts';
import { readEntries } from './nft-set.ts';
import { type Token, TokenReader, tokenize } from './nft-tokens.ts';
import type { Chain, Hook, MapEntry, Rule, RuleSet, Table } from './rule-set.ts';
import type { Lines } from './words.ts';

interface OpenTable {
  readonly family: string;
  readonly name: string;
  readonly chains: Map<string, Chain & { readonly rules: Rule[] }>;
  readonly sets: Map<string, MapEntry[]>;
}

/** Reads `nft list ruleset`, parts of it (`nft list table …`), and files of `add rule …` commands. */
export function parseNft(lines: Lines): RuleSet {
  const reader = new TokenReader(tokenize(lines));
  const tables = new Map<string, OpenTable>();
  let unread = 0;
  let cut: string | undefined;
  const open = (family: string, name: string): OpenTable => {
    const key = `${family} ${name}`;
    let table = tables.get(key);
    if (table === undefined) {
      table = { family, name, chains: new Map(), sets: new Map() };
      tables.set(key, table);
    }
    return table;
  };
  while (!reader.done) {
    reader.skipBreaks();
    if (reader.done) break;
    const words = untilBrace(reader);
    const braced = reader.peek() === '{';
    const [verb = '', ...rest] = words.map((word) => word.text);
    if (verb === 'table' && braced) {
      reader.next();
      const [family = 'ip', name = ''] = rest.length > 1 ? rest : ['ip', rest[0] ?? ''];
      if (!readTable(reader, open(family, name))) cut = `${family} ${name}`;
    } else if (verb === 'add' || verb === 'insert' || verb === 'create') {
      readCommand(reader, words, open);
    } else {
      if (braced) {
        reader.next();
        reader.skipBlock();
      } else if (reader.peek() === '}') {
        reader.next();
      }
      if (verb !== '' && verb !== 'flush' && verb !== 'delete') unread++;
    }
  }
  if (cut !== undefined) tables.delete(cut);
  return {
    kind: 'rules',
    tool: 'nft',
    backend: 'nft',
    writtenAt: undefined,
    tables: [...tables.values()] satisfies readonly Table[],
    legacyBeside: false,
    unread,
    cut,
  };
}

/** The words of a line up to its brace; a brace inside a value (`tcp dport { 25 }`) belongs to `add rule`. */
function untilBrace(reader: TokenReader): readonly Token[] {
  const words: Token[] = [];
  while (!reader.done) {
    const text = reader.peek();
    if (text === '\n' || text === ';' || text === '{' || text === '}') break;
    words.push(reader.next());
  }
  return words;
}

/** False when the dump ends within the table. */
function readTable(reader: TokenReader, table: OpenTable): boolean {
  while (!reader.done) {
    reader.skipBreaks();
    if (reader.done) return false;
    if (reader.peek() === '}') {
      reader.next();
      return true;
    }
    const head = untilBrace(reader);
    if (reader.peek() !== '{') {
      if (head.length === 0) reader.next();
      continue;
    }
    const brace = reader.next();
    const [kind, name] = [head[0]?.text, head[1]?.text ?? ''];
    if (kind === 'chain') readChain(reader, table, name, brace.line);
    else if (kind === 'set' || kind === 'map') readSet(reader, table, name);
    else reader.skipBlock();
  }
  return false;
}

function readChain(reader: TokenReader, table: OpenTable, name: string, line: number): void {
  let chain: Chain & { readonly rules: Rule[] } = { name, line, rules: [...(table.chains.get(name)?.rules ?? [])] };
  while (!reader.done) {
    reader.skipBreaks();
    if (reader.peek() === '}') {
      reader.next();
      break;
    }
    const words = reader.statement();
    if (words.length === 0) {
      reader.next();
      continue;
    }
    chain = withStatement(chain, words);
  }
  table.chains.set(name, chain);
}

function withStatement(
  chain: Chain & { readonly rules: Rule[] },
  words: readonly Token[],
): Chain & { readonly rules: Rule[] } {
  const texts = words.map((word) => word.text);
  if (texts[0] === 'type' && texts[2] === 'hook') {
    return {
      ...chain,
      type: texts[1],
      hook: texts[3] as Hook,
      priority: priorityOf(texts.slice(texts.indexOf('priority') + 1)),
      policy: chain.policy ?? 'accept',
    };
  }
  if (texts[0] === 'policy') return { ...chain, policy: texts[1] === 'drop' ? 'drop' : 'accept' };
  if (texts[0] === 'comment' || texts[0] === 'flags' || texts[0] === 'devices') return chain;
  chain.rules.push(readNftRule(words));
  return chain;
}

/** Names of priorities (nft(8)), with `+ 10` or `- 10` behind. */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
  out: 100,
};

function priorityOf(words: readonly string[]): number {
  const [first = '0', sign, amount] = words;
  const base = PRIORITIES[first] ?? Number.parseInt(first, 10);
  const more = sign === '+' || sign === '-' ? Number(`${sign}${amount ?? 0}`) : 0;
  return (Number.isNaN(base) ? 0 : base) + (Number.isNaN(more) ? 0 : more);
}

function readSet(reader: TokenReader, table: OpenTable, name: string): void {
  const entries: MapEntry[] = table.sets.get(name) ?? [];
  while (!reader.done) {
    reader.skipBreaks();
    if (reader.peek() === '}') {
      reader.next();
      break;
    }
    const words = reader.statement();
    if (words.length === 0) {
      reader.next();
      continue;
    }
    if (words[0]?.text === 'elements') {
      const from = words.findIndex((word) => word.text === '{');
      if (from >= 0) for (const entry of readEntries(words.slice(from + 1, -1))) entries.push(entry);
    }
  }
  table.sets.set(name, entries);
}

/** `add chain ip filter INPUT { type … }`, `add rule ip filter INPUT counter accept`, `add element …`. */
function readCommand(
  reader: TokenReader,
  words: readonly Token[],
  open: (family: string, name: string) => OpenTable,
): void {
  const [, what, family = '', name = '', part = ''] = words.map((word) => word.text);
  if (what === 'table') {
    open(family, name);
    reader.statement();
    return;
  }
  const table = open(family, name);
  if (what === 'rule') {
    const rest = [...words.slice(5), ...reader.statement()];
    const chain = table.chains.get(part) ?? { name: part, line: words[0]?.line ?? 0, rules: [] };
    chain.rules.push(readNftRule(rest));
    table.chains.set(part, chain);
  } else if (what === 'chain' && reader.peek() === '{') {
    readChain(reader, table, part, reader.next().line);
  } else if ((what === 'set' || what === 'map') && reader.peek() === '{') {
    reader.next();
    readSet(reader, table, part);
  } else if (what === 'chain') {
    if (!table.chains.has(part)) table.chains.set(part, { name: part, line: words[0]?.line ?? 0, rules: [] });
  } else if (what === 'element') {
    const rest = reader.statement();
    const entries = table.sets.get(part) ?? [];
    entries.push(...readEntries(rest.slice(1, -1)));
    table.sets.set(part, entries);
  } else {
    reader.statement();
  }
}
