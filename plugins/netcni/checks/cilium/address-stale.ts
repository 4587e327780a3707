import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { isDown, nodeFacts } from '../../facts/nodes.ts';
import { ciliumMessages } from '../../messages/cilium.ts';
import { joinAlike } from '../join-alike.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';

/** A CiliumNode that tells the other agents an address which its node has no more. */
export const ciliumAddressStale = defineCheck<ClusterSubject>({
  id: 'netcni/cilium-address-stale',
  group: 'cilium',
  needs: ['CiliumNode', 'Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => index.list('CiliumNode').length > 0,
  run: (_, { index }) => {
    const astray = nodeFacts(index).flatMap((facts) => {
      const { name, node, fresh } = facts;
      const announced = (index.get('CiliumNode', undefined, name)?.spec?.addresses ?? []).flatMap(({ type, ip }) =>
        type === 'InternalIP' && ip !== undefined ? [ip] : [],
      );
      const own = internalAddresses(node);
      // A family that Kubernetes does not know of the node is Cilium's own find.
      const stale = announced.find((text) => !own.includes(text) && own.some((other) => isV6(other) === isV6(text)));
      if (fresh || isDown(facts) || stale === undefined) return [];
      if (announced.some((text) => isV6(text) === isV6(stale) && own.includes(text))) return [];
      const finding = ciliumMessages.CNI511.raise({
        subject: { kind: 'Node', name },
        args: { node: name, announced: stale, own: own.join(', '), fix: restartAgent(index, name) },
        pods: [nodeKey(name)],
        evidence: [
          { fact: `InternalIP ${stale}`, source: `CiliumNode ${name} spec.addresses` },
          { fact: `InternalIP ${own.join(', ')}`, source: `Node ${name} status.addresses` },
        ],
      });
      return [{ name, words: '', finding }];
    });
    return joinAlike(index, astray);
  },
});

function internalAddresses({ status }: Node): readonly string[] {
  return (status?.addresses ?? []).flatMap(({ type, address }) =>
    type === 'InternalIP' && address !== undefined ? [address] : [],
  );
}

function isV6(text: string): boolean {
  return text.includes(':');
}
