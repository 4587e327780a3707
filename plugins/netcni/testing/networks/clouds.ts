import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { PodSpec } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { pod } from '../../../../shared/testing/builders.ts';
import { agents, appPods, clusterNode, configMap, custom, kubeProxy, NODES } from './parts.ts';

/** EKS: pods have addresses of the VPC, and nodes no podCIDR. */
export function awsVpc(env: Readonly<Record<string, string>> = {}, pods = '29'): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        podCIDR: null,
        pods,
        labels: { 'node.kubernetes.io/instance-type': 'm5.large', 'topology.kubernetes.io/zone': 'eu-west-1a' },
        spec: { providerID: `aws:///eu-west-1a/i-0${name}` },
      }),
    ),
    ...agents('aws-node', [
      {
        name: 'aws-node',
        image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.2',
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
      },
      {
        name: 'aws-eks-nodeagent',
        image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1.1.6',
        args: ['--enable-network-policy=false'],
      },
    ]),
    ...kubeProxy(),
    ...appPods((_, number) => `10.0.0.1${number}0`),
  ];
}

export function azure(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, { podCIDR: null, pods: '30', spec: { providerID: `azure:///subscriptions/x/${name}` } }),
    ),
    ...agents('azure-cns', [
      { name: 'cns-container', image: 'mcr.microsoft.com/containernetworking/azure-cns:v1.6.13' },
    ]),
    ...NODES.map((name) => ({
      ...custom('acn.azure.com/v1alpha', 'NodeNetworkConfig', name, {
        spec: { requestedIPCount: 16 },
        status: {
          assignedIPCount: 16,
          scaler: { maxIPCount: 250, batchSize: 16 },
          networkContainers: [
            {
              status: 'Available',
              subnetName: 'pods',
              subnetAddressSpace: '10.1.0.0/16',
              ipAssignments: Array.from({ length: 16 }, (_, at) => ({ ip: `10.1.${name.slice(1)}.${at + 1}` })),
            },
          ],
        },
      }),
      metadata: { name, namespace: 'kube-system' },
    })),
    ...kubeProxy(),
    ...appPods((_, number) => `10.1.${number}.1`),
  ];
}

const COMPUTE = 'eks.amazonaws.com/compute-type';

/** Agents that go by the kind of an EKS node, as the add-ons of EKS do. */
function byCompute(operator: string, values: readonly string[]): Partial<PodSpec> {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: COMPUTE, operator, values }] }];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function awsWithAffinity(): readonly KubeObject[] {
  return awsVpc().map((object) => {
    if (object.kind !== 'DaemonSet') return object;
    const { spec, ...set } = object as Workload;
    const template = {
      ...spec?.template,
      spec: { ...spec?.template?.spec, ...byCompute('NotIn', ['hybrid', 'auto']) },
    };
    return { ...set, spec: { ...spec, template } };
  });
}

function eksNode(name: string, compute: string): KubeObject {
  return clusterNode(name, { podCIDR: null, labels: { [COMPUTE]: compute } });
}

/** EKS Auto Mode: the machines bring their network, and no agent is to be seen. */
export const eksAuto = (): readonly KubeObject[] => [
  ...NODES.map((name) => eksNode(name, 'auto')),
  ...appPods((_, number) => `10.0.7.${number}`),
];

/** Machines of AWS, one of EKS Auto Mode, and one in a data centre with Cilium. */
export const eksOfAllSorts = (): readonly KubeObject[] => [
  ...awsWithAffinity().filter(({ metadata }) => !/^kube-proxy/.test(metadata?.name ?? '')),
  eksNode('n7', 'auto'),
  pod('on-auto', { node: 'n7', ip: '10.0.9.77' }),
  eksNode('n8', 'hybrid'),
  pod('on-hybrid', { node: 'n8', ip: '10.86.1.5' }),
  ...agents('cilium', [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.17.2' }], {
    nodes: ['n8'],
    spec: byCompute('In', ['hybrid']),
  }),
  configMap('cilium-config', { ipam: 'cluster-pool', 'cluster-pool-ipv4-cidr': '10.86.0.0/16' }),
  custom('cilium.io/v2', 'CiliumNode', 'n8', { spec: { ipam: { podCIDRs: ['10.86.1.0/24'] } }, status: {} }),
];

/** AKS with pods in the subnet of the nodes: no agent of it, and kube-proxy is told the range of that subnet. */
export const aksNodeSubnet = (): readonly KubeObject[] => [
  ...NODES.map((name) =>
    clusterNode(name, { podCIDR: null, spec: { providerID: `azure:///subscriptions/x/${name}` } }),
  ),
  ...kubeProxy().filter(({ kind }) => kind !== 'ConfigMap'),
  configMap('kube-proxy', { 'config.conf': 'clusterCIDR: 10.0.0.0/16\nkind: KubeProxyConfiguration\nmode: ""\n' }),
  ...appPods((_, number) => `10.0.0.1${number}0`),
];

/** GKE before Dataplane V2: routes of the cloud, and Calico that only enforces policies. */
export const gkeWithCalico = (): readonly KubeObject[] => [
  ...NODES.map((name) => clusterNode(name, { reason: 'RouteCreated', spec: { providerID: `gce://p/z/${name}` } })),
  ...agents('calico-node', [
    {
      name: 'calico-node',
      image: 'gke.gcr.io/calico/node:v3.26.3-gke.4',
      env: [{ name: 'CALICO_NETWORKING_BACKEND', value: 'none' }],
    },
  ]),
  ...appPods(),
];
