/** What a line of CoreDNS's log means. */
export type LogMeaning =
  | 'query'
  | 'loop'
  | 'upstream-timeout'
  | 'upstream-refused'
  | 'upstream-unreachable'
  | 'upstream-unhealthy'
  | 'upstream-unusable'
  | 'too-many-files'
  | 'too-many-queries'
  | 'other-error'
  | 'api-unreachable'
  | 'not-ready'
  | 'start-refused'
  | 'reload-refused'
  | 'overload'
  | 'panic'
  | 'import-empty'
  | 'started'
  | 'stopped';

/** One line of the query log. */
export interface QueryLine {
  /** Address of the client, without its port. */
  readonly client: string;
  readonly type: string;
  /** Lower case, with the final dot. */
  readonly name: string;
  readonly rcode: string;
  /** Seconds; undefined where the format does not tell. */
  readonly seconds: number | undefined;
}

/** One line with what it tells. */
export interface LogLine {
  readonly meaning: LogMeaning;
  /** The line without what a collector put before it. */
  readonly text: string;
  /** How many times it happened: more than 1 for a consolidated line. */
  readonly count: number;
  /** The upstream concerned, `10.0.0.2:53`. */
  readonly upstream?: string;
  /** The name that failed. */
  readonly name?: string;
  /** Of a loop: the zone. */
  readonly zone?: string;
  readonly query?: QueryLine;
}

/** Dates, pod names and stream marks that runtimes, collectors and `kubectl logs --prefix` put before a line. */
const START =
  /\[(?:INFO|ERROR|WARNING|FATAL|PANIC|DEBUG)\]|plugin\/|CoreDNS-\d|Corefile:\d|\S*Corefile:\d+ - |Listen: |panic: |loading Caddyfile |[EWI]\d{4} \d\d:\d\d|dnsmasq\[\d+\]: /;

/** The first line of a start, one for each zone: `.:53`, `dns://.:53`, in old versions `.:53 on 10.0.0.1`. */
const ZONE = /^\S*:\d+( on \S+)?$/;

/** Whether a DNS server, or a cache of a node, wrote this line. */
export function isOfServer(raw: string): boolean {
  return START.test(raw) || ZONE.test(raw.trim());
}

const QUERY =
  /^\[INFO\] (?:\[([0-9a-fA-F:.%]+)\]|([0-9a-fA-F:.%]+)):\d+ - \d+ "(?:[A-Z]+ )?(\S+) (?:IN|CH|HS|ANY|CLASS\d+) (\S+) (?:udp|tcp|quic|https|grpc|tls)\S* \d+ \S+ \d+" (\S+) \S+ \d+ ([\d.e-]+)s/;

/** `[ERROR] plugin/errors: 2 NAME. TYPE: what`; the number is the rcode. */
const ERROR = /plugin\/errors: (-?\d+) (\S+) (\S+): (.*)$/;
const ARROW = /->(\[?[0-9a-fA-F:.]+\]?:\d+)/;
const DIAL = /dial (?:tcp|udp) (\[?[0-9a-fA-F:.]+\]?:\d+)/;

/** Reads a line; undefined for what says nothing of its own (the rest of a trace, a banner). */
export function parseLogLine(raw: string): LogLine | undefined {
  const at = raw.search(START);
  const text = (at < 0 ? raw : raw.slice(at)).trim();
  if (text === '') return undefined;
  const query = parseQuery(text);
  if (query !== undefined) return { meaning: 'query', text, count: 1, query };
  const loop =
    /plugin\/loop: (?:Loop \(.*\) detected for zone "([^"]*)"|Seen ".*" more than twice, loop detected)/.exec(text);
  if (loop !== null) return { meaning: 'loop', text, count: 1, zone: loop[1] ?? '.' };
  return errorLine(text) ?? otherLine(text);
}

