import { controllerPodRanges } from '../../../../shared/datapath/cni/cluster-ranges.ts';
import { configMaps, entryOf, parseJson } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { FLANNEL, flannelBackend, flannelNetwork } from '../../../../shared/datapath/cni/settings-flannel.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { coversRange, parseCidr } from '../../../../shared/util/addresses.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { downNodes, type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

/** Whether Flannel carries pods here: by itself, inside K3s, or as a part of Canal. */
function isFlannel(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  return (primary?.name === 'Flannel' || primary?.name === 'Canal') && primary.alive !== 'leftover';
}

/** A net-conf.json that is no JSON, or names no range. */
export const flannelConfigurationBroken = defineCheck<ClusterSubject>({
  id: 'netcni/flannel-configuration-broken',
  group: 'flannel',
  needs: [],
  uses: AGENT_USES,
  applies: (_, { index }) => isFlannel(index),
  run: (_, { index }) =>
    [...configMaps(index, 'kube-flannel-cfg'), ...configMaps(index, 'canal-config')].flatMap((map) => {
      const text = entryOf(map, 'net-conf.json');
      if (text === undefined) return [];
      const parsed = parseJson(text.value);
      const hasRange = typeof parsed?.Network === 'string' || typeof parsed?.IPv6Network === 'string';
      const broken = parsed === undefined ? 'is not JSON' : hasRange ? undefined : 'has no Network';
      if (broken === undefined) return [];
      return [
        pluginMessages.CNI601.raise({
          subject: { kind: 'ConfigMap', namespace: namespaceOf(map), name: nameOf(map) },
          args: { place: `configmap -n ${namespaceOf(map)} ${nameOf(map)}`, what: broken },
          pods: nodeFacts(index).map(({ name }) => nodeKey(name)),
          evidence: [{ fact: shorten(text.value, 160), source: text.source }],
        }),
      ];
    }),
});

/** A Network that does not hold what the controller manager gives to nodes. */
export const flannelNetworkDiffers = defineCheck<ClusterSubject>({
  id: 'netcni/flannel-network-differs',
  group: 'flannel',
  needs: [],
  uses: AGENT_USES,
  applies: (_, { index }) => isFlannel(index),
  run: (_, { index }) => {
    const network = flannelNetwork(index);
    const own = [network?.value.Network, network?.value.IPv6Network].flatMap((text) => parseCidr(text) ?? []);
    if (network === undefined || own.length === 0) return [];
    return controllerPodRanges(index).flatMap(({ value, source }) => {
      const range = parseCidr(value);
      if (range === undefined || !own.some(({ family }) => family === range.family)) return [];
      if (own.some((one) => coversRange(one, range))) return [];
      // A smaller Network is enough while all nodes lie in it.
      const strays = nodeFacts(index).some(({ ranges }) =>
        ranges.some(
          (entry) => entry.range.family === range.family && !own.some((one) => coversRange(one, entry.range)),
        ),
      );
      return [
        pluginMessages.CNI602.raise({
          subject: { kind: 'ConfigMap', name: network.source.split(' ')[1] ?? '' },
          args: { network: network.value.Network ?? network.value.IPv6Network ?? '', cluster: value, where: source },
          severity: strays ? 'critical' : 'warning',
          evidence: [
            { fact: `Network ${network.value.Network ?? ''}`, source: network.source },
            { fact: value, source },
          ],
        }),
      ];
    });
  },
});

const NEEDED = ['backend-type', 'backend-data', 'public-ip', 'kube-subnet-manager'] as const;

/** Nodes whose flannel did not announce itself, while those of others did. */
export const flannelAnnotationsMissing = defineCheck<ClusterSubject>({
  id: 'netcni/flannel-annotations-missing',
  group: 'flannel',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => isFlannel(index),
  run: (_, { index }) => {
    const nodes = nodeFacts(index).filter(
      ({ takesAgents, fresh, name }) => takesAgents && !fresh && !downNodes(index).has(name),
    );
    if (!nodes.some(({ node }) => flannelBackend(node) !== undefined)) return [];
    const bare = nodes.flatMap((facts) => {
      // host-gw announces no data, and older versions write `null`.
      const missing = NEEDED.filter((key) => facts.node.metadata?.annotations?.[FLANNEL + key] === undefined);
      const told = missing.filter(
        (key) => key !== 'backend-data' || /vxlan|wireguard/i.test(flannelBackend(facts.node) ?? ''),
      );
      return told.length === 0 ? [] : [{ ...facts, told }];
    });
    const [first] = bare;
    if (first === undefined) return [];
    const names = bare.map(({ name }) => name);
    return [
      pluginMessages.CNI603.raise({
        subject: { kind: 'Node', name: first.name },
        args: { nodes: nodeWords(names), missing: joinNames([...first.told], 3) },
        impact: bare.length / nodes.length,
        pods: names.map(nodeKey),
        evidence: bare.slice(0, 3).map(({ name, told }) => ({
          fact: `no annotation ${told.map((key) => FLANNEL + key).join(', ')}`,
          source: `Node ${name} metadata.annotations`,
        })),
      }),
    ];
  },
});

/** Announced addresses that no node has, or that two nodes have. */
export const flannelAddressStale = defineCheck<ClusterSubject>({
  id: 'netcni/flannel-address-stale',
  group: 'flannel',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => isFlannel(index),
  run: (_, { index }) => {
    const told = nodeFacts(index).flatMap((facts) => {
      const address = facts.node.metadata?.annotations?.[`${FLANNEL}public-ip`];
      return address === undefined ? [] : [{ ...facts, address }];
    });
    return [...twins(told), ...stale(told)];
  },
});

type Announced = NodeFacts & { readonly address: string };

function twins(told: readonly Announced[]): ReturnType<typeof pluginMessages.CNI606.raise>[] {
  const byAddress = new Map<string, Announced>();
  return told.flatMap((one) => {
    const other = byAddress.get(one.address);
    byAddress.set(one.address, one);
    if (other === undefined) return [];
    return [
      pluginMessages.CNI606.raise({
        subject: { kind: 'Node', name: one.name },
        args: { a: other.name, b: one.name, address: one.address },
        pods: [nodeKey(other.name), nodeKey(one.name)],
        evidence: [other, one].map(({ name, address }) => ({
          fact: `public-ip ${address}`,
          source: `Node ${name} annotation ${FLANNEL}public-ip`,
        })),
      }),
    ];
  });
}

function stale(told: readonly Announced[]): ReturnType<typeof pluginMessages.CNI604.raise>[] {
  const off = told.filter(({ node, address }) => {
    const own = (node.status?.addresses ?? []).flatMap((entry) => entry.address ?? []);
    const chosen = node.metadata?.annotations?.[`${FLANNEL}public-ip-overwrite`] !== undefined;
    return own.length > 0 && !own.includes(address) && !chosen;
  });
  // When most nodes announce another network than Kubernetes uses, someone chose that interface.
  if (off.length * 2 > told.length) return [];
  return off.map(({ name, node, address }) =>
    pluginMessages.CNI604.raise({
      subject: { kind: 'Node', name },
      args: {
        node: name,
        told: address,
        real: joinNames(
          (node.status?.addresses ?? [])
            .filter(({ type }) => type === 'InternalIP')
            .map((entry) => entry.address ?? ''),
          2,
        ),
      },
      pods: [nodeKey(name)],
      evidence: [
        { fact: `public-ip ${address}`, source: `Node ${name} annotation ${FLANNEL}public-ip` },
        {
          fact: (node.status?.addresses ?? []).map(({ type = '', address: own = '' }) => `${type} ${own}`).join(', '),
          source: `Node ${name} status.addresses`,
        },
      ],
    }),
  );
}

/** Several backends at once. */
export const flannelBackendsDiffer = defineCheck<ClusterSubject>({
  id: 'netcni/flannel-backends-differ',
  group: 'flannel',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => isFlannel(index),
  run: (_, { index }) => {
    const byType = new Map<string, string[]>();
    for (const { node, name } of nodeFacts(index)) {
      const type = flannelBackend(node);
      if (type !== undefined && !downNodes(index).has(name)) byType.set(type, [...(byType.get(type) ?? []), name]);
    }
    if (byType.size < 2) return [];
    const groups = [...byType].sort(([, a], [, b]) => a.length - b.length);
    const [rare] = groups;
    return [
      pluginMessages.CNI605.raise({
        subject: { kind: 'Node', name: rare?.[1][0] ?? '' },
        args: { types: groups.map(([type, names]) => `${type} on ${joinNames(names, 2)}`).join(', ') },
        pods: groups.slice(0, -1).flatMap(([, names]) => names.map(nodeKey)),
        evidence: groups.map(([type, names]) => ({
          fact: `backend-type ${type}`,
          source: `${nodeWords(names)}, annotation ${FLANNEL}backend-type`,
        })),
      }),
    ];
  },
});

/** Rules in two tables that do not know of each other. */
export const flannelTables = defineCheck<ClusterSubject>({
  id: 'netcni/flannel-and-proxy-tables-differ',
  group: 'flannel',
  needs: [],
  uses: AGENT_USES,
  applies: (_, { index }) => isFlannel(index),
  run: (_, { index }) => {
    const network = flannelNetwork(index);
    const mode = detectNetwork(index).kubeProxy.mode;
    if (network?.value.EnableNFTables !== true || mode === undefined || mode.value === 'nftables') return [];
    return [
      pluginMessages.CNI607.raise({
        subject: { kind: 'ConfigMap', name: 'kube-flannel-cfg' },
        args: { setting: 'EnableNFTables', proxy: mode.value },
        evidence: [
          { fact: 'EnableNFTables true', source: network.source },
          { fact: `mode ${mode.value}`, source: mode.source },
        ],
      }),
    ];
  },
});
