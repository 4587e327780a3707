import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { clusterDnsOf, dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { lintCorefile } from '../../../../shared/dns/corefile/lint/lint.ts';
import { lintFactsOf } from '../../../../shared/dns/corefile/lint-facts.ts';
import { corefileSources, judgeSource } from '../../../../shared/dns/corefile/sources.ts';
import { type NodeCache, nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import { inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { configMapPlace, lintFindings } from '../../diagnose/corefile-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodeCacheMessages } from '../../messages/node-cache.ts';
import { kubeletDomain } from '../corefile/kubelet-domain.ts';

/** Filled in by the cache itself when it starts. */
const OWN_PLACEHOLDERS = new Set(['__PILLAR__CLUSTER__DNS__', '__PILLAR__UPSTREAM__SERVERS__']);

/** The Corefile of the node cache: placeholders, and addresses that lead nowhere. */
export const nodeCacheConfig = defineCheck<DnsSubject>({
  id: 'netdns/node-cache-config',
  group: 'node cache',
  needs: [],
  uses: ['ConfigMap', 'DaemonSet', 'Service', 'Pod', 'ServiceCIDR', 'Deployment', 'ReplicaSet', 'Node'],
  applies: (_subject, { index }) => nodeCacheOf(index) !== undefined,
  run: (_subject, { index }) => {
    const cache = nodeCacheOf(index);
    if (cache === undefined) return [];
    const missing = upstreamMissing(index, cache);
    const { configMap } = cache;
    if (configMap === undefined) return missing;
    const name = `${namespaceOf(configMap)}/${nameOf(configMap)}`;
    const subject: Ref = { kind: 'ConfigMap', namespace: namespaceOf(configMap), name: nameOf(configMap) };
    const corefile = configMap.data?.Corefile ?? '';
    const lines = corefile.split('\n');
    const placeholder = lines.findIndex((line) => leftOver(line).length > 0);
    if (placeholder >= 0) {
      const line = lines[placeholder] ?? '';
      return [
        nodeCacheMessages.DNS502.raise({
          subject,
          args: {
            configMap: name,
            words: joinAnd([...new Set(leftOver(corefile))]),
            line: placeholder + 1,
            values: valuesFor(index, cache, leftOver(corefile)),
          },
          evidence: [{ fact: line.trim(), source: `ConfigMap ${name} Corefile:${placeholder + 1}` }],
        }),
      ];
    }
    return [...missing, ...circles(index), ...staleUpstreams(index, subject, lines), ...otherDomain(index, subject)];
  },
});

function leftOver(text: string): readonly string[] {
  return (text.match(/__PILLAR__[A-Z_]+__/g) ?? []).filter((word) => !OWN_PLACEHOLDERS.has(word));
}

/** What belongs in the place of each placeholder; none where one of them is not known. */
function valuesFor(index: ClusterIndex, cache: NodeCache, words: readonly string[]): Readonly<Record<string, string>> {
  const dns = clusterDnsOf(index);
  const known: Readonly<Record<string, string | undefined>> = {
    __PILLAR__DNS__DOMAIN__: clusterDomainOf(index).domain,
    __PILLAR__LOCAL__DNS__: cache.addresses.find((address) => address.startsWith('169.254.')) ?? '169.254.20.10',
    __PILLAR__DNS__SERVER__: dns === undefined ? undefined : dnsAddresses(dns)[0],
  };
  const values = [...new Set(words)].sort().map((word) => [word, known[word]] as const);
  return values.some(([, value]) => value === undefined)
    ? {}
    : Object.fromEntries(values.map(([word, value]) => [word, value ?? '']));
}

/** With __PILLAR__CLUSTER__DNS__ in its Corefile the cache needs the Service by which it finds the servers. */
function upstreamMissing(index: ClusterIndex, cache: NodeCache): readonly Finding[] {
  const { namespace, configMap } = cache;
  if (configMap?.data?.Corefile?.includes('__PILLAR__CLUSTER__DNS__') !== true) return [];
  if (!isProvenAbsent(index, 'Service', namespace, 'kube-dns-upstream')) return [];
  const args =
    cache.set?.spec?.template?.spec?.containers?.flatMap((one) => [...(one.command ?? []), ...(one.args ?? [])]) ?? [];
  // Another Service may be named with -upstreamsvc.
  const named = args[args.findIndex((word) => /^--?upstreamsvc$/.test(word)) + 1];
  if (named !== undefined && args.some((word) => /^--?upstreamsvc$/.test(word)) && named !== 'kube-dns-upstream')
    return [];
  return [
    nodeCacheMessages.DNS504.raise({
      subject: { kind: 'Service', namespace, name: 'kube-dns-upstream' },
      args: { namespace },
      evidence: [{ fact: 'there is no Service kube-dns-upstream', source: `Services of namespace ${namespace}` }],
    }),
  ];
}

/** It forwards to an address that it is bound to itself. */
function circles(index: ClusterIndex): readonly Finding[] {
  const source = corefileSources(index).find(({ program }) => program === 'node-cache');
  if (source === undefined) return [];
  const found = lintCorefile(judgeSource(source), lintFactsOf(index, source));
  return lintFindings(
    found.filter(({ rule }) => rule === 'forwards-to-itself'),
    configMapPlace(source.ref, source.keeper),
  );
}

/** Addresses in `forward` lines that look like ClusterIPs and belong to no Service. */
function staleUpstreams(index: ClusterIndex, subject: Ref, lines: readonly string[]): readonly Finding[] {
  const all = isWhollyRead(index, 'Service');
  const namespace = subject.namespace ?? '';
  // The Services of the servers are in the namespace of the cache: an address of none of them is hardly theirs.
  if (!all && !isWhollyRead(index, 'Service', namespace)) return [];
  const known = new Set(index.list('Service').flatMap(({ spec }) => spec?.clusterIPs ?? [spec?.clusterIP ?? '']));
  const dns = clusterDnsOf(index);
  const right = dns === undefined ? '' : (nodeCacheOf(index)?.upstream?.spec?.clusterIP ?? dnsAddresses(dns)[0] ?? '');
  const seen = new Set<string>();
  return lines.flatMap((line, at) =>
    forwardTargets(line)
      .filter((address) => !known.has(address) && looksLikeClusterIp(index, address) && !seen.has(address))
      .map((address) => {
        seen.add(address);
        return nodeCacheMessages.DNS503.raise({
          subject,
          ...(all ? {} : { confidence: 'likely' as const }),
          args: { address, right, configMap: `${namespace}/${subject.name}`, line: at + 1 },
          evidence: [
            { fact: line.trim(), source: `ConfigMap ${namespace}/${subject.name} Corefile:${at + 1}` },
            {
              fact: `no Service has the ClusterIP ${address}`,
              source: all ? 'Services of all namespaces' : `Services of namespace ${namespace}`,
            },
          ],
        });
      }),
  );
}

/** No block for the domain that kubelets give to pods: names of Services go where all others go. */
function otherDomain(index: ClusterIndex, subject: Ref): readonly Finding[] {
  const told = kubeletDomain(index);
  const source = corefileSources(index).find(({ program }) => program === 'node-cache');
  if (told === undefined || source === undefined) return [];
  const { complete, servers } = judgeSource(source);
  const zones = servers.flatMap((server) => server.zones);
  const inside = zones.some((zone) => zone !== '.' && `.${told.domain}.`.endsWith(`.${zone}`));
  const outward = servers.some(
    ({ zones: own, block }) =>
      own.includes('.') &&
      block.directives.some(({ name, tokens }) => name === 'forward' && tokens.some(({ text }) => isOutward(text))),
  );
  if (!complete || inside || !outward) return [];
  const served = zones.filter((zone) => zone !== '.' && !zone.endsWith('.arpa.')).map((zone) => zone.slice(0, -1));
  const name = `${subject.namespace ?? ''}/${subject.name}`;
  return [
    nodeCacheMessages.DNS507.raise({
      subject,
      args: { configMap: name, domain: told.domain, served: joinAnd(served) },
      evidence: [
        { fact: `blocks for ${joinAnd(zones)}`, source: `ConfigMap ${name} Corefile` },
        { fact: `clusterDomain ${told.domain}`, source: told.source },
      ],
    }),
  ];
}

function isOutward(word: string): boolean {
  return word === '__PILLAR__UPSTREAM__SERVERS__' || word === '/etc/resolv.conf';
}

function forwardTargets(line: string): readonly string[] {
  const [word, , ...targets] = line.replace(/#.*$/, '').trim().split(/\s+/);
  return word === 'forward' ? targets.filter((target) => parseAddress(target) !== undefined) : [];
}

/** In a range of Services where one is known, else near the address of the DNS Service. */
function looksLikeClusterIp(index: ClusterIndex, text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  const ranges = index.list('ServiceCIDR').flatMap(({ spec }) => spec?.cidrs ?? []);
  if (ranges.length > 0) {
    return ranges.some((cidr) => {
      const range = parseCidr(cidr);
      return range !== undefined && inRange(range, address);
    });
  }
  const dns = clusterDnsOf(index);
  const prefix = (dns === undefined ? undefined : dnsAddresses(dns)[0])?.split('.').slice(0, 2).join('.');
  return prefix?.includes('.') === true && text.startsWith(`${prefix}.`);
}
