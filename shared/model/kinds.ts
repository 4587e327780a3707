import type { ConfigMap, KubeObject, Namespace, Node, Secret, ServiceCIDR } from './objects.ts';
import type {
  AntreaAgentInfo,
  AntreaIPPool,
  BGPConfiguration,
  BGPPeer,
  BlockAffinity,
  CalicoNodeStatus,
  CiliumBGPNodeConfig,
  CiliumEndpoint,
  CiliumLoadBalancerIPPool,
  CiliumNode,
  CiliumPodIPPool,
  ClusterInformation,
  CNINode,
  ConditionedObject,
  ENIConfig,
  FelixConfiguration,
  Installation,
  IPAMBlock,
  IPAMConfig,
  IPAMHandle,
  IPPool,
  KubeOvnSubnet,
  Lease,
  NetworkAttachmentDefinition,
  NodeNetworkConfig,
  OpenShiftNetwork,
  WhereaboutsIPPool,
} from './objects-cni.ts';
import type { EndpointSlice, Endpoints, Ingress, IngressClass, NetworkPolicy, Service } from './objects-network.ts';
import type { Pod } from './objects-pod.ts';
import type { ClusterRole, ClusterRoleBinding } from './objects-rights.ts';
import type {
  HorizontalPodAutoscaler,
  PodDisruptionBudget,
  PodMetrics,
  ResourceQuota,
  Workload,
} from './objects-workload.ts';

/** Every kind that a snapshot can hold with a type of its own. Other kinds are kept as plain objects. */
export interface KindTypes {
  ClusterRole: ClusterRole;
  ClusterRoleBinding: ClusterRoleBinding;
  ConfigMap: ConfigMap;
  CronJob: Workload;
  DaemonSet: Workload;
  Deployment: Workload;
  Endpoints: Endpoints;
  EndpointSlice: EndpointSlice;
  Event: KubeObject;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  Ingress: Ingress;
  IngressClass: IngressClass;
  Job: Workload;
  LimitRange: KubeObject;
  Namespace: Namespace;
  NetworkPolicy: NetworkPolicy;
  Node: Node;
  PersistentVolumeClaim: KubeObject;
  Pod: Pod;
  PodDisruptionBudget: PodDisruptionBudget;
  PodMetrics: PodMetrics;
  ReplicaSet: Workload;
  ReplicationController: Workload;
  ResourceQuota: ResourceQuota;
  Secret: Secret;
  Service: Service;
  ServiceAccount: KubeObject;
  ServiceCIDR: ServiceCIDR;
  StatefulSet: Workload;
  AdminNetworkPolicy: KubeObject;
  BaselineAdminNetworkPolicy: KubeObject;
  ClusterNetworkPolicy: KubeObject;
  /** projectcalico.org and crd.projectcalico.org; told apart from the built-in kind by its group. */
  CalicoNetworkPolicy: KubeObject;
  CalicoGlobalNetworkPolicy: KubeObject;
  CiliumNetworkPolicy: KubeObject;
  CiliumClusterwideNetworkPolicy: KubeObject;
  Gateway: KubeObject;
  HTTPRoute: KubeObject;
  GRPCRoute: KubeObject;
  TLSRoute: KubeObject;
  TCPRoute: KubeObject;
  UDPRoute: KubeObject;
  ReferenceGrant: KubeObject;
  Route: KubeObject;
  ClusterUserDefinedNetwork: KubeObject;
  UserDefinedNetwork: KubeObject;
  ClusterNetworkConnect: KubeObject;
  ScaledObject: KubeObject;
  Lease: Lease;
  // Network plugins' own. An `IPPool` without an adjective is Calico's.
  IPPool: IPPool;
  IPAMBlock: IPAMBlock;
  BlockAffinity: BlockAffinity;
  IPAMHandle: IPAMHandle;
  IPAMConfig: IPAMConfig;
  BGPPeer: BGPPeer;
  BGPConfiguration: BGPConfiguration;
  FelixConfiguration: FelixConfiguration;
  ClusterInformation: ClusterInformation;
  CalicoNodeStatus: CalicoNodeStatus;
  Installation: Installation;
  TigeraStatus: ConditionedObject;
  CiliumNode: CiliumNode;
  CiliumEndpoint: CiliumEndpoint;
  CiliumPodIPPool: CiliumPodIPPool;
  CiliumLoadBalancerIPPool: CiliumLoadBalancerIPPool;
  CiliumBGPNodeConfig: CiliumBGPNodeConfig;
  ENIConfig: ENIConfig;
  CNINode: CNINode;
  NodeNetworkConfig: NodeNetworkConfig;
  NetworkAttachmentDefinition: NetworkAttachmentDefinition;
  WhereaboutsIPPool: WhereaboutsIPPool;
  AntreaAgentInfo: AntreaAgentInfo;
  AntreaIPPool: AntreaIPPool;
  OpenShiftNetwork: OpenShiftNetwork;
  ClusterOperator: ConditionedObject;
  KubeOvnSubnet: KubeOvnSubnet;
}

