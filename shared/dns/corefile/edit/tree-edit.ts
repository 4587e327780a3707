import type { CorefileTree, TreeBlock, TreeDirective, TreeItem, TreeLine } from '../syntax/tree.ts';

/** Small changes of a tree; each gives a new one. */

/** A line of a Corefile that was not there before. */
export function newLine(words: string): TreeLine {
  return { words: words.split(' '), line: 0, comments: [], trailing: undefined };
}

/** A directive that was not there before; more than one line makes a block. */
export function newDirective(first: string, options: readonly string[] = []): TreeDirective {
  const [name = ''] = first.split(' ');
  if (options.length === 0) return { name, line: 0, lines: [newLine(first)] };
  return { name, line: 0, lines: [newLine(`${first} {`), ...options.map(newLine), newLine('}')] };
}

/** A server block that was not there before. */
export function newBlock(keys: readonly string[], directives: readonly TreeDirective[]): TreeBlock {
  return {
    kind: 'block',
    keys,
    line: 0,
    comments: [],
    trailing: undefined,
    directives,
    last: [],
    closing: undefined,
    braces: true,
    closed: true,
  };
}

/** Changes each server block; snippets and imports stay. */
export function mapBlocks(tree: CorefileTree, change: (block: TreeBlock) => readonly TreeItem[]): CorefileTree {
  return { ...tree, items: tree.items.flatMap((item) => (item.kind === 'block' ? change(item) : [item])) };
}

/** Options of a directive: the lines inside of its braces. */
export function optionLines(directive: TreeDirective): readonly TreeLine[] {
  return directive.lines.slice(1).filter(({ words }) => words[0] !== '}');
}

/** The same directive with other options; none takes its braces away. */
export function withOptions(directive: TreeDirective, options: readonly TreeLine[]): TreeDirective {
  const [first = newLine(directive.name)] = directive.lines;
  const head = first.words.filter((word) => word !== '{');
  if (options.length === 0) return { ...directive, lines: [{ ...first, words: head }] };
  const last = directive.lines.findLast(({ words }) => words[0] === '}') ?? newLine('}');
  return { ...directive, lines: [{ ...first, words: [...head, '{'] }, ...options, last] };
}

/** The words behind a directive's name. */
export function argsOf(directive: TreeDirective): readonly string[] {
  return (directive.lines[0]?.words ?? []).slice(1).filter((word) => word !== '{');
}

/** Takes the line with this number out: an option, or the whole directive when it is its first. */
export function removeLine(
  tree: CorefileTree,
  line: number,
): { readonly tree: CorefileTree; readonly removed: string } | undefined {
  let removed: string | undefined;
  const changed = mapBlocks(tree, (block) => [
    {
      ...block,
      directives: block.directives.flatMap((directive) => {
        if (directive.line === line) {
          removed = directive.lines.map(({ words }) => words.join(' ')).join(' ');
          return [];
        }
        const found = directive.lines.find((one) => one.line === line);
        if (found === undefined || found.words.includes('{') || found.words[0] === '}') return [directive];
        removed = found.words.join(' ');
        return [
          withOptions(
            directive,
            optionLines(directive).filter((one) => one !== found),
          ),
        ];
      }),
    },
  ]);
  return removed === undefined ? undefined : { tree: changed, removed };
}
