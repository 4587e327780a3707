import { type FlannelAddress, flannelAddresses } from '../../../../shared/datapath/flannel-addresses.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Two nodes that announce one address. */
export const flannelAddressShared = defineFlannelCheck({
  id: 'netcni/flannel-address-shared',
  needs: ['Node'],
  run: (_, { index }) => {
    const byAddress = new Map<string, FlannelAddress>();
    return flannelAddresses(index).flatMap((one) => {
      const other = byAddress.get(one.address);
      byAddress.set(one.address, one);
      if (other === undefined) return [];
      return [
        flannelMessages.CNI606.raise({
          subject: { kind: 'Node', name: one.name },
          args: { a: other.name, b: one.name, address: one.address },
          pods: [nodeKey(other.name), nodeKey(one.name)],
          evidence: [other, one].map(({ name, address, annotation }) => ({
            fact: `public-ip ${address}`,
            source: `Node ${name} annotation ${annotation}`,
          })),
        }),
      ];
    });
  },
});
