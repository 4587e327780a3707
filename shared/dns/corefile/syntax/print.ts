import { writeWord } from './tokens.ts';
import { type CorefileTree, depthAfter, type TreeBlock, type TreeItem, type TreeLine } from './tree.ts';

const STEP = '    ';

/**
 * A Corefile in normal form: keys on one line, four blanks for each depth, one blank between words, quotes only where
 * they are needed, an empty line between blocks. What the words mean does not change, nor on which lines they stand.
 */
export function printCorefile(tree: CorefileTree): string {
  let text = '';
  for (const [at, item] of tree.items.entries()) {
    // Behind a closing brace on its line `import` is a key; on a line of its own it would be the directive.
    if (at > 0 && item.kind === 'block' && item.keys[0] === 'import') text = `${text.trimEnd()} `;
    else if (at > 0 && needsGap(tree, at)) text += '\n';
    text += printItem(item);
  }
  return text + tree.after.map((comment) => `${comment}\n`).join('');
}

function needsGap(tree: CorefileTree, at: number): boolean {
  const [before, item] = [tree.items[at - 1], tree.items[at]];
  return before?.kind === 'block' || item?.kind === 'block';
}

function printItem(item: TreeItem): string {
  const head = item.comments.map((comment) => `${comment}\n`).join('');
  if (item.kind === 'import') return `${head}${item.words.map(writeWord).join(' ')}${behind(item.trailing)}\n`;
  return head + printBlock(item);
}

function printBlock(block: TreeBlock): string {
  const keys = block.keys.map(writeWord).join(' ');
  const lines: string[] = [];
  const step = block.braces ? STEP : '';
  for (const directive of block.directives) {
    let depth = 0;
    for (const [at, line] of directive.lines.entries()) {
      const closes = line.words[0] === '}' ? 1 : 0;
      lines.push(...printLine(line, step + STEP.repeat(Math.max(0, depth - closes))));
      depth = depthAfter(depth, at === 0 ? line.words.slice(1) : line.words);
    }
  }
  lines.push(...block.last.map((comment) => step + comment));
  const open = block.braces ? `${keys === '' ? '' : `${keys} `}{${behind(block.trailing)}` : keys;
  const close = block.closed ? [`}${behind(block.closing)}`] : [];
  return [open, ...lines, ...close].map((line) => `${line}\n`).join('');
}

function printLine(line: TreeLine, indent: string): string[] {
  const text = indent + line.words.map(writeWord).join(' ') + behind(line.trailing);
  return [...line.comments.map((comment) => indent + comment), text];
}

function behind(comment: string | undefined): string {
  return comment === undefined ? '' : ` ${comment}`;
}
