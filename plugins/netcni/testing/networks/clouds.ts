import type { KubeObject } from '../../../../shared/model/objects.ts';
import { agents, appPods, clusterNode, custom, kubeProxy, NODES } from './parts.ts';

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
