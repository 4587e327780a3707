import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Node } from '../../../shared/model/objects.ts';
import { inRange, parseAddress, parseCidr } from '../../../shared/util/addresses.ts';

/** What Calico wrote on a node as its own address, with the length of its subnet: that of IPv4 first. */
export function calicoAddresses({ metadata }: Node): readonly string[] {
  return ['IPv4Address', 'IPv6Address'].flatMap((key) => metadata?.annotations?.[`projectcalico.org/${key}`] ?? []);
}

/** Ranges of interfaces that are no way to another node. */
const LOCAL_BRIDGES = ['172.17.0.0/16', '172.18.0.0/16', '192.168.122.0/24', '169.254.0.0/16'];

/** An address that Calico uses for a node and Kubernetes does not. */
export interface WrongAddress {
  readonly told: string;
  readonly own: readonly string[];
  /** It is of a bridge inside the machine. */
  readonly bridge: boolean;
}

/** The address that Calico uses for a node where it is none of its InternalIPs; undefined where all is well. */
export function wrongAddressOf(index: ClusterIndex, node: Node): WrongAddress | undefined {
  const told = plain(calicoAddresses(node)[0]);
  const own = (node.status?.addresses ?? [])
    .filter(({ type, address }) => type === 'InternalIP' && address?.includes(':') === told?.includes(':'))
    .map(({ address = '' }) => address);
  if (told === undefined || own.length === 0 || own.includes(told)) return undefined;
  const range = LOCAL_BRIDGES.flatMap((text) => parseCidr(text) ?? []).find((one) => lies(told, one));
  // Where several nodes have addresses of their own there, it joins them.
  const joins =
    range !== undefined &&
    index.list('Node').some((other) => {
      const address = plain(calicoAddresses(other)[0]);
      return address !== told && address !== undefined && lies(address, range);
    });
  return { told, own, bridge: range !== undefined && !joins };
}

function plain(address: string | undefined): string | undefined {
  return address?.replace(/\/\d+$/, '');
}

function lies(text: string, range: NonNullable<ReturnType<typeof parseCidr>>): boolean {
  const address = parseAddress(text);
  return address !== undefined && inRange(range, address);
}
