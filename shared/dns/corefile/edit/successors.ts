import type { TreeDirective, TreeLine } from '../syntax/tree.ts';
import { type Version, version } from '../versions.ts';
import { argsOf, newLine, optionLines, withOptions } from './tree-edit.ts';

/** Plugins and options that are gone, in the words of what took their place. */

/** A plugin that this version does not have, as the one that took its place; the same where there is none. */
export function successorOf(directive: TreeDirective, known: ReadonlySet<string>, changes: string[]): TreeDirective {
  const { name } = directive;
  if (name === 'proxy') return fromProxy(directive, known, changes);
  if ((name !== 'startup' && name !== 'shutdown') || !known.has('on')) return directive;
  changes.push(`"${name}" becomes "on ${name}": plugin ${name} is gone since 1.1.1`);
  return renamed(directive, 'on', ['on', name, ...argsOf(directive)]);
}

function renamed(directive: TreeDirective, name: string, words: readonly string[]): TreeDirective {
  const [first = newLine(name), ...rest] = directive.lines;
  const brace = first.words.includes('{') ? ['{'] : [];
  return { ...directive, name, lines: [{ ...first, words: [...words, ...brace] }, ...rest] };
}

const POLICIES: Readonly<Record<string, string>> = {
  random: 'random',
  round_robin: 'round_robin',
  sequential: 'sequential',
  first: 'sequential',
  least_conn: 'random',
};

/** `proxy` in the words of `forward`, or of `grpc` where it spoke that; its health checks over HTTP have no successor. */
function fromProxy(directive: TreeDirective, known: ReadonlySet<string>, changes: string[]): TreeDirective {
  const dropped: string[] = [];
  const grpc =
    known.has('grpc') && optionLines(directive).some(({ words }) => words.join(' ').startsWith('protocol grpc'));
  const options = optionLines(directive).flatMap((line): readonly TreeLine[] => {
    const [name = '', first = '', ...args] = line.words;
    if (name === 'except' || (name === 'max_fails' && !grpc)) return [line];
    if (name === 'policy') return [{ ...line, words: ['policy', POLICIES[first] ?? 'random'] }];
    if (name === 'protocol' && first === 'dns' && !grpc) {
      return args[0] === 'force_tcp' ? [{ ...line, words: ['force_tcp'] }] : [];
    }
    if (name === 'protocol' && first === 'grpc' && grpc) {
      // Without a word more it spoke TLS; further words are the same files as those of tls.
      return args[0] === 'insecure' ? [] : [{ ...line, words: ['tls', ...args] }];
    }
    dropped.push(line.words.join(' '));
    return [];
  });
  const verb = dropped.length === 1 ? 'has' : 'have';
  const without = dropped.length === 0 ? '' : `; ${dropped.map((line) => `"${line}"`).join(', ')} ${verb} no successor`;
  const name = grpc ? 'grpc' : 'forward';
  changes.push(`"proxy ${argsOf(directive).join(' ')}" becomes ${name}: proxy is gone since 1.5.0${without}`);
  return withOptions(renamed(directive, name, [name, ...argsOf(directive)]), options);
}

/** Options whose words changed while the plugin stayed. */
export function newWords(directive: TreeDirective, of: Version, changes: string[]): TreeDirective {
  if (directive.name === 'header' && of >= version('1.12.4')) return selected(directive, changes);
  const zones = directive.name === 'file' || directive.name === 'auto';
  return zones && of >= version('1.5.0') ? withReload(directive, changes) : directive;
}

/** Without a selector, `header` worked on responses; since 1.12.4 it must be said. */
function selected(directive: TreeDirective, changes: string[]): TreeDirective {
  const lines = optionLines(directive);
  const old = lines.filter(({ words }) => words[0] === 'set' || words[0] === 'clear');
  if (old.length === 0) return directive;
  changes.push('lines of "header" begin with "response": they must say it since 1.12.4');
  return withOptions(
    directive,
    lines.map((line) => (old.includes(line) ? { ...line, words: ['response', ...line.words] } : line)),
  );
}

/** `no_reload` and the fourth word of `directory` are `reload` since 1.5.0. */
function withReload(directive: TreeDirective, changes: string[]): TreeDirective {
  const lines = optionLines(directive);
  const told = lines.some(({ words }) => words[0] === 'reload');
  const changed = lines.flatMap((line): readonly TreeLine[] => {
    const [name = ''] = line.words;
    const seconds = directive.name === 'auto' && name === 'directory' ? line.words[4] : undefined;
    if (name !== 'no_reload' && seconds === undefined) return [line];
    const reload = name === 'no_reload' ? 'reload 0' : `reload ${seconds}s`;
    changes.push(`"${name === 'no_reload' ? name : seconds}" of ${directive.name} becomes "${reload}" since 1.5.0`);
    if (name === 'no_reload') return told ? [] : [{ ...line, words: reload.split(' ') }];
    return [{ ...line, words: line.words.slice(0, 4) }, ...(told ? [] : [newLine(reload)])];
  });
  return changed.length === lines.length && changed.every((line, at) => line === lines[at])
    ? directive
    : withOptions(directive, changed);
}
