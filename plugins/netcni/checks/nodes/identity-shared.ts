import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { isDown, type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { nodeWords } from '../words.ts';

/** Something that each node must have for itself, and by which others find it. */
interface Identity {
  readonly what: string;
  readonly source: string;
  readonly valuesOf: (node: Node) => readonly string[];
  readonly fix: (node: string, value: string) => Fix;
}

const CALICO = 'projectcalico.org/';

const IDENTITIES: readonly Identity[] = [
  {
    what: 'InternalIP',
    source: 'status.addresses',
    valuesOf: ({ status }) =>
      (status?.addresses ?? []).flatMap(({ type, address }) => (type === 'InternalIP' && address ? [address] : [])),
    fix: (node) => ({
      title: `on ${node}: see which addresses it has, give the right one to its kubelet (--node-ip) and restart that`,
      command: 'ip -br addr; grep -r node-ip /var/lib/kubelet/kubeadm-flags.env /etc/default/kubelet',
      risk: 'none',
    }),
  },
  ...['IPv4Address', 'IPv6Address'].map((key) =>
    annotation(`Calico address`, `${CALICO}${key}`, () => ({
      title: 'let Calico take the InternalIP of each node',
      command: 'kubectl set env daemonset/calico-node -n kube-system IP_AUTODETECTION_METHOD=kubernetes-internal-ip',
      risk: 'low',
      undo: 'kubectl set env daemonset/calico-node -n kube-system IP_AUTODETECTION_METHOD-',
    })),
  ),
  ...[
    'IPv4IPIPTunnelAddr',
    'IPv4VXLANTunnelAddr',
    'IPv6VXLANTunnelAddr',
    'IPv4WireguardInterfaceAddr',
    'IPv6WireguardInterfaceAddr',
  ].map((key) =>
    annotation('address of the Calico tunnel', `${CALICO}${key}`, (node, value) => ({
      title: 'take it from one of them, then restart calico-node there: it asks for a new one',
      command: `kubectl annotate node ${node} ${CALICO}${key}-`,
      risk: 'low',
      undo: `kubectl annotate --overwrite node ${node} ${CALICO}${key}=${value}`,
    })),
  ),
  annotation('OVN chassis', 'k8s.ovn.org/node-chassis-id', (node, value) => ({
    title: `on ${node}, a clone of the other: give Open vSwitch an identity of its own, then restart ovnkube-node there`,
    command: 'ovs-vsctl set open_vswitch . external_ids:system-id="$(uuidgen)"',
    risk: 'high',
    undo: `ovs-vsctl set open_vswitch . external_ids:system-id=${value}`,
  })),
];

function annotation(what: string, key: string, fix: Identity['fix']): Identity {
  const valuesOf = ({ metadata }: Node): readonly string[] => {
    const value = metadata?.annotations?.[key]?.replace(/\/\d+$/, '') ?? '';
    return value === '' ? [] : [value];
  };
  return { what, source: `annotation ${key}`, valuesOf, fix };
}

/** Nodes that have one address or identity in common, such as clones of one machine. */
export const identityShared = defineCheck<ClusterSubject>({
  id: 'netcni/node-identity-shared',
  group: 'nodes',
  needs: ['Node'],
  run: (_, { index }) => {
    // The object of a node that came back under another name keeps its address, and is silent.
    const nodes = nodeFacts(index).filter((facts) => facts.takesAgents && !isDown(facts));
    return IDENTITIES.flatMap((identity) =>
      [...holders(nodes, identity)].flatMap(([value, set]) => {
        const names = [...set];
        const last = names.at(-1);
        if (last === undefined || names.length < 2) return [];
        return [
          nodeMessages.CNI213.raise({
            subject: { kind: 'Node', name: last },
            args: { nodes: nodeWords(names), what: identity.what, value, fix: identity.fix(last, value) },
            pods: names.map(nodeKey),
            evidence: names
              .slice(0, 3)
              .map((name) => ({ fact: `${identity.what} ${value}`, source: `Node ${name} ${identity.source}` })),
          }),
        ];
      }),
    );
  },
});

function holders(nodes: readonly NodeFacts[], { valuesOf }: Identity): ReadonlyMap<string, ReadonlySet<string>> {
  const byValue = new Map<string, Set<string>>();
  for (const { name, node } of nodes) {
    for (const value of valuesOf(node)) byValue.set(value, (byValue.get(value) ?? new Set()).add(name));
  }
  return byValue;
}
