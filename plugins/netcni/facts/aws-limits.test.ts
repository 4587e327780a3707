import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { checkObjects } from '../testing/check-objects.ts';
import { awsVpc } from '../testing/networks/clouds.ts';
import { awsCapacity } from './aws-limits.ts';

function typed(objects: readonly KubeObject[], type: string): readonly KubeObject[] {
  return objects.map((one) =>
    one.kind === 'Node'
      ? {
          ...one,
          metadata: { ...one.metadata, labels: { ...one.metadata?.labels, 'node.kubernetes.io/instance-type': type } },
        }
      : one,
  );
}

function capacityOf(type: string, env: Readonly<Record<string, string>> = {}): number | undefined {
  const objects = typed(awsVpc(env), type);
  const node = objects.find(({ kind }) => kind === 'Node') as Node;
  return awsCapacity(createIndex(snapshotOf(objects)), node)?.addresses;
}

describe('addresses of EC2 instances', () => {
  it.each([
    ['t3.medium', {}, 15],
    ['m5.large', {}, 27],
    ['m5.large', { ENABLE_PREFIX_DELEGATION: 'true' }, 432],
    ['m5.large', { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' }, 18],
    ['m5.large', { ENABLE_PREFIX_DELEGATION: 'true', AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' }, 288],
    ['c6i.4xlarge', {}, 232],
    ['x9.colossal', {}, undefined],
  ] as const)('%s %j', (type, env, addresses) => {
    expect(capacityOf(type, env)).toBe(addresses);
  });

  it('of a type that is not known are told as not checked', () => {
    const { verdict, notChecked } = checkObjects(typed(awsVpc(), 'x9.colossal'));
    expect(verdict).toBe('healthy');
    expect(notChecked.map(({ reason }) => reason)).toEqual(['unknown instance type: x9.colossal (3 nodes)']);
  });
});
