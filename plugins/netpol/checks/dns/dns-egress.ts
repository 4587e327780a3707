import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, longName } from '../../../../shared/model/refs.ts';
import { unitRef } from '../../../../shared/policy/evaluate/explain-peer.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { hasPort, isAllPorts } from '../../../../shared/policy/rules/port-set.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import { joinAnd, joinNames, plural, shellQuote } from '../../../../shared/util/text.ts';
import { isWritten, lintModelIn } from '../../lint/lint-facts.ts';
import { atField, changeFix, flow } from '../../lint/places.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';
import { portMessages } from '../../messages/ports.ts';
import { isDead } from '../selectors/peers.ts';
import { addressUnit, dnsServersIn } from './dns-servers.ts';
import { mayReachAny, type Senders, sendersOf } from './senders.ts';

/** Pods that may send something, but not ask DNS; or over UDP only; or not the cache of their node. */
export const dnsEgress = defineCheck<PolicySubject>({
  id: 'netpol/dns-egress-forgotten',
  group: 'dns',
  needs: ['Pod', 'NetworkPolicy'],
  uses: ['Service', ...POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod' && kind !== 'NetworkPolicy')],
  applies: ({ kind, compiled }) => kind === 'NetworkPolicy' && compiled?.affects.egress === true,
  run: (subject, { index }) => {
    const groups = sendersOf(index, subject.compiled);
    const judged = groups
      .flatMap((senders) => judge(index, senders))
      // That the rule for DNS means nobody is the cause, and is told by the check of its peers.
      .filter(({ trouble }) => trouble.what !== 'noDns' || !hasDeadRule(index, subject));
    return byTrouble(judged).map(([trouble, all]) => raise(index, subject, trouble, all));
  },
});

/** Whether a rule of the policy is for port 53 and its peers mean nobody, as far as all of both can be seen. */
function hasDeadRule(index: ClusterIndex, { compiled }: PolicySubject): boolean {
  const seen = (['Pod', 'Namespace'] as const).every((kind) => index.seen(kind).status === 'ok');
  return (
    seen &&
    (compiled?.egress ?? []).some(
      (rule) =>
        rule.peers !== 'any' &&
        rule.peers.length > 0 &&
        !isAllPorts(rule.ports.fixed) &&
        hasPort(rule.ports.fixed, 'UDP', 53) &&
        isDead(index, rule),
    )
  );
}

type Trouble =
  | { readonly what: 'noDns'; readonly open: readonly string[]; readonly server: string }
  | { readonly what: 'udpOnly' }
  | { readonly what: 'nodeLocal'; readonly address: string };

interface Judged {
  readonly trouble: Trouble;
  readonly pods: readonly Pod[];
  readonly senders: Senders;
}

function judge(index: ClusterIndex, senders: Senders): readonly Judged[] {
  const servers = dnsServersIn(index);
  const cluster = senders.pods.filter(({ spec }) => ASK_CLUSTER.has(spec?.dnsPolicy ?? 'ClusterFirst'));
  const own = senders.pods.filter(({ spec }) => spec?.dnsPolicy === 'None');
  return [
    ...(cluster.length === 0 ? [] : judgeCluster(index, senders, cluster, servers)),
    ...judgeOwn(index, senders, own),
  ];
}

const ASK_CLUSTER: ReadonlySet<string> = new Set(['ClusterFirst', 'ClusterFirstWithHostNet']);

function judgeCluster(
  index: ClusterIndex,
  senders: Senders,
  pods: readonly Pod[],
  servers: ReturnType<typeof dnsServersIn>,
): readonly Judged[] {
  const udp = mayReachAny(index, senders, servers.pods, 'UDP', servers.udp);
  const tcp = mayReachAny(index, senders, servers.pods, 'TCP', servers.tcp);
  const caches = servers.nodeLocal.flatMap((address) => addressUnit(address) ?? []);
  const cache = caches.length === 0 ? 'no' : mayReachAny(index, senders, caches, 'UDP', 53);
  // Through the cache of the node names resolve, whatever is said about the pods behind it.
  if (udp === 'no' && cache === 'no') {
    const open = tcp === 'yes' ? ['TCP 53'] : [];
    return [{ trouble: { what: 'noDns', open, server: 'the cluster’s DNS' }, pods, senders }];
  }
  if (udp !== 'yes') return [];
  if (caches.length > 0 && cache === 'no') {
    return [{ trouble: { what: 'nodeLocal', address: servers.nodeLocal[0] ?? '' }, pods, senders }];
  }
  return tcp === 'no' ? [{ trouble: { what: 'udpOnly' }, pods, senders }] : [];
}

/** dnsPolicy None: the nameservers stand in the pod. */
function judgeOwn(index: ClusterIndex, senders: Senders, pods: readonly Pod[]): readonly Judged[] {
  const byServers = new Map<string, Pod[]>();
  for (const pod of pods) {
    const key = (pod.spec?.dnsConfig?.nameservers ?? []).join(' ');
    if (key !== '') byServers.set(key, [...(byServers.get(key) ?? []), pod]);
  }
  const service = dnsServersIn(index).service?.spec?.clusterIP;
  return [...byServers].flatMap(([key, members]): readonly Judged[] => {
    const addresses = key.split(' ');
    if (service !== undefined && addresses.includes(service)) {
      return judgeCluster(index, senders, members, dnsServersIn(index));
    }
    const units = addresses.flatMap((address) => addressUnit(address) ?? []);
    if (units.length === 0 || mayReachAny(index, senders, units, 'UDP', 53) !== 'no') return [];
    const server = `${members.length === 1 ? 'its' : 'their'} nameserver ${joinAnd(addresses)}`;
    const open = mayReachAny(index, senders, units, 'TCP', 53) === 'yes' ? ['TCP 53'] : [];
    return [{ trouble: { what: 'noDns', open, server }, pods: members, senders }];
  });
}

function byTrouble(judged: readonly Judged[]): readonly (readonly [Trouble, readonly Judged[]])[] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const key = JSON.stringify(one.trouble);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [one]);
    else list.push(one);
  }
  return [...groups.values()].flatMap((list) => (list[0] === undefined ? [] : [[list[0].trouble, list] as const]));
}

