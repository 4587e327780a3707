import type { Encapsulation, FoundPlugin } from '../../../shared/datapath/cni/setup.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { inRange, overlaps, parseAddress, parseCidr } from '../../../shared/util/addresses.ts';

/** Two nodes, and the address on the second that packets are sent to. */
export interface Between {
  readonly sender: string;
  readonly receiver: string;
  readonly address: string | undefined;
}

/**
 * How packets go between two nodes: of several pools the one that the address is of, and of a tunnel between subnets
 * whether it is used here. What cannot be told stays open.
 */
export function waysBetween(
  index: ClusterIndex,
  primary: FoundPlugin | undefined,
  { sender, receiver, address }: Between,
): readonly Encapsulation[] {
  const all = (primary?.encapsulations ?? []).map(({ value }) => value);
  const own = all.filter(({ pool }) => isOfPool(index, pool, address));
  const seen = new Set<string>();
  return (own.length > 0 ? own : all)
    .map((way) => resolved(way, inOneSubnet(index, sender, receiver)))
    .filter(({ wrapping, when }) => {
      const key = `${wrapping} ${when}`;
      return seen.has(key) ? false : seen.add(key) !== undefined;
    });
}

function isOfPool(index: ClusterIndex, pool: string | undefined, address: string | undefined): boolean {
  const parsed = parseAddress(address);
  if (pool === undefined || parsed === undefined) return false;
  const range = parseCidr(index.list('IPPool').find((one) => nameOf(one) === pool)?.spec?.cidr ?? pool);
  return range !== undefined && inRange(range, parsed);
}

function resolved(way: Encapsulation, one: boolean | undefined): Encapsulation {
  if (way.when !== 'crossSubnet' || one === undefined) return way;
  return one ? { wrapping: 'none', when: 'always' } : { ...way, when: 'always' };
}

/** Whether two nodes are in one subnet, as Calico wrote it on them; undefined where nothing tells. */
function inOneSubnet(index: ClusterIndex, ...nodes: readonly string[]): boolean | undefined {
  const [a, b] = nodes.map((name) => {
    const text = index.get('Node', undefined, name)?.metadata?.annotations?.['projectcalico.org/IPv4Address'];
    return text?.includes('/') === true ? parseCidr(text) : undefined;
  });
  return a === undefined || b === undefined ? undefined : overlaps(a, b);
}
