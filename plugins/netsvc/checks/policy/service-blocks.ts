import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import type { BlockPeer } from '../../../../shared/policy/rules/rules.ts';
import type { ServiceAccess } from '../../../../shared/policy/services/service-access.ts';
import {
  type AddressRange,
  countAddresses,
  inRange,
  overlaps,
  parseAddress,
} from '../../../../shared/util/addresses.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';

/** A block of a rule in which only Services have addresses: no packet comes from there. */
export interface ServiceBlock {
  readonly policy: Ref;
  readonly rule: number;
  readonly peer: number;
  readonly cidr: string;
  /** Services whose ClusterIP lies in the block; at least one. */
  readonly services: readonly [Service, ...Service[]];
}

/** Where the nodes were not read, a block larger than a /12 may as well hold them. */
const MOST_UNSEEN = 1n << 20n;

/**
 * The blocks of Services among the peers, where no allow rule has another peer that means a pod. Undefined when some peer
 * may mean a caller: addresses outside the cluster are nobody's business here.
 */
export function serviceBlocks(index: ClusterIndex, access: ServiceAccess): readonly ServiceBlock[] | undefined {
  const found: ServiceBlock[] = [];
  for (const { policy, tier, unjudged, rules } of access.policies) {
    if (tier !== 'networkPolicy' || unjudged !== undefined) return undefined;
    for (const rule of rules) {
      if (rule.peers === 'any') return undefined;
      for (const [at, { peer, pods, maybe }] of rule.peers.entries()) {
        if (pods + maybe > 0) return undefined;
        if (peer.type === 'pods') continue;
        const [first, ...rest] = peer.type === 'block' ? servicesAlone(index, peer) : [];
        if (first === undefined || peer.type !== 'block') return undefined;
        found.push({ policy, rule: rule.index, peer: at, cidr: peer.cidr, services: [first, ...rest] });
      }
    }
  }
  return found.length === 0 ? undefined : found;
}

/** The Services of a block, none where nodes or pods can have addresses in it too. */
function servicesAlone(index: ClusterIndex, { range, except }: BlockPeer): readonly Service[] {
  if (range === undefined) return [];
  if (!isWhollyRead(index, 'Node') && range.family === 4 && countAddresses(range) > MOST_UNSEEN) return [];
  const holds = (text: string): boolean => isIn(range, text) && !except.some((hole) => isIn(hole.range, text));
  const nodes = index.list('Node');
  const hosts = index.list('Pod').map((pod) => pod.status?.hostIP ?? '');
  const addresses = nodes.flatMap((node) => (node.status?.addresses ?? []).map(({ address = '' }) => address));
  if ([...hosts, ...addresses].some(holds)) return [];
  if (nodes.some((node) => podRangesOf(node).some((pods) => overlaps(pods.range, range)))) return [];
  return index.list('Service').filter((service) => (service.spec?.clusterIPs ?? []).some(holds));
}

function isIn(range: AddressRange, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && inRange(range, address);
}

/** Writes those who call in the place of the block: the pods of the one Service that it means, else the own namespace. */
export function blockFix({ policy, rule, peer, cidr, services }: ServiceBlock): Fix {
  const [only] = services;
  const selector = services.length === 1 && namespaceOf(only) === policy.namespace ? only.spec?.selector : undefined;
  const path = `/spec/ingress/${rule}/from/${peer}`;
  const patch = (value: object): string =>
    patchLine('networkpolicy', policy.namespace, policy.name, [{ op: 'replace', path, value }], 'json');
  return {
    title:
      selector === undefined
        ? `let pods of namespace ${policy.namespace} in instead (or write the labels of those who call)`
        : `let the pods of Service ${nameOf(only)} in instead`,
    command: patch({ podSelector: selector === undefined ? {} : { matchLabels: selector } }),
    risk: 'low',
    undo: patch({ ipBlock: { cidr } }),
  };
}
