import { detectNetwork, givesInterfaces } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PluginName } from '../../../../shared/model/network-plugins.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { groupBy, nodeWords } from '../words.ts';

function hasCilium(index: ClusterIndex): boolean {
  return detectNetwork(index).plugins.some(({ name, alive }) => name === 'Cilium' && alive !== 'leftover');
}

/** Nodes whose agent has not registered. */
export const ciliumNodeMissing = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-node-missing',
  group: 'cilium',
  needs: ['CiliumNode', 'Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => hasCilium(index) && index.list('CiliumNode').length > 0,
  run: (_, { index }) => {
    if (!isWhollyRead(index, 'CiliumNode')) return [];
    const agents = agentGroups(index).find(({ plugin }) => plugin?.name === 'Cilium');
    const served = new Set(agents?.pods.map(nodeOfAgent));
    // A node without an agent is told as that, or has another plugin on purpose.
    const alone =
      detectNetwork(index).plugins.filter((one) => givesInterfaces(one) && one.alive === 'agents').length < 2;
    const counts = (name: string): boolean => (agents?.podsRead === true ? served.has(name) : alone);
    const bare = nodeFacts(index).filter(
      ({ name, takesAgents, fresh }) =>
        takesAgents && !fresh && counts(name) && index.get('CiliumNode', undefined, name) === undefined,
    );
    const names = bare.map(({ name }) => name);
    if (names.length === 0) return [];
    return [
      pluginMessages.CNI501.raise({
        subject: { kind: 'Node', name: names[0] ?? '' },
        args: { nodes: nodeWords(names) },
        pods: names.map(nodeKey),
        evidence: [
          { fact: `${index.list('CiliumNode').length} CiliumNodes, none of these names`, source: 'CiliumNodes' },
        ],
      }),
    ];
  },
});

/** What the AWS SDK puts before the code and the words of an error. */
const AWS_FRAME = /^.*\bapi error (?=\w+: )/s;

/** What the operator could not give, in its own words. */
export const ciliumNoRange = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-no-range-for-node',
  group: 'cilium',
  needs: ['CiliumNode'],
  uses: ['Node'],
  applies: (_, { index }) => index.list('CiliumNode').length > 0,
  run: (_, { index }) => {
    const refused = index.list('CiliumNode').flatMap((object) => {
      const error = object.status?.ipam?.['operator-status']?.error ?? '';
      return error === '' || downNodes(index).has(nameOf(object)) ? [] : [{ name: nameOf(object), object, error }];
    });
    return groupBy(refused, ({ name, error }) => error.replace(AWS_FRAME, '').replaceAll(name, '')).map((alike) => {
      const [{ name, error }] = alike;
      const names = alike.map((one) => one.name);
      return pluginMessages.CNI502.raise({
        subject: { kind: 'Node', name },
        args: { nodes: nodeWords(names), first: name, error: shorten(error.replace(AWS_FRAME, ''), 160) },
        pods: names.map(nodeKey),
        evidence: alike.slice(0, 3).flatMap((one) => [
          {
            fact: `"${shorten(one.error, 240)}"`,
            source: `CiliumNode ${one.name} status.ipam.operator-status.error`,
          },
          {
            fact: `podCIDRs ${(one.object.spec?.ipam?.podCIDRs ?? []).join(', ') || 'none'}`,
            source: `CiliumNode ${one.name} spec.ipam`,
          },
        ]),
      });
    });
  },
});

/** States in which an endpoint waits; the others pass by themselves within moments. */
const WAITING = /^(waiting-for-identity|not-ready|waiting-to-regenerate|invalid|disconnected)$/;

/** Endpoints that wait, where they were read. */
export const ciliumEndpoints = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-endpoints-not-ready',
  group: 'cilium',
  needs: [],
  uses: ['CiliumEndpoint', 'Pod', 'Node'],
  applies: (_, { index }) => index.list('CiliumEndpoint').length > 0,
  run: (_, { index, now }) => {
    const waiting = index.list('CiliumEndpoint').flatMap((endpoint) => {
      const state = endpoint.status?.state ?? '';
      const age = now - Date.parse(endpoint.metadata?.creationTimestamp ?? '');
      const node = index.get('Pod', namespaceOf(endpoint), nameOf(endpoint))?.spec?.nodeName ?? '';
      return WAITING.test(state) && !(age < 60_000) && !downNodes(index).has(node) ? [{ endpoint, state, node }] : [];
    });
    const [first] = waiting;
    if (first === undefined) return [];
    const nodes = [...new Set(waiting.map(({ node }) => node))].filter((node) => node !== '');
    const key = `${namespaceOf(first.endpoint)}/${nameOf(first.endpoint)}`;
    return [
      pluginMessages.CNI503.raise({
        subject: { kind: 'CiliumEndpoint', namespace: namespaceOf(first.endpoint), name: nameOf(first.endpoint) },
        args: {
          count: waiting.length,
          states: joinNames([...new Set(waiting.map(({ state }) => state))], 3),
          nodes: nodes.length === 0 ? 'unknown nodes' : nodeWords(nodes),
          example: key,
        },
        ...(nodes.length === 0 ? {} : { pods: nodes.map(nodeKey) }),
        evidence: waiting.slice(0, 4).map(({ endpoint, state }) => ({
          fact: `state ${state}`,
          source: `CiliumEndpoint ${namespaceOf(endpoint)}/${nameOf(endpoint)} status`,
        })),
      }),
    ];
  },
});

