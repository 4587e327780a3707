import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { isIp, splitAddress } from '../../../../shared/dns/corefile/go/addresses.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';

const MOST_UPSTREAMS = 3;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What kube-dns reads of its ConfigMap (kubernetes/dns pkg/dns/config/config.go). */
interface Config {
  readonly stubDomains: ReadonlyMap<string, readonly string[]>;
  readonly upstreams: readonly string[];
}

class Refused extends Error {}

/** The ConfigMap of kube-dns: one that it refuses, and one that makes it ask itself. */
export const kubeDnsConfig = defineCheck<DnsSubject>({
  id: 'netdns/kube-dns-config',
  group: 'servers',
  needs: ['ConfigMap'],
  uses: ['Service', 'Deployment', 'DaemonSet', 'Pod'],
  applies: ({ dns }) => dns?.flavour === 'kube-dns',
  run: ({ dns }, { index }) => {
    const data = index.get('ConfigMap', dns?.namespace ?? '', 'kube-dns')?.data ?? {};
    const subject = { kind: 'ConfigMap', namespace: dns?.namespace ?? '', name: 'kube-dns' };
    try {
      return circles(
        readConfig(data),
        dns === undefined ? [] : dnsAddresses(dns),
        clusterDomainOf(index).domain,
        subject,
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return [
        serversMessages.DNS121.raise({
          subject,
          args: { namespace: subject.namespace, why: error.message },
          evidence: [{ fact: error.message, source: `ConfigMap ${subject.namespace}/kube-dns` }],
        }),
      ];
    }
  },
});

function readConfig(data: Readonly<Record<string, string>>): Config {
  const federations = parse(data, 'federations', isTextMap);
  for (const [name, domain] of Object.entries(federations ?? {})) {
    if (!LABEL.test(name) || !isSubdomain(domain))
      throw new Refused(`federations: "${name}": "${domain}" is no domain`);
  }
  const stubs = Object.entries(parse(data, 'stubDomains', isListMap) ?? {});
  for (const [domain, servers] of stubs) {
    if (!isSubdomain(domain)) throw new Refused(`stubDomains: "${domain}" is no domain in lower case`);
    for (const server of servers) {
      if (!isIp(hostOf(server)) && !isSubdomain(server)) throw new Refused(`stubDomains: "${server}" is no address`);
    }
  }
  const upstreams = parse(data, 'upstreamNameservers', isTextList) ?? [];
  if (upstreams.length > MOST_UPSTREAMS) {
    throw new Refused(`upstreamNameservers: ${upstreams.length} entries, at most ${MOST_UPSTREAMS} are allowed`);
  }
  const wrong = upstreams.find((server) => !isIp(hostOf(server)));
  if (wrong !== undefined) throw new Refused(`upstreamNameservers: "${wrong}" is no address`);
  return { stubDomains: new Map(stubs), upstreams };
}

function parse<T>(
  data: Readonly<Record<string, string>>,
  key: string,
  fits: (value: unknown) => value is T,
): T | undefined {
  const text = data[key];
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused(`${key} is no JSON: ${shorten(text.trim(), 60)}`);
  }
  if (!fits(value)) throw new Refused(`${key} has another form than kube-dns reads: ${shorten(text.trim(), 60)}`);
  return value;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListMap(value: unknown): value is Readonly<Record<string, readonly string[]>> {
  return isMap(value) && Object.values(value).every(isTextList);
}

function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  return isMap(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function isSubdomain(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => label.length <= 63 && LABEL.test(label));
}

function hostOf(server: string): string {
  const parts = splitAddress(server);
  return 'error' in parts ? server : parts.host;
}

/** Servers that are kube-dns itself, and stub domains that take the cluster's own names. */
function circles(config: Config, own: readonly string[], domain: string, subject: Ref): readonly Finding[] {
  const isOwn = (server: string) => own.includes(hostOf(server));
  const told = [
    ...config.upstreams.filter(isOwn).map((server) => `upstreamNameservers names ${server}, its own Service`),
    ...[...config.stubDomains].flatMap(([zone, servers]) => [
      ...servers.filter(isOwn).map((server) => `stubDomains sends ${zone} to ${server}, its own Service`),
      ...(zone === domain ? [`stubDomains sends names of the cluster (${zone}) to ${joinNames(servers)}`] : []),
    ]),
  ];
  return told.map((what) =>
    serversMessages.DNS122.raise({
      subject,
      args: { what, namespace: subject.namespace ?? '' },
      evidence: [{ fact: what, source: `ConfigMap ${subject.namespace ?? ''}/kube-dns` }],
    }),
  );
}
