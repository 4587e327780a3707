import { envTold } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { ciliumSetting } from '../../../../shared/datapath/cni/settings-cilium.ts';
import type { FoundPlugin } from '../../../../shared/datapath/cni/setup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, refOf } from '../../../../shared/model/refs.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentsWithoutApi } from '../../facts/agents-without-api.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { ciliumMessages } from '../../messages/cilium.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

function ciliumOf(index: ClusterIndex): FoundPlugin | undefined {
  return detectNetwork(index).plugins.find(({ name, alive }) => name === 'Cilium' && alive !== 'leftover');
}

/**
 * Agents that are to do the work of kube-proxy look for the API server by its ClusterIP, which nobody serves before they
 * run: they must be told its address (cilium/cilium Documentation/network/kubernetes/kubeproxy-free).
 */
export const ciliumApiAddress = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-api-address-missing',
  group: 'cilium',
  needs: ['DaemonSet', 'Pod'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => proxyReplacement(index)?.name === 'Cilium',
  run: (_, { index }) => {
    const cilium = ciliumOf(index);
    if (cilium === undefined || knowsApi(index, cilium)) return [];
    const stuck = agentsWithoutApi(index, cilium);
    const [first] = stuck;
    const [set] = cilium.sets;
    if (first === undefined || set === undefined) return [];
    const nodes = stuck.map(({ node }) => node).filter((node) => node !== '');
    return [
      ciliumMessages.CNI509.raise({
        subject: refOf(set, 'DaemonSet'),
        args: { nodes: nodeWords(nodes), set: nameOf(set), namespace: set.metadata?.namespace ?? '' },
        impact: nodes.length / Math.max(1, nodeFacts(index).length),
        pods: nodes.map(nodeKey),
        evidence: [
          { fact: first.cause.line, source: first.cause.source },
          { fact: 'Cilium replaces kube-proxy', source: cilium.replacesKubeProxy?.source ?? '' },
          { fact: 'no DaemonSet of kube-proxy', source: `${index.list('DaemonSet').length} DaemonSets` },
          {
            fact: 'no KUBERNETES_SERVICE_HOST in its containers, no k8s-api-server in its configuration',
            source: `DaemonSet ${set.metadata?.namespace ?? ''}/${nameOf(set)}, ConfigMap cilium-config`,
          },
        ],
      }),
    ];
  },
});

function knowsApi(index: ClusterIndex, { sets }: FoundPlugin): boolean {
  return (
    envTold(index, sets, 'KUBERNETES_SERVICE_HOST') !== undefined ||
    ['k8s-api-server', 'k8s-api-server-urls'].some((key) => ciliumSetting(index, sets, key) !== undefined)
  );
}

/** The key that an agent writes on its CiliumNode when it encrypts (pkg/annotation). */
const WIREGUARD_KEY = 'network.cilium.io/wg-pub-key';

/** Nodes whose agent does not encrypt although the configuration asks for it. */
export const ciliumEncryption = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-encryption-not-in-force',
  group: 'cilium',
  needs: ['CiliumNode', 'Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => ciliumOf(index)?.encryption !== undefined && index.list('CiliumNode').length > 0,
  run: (_, { index }) => {
    const encryption = ciliumOf(index)?.encryption;
    if (encryption === undefined || !isWhollyRead(index, 'CiliumNode')) return [];
    const nodes = nodeFacts(index).flatMap(({ name, fresh, takesAgents }) => {
      const object = index.get('CiliumNode', undefined, name);
      return object === undefined || fresh || !takesAgents || downNodes(index).has(name)
        ? []
        : [{ name, key: object.metadata?.annotations?.[WIREGUARD_KEY], number: object.spec?.encryption?.key ?? 0 }];
    });
    const wireguard = encryption.value === 'wireguard';
    const bare = nodes.filter(({ key, number }) => (wireguard ? key === undefined : number === 0));
    const [first] = bare;
    // Where no node has it annotations may have been left out of what was read.
    if (first === undefined || bare.length === nodes.length) return [];
    const names = bare.map(({ name }) => name);
    return [
      ciliumMessages.CNI510.raise({
        subject: { kind: 'Node', name: first.name },
        args: { nodes: nodeWords(names), encryption: wireguard ? 'WireGuard' : 'IPsec' },
        pods: names.map(nodeKey),
        evidence: [
          {
            fact: wireguard ? `no annotation ${WIREGUARD_KEY}` : 'spec.encryption.key is 0',
            source: `CiliumNode ${first.name}`,
          },
          { fact: `${nodes.length - bare.length} others have it`, source: 'CiliumNodes' },
          { fact: `${encryption.value} is switched on`, source: encryption.source },
        ],
      }),
    ];
  },
});