const TAINTS = /^(node\.cilium\.io\/agent-not-ready|node\.antrea\.io\/|projectcalico\.org\/)/;

/** A taint that the plugin should have taken off. */
export const agentTaintStays = defineCheck<ClusterSubject>({
  id: 'netcni/agent-taint-stays',
  group: 'agents',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const tainted = nodeFacts(index).flatMap(({ name, node, fresh, standing }) => {
      const taint = (node.spec?.taints ?? []).find(({ key = '' }) => TAINTS.test(key));
      if (taint === undefined || fresh || standing !== 'ready') return [];
      const title = pluginOfTaint(taint.key ?? '');
      const groups = agentGroups(index).filter(({ role }) => role === 'network');
      const own = groups.find(({ plugin }) => plugin?.name === title);
      const agent = (own === undefined ? groups : [own])
        .flatMap(({ pods }) => pods)
        .find((pod) => nodeOfAgent(pod) === name);
      if (agent === undefined || !isReady(agent)) return [];
      const words = `${taint.key ?? ''}${taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`}:${taint.effect ?? ''}`;
      const why =
        own === undefined ? `of ${title}, which has no agents in this cluster` : 'although its agent is ready';
      return [{ name, words, why, agent }];
    });
    return groupBy(tainted, ({ words }) => words).map((alike) => {
      const [{ words, why }] = alike;
      const names = alike.map(({ name }) => name);
      return pluginMessages.CNI504.raise({
        subject: { kind: 'Node', name: names[0] ?? '' },
        args: { nodes: nodeWords(names), names: names.join(' '), taint: words, why },
        pods: names.map(nodeKey),
        evidence: alike.slice(0, 3).flatMap(({ name, agent }) => [
          { fact: `taint ${words}`, source: `Node ${name} spec.taints` },
          { fact: 'the agent is ready', source: `Pod ${namespaceOf(agent)}/${nameOf(agent)} status` },
        ]),
      });
    });
  },
});

function pluginOfTaint(key: string): PluginName {
  if (key.includes('cilium')) return 'Cilium';
  return key.includes('antrea') ? 'Antrea' : 'Calico';
}

/** BGP sessions of Cilium's own. */
export const ciliumBgp = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-bgp-not-established',
  group: 'cilium',
  needs: ['CiliumBGPNodeConfig'],
  uses: ['Node'],
  applies: (_, { index }) => index.list('CiliumBGPNodeConfig').length > 0,
  run: (_, { index }) =>
    index.list('CiliumBGPNodeConfig').flatMap((config) => {
      const peers = (config.status?.bgpInstances ?? []).flatMap((instance) => instance.peers ?? []);
      const broken = peers.filter(({ peeringState }) => peeringState !== undefined && peeringState !== 'established');
      if (broken.length === 0 || downNodes(index).has(nameOf(config))) return [];
      return [
        pluginMessages.CNI507.raise({
          subject: { kind: 'Node', name: nameOf(config) },
          args: {
            node: nameOf(config),
            peers: joinNames(
              broken.map(({ peerAddress = '', name = '' }) => peerAddress || name),
              3,
            ),
            states: joinNames([...new Set(broken.map(({ peeringState = '' }) => peeringState))], 3),
          },
          pods: [nodeKey(nameOf(config))],
          evidence: broken.slice(0, 4).map(({ peerAddress = '', peerASN, peeringState = '' }) => ({
            fact: `${peerAddress}${peerASN === undefined ? '' : ` AS ${peerASN}`}: ${peeringState}`,
            source: `CiliumBGPNodeConfig ${nameOf(config)} status`,
          })),
        }),
      ];
    }),
});

/** Load-balancer pools that overlap. */
export const loadBalancerPools = defineCheck<ClusterSubject>({
  id: 'netcni/load-balancer-pool-conflict',
  group: 'cilium',
  needs: ['CiliumLoadBalancerIPPool'],
  applies: (_, { index }) => index.list('CiliumLoadBalancerIPPool').length > 0,
  run: (_, { index }) =>
    index.list('CiliumLoadBalancerIPPool').flatMap((pool) => {
      const conflict = pool.status?.conditions?.find(
        ({ type, status }) => /PoolConflict$/.test(type ?? '') && status === 'True',
      );
      if (conflict === undefined) return [];
      return [
        pluginMessages.CNI508.raise({
          subject: { kind: 'CiliumLoadBalancerIPPool', name: nameOf(pool) },
          args: { pool: nameOf(pool), said: shorten(conflict.message ?? conflict.reason ?? '', 160) },
          evidence: [
            {
              fact: `${conflict.type ?? ''} True: ${conflict.message ?? ''}`,
              source: `CiliumLoadBalancerIPPool ${nameOf(pool)} status`,
            },
          ],
        }),
      ];
    }),
});
