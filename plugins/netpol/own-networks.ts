import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KubeObject, LabelSelector } from '../../shared/model/objects.ts';
import { nameOf } from '../../shared/model/refs.ts';
import { matchLabels } from '../../shared/policy/rules/labels.ts';
import type { OwnNetwork } from '../../shared/policy/rules/own-network.ts';
import { namespaceUnit } from '../../shared/policy/rules/units.ts';

/**
 * A namespace is made with this label when its pods are to be on a user-defined network instead of that of the cluster
 * (OVN-Kubernetes, "User-Defined Networks": such networks are isolated from each other and from the default one). Without
 * the label a primary network does not take the namespace in.
 */
export const OWN_NETWORK_LABEL = 'k8s.ovn.org/primary-user-defined-network';

/** What is read of a ClusterUserDefinedNetwork. */
interface SharedNetwork extends KubeObject {
  readonly spec?: {
    readonly namespaceSelector?: LabelSelector;
    readonly network?: { readonly layer2?: Role; readonly layer3?: Role };
  };
}

interface Role {
  readonly role?: string;
}

/** Namespaces whose pods are on a network of their own, each with those that a ClusterUserDefinedNetwork puts on the same. */
export function ownNetworksIn(index: ClusterIndex): readonly OwnNetwork[] {
  return index.memo('netpol/own-networks', () => {
    const own = index.list('Namespace').filter(({ metadata }) => OWN_NETWORK_LABEL in (metadata?.labels ?? {}));
    const networks = (index.list('ClusterUserDefinedNetwork') as readonly SharedNetwork[])
      .filter(({ spec }) => (spec?.network?.layer2 ?? spec?.network?.layer3)?.role === 'Primary')
      .map(({ spec }) =>
        own
          .map((object) => namespaceUnit(nameOf(object), object))
          .filter(({ labels }) => matchLabels(spec?.namespaceSelector ?? {}, labels) === 'yes')
          .map(({ name }) => name),
      );
    return own.map((object) => {
      const namespace = nameOf(object);
      const members = networks.find((one) => one.includes(namespace)) ?? [];
      return { namespace, shared: members.filter((name) => name !== namespace) };
    });
  });
}
