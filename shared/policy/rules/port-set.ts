/**
 * Sets of destination ports over TCP, UDP and SCTP, as sorted intervals on one line: TCP port p stands at p, UDP at
 * 65536 + p, SCTP at 131072 + p. Port 0 is in no set, so intervals of two protocols never touch.
 * ICMP is not here: NetworkPolicy leaves it to the implementation (API reference, NetworkPolicyPort.protocol).
 */

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** Alternating starts (inclusive) and ends (exclusive), ascending, never touching. Compare with `samePorts`. */
export type PortSet = readonly number[];

/** A run of ports of one protocol; `from` and `to` are both inside. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly from: number;
  readonly to: number;
}

const SPAN = 65536;
const BASE: Readonly<Record<Protocol, number>> = { TCP: 0, UDP: SPAN, SCTP: 2 * SPAN };

export const NO_PORTS: PortSet = [];
export const ALL_PORTS: PortSet = PROTOCOLS.flatMap((protocol) => [BASE[protocol] + 1, BASE[protocol] + SPAN]);

/** The protocol a policy means by a name: TCP when absent, undefined for one that NetworkPolicy does not know. */
export function protocolOf(name: string | undefined): Protocol | undefined {
  return name === undefined || name === '' ? 'TCP' : PROTOCOLS.find((protocol) => protocol === name);
}

/** Ports `from` to `to`, both inside. Empty when the range is reversed or outside 1 to 65535, as the API refuses those. */
export function portRange(protocol: Protocol, from: number, to: number = from): PortSet {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to > 65535 || from > to) return NO_PORTS;
  return [BASE[protocol] + from, BASE[protocol] + to + 1];
}

/** Every port of one protocol. */
export function wholeProtocol(protocol: Protocol): PortSet {
  return portRange(protocol, 1, 65535);
}

/** Whether a port is in the set. */
export function hasPort(set: PortSet, protocol: Protocol, port: number): boolean {
  const at = BASE[protocol] + port;
  for (let i = 0; i < set.length; i += 2) {
    if (at < (set[i] ?? 0)) return false;
    if (at < (set[i + 1] ?? 0)) return true;
  }
  return false;
}

/** Whether two sets hold the same ports. */
export function samePorts(a: PortSet, b: PortSet): boolean {
  return a === b || (a.length === b.length && a.every((edge, i) => edge === b[i]));
}

/** Whether the set holds every port of every protocol. */
export function isAllPorts(set: PortSet): boolean {
  return samePorts(set, ALL_PORTS);
}

/** The ports that are in one set or the other. */
export function unionPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || b.length === 0 || a === ALL_PORTS) return a;
  if (a.length === 0 || b === ALL_PORTS) return b;
  return merge(a, b, (inA, inB) => inA || inB);
}

/** The ports that are in both sets. */
export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || a.length === 0 || b === ALL_PORTS) return a;
  if (b.length === 0 || a === ALL_PORTS) return b;
  return merge(a, b, (inA, inB) => inA && inB);
}

/** The ports of `a` that are not in `b`. */
export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  if (a.length === 0 || b.length === 0) return a;
  if (a === b || b === ALL_PORTS) return NO_PORTS;
  return merge(a, b, (inA, inB) => inA && !inB);
}

/** Walks the edges of both sets once; an edge goes to the result where the combined truth changes. */
function merge(a: PortSet, b: PortSet, keep: (inA: boolean, inB: boolean) => boolean): PortSet {
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    if (a[i] === at) i++;
    if (b[j] === at) j++;
    // An odd number of edges behind us means that we stand inside an interval.
    const inside = keep(i % 2 === 1, j % 2 === 1);
    if (inside !== (result.length % 2 === 1)) result.push(at);
  }
  return result;
}

/** The set as ranges, TCP first. */
export function toPortRanges(set: PortSet): readonly PortRange[] {
  const ranges: PortRange[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const start = set[i] ?? 0;
    const end = set[i + 1] ?? 0;
    const protocol: Protocol = start < SPAN ? 'TCP' : start < 2 * SPAN ? 'UDP' : 'SCTP';
    ranges.push({ protocol, from: start - BASE[protocol], to: end - 1 - BASE[protocol] });
  }
  return ranges;
}

/** `all ports`, `no ports`, or `TCP 80, TCP 90-95, UDP all`. */
export function formatPorts(set: PortSet): string {
  if (set.length === 0) return 'no ports';
  if (isAllPorts(set)) return 'all ports';
  return toPortRanges(set)
    .map(({ protocol, from, to }) => {
      if (from === 1 && to === 65535) return `${protocol} all`;
      return from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`;
    })
    .join(', ');
}
