import type { KubeObject } from '../../../../shared/model/objects.ts';
import { changed } from '../check-objects.ts';
import { awsVpc, azure } from '../networks/clouds.ts';
import { agentCrashes, call, type NetworkFaults, sandboxFailure } from './fault.ts';

export const CLOUDS_FAULTS: NetworkFaults = {
  'aws: no address for pods': {
    objects: () => [
      ...awsVpc(),
      ...sandboxFailure('n1', `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`),
    ],
    code: 'CNI304',
    words: ['n1', 'failed to assign an IP address', 'its subnet has no free address', 'pods hold 1 of 27'],
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
};
