import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { PluginName } from '../../../shared/model/network-plugins.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { sicknessOf } from '../../../shared/model/sick-pods.ts';
import { API_ADDRESS } from '../checks/calico/api-address.ts';
import { agentGroups } from '../facts/agents.ts';
import { downControllers } from '../facts/controllers.ts';
import { readProxies } from './read-proxies.ts';

/** What every network is judged by, most wanted first: requests are sent in this order. */
const ALWAYS: readonly KindName[] = ['Node', 'DaemonSet', 'Pod', 'Deployment', 'ServiceCIDR'];

const MAX_EVENTS = 5000;

/** Kinds of a plugin's own of which there is one for every pod: as many as tell whether something is wrong with them. */
const SAMPLED: { readonly [Name in PluginName]?: KindName } = { Calico: 'IPAMHandle', Cilium: 'CiliumEndpoint' };
const MAX_SAMPLED = 2000;

/** The kinds of a plugin's own, read only where the plugin is there: nobody is asked for what he does not have. */
export const OWN_KINDS: { readonly [Name in PluginName]?: readonly KindName[] } = {
  Calico: [
    'IPPool',
    'IPAMBlock',
    'BlockAffinity',
    'IPAMConfig',
    'FelixConfiguration',
    'ClusterInformation',
    'BGPConfiguration',
    'BGPPeer',
    'CalicoNodeStatus',
    'Installation',
    'TigeraStatus',
  ],
  Canal: ['FelixConfiguration', 'ClusterInformation'],
  Cilium: ['CiliumNode', 'CiliumPodIPPool', 'CiliumLoadBalancerIPPool', 'CiliumBGPNodeConfig'],
  Antrea: ['AntreaAgentInfo', 'AntreaIPPool'],
  'OVN-Kubernetes': ['OpenShiftNetwork', 'ClusterOperator'],
  'OpenShift SDN': ['OpenShiftNetwork', 'ClusterOperator'],
  'Kube-OVN': ['KubeOvnSubnet'],
  'AWS VPC CNI': ['CNINode', 'ENIConfig'],
  'Azure CNI': ['NodeNetworkConfig'],
  Multus: ['NetworkAttachmentDefinition'],
  Whereabouts: ['WhereaboutsIPPool'],
};

/** ConfigMaps that tell of the network whatever the plugin: read by name, so that a right to list them is not needed. */
const CONFIGS: readonly string[] = ['kube-proxy', 'kubeadm-config', 'cilium-config'];

/** What is looked at in single namespaces by those who may not see all of them. */
const IN_NAMESPACES = ['Pod', 'DaemonSet', 'Deployment', 'Event'] as const satisfies readonly KindName[];

/** Everything the checks read of a cluster's network; of lists that are refused, what these namespaces have of them. */
export async function networkPlan(gatherer: Gatherer, namespaces: readonly string[] = []): Promise<void> {
  await Promise.all([
    ...ALWAYS.map((kind) => gatherer.list(kind)),
    gatherer.list('Event', { max: MAX_EVENTS }),
    gatherer.list('Lease', { namespace: 'kube-node-lease' }),
    gatherer.version(),
    ...CONFIGS.map((name) => gatherer.get('ConfigMap', 'kube-system', name)),
  ]);
  const first = createIndex(gatherer.finish());
  const refused = IN_NAMESPACES.filter((kind) => first.seen(kind).status === 'forbidden');
  await Promise.all(
    refused.flatMap((kind) => [...new Set(namespaces)].map((namespace) => gatherer.list(kind, { namespace }))),
  );
  const index = refused.length === 0 ? first : createIndex(gatherer.finish());
  const { plugins, kubeProxy } = detectNetwork(index);
  await Promise.all([
    ...plugins.flatMap(({ name }) => (OWN_KINDS[name] ?? []).map((kind) => gatherer.list(kind))),
    ...plugins.flatMap(({ name }) => SAMPLED[name] ?? []).map((kind) => gatherer.list(kind, { max: MAX_SAMPLED })),
    ...[...plugins.flatMap(({ sets }) => sets), ...kubeProxy.sets].flatMap((set) =>
      configMapsOf(set).map((name) => gatherer.get('ConfigMap', namespaceOf(set), name)),
    ),
    ...(kubeProxy.sets.length === 0 && plugins.some(({ name }) => name === 'Calico')
      ? ['kube-system', 'tigera-operator'].map((namespace) => gatherer.get('ConfigMap', namespace, API_ADDRESS))
      : []),
    // Before its agents are there, the operator alone tells of Calico.
    ...(index.list('Deployment').some((one) => nameOf(one) === 'tigera-operator')
      ? (['Installation', 'TigeraStatus'] as const).map((kind) => gatherer.list(kind))
      : []),
    readLogs(gatherer),
    readProxies(gatherer),
  ]);
}

/** ConfigMaps that the pods of a DaemonSet mount or take variables from. */
function configMapsOf(set: Workload): readonly string[] {
  const spec = set.spec?.template?.spec;
  const names = [
    ...(spec?.volumes ?? []).map(({ configMap }) => configMap?.name),
    ...[...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
      ...envFrom.map(({ configMapRef }) => configMapRef?.name),
    ]),
  ];
  return [...new Set(names.filter((name) => name !== undefined && name !== API_ADDRESS))].map(String);
}

/** Agents whose logs are read at most, and lines of each. */
const MAX_LOGS = 6;
const LINES = 60;

/** The last words of agents and controllers that do not work; of those that do nobody asks. */
async function readLogs(gatherer: Gatherer): Promise<void> {
  const index = createIndex(gatherer.finish());
  const agents = agentGroups(index)
    .flatMap(({ pods }) => pods)
    .filter((pod) => sicknessOf(index, pod, index.now) !== undefined)
    .slice(0, MAX_LOGS);
  const sick = [...agents, ...downControllers(index).flatMap(({ pods }) => pods.slice(0, 1))];
  await Promise.all(
    sick.flatMap((pod) =>
      [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
        .filter(({ ready, state }) => ready !== true && state?.terminated?.exitCode !== 0)
        .flatMap(({ name = '', restartCount = 0 }) =>
          [false, ...(restartCount > 0 ? [true] : [])].map((previous) =>
            gatherer.logs(namespaceOf(pod), nameOf(pod), { container: name, previous, tailLines: LINES }),
          ),
        ),
    ),
  );
}
