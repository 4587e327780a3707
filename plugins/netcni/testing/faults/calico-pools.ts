import type { KubeObject } from '../../../../shared/model/objects.ts';
import { changed } from '../check-objects.ts';
import { calico, calicoBlock } from '../networks/calico.ts';
import { custom, NODES } from '../networks/parts.ts';
import { call, type NetworkFaults, pool, sandboxFailure, withSpec } from './fault.ts';

function handle(id: string): KubeObject {
  return custom('crd.projectcalico.org/v1', 'IPAMHandle', id, {
    spec: { handleID: id, block: { '10.244.1.0/26': 1 }, deleted: false },
  });
}

/** So many handles of pods that are gone. */
function handles(count: number): readonly KubeObject[] {
  return Array.from({ length: count }, (_, at) => handle(`k8s-pod-network.gone-${at}`));
}

/** Pools of Calico, their blocks, and who claims them. */
export const CALICO_POOLS_FAULTS: NetworkFaults = {
  'calico: pool used up': {
    objects: () => [
      ...pool(
        NODES.reduce(
          (all, node) => changed(all, 'IPAMBlock', `10-244-${node.slice(1)}-0-26`, () => calicoBlock(node, 64)),
          calico(),
        ),
        { cidr: '10.244.0.0/22', blockSize: 24 },
      ).filter((one) => one.kind !== 'IPAMBlock'),
      ...NODES.map((node) => calicoBlock(node, 64)),
      custom('crd.projectcalico.org/v1', 'IPAMBlock', 'rest', {
        spec: {
          cidr: '10.244.0.0/24',
          affinity: 'host:n1',
          allocations: Array.from({ length: 750 }, () => 0),
          attributes: [{ handle_id: 'x', secondary: {} }],
        },
      }),
      ...sandboxFailure(
        'n2',
        `${call('calico', 'k8s-pod-network')}failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.244.0.0/22]`,
      ),
    ],
    code: 'CNI308',
    words: ['default-ipv4-ippool', '10.244.0.0/22', 'n2'],
  },
  'calico: no pool for a node': {
    objects: () => [
      ...pool(calico(), { nodeSelector: "zone == 'a'" }),
      ...sandboxFailure('n3', `${call('calico', 'k8s-pod-network')}no configured Calico pools for node n3`),
    ],
    code: 'CNI309',
    words: ["zone == 'a'", 'no nodeSelector'],
  },
  'calico: all pools disabled': {
    objects: () => pool(calico(), { disabled: true }),
    code: 'CNI309',
    words: ['every IPPool is disabled'],
  },
  'calico: a pool that overlaps another': {
    objects: () => [
      ...calico(),
      custom('crd.projectcalico.org/v1', 'IPPool', 'second', {
        spec: { cidr: '10.244.128.0/17', blockSize: 26, ipipMode: 'Always', vxlanMode: 'Never', nodeSelector: 'all()' },
        status: {
          conditions: [
            { type: 'Allocatable', status: 'False', reason: 'CIDROverlap', message: 'overlaps default-ipv4-ippool' },
          ],
        },
      }),
    ],
    code: 'CNI407',
    words: ['IPPool second', 'CIDROverlap', '10.244.128.0/17'],
    sound: () => [
      // Switched off on purpose, as after a migration.
      [
        ...calico(),
        custom('crd.projectcalico.org/v1', 'IPPool', 'old', {
          spec: { cidr: '10.99.0.0/16', disabled: true, nodeSelector: 'all()' },
          status: { conditions: [{ type: 'Allocatable', status: 'False', reason: 'PoolDisabled' }] },
        }),
      ],
    ],
  },
  'calico: a block that two nodes take for theirs': {
    objects: () => withSpec(calico(), 'BlockAffinity', 'n3-10-244-3-0-26', { cidr: '10.244.2.0/26' }),
    code: 'CNI318',
    words: ['10.244.2.0/26', 'taken by node n3', 'belongs to node n2'],
    // It is being given back.
    sound: () => [withSpec(calico(), 'BlockAffinity', 'n3-10-244-3-0-26', { cidr: '10.244.2.0/26', deleted: 'true' })],
  },
  'calico: a claim that was broken off': {
    objects: () => withSpec(calico(), 'BlockAffinity', 'n3-10-244-3-0-26', { state: 'pendingDeletion' }),
    code: 'CNI318',
    words: ['10.244.3.0/26', 'pendingDeletion', 'n3'],
    note: true,
  },
  'calico: a claim of a node that is gone': {
    objects: () => [
      ...calico(),
      custom('crd.projectcalico.org/v1', 'BlockAffinity', 'n7-10-244-7-0-26', {
        spec: { cidr: '10.244.7.0/26', node: 'n7', state: 'confirmed', deleted: 'false' },
      }),
    ],
    code: 'CNI311',
    words: ['node n7', '10.244.7.0/26', 'does not exist'],
  },
  'calico: handles that no block knows': {
    objects: () => [...calico(), ...handles(20)],
    code: 'CNI319',
    words: ['20 of', 'k8s-pod-network.gone-0', '10.244.1.0/26'],
    note: true,
    sound: () => [
      [...calico(), ...handles(3)],
      [...calico(), ...NODES.map((node) => handle(`k8s-pod-network.${node}`))],
    ],
  },
  'calico: Services in the range of a pool': {
    objects: () => withSpec(calico(), 'ServiceCIDR', 'kubernetes', { cidrs: ['10.244.128.0/17'] }),
    code: 'CNI314',
    words: ['10.244.128.0/17', '10.244.0.0/16', 'IPPool default-ipv4-ippool'],
    sound: () => [withSpec(calico(), 'ServiceCIDR', 'kubernetes', { cidrs: ['10.245.0.0/16'] })],
  },
};
