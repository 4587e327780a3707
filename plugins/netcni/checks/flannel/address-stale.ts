import { FLANNEL } from '../../../../shared/datapath/cni/settings-flannel.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { restartAgent } from '../restart-agent.ts';
import { type Announced, announced } from './announced.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Announced addresses that the node does not have. */
export const flannelAddressStale = defineFlannelCheck({
  id: 'netcni/flannel-address-stale',
  needs: ['Node'],
  run: (_, { index }) => {
    const told = announced(index);
    const off = told.filter(isNotOwn);
    // When most nodes announce another network than Kubernetes uses, someone chose that interface.
    if (off.length * 2 > told.length) return [];
    return off.map(({ name, node, address, annotation }) =>
      flannelMessages.CNI604.raise({
        subject: { kind: 'Node', name },
        args: {
          node: name,
          told: address,
          real: joinNames(
            (node.status?.addresses ?? [])
              .filter(({ type }) => type === 'InternalIP')
              .map((entry) => entry.address ?? ''),
            2,
          ),
          fix: restartAgent(index, name).slice(-1),
        },
        pods: [nodeKey(name)],
        evidence: [
          { fact: `public-ip ${address}`, source: `Node ${name} annotation ${annotation}` },
          {
            fact: (node.status?.addresses ?? []).map(({ type = '', address: own = '' }) => `${type} ${own}`).join(', '),
            source: `Node ${name} status.addresses`,
          },
        ],
      }),
    );
  },
});

function isNotOwn({ node, address }: Announced): boolean {
  const family = address.includes(':');
  const own = (node.status?.addresses ?? []).flatMap((entry) => entry.address ?? []);
  const chosen = ['public-ip-overwrite', 'public-ipv6-overwrite'].some(
    (key) => node.metadata?.annotations?.[FLANNEL + key] !== undefined,
  );
  // A node tells Kubernetes addresses of one family only unless it was asked for both.
  return own.some((text) => text.includes(':') === family && /[.:]/.test(text)) && !own.includes(address) && !chosen;
}
