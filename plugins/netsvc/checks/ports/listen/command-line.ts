import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { type Environment, expandKubernetes, expandShell } from './environment.ts';
import { listenersOfFlags, listenersOfText } from './generic-flags.ts';
import { type Listener, portNumber } from './listener.ts';
import { PROGRAMS } from './programs.ts';
import { commandsOfScript, type Words } from './shell-words.ts';

/** What a container's command line tells about its sockets. */
export interface CommandLine {
  readonly listeners: readonly Listener[];
  /** Every command in it is understood: it opens no other socket than these (none: it serves nothing). */
  readonly complete: boolean;
  /** Numbers that stand anywhere in it; one that names the port in question forbids a guess. */
  readonly numbers: ReadonlySet<number>;
  /** The whole line, for quoting; empty when the image decides. */
  readonly text: string;
}

/** Programs that open no socket for others, whatever their arguments. */
const SILENT = new Set(
  (
    'sleep tail cat echo printf mkdir touch cp mv rm ln chmod chown date true false : test [ [[ trap wait read sed awk ' +
    'grep head cut tr sort wget curl nslookup dig host ping id export set unset cd pwd umask ulimit hostname uname ls ' +
    'kill tee seq expr exit return local shift break continue pause sync yes ps df du free stty tty which env ' +
    'printenv apk apt-get dd'
  ).split(' '),
);
const WRAPPERS = new Set([
  'tini',
  'dumb-init',
  'nice',
  'time',
  'stdbuf',
  'sudo',
  'npx',
  'busybox',
  'busybox-extras',
  'setsid',
  'chronic',
  'bunx',
]);
const WRAPPERS_WITH_WORD = new Set(['timeout', 'su-exec', 'gosu']);
const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);
const INTERPRETERS = /^(python[\d.]*|pypy\d*|node|nodejs|deno|bun|perl|ruby|php[\d.]*|lua)$/;

/** Reads command and args as the kubelet joins them: command replaces the entry point, args follow. */
export function readCommandLine(container: Container, env: Environment): CommandLine {
  const words = [...(container.command ?? []), ...(container.args ?? [])].map((word) => expandKubernetes(word, env));
  const text = words.join(' ');
  // Without a command the entry point is the image's, and args are options of a program that is not named.
  const known = (container.command ?? []).length > 0;
  const program = known ? undefined : programOfImage(container.image ?? '', words);
  const heard =
    words.length === 0
      ? NOTHING
      : program !== undefined
        ? hear([program, ...words], env)
        : known
          ? hear(words, env)
          : hearArgs(words, env);
  return { ...heard, numbers: numbersIn(expandShell(text, env)), text };
}

type Heard = Pick<CommandLine, 'listeners' | 'complete'>;

const NOTHING: Heard = { listeners: [], complete: false };

/** Official images that start their server with args which begin with a dash (docker-entrypoint.sh of each). */
const SERVERS: Readonly<Record<string, string>> = {
  postgres: 'postgres',
  mysql: 'mysqld',
  mariadb: 'mariadbd',
  mongo: 'mongod',
  memcached: 'memcached',
};

function programOfImage(image: string, words: Words): string | undefined {
  if (words[0]?.startsWith('-') !== true) return undefined;
  const name = image.replace(/@.*$/, '').replace(/:[\w.-]+$/, '');
  return SERVERS[baseName(name)];
}

/** Args alone: often the whole command after all (`args: [httpd, -p, "80"]` on a bare image), else options. */
function hearArgs(words: Words, env: Environment): Heard {
  const first = baseName(words[0] ?? '');
  if (SHELLS.has(first) || first in PROGRAMS || SILENT.has(first) || INTERPRETERS.test(first)) return hear(words, env);
  const listeners = listenersOfFlags(['', ...words]);
  // A word of command to a program that is not seen: `args: [serve, "9090"]`.
  const named = listeners.length === 0 && /^(?:serve|server|http|listen)$/i.test(first);
  return { listeners: named ? listenersOfName(first, words) : listeners, complete: false };
}

function hear(all: Words, env: Environment, depth = 0): Heard {
  const words = withoutWrappers(all);
  const program = baseName(words[0] ?? '');
  if (program === '' || depth > 4) return { listeners: [], complete: program === '' };
  if (SHELLS.has(program)) return hearShell(words, env, depth);
  if (INTERPRETERS.test(program)) return hearInterpreter(words, env, depth);
  const known = PROGRAMS[program];
  const listeners = known?.(words);
  if (listeners !== undefined) return { listeners, complete: true };
  if (SILENT.has(program)) return { listeners: listenersOfText(words.join(' ')), complete: true };
  const guessed = [...listenersOfFlags(words), ...listenersOfText(words.join(' '))];
  return { listeners: guessed.length > 0 ? guessed : listenersOfName(program, words), complete: false };
}