export type KindName = keyof KindTypes;

export interface KindInfo {
  /** The key in a snapshot; differs from `kind` only where two API groups use one kind name. */
  readonly key: KindName;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Other groups under which the same objects are served or were served (events.k8s.io, extensions). */
  readonly aliases?: readonly string[];
}

const info = (
  key: KindName,
  group: string,
  version: string,
  plural: string,
  namespaced = true,
  more: Partial<KindInfo> = {},
): KindInfo => ({ key, kind: key, group, version, plural, namespaced, ...more });

/** Of the Gateway API. */
const gateway = (key: KindName, version: string): KindInfo =>
  info(key, 'gateway.networking.k8s.io', version, `${key.toLowerCase()}s`);

/** Calico's own; `open`: also under the group that its API server serves. */
const calico = (key: KindName, plural: string, open = false): KindInfo =>
  info(key, 'crd.projectcalico.org', 'v1', plural, false, open ? { aliases: ['projectcalico.org'] } : {});

/** The kinds, with where the API serves them. */
export const KINDS: Readonly<Record<KindName, KindInfo>> = {
  ClusterRole: info('ClusterRole', 'rbac.authorization.k8s.io', 'v1', 'clusterroles', false),
  ClusterRoleBinding: info('ClusterRoleBinding', 'rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', false),
  ConfigMap: info('ConfigMap', '', 'v1', 'configmaps'),
  CronJob: info('CronJob', 'batch', 'v1', 'cronjobs'),
  DaemonSet: info('DaemonSet', 'apps', 'v1', 'daemonsets', true, { aliases: ['extensions'] }),
  Deployment: info('Deployment', 'apps', 'v1', 'deployments', true, { aliases: ['extensions'] }),
  Endpoints: info('Endpoints', '', 'v1', 'endpoints'),
  EndpointSlice: info('EndpointSlice', 'discovery.k8s.io', 'v1', 'endpointslices'),
  Event: info('Event', '', 'v1', 'events', true, { aliases: ['events.k8s.io'] }),
  HorizontalPodAutoscaler: info('HorizontalPodAutoscaler', 'autoscaling', 'v2', 'horizontalpodautoscalers'),
  Ingress: info('Ingress', 'networking.k8s.io', 'v1', 'ingresses', true, { aliases: ['extensions'] }),
  IngressClass: info('IngressClass', 'networking.k8s.io', 'v1', 'ingressclasses', false),
  Job: info('Job', 'batch', 'v1', 'jobs'),
  LimitRange: info('LimitRange', '', 'v1', 'limitranges'),
  Namespace: info('Namespace', '', 'v1', 'namespaces', false),
  NetworkPolicy: info('NetworkPolicy', 'networking.k8s.io', 'v1', 'networkpolicies', true, { aliases: ['extensions'] }),
  Node: info('Node', '', 'v1', 'nodes', false),
  PersistentVolumeClaim: info('PersistentVolumeClaim', '', 'v1', 'persistentvolumeclaims'),
  Pod: info('Pod', '', 'v1', 'pods'),
  PodDisruptionBudget: info('PodDisruptionBudget', 'policy', 'v1', 'poddisruptionbudgets'),
  PodMetrics: info('PodMetrics', 'metrics.k8s.io', 'v1beta1', 'pods'),
  ReplicaSet: info('ReplicaSet', 'apps', 'v1', 'replicasets', true, { aliases: ['extensions'] }),
  ReplicationController: info('ReplicationController', '', 'v1', 'replicationcontrollers'),
  ResourceQuota: info('ResourceQuota', '', 'v1', 'resourcequotas'),
  Secret: info('Secret', '', 'v1', 'secrets'),
  Service: info('Service', '', 'v1', 'services'),
  ServiceAccount: info('ServiceAccount', '', 'v1', 'serviceaccounts'),
  ServiceCIDR: info('ServiceCIDR', 'networking.k8s.io', 'v1', 'servicecidrs', false),
  StatefulSet: info('StatefulSet', 'apps', 'v1', 'statefulsets'),
  AdminNetworkPolicy: info('AdminNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha1', 'adminnetworkpolicies', false),
  BaselineAdminNetworkPolicy: info(
    'BaselineAdminNetworkPolicy',
    'policy.networking.k8s.io',
    'v1alpha1',
    'baselineadminnetworkpolicies',
    false,
  ),
  ClusterNetworkPolicy: info(
    'ClusterNetworkPolicy',
    'policy.networking.k8s.io',
    'v1alpha2',
    'clusternetworkpolicies',
    false,
  ),
  CalicoNetworkPolicy: info('CalicoNetworkPolicy', 'crd.projectcalico.org', 'v1', 'networkpolicies', true, {
    kind: 'NetworkPolicy',
    aliases: ['projectcalico.org'],
  }),
  CalicoGlobalNetworkPolicy: info(
    'CalicoGlobalNetworkPolicy',
    'crd.projectcalico.org',
    'v1',
    'globalnetworkpolicies',
    false,
    { kind: 'GlobalNetworkPolicy', aliases: ['projectcalico.org'] },
  ),
  CiliumNetworkPolicy: info('CiliumNetworkPolicy', 'cilium.io', 'v2', 'ciliumnetworkpolicies'),
  CiliumClusterwideNetworkPolicy: info(
    'CiliumClusterwideNetworkPolicy',
    'cilium.io',
    'v2',
    'ciliumclusterwidenetworkpolicies',
    false,
  ),
  Gateway: gateway('Gateway', 'v1'),
  HTTPRoute: gateway('HTTPRoute', 'v1'),
  GRPCRoute: gateway('GRPCRoute', 'v1'),
  TLSRoute: gateway('TLSRoute', 'v1'),
  TCPRoute: gateway('TCPRoute', 'v1alpha2'),
  UDPRoute: gateway('UDPRoute', 'v1alpha2'),
  ReferenceGrant: gateway('ReferenceGrant', 'v1beta1'),
  Route: info('Route', 'route.openshift.io', 'v1', 'routes'),
  ClusterUserDefinedNetwork: info(
    'ClusterUserDefinedNetwork',
    'k8s.ovn.org',
    'v1',
    'clusteruserdefinednetworks',
    false,
  ),
  UserDefinedNetwork: info('UserDefinedNetwork', 'k8s.ovn.org', 'v1', 'userdefinednetworks'),
  ClusterNetworkConnect: info('ClusterNetworkConnect', 'k8s.ovn.org', 'v1', 'clusternetworkconnects', false),
  ScaledObject: info('ScaledObject', 'keda.sh', 'v1alpha1', 'scaledobjects'),
  Lease: info('Lease', 'coordination.k8s.io', 'v1', 'leases'),
  IPPool: calico('IPPool', 'ippools', true),
  IPAMBlock: calico('IPAMBlock', 'ipamblocks'),
  BlockAffinity: calico('BlockAffinity', 'blockaffinities', true),
  IPAMHandle: calico('IPAMHandle', 'ipamhandles'),
  IPAMConfig: calico('IPAMConfig', 'ipamconfigs'),
  BGPPeer: calico('BGPPeer', 'bgppeers', true),
  BGPConfiguration: calico('BGPConfiguration', 'bgpconfigurations', true),
  FelixConfiguration: calico('FelixConfiguration', 'felixconfigurations', true),
  ClusterInformation: calico('ClusterInformation', 'clusterinformations', true),
  CalicoNodeStatus: calico('CalicoNodeStatus', 'caliconodestatuses', true),
  Installation: info('Installation', 'operator.tigera.io', 'v1', 'installations', false),
  TigeraStatus: info('TigeraStatus', 'operator.tigera.io', 'v1', 'tigerastatuses', false),
  CiliumNode: info('CiliumNode', 'cilium.io', 'v2', 'ciliumnodes', false),
  CiliumEndpoint: info('CiliumEndpoint', 'cilium.io', 'v2', 'ciliumendpoints'),
  CiliumPodIPPool: info('CiliumPodIPPool', 'cilium.io', 'v2alpha1', 'ciliumpodippools', false),
  CiliumLoadBalancerIPPool: info('CiliumLoadBalancerIPPool', 'cilium.io', 'v2', 'ciliumloadbalancerippools', false),
  CiliumBGPNodeConfig: info('CiliumBGPNodeConfig', 'cilium.io', 'v2', 'ciliumbgpnodeconfigs', false),
  ENIConfig: info('ENIConfig', 'crd.k8s.amazonaws.com', 'v1alpha1', 'eniconfigs', false),
  CNINode: info('CNINode', 'vpcresources.k8s.aws', 'v1alpha1', 'cninodes', false),
  NodeNetworkConfig: info('NodeNetworkConfig', 'acn.azure.com', 'v1alpha', 'nodenetworkconfigs'),
  NetworkAttachmentDefinition: info(
    'NetworkAttachmentDefinition',
    'k8s.cni.cncf.io',
    'v1',
    'network-attachment-definitions',
  ),
  WhereaboutsIPPool: info('WhereaboutsIPPool', 'whereabouts.cni.cncf.io', 'v1alpha1', 'ippools', true, {
    kind: 'IPPool',
  }),
  AntreaAgentInfo: info('AntreaAgentInfo', 'crd.antrea.io', 'v1beta1', 'antreaagentinfos', false),
  AntreaIPPool: info('AntreaIPPool', 'crd.antrea.io', 'v1beta1', 'ippools', false, { kind: 'IPPool' }),
  OpenShiftNetwork: info('OpenShiftNetwork', 'config.openshift.io', 'v1', 'networks', false, { kind: 'Network' }),
  ClusterOperator: info('ClusterOperator', 'config.openshift.io', 'v1', 'clusteroperators', false),
  KubeOvnSubnet: info('KubeOvnSubnet', 'kubeovn.io', 'v1', 'subnets', false, { kind: 'Subnet' }),
};

