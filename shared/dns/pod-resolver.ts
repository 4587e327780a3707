import type { PodSpec } from '../model/objects-pod.ts';
import { plainName } from './service-names.ts';

/** The content of a resolv.conf. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly ResolverOption[];
}

export interface ResolverOption {
  readonly name: string;
  readonly value?: string;
}

/** What the kubelet of a pod knows. */
export interface KubeletFacts {
  readonly clusterDns: readonly string[];
  readonly domain: string;
  /** The node's own file; undefined when it was not seen. */
  readonly host?: ResolvConf;
}

/** The resolv.conf that the kubelet writes for a pod. */
export interface PodResolver extends ResolvConf {
  /** Whose servers a pod asks: the cluster's, the node's, or those of its own specification alone. */
  readonly asks: 'cluster' | 'node' | 'own';
  /** dnsPolicy in force, with why it is not the one that is written there. */
  readonly policy: string;
  readonly why: string;
  /** The node's file takes part and was not seen, so that servers or search domains may be missing here. */
  readonly hostUnseen: boolean;
  /** What did not fit: the kubelet leaves it out and says DNSConfigForming. */
  readonly omitted: { readonly nameservers: readonly string[]; readonly searches: readonly string[] };
  readonly ndots: number;
}

/** Limits of the kubelet (pkg/apis/core/validation, ExpandedDNSConfig), of glibc and of musl. */
export const MAX_NAMESERVERS = 3;
export const MAX_SEARCHES = 32;
export const MAX_SEARCH_CHARS = 2048;
const MAX_DOMAIN = 255;
/** musl reads lines into 256 bytes, of which one ends the text and one is the line break. */
const MUSL_LINE = 254;
const MAX_NDOTS = 15;

/** Source: kubernetes/kubernetes pkg/kubelet/network/dns/dns.go, GetPodDNS. */
export function podResolver(spec: PodSpec | undefined, namespace: string, kubelet: KubeletFacts): PodResolver {
  const written = spec?.dnsPolicy ?? 'ClusterFirst';
  const base = baseOf(written, spec?.hostNetwork === true, namespace, kubelet);
  const own = spec?.dnsConfig;
  const nameservers = unique([...base.nameservers, ...(own?.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(own?.searches ?? [])].map(trimDot));
  const options = mergeOptions(base.options, own?.options ?? []);
  const kept = fitSearches(searches);
  return {
    asks: base.asks,
    policy: base.policy,
    why: base.why,
    hostUnseen: base.hostUnseen,
    nameservers: nameservers.slice(0, MAX_NAMESERVERS),
    searches: kept,
    options,
    omitted: {
      nameservers: nameservers.slice(MAX_NAMESERVERS),
      searches: searches.filter((domain) => !kept.includes(domain)),
    },
    ndots: ndotsOf(options),
  };
}

type Base = Pick<PodResolver, 'asks' | 'policy' | 'why' | 'hostUnseen' | 'nameservers' | 'searches' | 'options'>;

function baseOf(written: string, hostNetwork: boolean, namespace: string, kubelet: KubeletFacts): Base {
  const { clusterDns, domain, host } = kubelet;
  if (written === 'None') {
    const none = { nameservers: [], searches: [], options: [] };
    return { asks: 'own', policy: 'None', why: '', hostUnseen: false, ...none };
  }
  const wantsCluster = written === 'ClusterFirstWithHostNet' || (written === 'ClusterFirst' && !hostNetwork);
  if (wantsCluster && clusterDns.length > 0) {
    const own = domain === '' ? [] : [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
    return {
      asks: 'cluster',
      policy: written,
      why: '',
      hostUnseen: host === undefined,
      nameservers: clusterDns,
      searches: unique([...own, ...(host?.searches ?? []).map(trimDot)]),
      options: [{ name: 'ndots', value: '5' }],
    };
  }
  const why =
    written === 'Default'
      ? ''
      : wantsCluster
        ? 'the kubelet has no clusterDNS'
        : 'hostNetwork turns dnsPolicy ClusterFirst into Default';
  return {
    asks: 'node',
    policy: 'Default',
    why,
    hostUnseen: host === undefined,
    nameservers: host?.nameservers ?? [],
    searches: (host?.searches ?? []).map(trimDot),
    options: host?.options ?? [],
  };
}

function mergeOptions(
  base: readonly ResolverOption[],
  own: readonly { readonly name?: string; readonly value?: string }[],
): readonly ResolverOption[] {
  const merged = new Map<string, ResolverOption>();
  for (const { name = '', value } of [...base, ...own])
    merged.set(name, value === undefined ? { name } : { name, value });
  return [...merged.values()];
}

function fitSearches(searches: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let chars = 0;
  for (const domain of searches) {
    if (domain.length > MAX_DOMAIN) continue;
    if (kept.length === MAX_SEARCHES || chars + domain.length + (kept.length === 0 ? 0 : 1) > MAX_SEARCH_CHARS) break;
    chars += domain.length + (kept.length === 0 ? 0 : 1);
    kept.push(domain);
  }
  return kept;
}

/** The dots from which a name is first asked as it is; 1 unless an option says otherwise (resolv.conf(5)). */
export function ndotsOf(options: readonly ResolverOption[]): number {
  const value = Number(options.find(({ name }) => name === 'ndots')?.value ?? '1');
  return Number.isInteger(value) && value >= 0 ? Math.min(value, MAX_NDOTS) : 1;
}

/** The file as the kubelet writes it. */
export function formatResolvConf({ nameservers, searches, options }: ResolvConf): string {
  const lines = [];
  if (searches.length > 0) lines.push(searchLine(searches));
  for (const server of nameservers) lines.push(`nameserver ${server}`);
  const words = options.map(({ name, value }) => (value === undefined || value === '' ? name : `${name}:${value}`));
  if (words.length > 0) lines.push(`options ${words.join(' ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

function searchLine(searches: readonly string[]): string {
  return `search ${searches.join(' ')}`;
}

/** The length of the search line when musl ignores it for being too long; undefined when it reads it. */
export function muslDropsSearch(searches: readonly string[]): number | undefined {
  const { length } = searchLine(searches);
  return searches.length > 0 && length > MUSL_LINE ? length : undefined;
}

/** Reads a resolv.conf: the last `search` or `domain` line counts, options add up (resolv.conf(5)). */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  let searches: readonly string[] = [];
  const options: ResolverOption[] = [];
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined) nameservers.push(rest[0]);
    else if (word === 'search') searches = rest;
    else if (word === 'domain') searches = rest.slice(0, 1);
    else if (word === 'options') {
      for (const option of rest) {
        const [name = '', value] = option.split(':');
        options.push(value === undefined ? { name } : { name, value });
      }
    }
  }
  return { nameservers, searches, options };
}

function trimDot(domain: string): string {
  return domain === '.' ? domain : plainName(domain);
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
