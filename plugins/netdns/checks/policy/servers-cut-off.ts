import { type Check, defineCheck } from '../../../../shared/diagnose/check.ts';
import { weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import type { ClusterDns } from '../../../../shared/dns/cluster-dns.ts';
import { forwardedZones, targetAddress } from '../../../../shared/dns/corefile/forwarded-zones.ts';
import { serversCorefile } from '../../../../shared/dns/corefile/sources.ts';
import { isSound, upstreamAnswersOf } from '../../../../shared/dns/upstream-answers.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, type Ref } from '../../../../shared/model/refs.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import { evaluate } from '../../../../shared/policy/evaluate/evaluate.ts';
import { isolating } from '../../../../shared/policy/model.ts';
import { POLICY_FACT_KINDS, policyModelOf } from '../../../../shared/policy/model-of-index.ts';
import type { Protocol } from '../../../../shared/policy/rules/port-set.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { policyMessages } from '../../messages/policy.ts';
import { judgeKnown } from '../corefile/corefile-invalid.ts';
import { letOut } from './allow-dns.ts';

/** Where a packet goes, as policies see it: behind the translation of any Service. */
interface Destination {
  readonly cidr: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** What the servers are cut off from. */
type From = 'upstreams' | 'api';

/** Anywhere outside of the pods' network: the address of an API server or of a node's resolver is rarely known. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];
const API_PORTS = [443, 6443];

/** Network policies that keep the DNS servers themselves from the resolvers above them. */
export const upstreamsCutOff = cutOff('upstreams', (index, dns) => {
  const answered = upstreamAnswersOf(index).filter(({ zones }) => zones.some(({ first }) => isSound(first)));
  const names = answered.map(({ pod }) => pod);
  return dns.pods.filter(
    (pod) =>
      !names.includes(nameOf(pod)) &&
      isCut(index, pod, upstreamsOf(index, pod)) &&
      // Of a server that does not even start, that is told alone.
      (isReady(pod) || !isCut(index, pod, apiOf(pod))),
  );
});

/** Network policies that keep the DNS servers themselves from the API server. */
export const apiCutOff = cutOff('api', (index, dns) =>
  dns.pods.filter((pod) => !hasReadSince(index, pod) && isCut(index, pod, apiOf(pod))),
);

function cutOff(from: From, find: (index: ClusterIndex, dns: ClusterDns) => readonly Pod[]): Check<DnsSubject> {
  return defineCheck<DnsSubject>({
    id: `netdns/policy-cuts-${from}`,
    group: 'policy',
    needs: ['Pod'],
    uses: [...POLICY_FACT_KINDS, 'Service', 'ConfigMap', 'Deployment'],
    applies: ({ dns }, { index }) => dns !== undefined && policiesOf(index, dns.pods).length > 0,
    run: ({ dns }, { index }) => {
      if (dns === undefined) return [];
      const pods = find(index, dns);
      return pods.length === 0 ? [] : [finding(index, dns, pods, from)];
    },
  });
}

function finding(index: ClusterIndex, dns: ClusterDns, pods: readonly Pod[], from: From): Finding {
  const weight = weightIn(index);
  const refs = policiesOf(index, pods);
  const [subject = { kind: 'Namespace', name: dns.namespace }] = refs;
  const all = pods.length === dns.pods.length;
  const args = {
    policies: joinNames(refs.map(formatRef), 2),
    pods: all ? '' : joinNames(pods.map(nameOf), 2),
    enforcement: weight.words,
  };
  const ports = from === 'api' ? API_PORTS.map((port) => `TCP ${port}`) : ['UDP 53', 'TCP 53'];
  // Servers that are ready have read the Services once and go on with what they know.
  const known = from === 'api' && pods.some(isReady);
  const told = {
    subject,
    severity: known || !all ? 'warning' : weight.severity,
    confidence: weight.confidence,
    args,
    evidence: [
      { fact: `no egress rule covers an address outside of the pods on ${ports.join(' or ')}`, source: args.policies },
      {
        fact: `selects ${plural(pods.length, 'DNS server')}: ${joinNames(pods.map(podKey), 3)}`,
        source: args.policies,
      },
      ...weight.evidence,
    ],
    fixes: [letOut(dns.namespace, (dns.service === undefined ? undefined : selectorOf(dns.service)) ?? {})],
  };
  return from === 'api' ? policyMessages.DNS405.raise(told) : policyMessages.DNS404.raise(told);
}

function policiesOf(index: ClusterIndex, pods: readonly Pod[]): readonly Ref[] {
  const model = policyModelOf(index);
  const refs = pods.flatMap((pod) => isolating(model, pod, 'egress').map(({ policy }) => policy.ref));
  return [...new Map(refs.map((ref) => [formatRef(ref), ref])).values()];
}

/** Whether policies surely stop all of these ways. */
function isCut(index: ClusterIndex, pod: Pod, ways: readonly Destination[]): boolean {
  const model = policyModelOf(index);
  if (ways.length === 0 || isolating(model, pod, 'egress').length === 0) return false;
  return ways.every(
    ({ cidr, ...port }) => evaluate(model, { type: 'pod', pod }, { type: 'address', cidr }, port).answer === 'no',
  );
}

function families(pod: Pod): readonly string[] {
  const own = pod.status?.podIPs?.map(({ ip = '' }) => ip) ?? [pod.status?.podIP ?? ''];
  return ANYWHERE.filter((cidr) => own.some((ip) => ip.includes(':') === cidr.includes(':')));
}

function apiOf(pod: Pod): readonly Destination[] {
  return families(pod).flatMap((cidr) => API_PORTS.map((port) => ({ cidr, protocol: 'TCP' as const, port })));
}

/** The resolvers that the Corefile names for names outside; where it names a file, any address. */
function upstreamsOf(index: ClusterIndex, pod: Pod): readonly Destination[] {
  const source = serversCorefile(index);
  const zone = source === undefined ? undefined : forwardedZones(judgeKnown(source)).find((one) => one.zone === '.');
  if (zone === undefined) return [];
  return zone.targets.flatMap((word) => {
    const [, host = '', port = '53'] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(targetAddress(word) ?? '') ?? [];
    const single = /^[\d.]+$/.test(host) ? `${host}/32` : host.includes(':') ? `${host}/128` : undefined;
    // Behind the address of a Service policies see pods, which a rule may mean by their labels.
    if (index.list('Service').some(({ spec }) => spec?.clusterIP === host || spec?.clusterIPs?.includes(host)))
      return [];
    const protocol = zone.over === 'tcp' ? ('TCP' as const) : ('UDP' as const);
    return (single === undefined ? families(pod) : [single]).map((cidr) => ({ cidr, protocol, port: Number(port) }));
  });
}

/** A server that became ready after the policies were made has read the Services in spite of them. */
function hasReadSince(index: ClusterIndex, pod: Pod): boolean {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  const started = pod.status?.startTime ?? pod.metadata?.creationTimestamp;
  if (ready === undefined || started === undefined) return false;
  return policiesOf(index, [pod]).some((ref) => {
    const policy = ref.kind === 'NetworkPolicy' ? index.get('NetworkPolicy', ref.namespace, ref.name) : undefined;
    const made = policy?.metadata?.creationTimestamp;
    return made !== undefined && made < started;
  });
}
