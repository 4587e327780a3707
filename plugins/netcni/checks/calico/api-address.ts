import { envTold } from '../../../../shared/datapath/cni/config-text.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentsWithoutApi } from '../../facts/agents-without-api.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { calicoMessages } from '../../messages/calico.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

/** The ConfigMap that agents and operator take the address of the API server from. */
export const API_ADDRESS = 'kubernetes-services-endpoint';

/**
 * The eBPF dataplane does the work of kube-proxy once it runs, and needs the address of the API server itself to start
 * with (projectcalico/calico, "Enable the eBPF dataplane").
 */
export const calicoApiAddress = defineCheck<ClusterSubject>({
  id: 'netcni/calico-api-address-missing',
  group: 'calico',
  needs: ['DaemonSet', 'Pod', 'ConfigMap'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => proxyReplacement(index)?.name === 'Calico',
  run: (_, { index }) => {
    const calico = proxyReplacement(index);
    const [set] = calico?.sets ?? [];
    if (calico === undefined || set === undefined) return [];
    // The operator reads it in its own namespace; agents of the manifest beside themselves.
    const namespace = namespaceOf(set) === 'kube-system' ? 'kube-system' : 'tigera-operator';
    const told = envTold(index, calico.sets, 'KUBERNETES_SERVICE_HOST') !== undefined;
    if (told || !isProvenAbsent(index, 'ConfigMap', namespace, API_ADDRESS)) return [];
    const stuck = agentsWithoutApi(index, calico);
    const [first] = stuck;
    if (first === undefined) return [];
    const nodes = stuck.map(({ node }) => node).filter((node) => node !== '');
    return [
      calicoMessages.CNI410.raise({
        subject: refOf(set, 'DaemonSet'),
        args: { nodes: nodeWords(nodes), namespace },
        impact: nodes.length / Math.max(1, nodeFacts(index).length),
        pods: nodes.map(nodeKey),
        evidence: [
          { fact: first.cause.line, source: first.cause.source },
          { fact: 'the eBPF dataplane replaces kube-proxy', source: calico.replacesKubeProxy?.source ?? '' },
          { fact: `no ConfigMap ${API_ADDRESS} in namespace ${namespace}`, source: 'ConfigMaps' },
          {
            fact: 'no KUBERNETES_SERVICE_HOST in its containers',
            source: `DaemonSet ${namespaceOf(set)}/${nameOf(set)}`,
          },
        ],
      }),
    ];
  },
});
