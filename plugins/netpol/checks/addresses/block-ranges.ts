import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../../shared/model/kinds.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { inBlock } from '../../../../shared/policy/rules/match.ts';
import type { BlockPeer } from '../../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import { selectedPods, serviceTargets } from '../../../../shared/policy/services/service-targets.ts';
import {
  type Address,
  type AddressRange,
  coversRange,
  overlaps,
  parseAddress,
  parseCidr,
} from '../../../../shared/util/addresses.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { atField, changeFix } from '../../lint/places.ts';
import { podsInWords } from '../../lint/pods-in-block.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { formMessages } from '../../messages/form.ts';
import { ruleWords } from '../../words/policies.ts';
import { dnsServersIn } from '../dns/dns-servers.ts';
import { type PlacedPeer, peerField, peerPath, placedPeers } from '../selectors/peers.ts';

const USES: readonly KindName[] = [...POLICY_FACT_KINDS, 'Service', 'ServiceCIDR', 'ConfigMap'];

/** Blocks that are inside what the cluster gives to pods, Services or nodes, where labels would be meant. */
export const blockHoldsClusterAddresses = defineCheck<PolicySubject>({
  id: 'netpol/block-holds-cluster-addresses',
  group: 'address blocks',
  needs: [],
  uses: USES,
  run: (subject, { index }) => {
    const known = addressesIn(index);
    return placedPeers(subject).flatMap((place) => {
      const { peer } = place;
      if (peer.type !== 'block' || peer.range === undefined || place.rule.action !== 'allow') return [];
      // Blocks as wide as a whole organisation, or the world, hold the cluster by the way.
      const range = peer.range;
      const inServices = known.services.find((one) => coversRange(one, range));
      if (inServices !== undefined) return serviceFinding(index, subject, place, peer, known);
      const single = range.first === range.last;
      const ofService = single ? known.byAddress.get(key({ family: range.family, value: range.first })) : undefined;
      if (ofService !== undefined) return serviceFinding(index, subject, place, peer, known);
      const others = [...podFindings(index, subject, place, peer, known), ...nodeFindings(index, subject, place, peer)];
      if (others.length > 0 || !isForServices(index, peer, range, known)) return others;
      return serviceFinding(index, subject, place, peer, known);
    });
  },
});

interface Known {
  readonly pods: readonly AddressRange[];
  readonly services: readonly AddressRange[];
  readonly byAddress: ReadonlyMap<string, Service>;
}

function addressesIn(index: ClusterIndex): Known {
  return index.memo('netpol/lint/addresses', () => {
    const network = detectNetwork(index);
    const byAddress = new Map<string, Service>();
    for (const service of index.list('Service')) {
      for (const text of [service.spec?.clusterIP, ...(service.spec?.clusterIPs ?? [])]) {
        const address = parseAddress(text);
        if (address !== undefined) byAddress.set(key(address), service);
      }
    }
    const ranges = (texts: readonly string[]): AddressRange[] => texts.flatMap((text) => parseCidr(text) ?? []);
    return {
      pods: [
        ...ranges(network.podRanges.map(({ value }) => value)),
        ...index.list('Node').flatMap((node) => podRangesOf(node).map(({ range }) => range)),
      ],
      services: ranges(network.serviceRanges.map(({ value }) => value)),
      byAddress,
    };
  });
}

function key({ family, value }: Address): string {
  return `${family}/${value}`;
}

function serviceFinding(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  peer: BlockPeer,
  { byAddress }: Known,
): readonly Finding[] {
  // The NodeLocal cache answers at the address of the DNS Service, on the host network.
  const { nodeLocal } = dnsServersIn(index);
  if (nodeLocal.some((text) => isInBlock(peer, parseAddress(text)))) return [];
  const { range } = peer;
  const service =
    range !== undefined && range.first === range.last
      ? byAddress.get(key({ family: range.family, value: range.first }))
      : undefined;
  const name =
    service === undefined ? undefined : `${service.metadata?.namespace ?? ''}/${service.metadata?.name ?? ''}`;
  const what = name === undefined ? 'addresses of Services' : `the address of Service ${name}`;
  return [
    formMessages.POL332.raise({
      subject: subject.ref,
      args: {
        rule: ruleWords(subject.ref, place.direction, place.rule),
        cidr: peer.cidr,
        what,
        direction: place.direction,
        fixes: service === undefined ? [] : selectInstead(index, subject, place, service),
      },
      evidence: [
        atField(index, subject, `${peerField(place)}.ipBlock`, peer.cidr),
        ...(name === undefined
          ? []
          : [{ fact: `clusterIP ${service?.spec?.clusterIP ?? ''}`, source: `Service ${name} spec.clusterIP` }]),
      ],
    }),
  ];
}

function isInBlock(peer: BlockPeer, address: Address | undefined): boolean {
  return address !== undefined && inBlock(peer, address);
}

