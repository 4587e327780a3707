import type { KubeObject } from '../../../../shared/model/objects.ts';
import { event, pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { awsVpc, azure } from '../networks/clouds.ts';
import { agentCrashes, call, type NetworkFaults, sandboxFailure, told } from './fault.ts';

/** aws-node of n2 was refused a call so many seconds ago. */
function refused(seconds: number): readonly KubeObject[] {
  const objects = awsVpc();
  const agent = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata?.name === 'aws-node-n2');
  const said =
    'Unauthorized operation: failed to call ec2:CreateNetworkInterface due to missing permissions. Please refer to the policy';
  const lastSeen = secondsAgo(seconds);
  return [...objects, event(agent ?? {}, 'MissingIAMPermissions', said, { firstSeen: lastSeen, lastSeen })];
}

export const CLOUDS_FAULTS: NetworkFaults = {
  'aws: no address for pods': {
    objects: () => [
      ...awsVpc(),
      ...sandboxFailure('n1', `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`),
    ],
    code: 'CNI304',
    words: ['n1', 'failed to assign an IP address', 'its subnet has no free address', 'pods hold 1 of 27'],
  },
  'aws: pods hold all addresses, and the kubelet takes more': {
    objects: () => [
      ...awsVpc({}, '110'),
      ...Array.from({ length: 26 }, (_, at) => pod(`more-${at}`, { node: 'n1', ip: `10.0.1.${at + 20}` })),
      ...sandboxFailure('n1', `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`),
    ],
    code: 'CNI304',
    words: ['n1', '27 of 27 pod addresses used', 'its kubelet takes 110 pods'],
  },
  'aws: more pods than addresses': {
    objects: () => awsVpc({}, '110'),
    code: 'CNI706',
    words: ['110', '27', 'm5.large'],
  },
  'aws: ENIConfig missing': {
    objects: () =>
      awsVpc({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' }, '20'),
    code: 'CNI707',
    words: ['eu-west-1a'],
  },
  'azure: subnet full': {
    objects: () =>
      changed(
        azure(),
        'NodeNetworkConfig',
        'n2',
        (one) =>
          ({
            ...one,
            spec: { requestedIPCount: 32 },
            status: { assignedIPCount: 16, status: 'NCUpdateSubnetFullError' },
          }) as KubeObject,
      ),
    code: 'CNI705',
    words: ['n2', 'NCUpdateSubnetFullError'],
  },
  'azure: agent does not answer': {
    objects: () => [
      ...agentCrashes(azure(), 'azure-cns', 'n3', 'failed to start: bind: address already in use'),
      ...sandboxFailure(
        'n3',
        `${call('azure-vnet', 'azure')}failed to connect to CNS: Post "http://localhost:10090/network/requestipconfigs": connect: connection refused`,
      ),
    ],
    code: 'CNI104',
    words: ['n3', 'a port that it needs is taken'],
  },
  'aws: the role of aws-node lacks a right, and a pod waits': {
    objects: () => [
      ...refused(60),
      ...sandboxFailure('n2', `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`),
    ],
    code: 'CNI710',
    words: ['aws-node on node n2 may not call ec2:CreateNetworkInterface', 'MissingIAMPermissions'],
    sound: () => [refused(7200)],
  },
  'aws: no prefix for pods': {
    objects: () => [
      ...awsVpc({ ENABLE_PREFIX_DELEGATION: 'true' }, '110'),
      ...sandboxFailure('n1', `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`),
    ],
    code: 'CNI304',
    words: ['n1', 'its subnet has no free prefix (/28)'],
    sound: () => [awsVpc({ ENABLE_PREFIX_DELEGATION: 'true' }, '110')],
  },
  'aws: no branch interface for a pod with its own security group': {
    objects: () => [
      ...awsVpc({ ENABLE_POD_ENI: 'true' }),
      ...told(
        'n2',
        'BranchAllocationFailed',
        'failed to allocate branch ENI to pod: creating network interface, InsufficientFreeAddressesInSubnet: There are not sufficient free addresses',
      ),
    ],
    code: 'CNI304',
    words: ['n2', 'no free address'],
  },
};
