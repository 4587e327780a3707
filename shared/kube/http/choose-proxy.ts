import { BlockList, isIP, isIPv6 } from 'node:net';
import { ClusterError } from '../ports.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a server: the cluster's `proxy-url`, else HTTPS_PROXY or HTTP_PROXY unless NO_PROXY excludes the
 * server. Source: Go `golang.org/x/net/http/httpproxy` and client-go `rest.Config.Proxy`. Throws ClusterError('config').
 */
export function chooseProxy(server: URL, proxyUrl: string | undefined, env: Env): URL | undefined {
  if (proxyUrl !== undefined) return parseProxy(proxyUrl, 'proxy-url of the cluster');
  const names = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const name = names.find((candidate) => (env[candidate] ?? '') !== '');
  const value = name === undefined ? undefined : env[name];
  if (name === undefined || value === undefined) return undefined;
  const excluded = env.NO_PROXY || env.no_proxy || '';
  return bypasses(server, excluded) ? undefined : parseProxy(value, name);
}

function parseProxy(text: string, source: string): URL {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    if (['http:', 'https:', 'socks5:', 'socks5h:'].includes(url.protocol)) return url;
  } catch {
    // Falls through to the one message for both.
  }
  throw new ClusterError(
    'config',
    `The ${source} is not a proxy address.`,
    'Write it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.',
  );
}

/**
 * Whether NO_PROXY excludes the server: `*`, an address, a CIDR, `.example.com` (subdomains), `example.com` (itself
 * too), each with an optional port. Loopback is never proxied.
 */
export function bypasses(server: URL, noProxy: string): boolean {
  const host = server.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  if (host === 'localhost' || (isIP(host) !== 0 && inSubnet(host, isIPv6(host) ? '::1/128' : '127.0.0.0/8')))
    return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matchesEntry(entry, host, port));
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isIP(host) !== 0 && inSubnet(host, entry);
  const [name, wantedPort] = splitPort(entry);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  if (isIP(host) !== 0 || isIP(name) !== 0) return name === host;
  const domain = name.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function splitPort(entry: string): readonly [string, string | undefined] {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return [bracketed[1] ?? '', bracketed[2]];
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  return plain === null ? [entry, undefined] : [plain[1] ?? '', plain[2]];
}

function inSubnet(host: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || !/^\d+$/.test(bits)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(bits), family);
  } catch {
    return false;
  }
  return list.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
