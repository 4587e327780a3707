import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { LabelSelector } from '../../../shared/model/objects.ts';
import type { NetworkPolicyEgressRule, NetworkPolicyPort } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import { type PortSet, portRange, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import { NAMESPACE_NAME_LABEL } from '../../../shared/policy/rules/units.ts';
import { type AddressRange, parseCidr } from '../../../shared/util/addresses.ts';
import { nodeLocalAddresses } from '../checks/dns/dns-servers.ts';

/** Pods that answer names, and the port that policies see: that of the pods. */
interface DnsPods {
  readonly namespace: string;
  readonly pods: LabelSelector;
  readonly port: number;
}

/** Of kubeadm and nearly every distribution. */
const USUAL: DnsPods = { namespace: 'kube-system', pods: { matchLabels: { 'k8s-app': 'kube-dns' } }, port: 53 };

const OPENSHIFT: DnsPods = {
  namespace: 'openshift-dns',
  pods: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
  port: 5353,
};

/** What a sender needs to ask for names here, and what a policy with these rules lets through for it. */
export interface Dns {
  readonly rules: readonly NetworkPolicyEgressRule[];
  readonly withPod: (pod: Pod) => PortSet;
  readonly isCache: (range: AddressRange) => boolean;
  readonly cachePorts: PortSet;
}

/** The rules for the DNS servers that are seen; without any, for where they are in nearly every cluster. */
export function dnsOf(index: ClusterIndex | undefined): Dns {
  const pods = index?.list('Pod') ?? [];
  const there = pods.some((pod) => answers(OPENSHIFT, pod)) ? OPENSHIFT : USUAL;
  const caches = index === undefined ? [] : nodeLocalAddresses(index);
  const blocks = caches.flatMap((address) => parseCidr(address) ?? []);
  const rule = {
    to: [
      {
        namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: there.namespace } },
        podSelector: there.pods,
      },
    ],
    ports: ports(there.port),
  };
  const cache = caches.map((address) => ({ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }));
  return {
    rules: [rule, ...(cache.length === 0 ? [] : [{ to: cache, ports: ports(53) }])],
    withPod: (pod) => (answers(there, pod) ? portsOf(there.port) : []),
    isCache: (range) =>
      blocks.some(({ first, family }) => family === range.family && first === range.first && first === range.last),
    cachePorts: portsOf(53),
  };
}

function answers({ namespace, pods }: DnsPods, { metadata }: Pod): boolean {
  return metadata?.namespace === namespace && matchesSelector(pods, metadata.labels);
}

function ports(port: number): readonly NetworkPolicyPort[] {
  return [
    { protocol: 'UDP', port },
    { protocol: 'TCP', port },
  ];
}

function portsOf(port: number): PortSet {
  return unionPorts(portRange('UDP', port), portRange('TCP', port));
}
