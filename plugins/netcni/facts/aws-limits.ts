import { envTold } from '../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Node } from '../../../shared/model/objects.ts';

export interface AwsCapacity {
  readonly addresses: number;
  readonly type: string;
  readonly interfaces: number;
  readonly perInterface: number;
  readonly prefixes: boolean;
  readonly source: string;
}

/** Interfaces and addresses of each, by size, for families c, m and r from the fifth generation on (EC2 user guide). */
const USUAL: Readonly<Record<string, readonly [number, number]>> = {
  medium: [2, 4],
  large: [3, 10],
  xlarge: [4, 15],
  '2xlarge': [4, 15],
  '4xlarge': [8, 30],
  '8xlarge': [8, 30],
  '12xlarge': [8, 30],
  '16xlarge': [15, 50],
  '24xlarge': [15, 50],
  metal: [15, 50],
};

const BURSTING: Readonly<Record<string, readonly [number, number]>> = {
  nano: [2, 2],
  micro: [2, 2],
  small: [3, 4],
  medium: [3, 6],
  large: [3, 12],
  xlarge: [4, 15],
  '2xlarge': [4, 15],
};

/** A prefix holds 16 addresses (/28). */
const PREFIX = 16;

/**
 * How many pods of an EC2 instance can have an address: interfaces × (addresses − 1), the first of each being the
 * node's own; sixteen times as many with prefix delegation; one interface fewer with custom networking. Undefined
 * for types that are not known here.
 */
export function awsCapacity(index: ClusterIndex, node: Node): AwsCapacity | undefined {
  const type = instanceType(node);
  const [family = '', size = ''] = type.split('.');
  const limits = /^t(3|3a|4g)$/.test(family)
    ? BURSTING[size]
    : /^[cmr][5-8][a-z-]*$/.test(family) && !family.includes('n')
      ? USUAL[size]
      : undefined;
  if (limits === undefined) return undefined;
  const sets = detectNetwork(index).primary?.sets ?? [];
  const custom = envTold(index, sets, 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG')?.value === 'true';
  const prefixes = envTold(index, sets, 'ENABLE_PREFIX_DELEGATION')?.value === 'true';
  const [all, perInterface] = limits;
  const interfaces = custom ? all - 1 : all;
  return {
    addresses: interfaces * (perInterface - 1) * (prefixes ? PREFIX : 1),
    type,
    interfaces,
    perInterface,
    prefixes,
    source: `${type}: ${interfaces} interfaces × ${perInterface - 1} ${prefixes ? 'prefixes of 16' : 'addresses'}`,
  };
}

/** `m5.large`, or `no label of it` on a node that does not tell. */
export function instanceType(node: Node): string {
  const labels = node.metadata?.labels ?? {};
  return labels['node.kubernetes.io/instance-type'] ?? labels['beta.kubernetes.io/instance-type'] ?? 'no label of it';
}
