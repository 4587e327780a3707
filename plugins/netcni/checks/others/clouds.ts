import { envTold } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PluginName } from '../../../../shared/model/network-plugins.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { hostNetworkPods } from '../../facts/addresses.ts';
import { awsCapacity } from '../../facts/aws-limits.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { joinAlike } from '../join-alike.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

function has(index: ClusterIndex, ...names: readonly PluginName[]): boolean {
  return detectNetwork(index).plugins.some(({ name, alive }) => names.includes(name) && alive !== 'leftover');
}

/** What azure-cns asked for and did not get. */
export const azureAddresses = defineCheck<ClusterSubject>({
  id: 'netcni/azure-addresses-missing',
  group: 'azure',
  needs: [],
  uses: ['NodeNetworkConfig', ...AGENT_USES],
  applies: (_, { index }) => index.list('NodeNetworkConfig').length > 0,
  run: (_, { index }) => {
    const refused = index.list('NodeNetworkConfig').flatMap((config) => {
      const containers = config.status?.networkContainers ?? [];
      const state = [config.status?.status, ...containers.map(({ status }) => status)].find((text) =>
        /Error|Full|Exhaust|Fail/i.test(text ?? ''),
      );
      if (state === undefined || downNodes(index).has(nameOf(config))) return [];
      const finding = pluginMessages.CNI705.raise({
        subject: { kind: 'Node', name: nameOf(config) },
        args: {
          node: nameOf(config),
          state,
          assigned: config.status?.assignedIPCount ?? 0,
          wanted: config.spec?.requestedIPCount ?? 0,
        },
        pods: [nodeKey(nameOf(config))],
        evidence: [
          { fact: state, source: `NodeNetworkConfig ${nameOf(config)} status` },
          {
            fact: `requestedIPCount ${config.spec?.requestedIPCount ?? '?'}, assignedIPCount ${config.status?.assignedIPCount ?? '?'}`,
            source: `NodeNetworkConfig ${nameOf(config)}`,
          },
          ...containers.slice(0, 1).map(({ subnetName = '', subnetAddressSpace = '' }) => ({
            fact: `subnet ${subnetName} ${subnetAddressSpace}`,
            source: `NodeNetworkConfig ${nameOf(config)} status.networkContainers`,
          })),
        ],
      });
      return [{ name: nameOf(config), words: state, finding }];
    });
    return joinAlike(index, refused);
  },
});

/** EC2 nodes that take more pods than their interfaces have addresses. */
export const awsMaxPods = defineCheck<ClusterSubject>({
  id: 'netcni/more-pods-than-aws-addresses',
  group: 'aws',
  needs: ['Node'],
  uses: [...AGENT_USES],
  applies: (_, { index }) => detectNetwork(index).primary?.name === 'AWS VPC CNI',
  run: (_, { index }) => {
    const short = nodeFacts(index).flatMap(({ name, node, maxPods, takesAgents }) => {
      const capacity = takesAgents ? awsCapacity(index, node) : undefined;
      // EKS itself counts two pods with hostNetwork on each node.
      const others = Math.max(2, hostNetworkPods(index, name));
      return capacity !== undefined && maxPods !== undefined && maxPods > capacity.addresses + others
        ? [{ name, maxPods, capacity }]
        : [];
    });
    const [first] = short;
    if (first === undefined) return [];
    return [
      pluginMessages.CNI706.raise({
        subject: { kind: 'Node', name: first.name },
        args: {
          nodes: nodeWords(short.map(({ name }) => name)),
          maxPods: first.maxPods,
          addresses: first.capacity.addresses,
          why: first.capacity.type,
        },
        pods: short.map(({ name }) => nodeKey(name)),
        evidence: [
          { fact: `allocatable pods ${first.maxPods}`, source: `Node ${first.name} status.allocatable` },
          { fact: `${first.capacity.addresses} addresses`, source: first.capacity.source },
          {
            fact: `prefix delegation is ${first.capacity.prefixes ? 'on' : 'off'}`,
            source: 'DaemonSet aws-node env ENABLE_PREFIX_DELEGATION',
          },
        ],
      }),
    ];
  },
});

/** Custom networking that names an ENIConfig which is not there. */
export const eniConfigMissing = defineCheck<ClusterSubject>({
  id: 'netcni/eni-config-missing',
  group: 'aws',
  needs: ['Node', 'ENIConfig'],
  uses: [...AGENT_USES],
  applies: (_, { index }) => has(index, 'AWS VPC CNI'),
  run: (_, { index }) => {
    const sets = detectNetwork(index).plugins.find(({ name }) => name === 'AWS VPC CNI')?.sets ?? [];
    if (envTold(index, sets, 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG')?.value !== 'true') return [];
    const label = envTold(index, sets, 'ENI_CONFIG_LABEL_DEF')?.value ?? 'k8s.amazonaws.com/eniConfig';
    const note = envTold(index, sets, 'ENI_CONFIG_ANNOTATION_DEF')?.value ?? 'k8s.amazonaws.com/eniConfig';
    const byName = new Map<string, string[]>();
    for (const { node, name, takesAgents } of nodeFacts(index)) {
      if (!takesAgents) continue;
      const wanted = node.metadata?.annotations?.[note] ?? node.metadata?.labels?.[label] ?? 'default';
      if (index.get('ENIConfig', undefined, wanted) === undefined)
        byName.set(wanted, [...(byName.get(wanted) ?? []), name]);
    }
    return [...byName].map(([name, nodes]) =>
      pluginMessages.CNI707.raise({
        subject: { kind: 'Node', name: nodes[0] ?? '' },
        args: { nodes: nodeWords(nodes), name, label },
        pods: nodes.map(nodeKey),
        evidence: [
          { fact: `ENIConfigs: ${joinNames(index.list('ENIConfig').map(nameOf), 4) || 'none'}`, source: 'ENIConfigs' },
          { fact: `${label} ${name}`, source: `Node ${nodes[0] ?? ''} metadata.labels` },
        ],
      }),
    );
  },
});

/** Routes that the cloud's controller could not make. */
export const cloudRoutes = defineCheck<ClusterSubject>({
  id: 'netcni/cloud-route-missing',
  group: 'routes',
  needs: ['Node', 'Event'],
  run: (_, { index, now }) => {
    const failed = nodeFacts(index).flatMap(({ node, name }) => {
      const event = index.events(node, 'Node').findLast(({ reason }) => reason === 'FailedToCreateRoute');
      return event !== undefined && now - Date.parse(event.lastSeen) < 3_600_000 ? [{ name, event }] : [];
    });
    const [first] = failed;
    if (first === undefined) return [];
    const names = failed.map(({ name }) => name);
    return [
      pluginMessages.CNI709.raise({
        subject: { kind: 'Node', name: first.name },
        args: { nodes: nodeWords(names), said: shorten(first.event.message, 160) },
        pods: names.map(nodeKey),
        evidence: failed.slice(0, 3).map(({ name, event }) => ({
          fact: shorten(event.message, 200),
          source: `Event FailedToCreateRoute on Node ${name}`,
        })),
      }),
    ];
  },
});
