import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import type { ClusterDns } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { topOwner } from '../../../../shared/model/owners.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import { formatSelector, matchesSelector } from '../../../../shared/model/selectors.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { compareText, joinAnd, joinNames, plural } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { policyMessages } from '../../messages/policy.ts';
import { type Askers, letAsk, letAskCache, letIn } from './allow-dns.ts';
import { type DnsAccess, dnsAccessOf } from './dns-access.ts';

/** Pods whose questions a network policy stops, on their own side or on the servers'. */
export const policyBlocksDns = defineCheck<DnsSubject>({
  id: 'netdns/policy-blocks-dns',
  group: 'policy',
  needs: [],
  uses: [...POLICY_FACT_KINDS, 'Service', 'ConfigMap'],
  run: ({ dns, callers }, { index }) => {
    if (dns === undefined || dns.pods.length === 0 || dns.service === undefined) return [];
    const groups = new Map<string, Group>();
    for (const pod of index.list('Pod', callers)) {
      // What plugins make of the host network differs, and such pods mostly ask the node's DNS.
      if (isFinished(pod) || pod.spec?.hostNetwork === true || dns.pods.includes(pod)) continue;
      const access = dnsAccessOf(index, dns, pod);
      if (access === undefined) continue;
      // A policy on the servers shuts out whole namespaces, which is one fault; on the callers' side each mends its own.
      const scope = access.side === 'ingress' ? '' : namespaceOf(pod);
      const key = JSON.stringify([scope, access.kind, access.policies, access.ports]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { access, pods: [pod] });
      else group.pods.push(pod);
    }
    return [...groups.entries()].sort(([a], [b]) => compareText(a, b)).map(([, group]) => finding(index, dns, group));
  },
});

interface Group {
  readonly access: DnsAccess;
  readonly pods: Pod[];
}

function finding(index: ClusterIndex, dns: ClusterDns, { access, pods }: Group): Finding {
  const weight = weightIn(index);
  const namespaces = [...new Set(pods.map(namespaceOf))].sort(compareText);
  const [namespace = ''] = namespaces;
  const owners = [...new Set(pods.map((pod) => ownerWord(index, pod)))];
  const who =
    namespaces.length > 1
      ? `pods of namespaces ${joinNames(namespaces, 3)}`
      : `${joinNames(owners, 2)} in namespace ${namespace}`;
  const labels = dns.service === undefined ? undefined : selectorOf(dns.service);
  const place = { namespace: dns.namespace, labels: labels ?? {}, ports: access.servers };
  const policies = joinNames(access.policies, 2);
  const subject = policyRef(access.policies[0] ?? '') ?? { kind: 'Namespace', name: namespace };
  const evidence: readonly Evidence[] = [
    ...access.evidence,
    {
      fact: `${plural(pods.length, 'pod')}: ${joinNames(pods.map(nameOf), 3)}`,
      source: `${namespaces.length > 1 ? 'namespaces' : 'namespace'} ${joinNames(namespaces, 3)}`,
    },
    ...weight.evidence,
  ];
  const askers = askersOf(index, namespace, access.policies, pods);
  const fixes = [access.side === 'ingress' ? letIn(place) : letAsk(askers, place)];
  // A policy that nobody enforces does no harm yet.
  const small = weight.severity === 'warning' ? { confidence: weight.confidence } : {};
  const common = { subject, evidence, pods: pods.map(podKey), fixes };
  if (access.kind === 'tcp') {
    return policyMessages.DNS402.raise({ ...common, ...small, args: { who, policies, enforcement: weight.words } });
  }
  if (access.kind === 'cache') {
    const args = { who, policies, address: access.address, enforcement: weight.words };
    return policyMessages.DNS403.raise({ ...common, ...small, fixes: [letAskCache(askers, access.address)], args });
  }
  return policyMessages.DNS401.raise({
    ...common,
    severity: weight.severity,
    confidence: access.sure ? weight.confidence : 'likely',
    impact: 0.6,
    args: {
      who,
      policies,
      ports: joinAnd(access.ports),
      side: access.side,
      why: access.why,
      enforcement: weight.words,
    },
  });
}

function ownerWord(index: ClusterIndex, pod: Pod): string {
  const owner = topOwner(index, pod);
  return owner === undefined ? `pod ${nameOf(pod)}` : `${owner.kind} ${owner.name}`;
}

/** The pods that the policy selects, where it selects all that are cut off; else those that have their labels. */
function askersOf(index: ClusterIndex, namespace: string, policies: readonly string[], pods: readonly Pod[]): Askers {
  for (const text of policies) {
    const ref = policyRef(text);
    const selector =
      ref?.kind === 'NetworkPolicy' && ref.namespace === namespace
        ? (index.get('NetworkPolicy', namespace, ref.name)?.spec?.podSelector ?? {})
        : undefined;
    if (selector === undefined || !pods.every((pod) => matchesSelector(selector, pod.metadata?.labels))) continue;
    const all = formatSelector(selector) === formatSelector({});
    return { namespace, selector, words: all ? `all pods of ${namespace}` : `the pods of ${text}` };
  }
  const [first, ...others] = pods.map((pod) => Object.entries(pod.metadata?.labels ?? {}));
  const shared = (first ?? []).filter(
    ([key, value]) =>
      !/(^|-)hash$/.test(key) && others.every((labels) => labels.some(([own, is]) => own === key && is === value)),
  );
  const selector = shared.length === 0 ? {} : { matchLabels: Object.fromEntries(shared) };
  return { namespace, selector, words: shared.length === 0 ? `all pods of ${namespace}` : 'these pods' };
}

/** `NetworkPolicy shop/deny` back as a reference. */
function policyRef(text: string): Ref | undefined {
  const [kind, path = ''] = text.split(' ');
  if (kind === undefined || path === '') return undefined;
  const [namespace = '', name] = path.split('/');
  return name === undefined ? { kind, name: namespace } : { kind, namespace, name };
}
