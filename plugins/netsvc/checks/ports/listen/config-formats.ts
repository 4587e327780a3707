import { hostClass, type Listener, parseAddress, portNumber } from './listener.ts';

/** A kind of configuration file: who reads it, how it is called, and the sockets that it asks for. */
export interface ConfigFormat {
  /** Image and command line of the containers that read it. */
  readonly program: RegExp;
  /** The file's name, which is the key of the ConfigMap. */
  readonly file: RegExp;
  /** The command line must name a file of this kind: without that the program does not read it. */
  readonly named?: RegExp;
  /** Variables and options that override the file. */
  readonly overriddenBy?: RegExp;
  readonly read: (text: string) => readonly ConfigSocket[];
}

export interface ConfigSocket extends Pick<Listener, 'port' | 'host' | 'protocol'> {
  /** As it stands in the file. */
  readonly words: string;
}

/** The configuration files of common servers, each by its own manual. */
export const FORMATS: readonly ConfigFormat[] = [
  // ngx_http_core_module, `listen`.
  {
    program: /\b(nginx|openresty)/,
    file: /./,
    read: (text) =>
      matches(text, /^[ \t]*listen[ \t]+(?:([\w.*]+|\[[0-9a-fA-F:.]*\]):)?(\d{2,5})\b([^;\n]*);/gm).map(
        ([words = '', host, port, rest = '']) => socket(words, port, host, /\budp\b/.test(rest) ? 'UDP' : 'TCP'),
      ),
  },
  // Spring Boot, "Server Properties".
  {
    program: /./,
    file: /^(application|bootstrap)[\w-]*\.(ya?ml|properties)$/,
    overriddenBy: /server[._]port/i,
    read: readSpring,
  },
  // redis.conf: one `bind` line with all addresses; one that starts with `-` may be missing.
  {
    program: /\b(redis|valkey)/,
    file: /\.conf$/,
    named: /\.conf\b/,
    overriddenBy: /--port|--bind/,
    read: (text) => hostAndPort(text, /^[ \t]*bind[ \t]+(.+)$/m, /^[ \t]*port[ \t]+(\d+)/m),
  },
  // postgresql.conf, "Connections and Authentication".
  {
    program: /\bpostgres/,
    file: /\.conf$/,
    named: /config_file|\.conf\b/,
    overriddenBy: /listen_addresses/,
    read: (text) =>
      hostAndPort(text, /^[ \t]*listen_addresses[ \t]*=?[ \t]*'([^']*)'/m, /^[ \t]*port[ \t]*=?[ \t]*(\d+)/m),
  },
  // my.cnf: read from conf.d without being named.
  {
    program: /\b(mysql|mariadb|percona)/,
    file: /\.cnf$/,
    overriddenBy: /--port|--bind-address/,
    read: (text) => {
      const server = /^\[(?:mysqld|mariadb|server)\][ \t]*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text)?.[1] ?? '';
      return hostAndPort(server, /^[ \t]*bind[-_]address[ \t]*=[ \t]*(\S+)/m, /^[ \t]*port[ \t]*=[ \t]*(\d+)/m);
    },
  },
  // mongod.conf, `net`.
  {
    program: /\bmongo/,
    file: /\.(conf|ya?ml)$/,
    named: /--config|-f\b/,
    overriddenBy: /--port|--bind_ip/,
    read: (text) => {
      const net = block(text, 'net');
      return hostAndPort(net, /^[ \t]+bindIp:[ \t]*(\S+)/m, /^[ \t]+port:[ \t]*(\d+)/m);
    },
  },
  // gunicorn, "Settings", `bind`.
  {
    program: /\bgunicorn/,
    file: /\.py$/,
    named: /-c\b|--config/,
    overriddenBy: /-b\b|--bind/,
    read: (text) =>
      matches(text, /^[ \t]*bind[ \t]*=[ \t]*\[?['"]([^'"]+)['"]/gm).flatMap(([words = '', at]) => address(words, at)),
  },
  // haproxy.cfg, `bind` of frontends; those of `stats` and Prometheus are for operators.
  {
    program: /\bhaproxy/,
    file: /\.cfg$/,
    read: (text) => matches(text, /^[ \t]*bind[ \t]+(\S+)/gm).flatMap(([words = '', at]) => address(words, at)),
  },
  // Apache httpd, `Listen`.
  {
    program: /\b(httpd|apache)/,
    file: /\.conf$/,
    read: (text) => matches(text, /^[ \t]*Listen[ \t]+(\S+)/gm).flatMap(([words = '', at]) => address(words, at)),
  },
];

function readSpring(text: string): readonly ConfigSocket[] {
  const flat = hostAndPort(
    text,
    /^[ \t]*server\.address[ \t]*[=:][ \t]*(\S+)/m,
    /^[ \t]*server\.port[ \t]*[=:][ \t]*(\d+)\s*$/m,
  );
  if (flat.length > 0) return flat;
  const server = block(text, 'server');
  const indent = /^[ \t]+/.exec(server)?.[0] ?? '  ';
  // Only children of `server` itself: `server.tomcat.…` and `management.server` have ports of their own.
  return hostAndPort(
    server,
    new RegExp(`^${indent}address:[ \\t]*(\\S+)`, 'm'),
    new RegExp(`^${indent}port:[ \\t]*["']?(\\d+)["']?[ \\t]*$`, 'm'),
    (words) => `server: ${words}`,
  );
}

/** The lines below a key that stands at the start of a line of YAML. */
function block(text: string, key: string): string {
  return new RegExp(`^${key}:[ \\t]*\\r?\\n((?:[ \\t]+.*(?:\\r?\\n|$)|[ \\t]*\\r?\\n)*)`, 'm').exec(text)?.[1] ?? '';
}

/** An address and a port that stand on lines of their own. */
function hostAndPort(
  text: string,
  hostLine: RegExp,
  portLine: RegExp,
  quote = (words: string): string => words,
): readonly ConfigSocket[] {
  const host = hostLine.exec(text);
  const port = portLine.exec(text);
  if (host === null && port === null) return [];
  const hosts = (host?.[1] ?? '')
    .split(/[\s,]+/)
    .map((word) => word.replace(/^-/, ''))
    .filter((word) => word !== '');
  const loopback = hosts.length > 0 && hosts.every((word) => hostClass(word) === 'loopback');
  if (port === null && !loopback) return [];
  const words = [host?.[0], port?.[0]].flatMap((line) => (line === undefined ? [] : [line.trim()])).join(', ');
  return [{ port: portNumber(port?.[1]), host: loopback ? 'loopback' : 'any', protocol: 'TCP', words: quote(words) }];
}

function address(words: string, text: string | undefined): readonly ConfigSocket[] {
  const parsed = parseAddress((text ?? '').replace(/^\*:/, ':'));
  if (parsed?.port === undefined) return [];
  return [{ port: parsed.port, host: parsed.reach === 'untold' ? 'any' : parsed.reach, protocol: 'TCP', words }];
}

function socket(
  words: string,
  port: string | undefined,
  host: string | undefined,
  protocol: 'TCP' | 'UDP',
): ConfigSocket {
  return { port: portNumber(port), host: host === undefined || host === '' ? 'any' : hostClass(host), protocol, words };
}

function matches(text: string, form: RegExp): readonly RegExpMatchArray[] {
  return [...text.matchAll(form)];
}