function raise(index: ClusterIndex, subject: PolicySubject, trouble: Trouble, judged: readonly Judged[]): Finding {
  const pods = judged.flatMap((one) => one.pods);
  const policy = formatRef(subject.ref);
  const words = podsWords(index, pods);
  const evidence: Evidence[] = [
    atField(index, subject, 'spec.egress', allowedWords(judged)),
    { fact: `selected: ${joinNames(pods.map(longName), 4)}`, source: `${policy} spec.podSelector` },
  ];
  const others = [...new Set(judged.flatMap((one) => one.senders.policies))].filter((one) => one !== subject.compiled);
  if (others.length > 0) {
    const names = joinNames(
      others.map((one) => formatRef(one.ref)),
      3,
    );
    evidence.push({ fact: `also for egress, and without DNS: ${names}`, source: '' });
  }
  switch (trouble.what) {
    case 'udpOnly': {
      const args = { policy, pods: words, fixes: dnsFixes(index, subject, [], ['TCP']) };
      return portMessages.POL222.raise({ subject: subject.ref, args, evidence });
    }
    case 'nodeLocal': {
      const { address } = trouble;
      const args = { policy, pods: words, address, fixes: dnsFixes(index, subject, [address], ['UDP', 'TCP']) };
      evidence.push({ fact: `NodeLocal DNS answers at ${address}`, source: 'DaemonSet kube-system/node-local-dns' });
      return portMessages.POL223.raise({ subject: subject.ref, args, evidence });
    }
    case 'noDns': {
      const { server, open } = trouble;
      const what =
        open.length > 0
          ? `only ${joinAnd(open)} to ${server} is open, and questions go over UDP`
          : `neither UDP nor TCP 53 to ${server}`;
      const numeric = judged.every(({ senders }) => senders.policies.every(allowsAddressesOnly));
      const { nodeLocal } = dnsServersIn(index);
      const own = pods.flatMap(({ spec }) => (spec?.dnsPolicy === 'None' ? (spec.dnsConfig?.nameservers ?? []) : []));
      const addresses = own.length > 0 ? own : nodeLocal;
      return portMessages.POL221.raise({
        subject: subject.ref,
        // Destinations that are given by single addresses need no names.
        confidence: numeric ? 'possible' : 'likely',
        severity: numeric ? 'info' : 'warning',
        args: {
          policy,
          pods: words,
          what,
          others: others.length === 0 ? '' : ` (with ${plural(others.length, 'other policy', 'other policies')})`,
          fixes: dnsFixes(index, subject, [...new Set(addresses)], ['UDP', 'TCP'], own.length === 0),
        },
        evidence,
      });
    }
  }
}

