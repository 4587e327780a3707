import type { JudgedServer } from '../judge.ts';
import type { LoadedDirective } from '../syntax/load.ts';
import { onNewLine, type Token } from '../syntax/tokens.ts';

/** A line of a directive's block. */
export interface OptionView {
  readonly name: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
}

/** A directive as people read it: words behind its name, and the lines of its block. */
export interface DirectiveView {
  readonly name: string;
  readonly args: readonly string[];
  readonly options: readonly OptionView[];
  readonly file: string;
  readonly line: number;
}

/** A server block as people read it. */
export interface ServerView {
  readonly zones: readonly string[];
  readonly ports: readonly string[];
  readonly listen: readonly string[];
  readonly directives: readonly DirectiveView[];
  readonly file: string;
  readonly line: number;
}

/** A judged server block in the form in which the lint looks at it. */
export function viewServer({ served, zones, listen, block }: JudgedServer): ServerView {
  return {
    zones,
    ports: [...new Set(served.map(({ port }) => port))],
    listen,
    directives: block.directives.map(viewDirective),
    file: block.file,
    line: block.line,
  };
}

function viewDirective({ name, tokens }: LoadedDirective): DirectiveView {
  const lines: Token[][] = [];
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    const last = lines.at(-1);
    if (before === undefined || last === undefined || onNewLine(before, token)) lines.push([token]);
    else last.push(token);
  }
  const [first = [], ...rest] = lines.map((line) => line.filter(({ text }) => text !== '{' && text !== '}'));
  const { file, line } = tokens[0] ?? { file: '', line: 0 };
  return {
    name,
    args: first.slice(1).map(({ text }) => text),
    options: rest.filter((words) => words.length > 0).map(viewOption),
    file,
    line,
  };
}

function viewOption(words: readonly Token[]): OptionView {
  const [first, ...args] = words;
  return {
    name: first?.text ?? '',
    args: args.map(({ text }) => text),
    file: first?.file ?? '',
    line: first?.line ?? 0,
  };
}

/** All lines of a plugin in a server block. */
export function directivesNamed(server: ServerView, name: string): readonly DirectiveView[] {
  return server.directives.filter((directive) => directive.name === name);
}

/** Whether a server block sets up a plugin. */
export function hasPlugin(server: ServerView, name: string): boolean {
  return server.directives.some((directive) => directive.name === name);
}

/** The first option of that name in the block of a directive. */
export function optionNamed(directive: DirectiveView, name: string): OptionView | undefined {
  return directive.options.find((option) => option.name === name);
}