/** The pods behind the Service by their labels; their ports are told, as the rule may have to change there too. */
function selectInstead(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  service: Service,
): readonly Fix[] {
  const selector = service.spec?.selector;
  if (subject.kind !== 'NetworkPolicy' || !selector || place.direction === 'ingress') return [];
  const namespace = service.metadata?.namespace ?? '';
  const targets = serviceTargets(service, selectedPods(service, index.list('Pod', namespace)));
  const ports = [...new Set(targets.flatMap((port) => port.targets.flatMap((target) => target.port ?? [])))];
  const value = {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
    podSelector: { matchLabels: selector },
  };
  return [
    changeFix(index, subject, {
      title: `mean the pods behind it${ports.length === 0 ? '' : `, which listen on ${joinNames(ports.map(String))}`}`,
      op: 'replace',
      path: peerPath(place),
      value,
      old: { ipBlock: { cidr: (place.peer as BlockPeer).cidr } },
      risk: 'low',
    }),
  ];
}

/** The widest range that a server gives to Services: 20 bits for IPv4, in practice the same or fewer for IPv6. */
const BITS_OF_SERVICES = { 4: 20n, 6: 20n } as const;

/** Whether a block, no wider than a range of Services, holds ClusterIPs and no address of a pod or a node. */
function isForServices(
  index: ClusterIndex,
  peer: BlockPeer,
  range: AddressRange,
  { services, byAddress }: Known,
): boolean {
  if (services.length > 0 || range.last - range.first >= 1n << BITS_OF_SERVICES[range.family]) return false;
  if (![...byAddress.values()].some(({ spec }) => isInBlock(peer, parseAddress(spec?.clusterIP)))) return false;
  const holds = (addresses: readonly Address[]): boolean => addresses.some((address) => inBlock(peer, address));
  const { nodes, units } = lintModelIn(index);
  return ![...nodes.values(), ...units].some(({ addresses }) => holds(addresses));
}

function podFindings(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  peer: BlockPeer,
  known: Known,
): readonly Finding[] {
  const { range } = peer;
  if (range === undefined) return [];
  const inside = known.pods.some((pods) => coversRange(pods, range));
  const single = range.last - range.first < 256n;
  const all = !inside && isForPods(index, peer, range);
  const pods = inside || single || all ? podsInWords(index, peer) : '';
  // A wide block that holds the pods among much else is meant for what else it holds.
  const wide = !all && known.pods.some((one) => overlaps(one, range) && coversRange(range, one));
  if (!inside && (pods === '' || wide)) return [];
  const { traits } = lintModelIn(index).context;
  const what = pods || 'a part of the range of the pods';
  const note = traits.blocksMatchPods ? '; their addresses change' : '; this plugin does not compare pods with blocks';
  return [
    formMessages.POL331.raise({
      subject: subject.ref,
      // All pods of the cluster by their range is a usual way to say "from inside", where the plugin compares them.
      severity: all && traits.blocksMatchPods ? 'info' : 'warning',
      confidence: traits.blocksMatchPods ? (all ? 'possible' : 'likely') : all ? 'likely' : 'proven',
      args: { rule: ruleWords(subject.ref, place.direction, place.rule), cidr: peer.cidr, what, note },
      evidence: [atField(index, subject, `${peerField(place)}.ipBlock`, peer.cidr)],
    }),
  ];
}

/** Prefix lengths from which on a block that holds pods and no node is one for pods. */
const RANGE_OF_PODS = { 4: 16, 6: 56 } as const;

/** Whether a block that no range of the cluster holds is about as wide as a range of pods, and holds no node. */
function isForPods(index: ClusterIndex, peer: BlockPeer, range: AddressRange): boolean {
  const bits = range.family === 4 ? 32 : 128;
  if (range.last - range.first >= 1n << BigInt(bits - RANGE_OF_PODS[range.family])) return false;
  return [...lintModelIn(index).nodes.values()].every(
    ({ addresses }) => !addresses.some((address) => inBlock(peer, address)),
  );
}

function nodeFindings(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  peer: BlockPeer,
): readonly Finding[] {
  const { range } = peer;
  // From a /16 on the block is a network, in which the nodes stand among others.
  if (range === undefined || range.last - range.first >= 65536n) return [];
  const nodes = [...lintModelIn(index).nodes.values()].filter(({ addresses }) =>
    addresses.some((address) => inBlock(peer, address)),
  );
  if (nodes.length === 0) return [];
  return [
    formMessages.POL333.raise({
      subject: subject.ref,
      args: {
        rule: ruleWords(subject.ref, place.direction, place.rule),
        cidr: peer.cidr,
        nodes: `${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes.map(({ name }) => name))}`,
      },
      evidence: [atField(index, subject, `${peerField(place)}.ipBlock`, peer.cidr)],
    }),
  ];
}
