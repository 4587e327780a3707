import { optionValue, positionals } from './flag-words.ts';
import { hostClass, type Listener, parseAddress, portNumber } from './listener.ts';
import type { Words } from './shell-words.ts';

/** What one server program makes of its command line; undefined when the words are not of the form that is known. */
export type Program = (words: Words) => readonly Listener[] | undefined;

/** How a program takes its address; host and port may stand in one word or in two. */
interface Grammar {
  readonly port?: readonly string[];
  readonly host?: readonly string[];
  readonly address?: readonly string[];
  readonly defaultPort?: number;
  readonly defaultHost?: 'any' | 'loopback';
  /** A configuration file may say otherwise, so that the default is no evidence. */
  readonly config?: readonly string[];
}

/** Makes a program of a grammar of options. */
function withOptions(grammar: Grammar): Program {
  return (words) => {
    const addressText = grammar.address === undefined ? undefined : optionValue(words, grammar.address);
    const portText = grammar.port === undefined ? undefined : optionValue(words, grammar.port);
    const hostText = grammar.host === undefined ? undefined : optionValue(words, grammar.host);
    const address = addressText === undefined ? undefined : parseAddress(addressText);
    if ([addressText, portText, hostText].some((text) => text?.includes('$') === true)) return undefined;
    const told = address?.port ?? portNumber(portText);
    const configured = grammar.config !== undefined && optionValue(words, grammar.config) !== undefined;
    if (told === undefined && (configured || grammar.defaultPort === undefined)) return undefined;
    const hostWord = address?.host ?? hostText;
    // `-b :8080` names a wildcard, which a default of 127.0.0.1 does not narrow.
    if (address !== undefined && address.reach === 'any')
      return [listener(words, told ?? grammar.defaultPort, 'any', addressText, undefined, told === undefined)];
    const host = hostWord === undefined ? (grammar.defaultHost ?? 'any') : hostClass(hostWord);
    return [listener(words, told ?? grammar.defaultPort, host, portText ?? addressText, hostWord, told === undefined)];
  };
}

function listener(
  words: Words,
  port: number | undefined,
  host: 'any' | 'loopback',
  portText?: string,
  hostText?: string,
  byDefault = false,
  protocol: 'TCP' | 'UDP' = 'TCP',
): Listener {
  return {
    port,
    host,
    protocol,
    role: 'main',
    words: words.join(' '),
    ...(byDefault ? { byDefault } : {}),
    ...(portText === undefined ? {} : { portText }),
    ...(hostText === undefined ? {} : { hostText }),
  };
}

/** busybox httpd; the Apache server of the same name takes other options and reads a file. */
const httpd: Program = (words) => {
  if (words.slice(1).some((word) => /^-(D|k|X|d|c|C|e|t|S|l|L|M)/.test(word))) return undefined;
  return withOptions({ address: ['-p'], defaultPort: 80 })(words);
};

const NETCAT_WITH_VALUE = 'pswiqmoIOTXxVbg';

/** All netcats: busybox (`-l -p 80`), OpenBSD (`-l 80`), nmap's ncat (`-l 127.0.0.1 80`). */
const netcat: Program = (words) => {
  let listens = false;
  let udp = false;
  let host: string | undefined;
  let port: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--listen') listens = true;
    else if (word === '--udp') udp = true;
    else if (/^-[A-Za-z]/.test(word)) {
      if (word.includes('l')) listens = true;
      if (word.includes('u')) udp = true;
      const last = word[word.length - 1] ?? '';
      // `-e PROGRAM ARGS…`: what follows belongs to the program.
      if (last === 'e' || last === 'c') break;
      if (/^-[a-z]*p\d+$/.test(word)) port = word.replace(/\D/g, '');
      else if (last === 'p') port = words[++at];
      else if (last === 's') host = words[++at];
      else if (NETCAT_WITH_VALUE.includes(last)) at++;
    } else if (portNumber(word) !== undefined) port ??= word;
    else if (!word.startsWith('-')) host ??= word;
  }
  if (!listens) return [];
  const number = portNumber(port);
  if (number === undefined) return undefined;
  return [
    listener(words, number, host === undefined ? 'any' : hostClass(host), port, host, false, udp ? 'UDP' : 'TCP'),
  ];
};

const socat: Program = (words) => {
  const found: Listener[] = [];
  for (const word of words.slice(1)) {
    const match = /^(tcp|udp|openssl)[46]?-?(?:l|listen|recv|recvfrom):(\d{1,5})((?:,[^\s]*)?)$/i.exec(word);
    if (match === null) continue;
    const [, kind = '', port, options = ''] = match;
    const host = /,bind=([^,]+)/i.exec(options)?.[1];
    const protocol = kind.toLowerCase() === 'udp' ? 'UDP' : 'TCP';
    const reach = host === undefined ? 'any' : hostClass(host);
    found.push(listener(words, portNumber(port), reach, port, host, false, protocol));
  }
  return found;
};

/** `tcpsvd IP PORT PROGRAM…`, `udpsvd` alike (busybox, ipsvd). */
const superServer: Program = (words) => {
  const [host, port] = positionals(words, ['-C', '-c', '-b', '-u', '-l', '-x', '-i', '-t']);
  const number = portNumber(port);
  if (host === undefined || number === undefined) return undefined;
  const protocol = words[0]?.endsWith('udpsvd') === true ? 'UDP' : 'TCP';
  return [listener(words, number, hostClass(host), port, host, false, protocol)];
};

