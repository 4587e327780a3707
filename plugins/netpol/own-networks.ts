import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KindName } from '../../shared/model/kinds.ts';
import type { KubeObject, LabelSelector } from '../../shared/model/objects.ts';
import type { NetworkAttachmentDefinition } from '../../shared/model/objects-cni.ts';
import { nameOf } from '../../shared/model/refs.ts';
import { matchLabels } from '../../shared/policy/rules/labels.ts';
import type { OwnNetwork } from '../../shared/policy/rules/own-network.ts';
import { namespaceUnit } from '../../shared/policy/rules/units.ts';
import { clusterKey, connectedBy, type Placed } from './network-connect.ts';

/**
 * A namespace is made with this label when its pods are to be on a user-defined network instead of that of the cluster
 * (OVN-Kubernetes, "User Defined Networks": such networks are isolated from each other and from the default one). Without
 * the label a primary network does not take the namespace in, and its pods are on the network of the cluster (OKEP-5193).
 */
export const OWN_NETWORK_LABEL = 'k8s.ovn.org/primary-user-defined-network';

/** What makes such networks, shares them out and connects them. */
export const NETWORK_KINDS = [
  'ClusterUserDefinedNetwork',
  'UserDefinedNetwork',
  'NetworkAttachmentDefinition',
  'ClusterNetworkConnect',
] as const satisfies readonly KindName[];

/** What is read of a UserDefinedNetwork and, in `network`, of a ClusterUserDefinedNetwork. */
interface NetworkSpec {
  readonly layer2?: Role;
  readonly layer3?: Role;
}

interface Role {
  readonly role?: string;
}

interface ClusterUserDefinedNetwork extends KubeObject {
  readonly spec?: { readonly namespaceSelector?: LabelSelector; readonly network?: NetworkSpec };
}

/** Namespaces whose pods are on a network of their own, each with those on the same and those that may be. */
export function ownNetworksIn(index: ClusterIndex): readonly OwnNetwork[] {
  return index.memo('netpol/own-networks', () => {
    const placed = placedIn(index);
    if (placed.length === 0) return [];
    return placed.map((one) => {
      const { name: namespace } = one;
      const shared: string[] = [];
      const perhaps: string[] = [];
      const servicesOnly: string[] = [];
      for (const other of placed) {
        if (other.name === namespace) continue;
        const known = one.network !== undefined || other.network !== undefined;
        const connected = known && one.network === other.network ? 'pods' : connectedBy(index, one, other);
        if (connected === 'pods') shared.push(other.name);
        else if (connected === 'services') servicesOnly.push(other.name);
        else if (connected === 'unknown' || !known) perhaps.push(other.name);
      }
      return { namespace, shared, perhaps, servicesOnly, others: placed.map(({ name }) => name) };
    });
  });
}

function placedIn(index: ClusterIndex): readonly Placed[] {
  const labelled = index.list('Namespace').filter(({ metadata }) => OWN_NETWORK_LABEL in (metadata?.labels ?? {}));
  if (labelled.length === 0) return [];
  const shared = (index.list('ClusterUserDefinedNetwork') as readonly ClusterUserDefinedNetwork[]).filter(({ spec }) =>
    isPrimary(spec?.network),
  );
  return labelled.map((object) => {
    const unit = namespaceUnit(nameOf(object), object);
    const cluster = shared.find(({ spec }) => matchLabels(spec?.namespaceSelector ?? {}, unit.labels) === 'yes');
    return { ...unit, network: cluster === undefined ? ownNetworkOf(index, unit.name) : clusterKey(nameOf(cluster)) };
  });
}

function isPrimary(spec: NetworkSpec | undefined): boolean {
  return (spec?.layer2 ?? spec?.layer3)?.role === 'Primary';
}

/** A network that an object in the namespace makes: of its own, or one that definitions of one name share. */
function ownNetworkOf(index: ClusterIndex, namespace: string): string | undefined {
  const networks = index.list('UserDefinedNetwork', namespace) as readonly (KubeObject & { spec?: NetworkSpec })[];
  const own = networks.find(({ spec }) => isPrimary(spec));
  if (own !== undefined) return `${namespace}/${nameOf(own)}`;
  for (const object of index.list('NetworkAttachmentDefinition', namespace)) {
    const owner = object.metadata?.ownerReferences?.find(({ kind }) => kind?.endsWith('UserDefinedNetwork'));
    const name = primaryName(object);
    if (name === undefined) continue;
    if (owner?.kind === 'ClusterUserDefinedNetwork') return clusterKey(owner.name ?? '');
    return owner === undefined ? `definition ${name}` : `${namespace}/${owner.name ?? ''}`;
  }
  return undefined;
}

/** The name of the network that a definition makes the primary one; networks of one name are one network. */
function primaryName({ spec }: NetworkAttachmentDefinition): string | undefined {
  try {
    const config: unknown = JSON.parse(spec?.config ?? '');
    const { name, role, type } = config as Readonly<Record<string, unknown>>;
    return type === 'ovn-k8s-cni-overlay' && role === 'primary' && typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
