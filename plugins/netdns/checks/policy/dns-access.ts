import type { ClusterDns } from '../../../../shared/dns/cluster-dns.ts';
import { kubeletDnsOf } from '../../../../shared/dns/cluster-domain.ts';
import { nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { POD_INDEX_LABEL, POD_NAME_LABEL } from '../../../../shared/model/pods.ts';
import { formatRef, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import { evaluate } from '../../../../shared/policy/evaluate/evaluate.ts';
import type { Reason, SideWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import { isolating } from '../../../../shared/policy/model.ts';
import { policyModelOf } from '../../../../shared/policy/model-of-index.ts';
import { type CallerPort, callerAccess } from '../../../../shared/policy/services/caller-access.ts';
import type { DnsPort } from './allow-dns.ts';

/** What of a pod's questions a policy stops. */
export interface DnsAccess {
  /** `udp`: all of them; `tcp`: long answers only; `cache`: those to the node cache. */
  readonly kind: 'udp' | 'tcp' | 'cache';
  readonly side: 'egress' | 'ingress';
  readonly policies: readonly string[];
  /** `UDP 53`. */
  readonly ports: readonly string[];
  /** All ports by which the servers answer, open or not. */
  readonly servers: readonly DnsPort[];
  /** The miss in words, with a colon before it; empty when no rule comes near. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly sure: boolean;
  /** Of the node cache. */
  readonly address: string;
}

/** What stops a pod's questions; undefined when nothing surely does. Pods that no policy tells apart are judged once. */
export function dnsAccessOf(index: ClusterIndex, dns: ClusterDns, pod: Pod): DnsAccess | undefined {
  const model = policyModelOf(index);
  const isolated = isolating(model, pod, 'egress').length > 0;
  if (!isolated && !isGuarded(index, dns)) return undefined;
  return index.memo(`netdns/dns-access/${kindOfCaller(pod)}`, () => judge(index, dns, pod));
}

/** Policies of families that are not judged here, which alone decide whether a pod's questions come through. */
export function undecidedBy(index: ClusterIndex, dns: ClusterDns, pod: Pod): readonly Ref[] {
  if (!FOREIGN.some((kind) => index.list(kind).length > 0)) return [];
  return openReasons(index, dns, pod).flatMap((reason) => (reason.code === 'notJudged' ? reason.policies : []));
}

/** Namespaces whose labels, which were not read, decide whether a pod's questions come through. */
export function unreadLabels(index: ClusterIndex, dns: ClusterDns, pod: Pod): readonly string[] {
  if (isolating(policyModelOf(index), pod, 'egress').length === 0 && !isGuarded(index, dns)) return [];
  return openReasons(index, dns, pod).flatMap((reason) =>
    reason.code === 'namespaceLabelsUnknown' ? [reason.namespace] : [],
  );
}

/** Why it is open whether any server gets a pod's questions. */
function openReasons(index: ClusterIndex, dns: ClusterDns, pod: Pod): readonly Reason[] {
  const { service } = dns;
  if (service === undefined) return [];
  return index.memo(`netdns/undecided/${kindOfCaller(pod)}`, () =>
    callerAccess(policyModelOf(index), pod, service, dns.pods)
      .ports.filter(({ servicePort, depends, yes }) => servicePort === 53 && depends.length > 0 && yes.length === 0)
      .flatMap(({ told }) => told?.verdict.reasons ?? []),
  );
}

function isGuarded(index: ClusterIndex, dns: ClusterDns): boolean {
  return index.memo('netdns/servers-guarded', () =>
    dns.pods.some((server) => isolating(policyModelOf(index), server, 'ingress').length > 0),
  );
}

const FOREIGN = [
  'CalicoNetworkPolicy',
  'CalicoGlobalNetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
] as const;

/** What policies can tell a pod by: pods that share it are judged once. */
function kindOfCaller(pod: Pod): string {
  const {
    'pod-template-hash': _hash,
    [POD_NAME_LABEL]: _pod,
    [POD_INDEX_LABEL]: _at,
    ...labels
  } = pod.metadata?.labels ?? {};
  return JSON.stringify([namespaceOf(pod), Object.entries(labels).sort()]);
}

function judge(index: ClusterIndex, dns: ClusterDns, pod: Pod): DnsAccess | undefined {
  if (dns.service === undefined) return undefined;
  const model = policyModelOf(index);
  const ports = callerAccess(model, pod, dns.service, dns.pods).ports.filter(({ servicePort }) => servicePort === 53);
  const closed = ports.filter(({ yes, no, depends }) => no.length > 0 && yes.length === 0 && depends.length === 0);
  const walk = closed.map(deniedSide).find((side) => side !== undefined);
  if (walk === undefined) return cacheAccess(index, dns, pod);
  const udp = closed.some(({ protocol }) => protocol === 'UDP');
  const misses = missesOf(walk);
  return {
    kind: udp ? 'udp' : 'tcp',
    side: walk.direction,
    policies: decidingPolicies(walk),
    ports: closed.map((port) => `${port.protocol} ${podPort(port)}`),
    servers: ports.map((port) => ({ protocol: port.protocol, port: podPort(port) })),
    why: misses.length === 0 ? '' : `: ${misses[0] ?? ''}`,
    evidence: (misses.length === 0 ? [`no ${walk.direction} rule matches`] : misses.slice(0, 3)).map((fact) => ({
      fact,
      source: decidingPolicies(walk).join(', '),
    })),
    sure: true,
    address: '',
  };
}

/** Where kubelets name the node cache, questions go to its address on the node. */
function cacheAccess(index: ClusterIndex, dns: ClusterDns, pod: Pod): DnsAccess | undefined {
  const cache = nodeCacheOf(index);
  if (cache === undefined || cache.pods.length === 0) return undefined;
  const asked = kubeletDnsOf(index).flatMap(({ clusterDns }) => clusterDns);
  const address = cache.addresses.find((entry) => asked.includes(entry) && /^169\.254\.|^fd00:/i.test(entry));
  if (address === undefined || dns.service === undefined) return undefined;
  const cidr = `${address}${address.includes(':') ? '/128' : '/32'}`;
  const verdict = evaluate(
    policyModelOf(index),
    { type: 'pod', pod },
    { type: 'address', cidr },
    { protocol: 'UDP', port: 53 },
  );
  if (verdict.answer !== 'no' || verdict.egress.answer !== 'no') return undefined;
  return {
    kind: 'cache',
    side: 'egress',
    policies: decidingPolicies(verdict.egress),
    ports: ['UDP 53'],
    servers: [],
    why: '',
    evidence: [
      { fact: `no egress rule covers ${address}, port 53`, source: decidingPolicies(verdict.egress).join(', ') },
    ],
    sure: false,
    address,
  };
}

/** The number behind a target port that is named. */
function podPort({ told, targetPort }: CallerPort): number {
  return told?.port ?? (typeof targetPort === 'number' ? targetPort : 53);
}

/** The side that says no; egress first, because packets meet it first. */
function deniedSide({ told }: CallerPort): SideWalk | undefined {
  if (told === undefined || told.verdict.answer !== 'no') return undefined;
  const { egress, ingress } = told.verdict;
  return egress.answer === 'no' ? egress : ingress.answer === 'no' ? ingress : undefined;
}

function decidingPolicies({ decision }: SideWalk): readonly string[] {
  if (decision.by === 'isolation') return decision.policies.map(formatRef);
  return decision.by === 'rule' ? [formatRef(decision.policy)] : ['a network policy'];
}

/** The labels and ports that keep rules from matching, in words. */
function missesOf(walk: SideWalk): readonly string[] {
  const words = walk.tiers.flatMap(({ policies }) =>
    policies.flatMap(({ rules }) =>
      rules.flatMap((rule) => {
        const peers = rule.peers === 'any' ? [] : rule.peers.filter(({ matched }) => matched === 'no');
        const reached = rule.peers === 'any' || rule.peers.some(({ matched }) => matched === 'yes');
        if (reached && !rule.ports.matched) return [`the rule opens ${rule.ports.text || 'no port'}`];
        return peers
          .flatMap(({ misses }) => misses.slice(0, 1))
          .flatMap((miss) => {
            if (miss.what === 'podLabel') {
              return [
                `label ${miss.key}=${miss.values.join('|')} is ${miss.found ?? 'missing'} on pod ${miss.pod.namespace ?? ''}/${miss.pod.name}`,
              ];
            }
            if (miss.what === 'namespaceLabel') {
              return [
                `namespace label ${miss.key}=${miss.values.join('|')} is ${miss.found ?? 'missing'} on ${miss.namespace}`,
              ];
            }
            if (miss.what === 'otherNamespace')
              return [
                `the rule means namespace ${miss.wanted}, the ${walk.direction === 'egress' ? 'DNS servers are' : 'pods that ask are'} in ${miss.found}`,
              ];
            if (miss.what === 'outsideBlock') return [`${miss.addresses.join(', ')} is outside ${miss.cidr}`];
            if (miss.what === 'inExcept') return [`${miss.addresses.join(', ')} is in the exception ${miss.except}`];
            if (miss.what === 'blockNotForPods') return [`the rule names ${miss.cidr}, which does not mean pods`];
            return [];
          });
      }),
    ),
  );
  return [...new Set(words)];
}