/** `python -m http.server [PORT] [--bind ADDRESS]`. */
const httpServer: Program = (words) => {
  const host = optionValue(words, ['--bind', '-b']);
  const [port] = positionals(words, ['--bind', '-b', '--directory', '-d', '--protocol', '-p']);
  if (port !== undefined && portNumber(port) === undefined) return undefined;
  const reach = host === undefined ? 'any' : hostClass(host);
  return [listener(words, portNumber(port) ?? 8000, reach, port, host, port === undefined)];
};

/** Django: `manage.py runserver [ADDRESS:]PORT`, 127.0.0.1:8000 when nothing is said. */
const runserver: Program = (words) => {
  const at = words.indexOf('runserver');
  if (at < 0) return undefined;
  const text = words.slice(at + 1).find((word) => !word.startsWith('-'));
  const address = text === undefined ? undefined : parseAddress(text);
  if (text !== undefined && address === undefined) return undefined;
  const bare = text !== undefined && portNumber(text) !== undefined;
  const host = text === undefined || bare ? 'loopback' : address?.host === undefined ? 'any' : hostClass(address.host);
  return [listener(words, address?.port ?? 8000, host, text, address?.host, text === undefined)];
};

const flask: Program = (words) => {
  if (!words.includes('run')) return undefined;
  return withOptions({ port: ['--port', '-p'], host: ['--host', '-h'], defaultPort: 5000, defaultHost: 'loopback' })(
    words,
  );
};

const php: Program = (words) => withOptions({ address: ['-S'] })(words);

const rails: Program = (words) => {
  if (!words.some((word) => word === 'server' || word === 's')) return undefined;
  return withOptions({ port: ['-p', '--port'], host: ['-b', '--binding'] })(words);
};

/** Kubernetes' test image: `agnhost netexec`, `agnhost serve-hostname`. */
const agnhost: Program = (words) => {
  const udp = portNumber(optionValue(words, ['--udp-port'])) ?? 8081;
  if (words.includes('netexec')) {
    const http = withOptions({ port: ['--http-port'], defaultPort: 8080 })(words) ?? [];
    return [...http, listener(words, udp, 'any', undefined, undefined, false, 'UDP')];
  }
  if (words.includes('serve-hostname')) return withOptions({ port: ['--port'], defaultPort: 9376 })(words);
  return undefined;
};

/** PostgreSQL: `-p PORT`, `-h ADDRESS`, and every setting as `-c NAME=VALUE` or `--NAME=VALUE`. */
const postgres: Program = (words) => {
  const settings = words.flatMap((word, at) => {
    const text =
      word === '-c'
        ? words[at + 1]
        : word.startsWith('-c') && !word.startsWith('--')
          ? word.slice(2)
          : word.replace(/^--/, '');
    const match = /^([a-z_-]+)=(.*)$/.exec(text ?? '');
    return match === null ? [] : [[(match[1] ?? '').replaceAll('-', '_'), match[2] ?? ''] as const];
  });
  const value = (name: string): string | undefined => settings.findLast(([key]) => key === name)?.[1];
  if (value('config_file') !== undefined) return undefined;
  const port = optionValue(words, ['-p']) ?? value('port');
  const hosts = (optionValue(words, ['-h']) ?? value('listen_addresses') ?? '*').replace(/^'|'$/g, '').split(/[\s,]+/);
  const loopback = hosts.every((host) => hostClass(host) === 'loopback');
  return [
    listener(
      words,
      portNumber(port) ?? 5432,
      loopback ? 'loopback' : 'any',
      port,
      loopback ? hosts[0] : undefined,
      port === undefined,
    ),
  ];
};

/** MySQL and MariaDB; the X protocol has a port of its own. */
const mysqld: Program = (words) => {
  const main = withOptions({ port: ['--port', '-P'], host: ['--bind-address'], defaultPort: 3306 })(words) ?? [];
  const [first] = main;
  return first === undefined ? undefined : [...main, { ...first, port: 33_060, role: 'side', byDefault: true }];
};

const uvicorn = withOptions({ port: ['--port'], host: ['--host'], defaultPort: 8000, defaultHost: 'loopback' });

/** Server programs by the name of their file. Defaults are those of the programs' own manuals. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  httpd,
  nc: netcat,
  ncat: netcat,
  netcat,
  socat,
  tcpsvd: superServer,
  udpsvd: superServer,
  'http.server': httpServer,
  SimpleHTTPServer: httpServer,
  'manage.py': runserver,
  'django-admin': runserver,
  flask,
  uvicorn,
  daphne: withOptions({ port: ['-p', '--port'], host: ['-b', '--bind'], defaultPort: 8000, defaultHost: 'loopback' }),
  gunicorn: withOptions({
    address: ['-b', '--bind'],
    config: ['-c', '--config'],
    defaultPort: 8000,
    defaultHost: 'loopback',
  }),
  hypercorn: withOptions({
    address: ['-b', '--bind'],
    config: ['-c', '--config'],
    defaultPort: 8000,
    defaultHost: 'loopback',
  }),
  'waitress-serve': withOptions({ address: ['--listen'], port: ['--port'], host: ['--host'], defaultPort: 8080 }),
  php,
  rails,
  puma: withOptions({ address: ['-b', '--bind'], port: ['-p', '--port'] }),
  agnhost,
  'http-echo': withOptions({ address: ['-listen', '--listen'], defaultPort: 5678 }),
  'http-server': withOptions({ port: ['-p', '--port'], host: ['-a'], defaultPort: 8080 }),
  'redis-server': withOptions({ port: ['--port'], host: ['--bind'] }),
  postgres,
  mysqld,
  mariadbd: mysqld,
  memcached: withOptions({ port: ['-p', '--port'], host: ['-l', '--listen'], defaultPort: 11_211 }),
  mongod: withOptions({ port: ['--port'], host: ['--bind_ip'], config: ['-f', '--config'], defaultPort: 27_017 }),
};