/** All kinds, in the order of their names. */
export const ALL_KINDS: readonly KindName[] = Object.keys(KINDS) as KindName[];

let byGroupKind: Map<string, KindName> | undefined;

/**
 * The snapshot key of an object's apiVersion and kind, or undefined for a kind the project does not read.
 * The version is ignored: a `v1beta1` Ingress is still an Ingress.
 */
export function kindKeyOf(apiVersion: string | undefined, kind: string | undefined): KindName | undefined {
  if (byGroupKind === undefined) {
    byGroupKind = new Map();
    for (const entry of Object.values(KINDS)) {
      for (const group of [entry.group, ...(entry.aliases ?? [])]) byGroupKind.set(`${group}/${entry.kind}`, entry.key);
    }
  }
  const version = apiVersion ?? 'v1';
  const slash = version.indexOf('/');
  const group = slash < 0 ? '' : version.slice(0, slash);
  return byGroupKind.get(`${group}/${kind ?? ''}`);
}

/** `NetworkPolicies`, `Ingresses`: several objects of a kind, as a sentence names them. */
export function pluralOfKind(key: KindName): string {
  const { kind } = KINDS[key];
  if (kind === 'Endpoints' || kind === 'PodMetrics') return kind;
  if (kind.endsWith('y')) return `${kind.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}