/** `serve 8080`, `web-server 80`: a program that calls itself a server, with bare numbers for arguments. */
function listenersOfName(program: string, words: Words): readonly Listener[] {
  if (!/serve|http|web|listen|echo/i.test(program)) return [];
  return words.slice(1).flatMap((word, at): readonly Listener[] => {
    const port = portNumber(word);
    // `--timeout 300` is no port.
    if (port === undefined || port < 80 || words[at]?.startsWith('-') === true) return [];
    return [{ port, host: 'untold', protocol: 'TCP', role: 'main', words: words.join(' '), portText: word }];
  });
}

function hearShell(words: Words, env: Environment, depth: number): Heard {
  const option = words.findIndex((word, at) => at > 0 && /^-[a-z]*c$/.test(word));
  const script = option < 0 ? undefined : words[option + 1];
  if (script === undefined) {
    // A shell that waits for someone to type; a script file may do anything.
    return { listeners: [], complete: words.slice(1).every((word) => word.startsWith('-')) };
  }
  // `sh -c SCRIPT NAME ARGUMENT…`: the first word behind the script is its name.
  return hearScript(script, words.slice(option + 3), env, depth);
}

function hearScript(script: string, given: Words, env: Environment, depth: number): Heard {
  const listeners: Listener[] = [];
  let complete = true;
  const variables = new Map(env);
  for (const [at, value] of given.slice(0, 9).entries()) {
    const name = String(at + 1);
    variables.set(name, { name, value, source: 'the command line', literal: false });
  }
  for (const command of commandsOfScript(script)) {
    const words = command.flatMap((word) => (word === '$@' || word === '$*' ? given : [expandShell(word, variables)]));
    const rest = assign(words, variables);
    if (rest.length === 0) continue;
    const heard = hear(rest, variables, depth + 1);
    listeners.push(...heard.listeners);
    complete &&= heard.complete;
  }
  return { listeners, complete };
}

/** `PORT=80 server`, `export PORT=80`: remembered for the words that follow. */
function assign(
  words: Words,
  variables: Map<string, { name: string; value: string | undefined; source: string; literal: boolean }>,
): Words {
  let start = 0;
  for (; start < words.length; start++) {
    const word = words[start] ?? '';
    const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
    if (match === null && word !== 'export' && word !== 'env') break;
    const [, name, value = ''] = match ?? [];
    if (name !== undefined) variables.set(name, { name, value, source: 'the command line', literal: false });
  }
  return words.slice(start);
}

function hearInterpreter(words: Words, env: Environment, depth: number): Heard {
  const module = words.indexOf('-m');
  if (module > 0) return hear(words.slice(module + 1), env, depth + 1);
  const code = words.findIndex((word, at) => at > 0 && (word === '-c' || word === '-e' || word === '-r'));
  if (code > 0) {
    const listeners = listenersOfText(words.slice(code + 1).join(' '));
    return { listeners, complete: listeners.length > 0 };
  }
  const file = words.findIndex((word, at) => at > 0 && !word.startsWith('-'));
  const script = file < 0 ? '' : baseName(words[file] ?? '');
  if (script in PROGRAMS) return hear([script, ...words.slice(file + 1)], env, depth + 1);
  const own = PROGRAMS[baseName(words[0] ?? '')]?.(words);
  if (own !== undefined && own.length > 0) return { listeners: own, complete: true };
  return { listeners: listenersOfFlags(words), complete: false };
}

function withoutWrappers(words: Words): Words {
  let rest = words;
  for (let step = 0; step < 6; step++) {
    const program = baseName(rest[0] ?? '');
    if (!WRAPPERS.has(program) && !WRAPPERS_WITH_WORD.has(program)) return rest;
    let at = 1;
    while (at < rest.length && (rest[at] ?? '').startsWith('-')) at++;
    if (WRAPPERS_WITH_WORD.has(program)) at++;
    rest = rest.slice(at);
  }
  return rest;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function numbersIn(text: string): ReadonlySet<number> {
  return new Set([...text.matchAll(/(?<![\d.])\d{1,5}(?![\d.]*\d)/g)].map((match) => Number(match[0])));
}