function allowsAddressesOnly({ egress }: Senders['policies'][number]): boolean {
  return egress.every(
    ({ peers }) =>
      peers !== 'any' &&
      peers.every((peer) => peer.type === 'block' && peer.range !== undefined && peer.range.first === peer.range.last),
  );
}

function allowedWords(judged: readonly Judged[]): string {
  const rules = judged[0]?.senders.policies.reduce((sum, { egress }) => sum + egress.length, 0) ?? 0;
  const count = rules === 1 ? 'its one rule does not open' : `none of ${rules} rules opens`;
  switch (judged[0]?.trouble.what) {
    case 'udpOnly':
      return `${count} TCP 53 to DNS`;
    case 'nodeLocal':
      return `${count} port 53 to the cache`;
    default:
      return `${count} UDP 53 to DNS`;
  }
}

function podsWords(index: ClusterIndex, pods: readonly Pod[]): string {
  const [first] = pods;
  if (pods.length !== 1 || first === undefined) return plural(pods.length, 'pod');
  return formatRef(unitRef(lintModelIn(index).unitOf(first))).replace(/^Pod /, 'pod ');
}

/** A rule for DNS at the end of the policy's egress rules: to the servers of the cluster, to addresses, or to both. */
function dnsFixes(
  index: ClusterIndex,
  subject: PolicySubject,
  addresses: readonly string[],
  protocols: readonly string[],
  cluster = true,
): readonly Fix[] {
  const { service, udp } = dnsServersIn(index);
  const namespace = service?.metadata?.namespace ?? 'kube-system';
  const servers = {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
    podSelector: { matchLabels: service?.spec?.selector ?? { 'k8s-app': 'kube-dns' } },
  };
  const peers = [
    ...(cluster ? [servers] : []),
    ...addresses.map((address) => ({ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } })),
  ];
  const ports = [...new Set(cluster ? [53, udp] : [53])].flatMap((port) =>
    protocols.map((protocol) => ({ protocol, port })),
  );
  const rule = { to: peers, ports };
  const rules = writtenPolicy(subject)?.spec?.egress ?? [];
  const title = 'allow DNS in this policy';
  const place = index.origin(subject.object, subject.kind);
  if (place !== undefined && isWritten(index)) {
    return [{ title: `${title}: one more egress rule in ${place}`, command: `- ${flow(rule)}`, risk: 'low' }];
  }
  const change = changeFix(index, subject, { title, op: 'add', path: '/spec/egress/-', value: rule, risk: 'low' });
  // The place of the new rule is known, which "-" does not tell for the way back.
  const { name, namespace: own = '' } = subject.ref;
  const removal = shellQuote(JSON.stringify([{ op: 'remove', path: `/spec/egress/${rules.length}` }]));
  return [{ ...change, undo: `kubectl patch networkpolicy ${name} -n ${own} --type=json -p ${removal}` }];
}