function parseQuery(text: string): QueryLine | undefined {
  const match = QUERY.exec(text);
  if (match === null) return undefined;
  const [, six, four, type = '', name = '', rcode = '', seconds = ''] = match;
  const time = Number(seconds);
  return {
    client: six ?? four ?? '',
    type,
    name: name.toLowerCase(),
    rcode,
    seconds: Number.isFinite(time) ? time : undefined,
  };
}

function errorLine(text: string): LogLine | undefined {
  const many = /plugin\/errors: (\d+) errors like '(.*)' occurred in last/.exec(text);
  if (many !== null) {
    const meaning = meaningOf(many[2] ?? '');
    return { meaning, text, count: Number(many[1]) };
  }
  const match = ERROR.exec(text);
  if (match === null) return undefined;
  const [, , name = '', , what = ''] = match;
  const upstream = ARROW.exec(what)?.[1] ?? DIAL.exec(what)?.[1];
  return {
    meaning: meaningOf(what),
    text,
    count: 1,
    name: name.toLowerCase(),
    ...(upstream === undefined ? {} : { upstream }),
  };
}

function meaningOf(what: string): LogMeaning {
  if (/i\/o timeout|deadline exceeded/.test(what)) return 'upstream-timeout';
  if (/connection refused/.test(what)) return 'upstream-refused';
  if (/no route to host|network is unreachable|host is unreachable|operation not permitted/.test(what))
    return 'upstream-unreachable';
  if (/too many open files/.test(what)) return 'too-many-files';
  if (/concurrent queries exceeded maximum/.test(what)) return 'too-many-queries';
  if (/no healthy proxies|unreachable backend|no upstream|no healthy upstream/.test(what)) return 'upstream-unhealthy';
  // A certificate that is not accepted, a connection that ends early, an answer that is no DNS.
  if (/x509|\btls: |\bEOF$|connection reset|broken pipe|^dns: |bad rdata|out of order response/.test(what))
    return 'upstream-unusable';
  return 'other-error';
}

const OTHERS: readonly (readonly [LogMeaning, RegExp])[] = [
  [
    'reload-refused',
    /plugin\/reload: .*(?:Corefile parse failed|Corefile changed but reload failed)|\[ERROR\] Restart failed:/,
  ],
  [
    'start-refused',
    /^loading Caddyfile via flag: |Error during parsing:|Syntax error: Unexpected token|Unknown directive|error inspecting server blocks|cannot serve .* (?:it is already defined|overlap)|more than \d+ TOs configured|can only be used once per Server Block|(?:Listen|listen).*(?:address already in use|permission denied|cannot assign requested address)/,
  ],
  [
    'api-unreachable',
    /failed to (?:list|watch)|plugin\/kubernetes: Unhandled Error|starting server with unsynced Kubernetes API|Kubernetes API connection failure|waiting for Kubernetes API/i,
  ],
  ['not-ready', /plugin\/ready: (?:Plugins not ready|Still waiting on)/],
  ['too-many-queries', /Maximum number of concurrent DNS queries reached/],
  ['overload', /plugin\/health: Local health request .*(?:failed|took more than)/],
  ['panic', /^panic: |Recovered from panic|\[PANIC\]/],
  ['import-empty', /No files matching import glob pattern/],
  ['stopped', /SIGTERM: Shutting down|Going into lameduck mode|SIGINT: Shutting down/],
  ['started', /^CoreDNS-\d/],
];

function otherLine(text: string): LogLine | undefined {
  const found = OTHERS.find(([, pattern]) => pattern.test(text));
  if (found !== undefined) return { meaning: found[0], text, count: 1 };
  if (/^\[(?:ERROR|FATAL)\]/.test(text)) return { meaning: 'other-error', text, count: 1 };
  // The last words of a server whose plugin refuses its lines: `plugin/forward: not an IP address or file: "x"`.
  return /^plugin\/[a-z0-9_]+: (?!waiting)/.test(text) ? { meaning: 'start-refused', text, count: 1 } : undefined;
}
