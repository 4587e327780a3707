import { OPEN_DEFAULT_PORTS } from './pod-networks.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, unionPorts } from './port-set.ts';
import type { Apart, NamedPort, PodsPeer, Policy, Rule, Tier } from './rules.ts';
import { NAMESPACE_NAME_LABEL } from './units.ts';

/** A namespace that is on another network than that of the cluster, and who is on the same. */
export interface OwnNetwork {
  readonly namespace: string;
  /** Namespaces on the same network, or on one that is connected with it. */
  readonly shared: readonly string[];
  /** Namespaces of which the facts do not tell whether they are. */
  readonly perhaps: readonly string[];
  /** Namespaces on a network that is connected for Services alone. */
  readonly servicesOnly: readonly string[];
  /** All namespaces that are not on the cluster's own network. */
  readonly others: readonly string[];
}

/** Pods that every network lets through to, on ports by number or name. */
interface Common {
  readonly namespace: string;
  readonly podSelector: PodsPeer['podSelector'];
}

/**
 * OKEP-5193, "Services": "there is an exception … where pods that are connected to user-defined networks are still able to
 * access KAPI and DNS services that reside on the cluster default network". The API server is on the host network, which
 * is never kept apart; these are the DNS servers of Kubernetes and of OpenShift.
 */
const DNS_PODS: readonly Common[] = [
  { namespace: 'kube-system', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
  {
    namespace: 'openshift-dns',
    podSelector: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
  },
];

const DNS_NUMBERS: PortSet = (['TCP', 'UDP'] as const)
  .flatMap((protocol) => [portRange(protocol, 53), portRange(protocol, 5353)])
  .reduce(unionPorts);

const DNS_NAMES: readonly NamedPort[] = ['dns', 'dns-tcp'].map((name) => ({ name, protocol: undefined }));

/** The networks that namespaces have of their own, which are asked before any policy. */
export function networkTier(networks: readonly OwnNetwork[]): Tier {
  return { name: 'network', groups: [networks.map(networkOf)], unmatched: 'next' };
}

/**
 * A network of a namespace's own (OVN-Kubernetes, "User Defined Networks") in the form of a policy: pods of namespaces on
 * other networks are kept out in both directions, before any policy is asked (OKEP-5193, "Network Policy": policies that
 * allow traffic between them "will have no effect"). Addresses outside the cluster and the host network are not.
 */
function networkOf({ namespace, shared, perhaps, servicesOnly, others }: OwnNetwork): Policy {
  const here = [namespace, ...shared];
  const elsewhere = podsOf('NotIn', here);
  const unsure = (peer: PodsPeer, why: Apart['why']): PodsPeer => ({ ...peer, apart: { namespace, why } });
  const sharing: readonly Draft[] = [
    ...(perhaps.length === 0 ? [] : [unsure(podsOf('In', perhaps), 'sharing')]),
    ...(servicesOnly.length === 0 ? [] : [unsure(podsOf('In', servicesOnly), 'servicesOnly')]),
  ].map((peer) => ({ action: 'pass', peers: [peer] }));
  // What passes there is not on the network that the policies of the pod are about: whether they count is not told.
  const opened: Draft = {
    action: 'pass',
    peers: [unsure(podsOf('NotIn', others), 'openPorts')],
    ports: { fixed: NO_PORTS, named: [{ name: OPEN_DEFAULT_PORTS, protocol: undefined }] },
  };
  const dns: Draft = {
    action: 'pass',
    peers: DNS_PODS.map(({ namespace: place, podSelector }) => ({ ...podsOf('In', [place]), podSelector })),
    ports: { fixed: DNS_NUMBERS, named: DNS_NAMES },
  };
  const deny: Draft = { action: 'deny', peers: [elsewhere] };
  return {
    ref: { kind: 'Namespace', name: namespace },
    tier: 'network',
    priority: 0,
    subject: { ...podsOf('In', []), namespace, namespaceSelector: undefined },
    affects: { ingress: true, egress: true },
    ingress: numbered([...sharing, opened, deny]),
    egress: numbered([...sharing, dns, deny]),
  };
}

type Draft = Pick<Rule, 'action' | 'peers'> & Partial<Pick<Rule, 'ports'>>;

function numbered(drafts: readonly Draft[]): readonly Rule[] {
  return drafts.map((draft, index) => ({ index, ports: { fixed: ALL_PORTS, named: [] }, ...draft }));
}

function podsOf(operator: 'In' | 'NotIn', namespaces: readonly string[]): PodsPeer {
  return {
    type: 'pods',
    namespace: undefined,
    namespaceSelector: { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator, values: namespaces }] },
    podSelector: {},
    hostNetwork: 'excluded',
  };
}
