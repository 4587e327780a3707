/** CoreDNS versions as sortable numbers: 1.12.4 → 1012004. */
export type Version = number;

/** The newest version whose rules are known here. */
export const NEWEST_VERSION = '1.15.0';

/** Reads `1.12.4`, `v1.12.4`, `1.12`, `1.11.3-eksbuild.1`, `v1.9.3+k3s1`. Undefined for what is no version. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?![\d])/.exec(text.trim());
  if (match === null) return undefined;
  const [major, minor, patch] = [match[1], match[2], match[3] ?? '0'].map(Number) as [number, number, number];
  return major * 1_000_000 + minor * 1_000 + patch;
}

/** A version known to be one; for the constants of this folder. */
export function version(text: string): Version {
  return parseVersion(text) ?? 0;
}

/** `1.12.4`, from the number in which versions are compared. */
export function writeVersion(value: Version): string {
  return [Math.floor(value / 1_000_000), Math.floor(value / 1_000) % 1000, value % 1000].join('.');
}

/** Plugins of version 1.0.0 (plugin.cfg), in no order. */
const FIRST =
  'tls root bind debug trace health pprof prometheus errors log dnstap chaos cache rewrite loadbalance dnssec autopath reverse hosts federation kubernetes file auto secondary etcd proxy erratic whoami startup shutdown';

/** What each version added to and removed from plugin.cfg. */
const CHANGES: readonly (readonly [version: string, added: string, removed?: string])[] = [
  ['1.0.1', 'nsid'],
  ['1.0.3', 'template'],
  ['1.0.5', 'forward on route53'],
  ['1.1.0', 'reload'],
  ['1.1.1', '', 'shutdown startup'],
  ['1.2.0', 'metadata', 'reverse'],
  ['1.2.1', 'loop'],
  ['1.3.0', 'k8s_external'],
  ['1.5.0', 'cancel grpc ready', 'proxy'],
  ['1.5.1', 'any'],
  ['1.6.2', 'azure'],
  ['1.6.3', 'clouddns sign'],
  ['1.6.4', 'acl'],
  ['1.6.5', 'transfer'],
  ['1.6.6', 'bufsize'],
  ['1.7.0', 'dns64', 'federation'],
  ['1.8.1', 'local'],
  ['1.8.4', 'minimal'],
  ['1.8.5', 'geoip header'],
  ['1.9.4', 'tsig'],
  ['1.10.0', 'view'],
  ['1.10.1', 'timeouts'],
  ['1.12.0', 'multisocket'],
  ['1.12.2', 'quic'],
  ['1.13.0', 'nomad'],
  ['1.14.0', 'grpc_server https https3'],
  ['1.14.3', 'proxyproto'],
  ['1.14.7', 'shed'],
  ['1.15.0', 'siit dynupdate'],
];

/** What the node-cache program is built with (kubernetes/dns cmd/node-cache/main.go): no kubernetes plugin among it. */
const NODE_CACHE =
  'bind bufsize cache debug dns64 errors forward health hosts loadbalance log loop prometheus pprof reload rewrite template timeouts trace whoami';

/** Words that may begin a line in a server block of this version. */
export function directivesOf(of: Version): ReadonlySet<string> {
  const known = new Set(FIRST.split(' '));
  for (const [since, added, removed = ''] of CHANGES) {
    if (version(since) > of) continue;
    for (const name of added.split(' ')) if (name !== '') known.add(name);
    for (const name of removed.split(' ')) known.delete(name);
  }
  return known;
}

/** Whether any version up to the newest known had this plugin: what is gone does not come back under its name. */
export function wasEverKnown(name: string): boolean {
  return FIRST.split(' ').includes(name) || CHANGES.some(([, added]) => added.split(' ').includes(name));
}

/** The directives that the build of CoreDNS in NodeLocal DNSCache knows. */
export function nodeCacheDirectives(): ReadonlySet<string> {
  return new Set(NODE_CACHE.split(' '));
}

/** The order in which plugins are set up and asked (plugin.cfg of 1.15.0, with the ones that are gone put where they were). */
export const PLUGIN_ORDER: readonly string[] =
  'root metadata geoip cancel proxyproto quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ready health pprof shed prometheus errors log dnstap local dns64 siit any chaos loadbalance tsig rewrite autopath acl cache header dnssec tls minimal template transfer dynupdate hosts route53 azure clouddns k8s_external kubernetes federation reverse file auto secondary etcd loop forward proxy grpc erratic whoami on sign view nomad startup shutdown'.split(
    ' ',
  );
