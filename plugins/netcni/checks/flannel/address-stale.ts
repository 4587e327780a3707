import {
  type FlannelAddress,
  flannelAddresses,
  strayFlannelAddresses,
} from '../../../../shared/datapath/flannel-addresses.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { joinAlike } from '../join-alike.ts';
import { restartAgent } from '../restart-agent.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Announced addresses that the node does not have. */
export const flannelAddressStale = defineFlannelCheck({
  id: 'netcni/flannel-address-stale',
  needs: ['Node'],
  run: (_, { index }) => {
    const told = flannelAddresses(index);
    const astray = strayFlannelAddresses(index).map((one) => {
      const { name, node, address, annotation } = one;
      const real = internalAddresses(one);
      const others = told.filter((other) => other.name !== name);
      const beside = others.find((other) => sharesNetwork(other.address, address));
      const apart =
        beside !== undefined && !others.some((other) => real.some((own) => sharesNetwork(other.address, own)));
      const finding = flannelMessages.CNI604.raise({
        subject: { kind: 'Node', name },
        args: {
          node: name,
          told: address,
          real: joinNames(real, 2),
          beside: apart ? beside.name : '',
          fix: restartAgent(index, name).slice(-1),
        },
        pods: [nodeKey(name)],
        evidence: [
          { fact: `public-ip ${address}`, source: `Node ${name} annotation ${annotation}` },
          {
            fact: (node.status?.addresses ?? []).map(({ type = '', address: own = '' }) => `${type} ${own}`).join(', '),
            source: `Node ${name} status.addresses`,
          },
          ...(apart
            ? [{ fact: `public-ip ${beside.address}`, source: `Node ${beside.name} annotation ${beside.annotation}` }]
            : []),
        ],
      });
      return { name, words: `${apart}`, finding };
    });
    return joinAlike(index, astray);
  },
});

/** What the node tells Kubernetes of the same family. */
function internalAddresses({ node, address }: FlannelAddress): readonly string[] {
  return (node.status?.addresses ?? []).flatMap(({ type, address: own = '' }) =>
    type === 'InternalIP' && own.includes(':') === address.includes(':') ? [own] : [],
  );
}

/** Objects do not tell how large the network of the nodes is: a /24, or a /64, is what one surely is. */
function sharesNetwork(one: string, other: string): boolean {
  const network = (text: string): string =>
    (text.includes(':') ? text.split(':').slice(0, 4) : text.split('.').slice(0, 3)).join('.');
  return network(one) === network(other);
}
