/** A line of a program's log that tells of a lookup without an answer. */
export interface LookupLine {
  /** Undefined where the program does not say whom it looked for. */
  readonly host?: string | undefined;
  /** The server that was asked, where the line tells it. */
  readonly server?: string | undefined;
  /** The words are the same for a name that does not exist. */
  readonly doubtful?: boolean;
}

/** As Go writes it: `lookup web on 10.96.0.10:53: read udp 10.244.1.7:4711->10.96.0.10:53: i/o timeout`. */
const GO = /lookup (?<host>\S+) on \[?(?<server>[0-9a-fA-F.:]+?)\]?:53: .*i\/o timeout/;

/** As netty does: `[4711: /10.96.0.10:53] DefaultDnsQuestion(web. IN A) query '4711' via UDP timed out`. */
const NETTY =
  /\/(?<server>[0-9a-fA-F.:]+):53(?:\(\w+\))?\] DefaultDnsQuestion\((?<host>[-\w.]+?)\.? IN \w+\).*timed out/;

/** EAI_AGAIN of getaddrinfo in the words of glibc, musl and .NET, or its name: no server answered in time. */
const AGAIN = '(?:temporary failure in name resolution|try again|resource temporarily unavailable)';

/** How other languages name the host of a lookup without an answer; none names the server. */
const OTHERS: readonly RegExp[] = [
  /getaddrinfo EAI_AGAIN (?<host>[-\w.]+)/,
  /query[A-Z]+ ETIMEOUT (?<host>[-\w.]+)/,
  // nginx, whose resolver gives up after 30 s; 110 is ETIMEDOUT.
  /\] (?:\d+#\d+: )?(?:\*\d+ )?(?<host>[-\w.]+) could not be resolved \(110: /,
  /Unknown MySQL server host '(?<host>[-\w.]+)' \(-3\)/,
  new RegExp(String.raw`UnknownHostException: (?<host>[-\w.]+): ${AGAIN}`, 'i'),
  new RegExp(String.raw`(?:resolve|host name|getaddrinfo for) ["']?(?<host>[-\w.]+)["']?.*${AGAIN}`, 'i'),
  new RegExp(String.raw`\blookup (?<host>[-\w.]+): (?:${AGAIN}|.*i\/o timeout)`, 'i'),
  new RegExp(String.raw`(?:connection to |connecting to |https?:\/\/)(?<host>[-\w.]+)(?::\d+|[/)"'\s]).*${AGAIN}`, 'i'),
  new RegExp(String.raw`${AGAIN} \((?<host>[-\w.]+):\d+\)`, 'i'),
];

/** Programs that do not say whom they looked for: curl with a time limit, nslookup and dig. */
const NAMELESS = /Resolving timed out after \d+ milli|connection timed out; no servers could be reached/;

/** curl, and the wget, ping and nc of busybox, have the same words for silence and for a name that does not exist. */
const DOUBTFUL = /(?:Could not resolve host: |\bbad address ['"])(?<host>[-\w.]+)/;

/** Words of which one stands in each of these lines: most logs hold none. */
export const LOOKUP_WORDS = new RegExp(
  `i/o timeout|EAI_AGAIN|ETIMEOUT|DefaultDnsQuestion|could not be resolved|server host|Resolving timed|no servers could be|Could not resolve host|bad address|${AGAIN}`,
  'i',
);

/** What a line tells of a lookup that got no answer; undefined for other lines. */
export function lookupLine(line: string): LookupLine | undefined {
  if (!LOOKUP_WORDS.test(line)) return undefined;
  const told = GO.exec(line)?.groups ?? NETTY.exec(line)?.groups;
  if (told !== undefined) return told;
  for (const words of OTHERS) {
    const groups = words.exec(line)?.groups;
    if (groups !== undefined) return groups;
  }
  if (NAMELESS.test(line)) return {};
  const groups = DOUBTFUL.exec(line)?.groups;
  return groups === undefined ? undefined : { ...groups, doubtful: true };
}
