import { hostsIn, type NamedHost } from '../../names/host-references.ts';

/** What programs say of a name that does not resolve: glibc, musl, Go, Node.js, Java, Python, curl, PostgreSQL. */
const UNRESOLVED =
  /EAI_AGAIN|ENOTFOUND|no such host|name or service not known|name does not resolve|temporary failure in name resolution|could(?:n't| not) resolve|can't resolve|bad address|UnknownHostException|could not translate host name|nodename nor servname|no servers could be reached|NXDOMAIN|server misbehaving|lookup [-\w.]+ on \S+:? .*(?:timeout|refused)|queryA+ E\w+|failed to lookup address|NameResolver\w*Exception|LifetimeTimeout|host not found|produced zero addresses/i;

/** A host where it stands as such: after the word of an error, or as the argument of a program that connects. */
const ASKED = [
  /\b(?:EAI_AGAIN|ENOTFOUND|UnknownHostException:?|resolve host:?|lookup)\s+["']?([a-z][-a-z0-9.]*[a-z0-9])/gi,
  /\b(?:translate host name|bad address|can't resolve|host|upstream)\s+["']([a-z][-a-z0-9.]*[a-z0-9])["']/gi,
  /\b(?:nslookup|dig|getent hosts|ping(?: -\w+(?: \d+)?)*|nc(?: -\w+(?: \d+)?)*|telnet)\s+([a-z][-a-z0-9.]*[a-z0-9])(?:\s+(\d{2,5}))?/gi,
  /(?<![\w.@/:-])([a-z][-a-z0-9.]*[a-z0-9]):(\d{2,5})(?=: )/gi,
  // bash: `/dev/tcp/db/5432`; socat: `TCP:db:5432`
  /\b(?:dev\/tcp\/|tcp[46]?(?:-connect)?:)([a-z][-a-z0-9.]*[a-z0-9])[:/](\d{2,5})/gi,
  // Java: `kafka.data/10.96.0.7:9092`
  /(?<![\w./-])([a-z][-a-z0-9.]*)\/\d{1,3}(?:\.\d{1,3}){3}:(\d{2,5})/gi,
  // Node.js, Go, libpq: an address, which may be that of a Service; that of a DNS server is no peer
  /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})\)?(?::|,? port )(?!53\b)(\d{2,5})/gi,
  /\s(?:-h|--host)[ =]([a-z][-a-z0-9.]*[a-z0-9])(?:\s+(?:-p|--port)[ =](\d{2,5}))?/gi,
];

/** Whether a text tells of a name that did not resolve. */
export function tellsUnresolved(text: string): boolean {
  return UNRESOLVED.test(text);
}

/** The hosts that a text names as something to connect to or to look up, each once. */
export function askedHosts(text: string): readonly NamedHost[] {
  const found = new Map<string, NamedHost>();
  const add = (one: NamedHost): void => {
    const key = one.host.replace(/\.$/, '').toLowerCase();
    const known = found.get(key);
    if (known === undefined || known.port === undefined) found.set(key, { ...one, host: key });
  };
  for (const one of hostsIn(text)) add(one);
  for (const pattern of ASKED) {
    for (const [, host = '', port] of text.matchAll(pattern))
      add({ host, port: port === undefined ? undefined : Number(port), scheme: undefined });
  }
  return [...found.values()].filter(({ host }) => host !== 'localhost');
}
