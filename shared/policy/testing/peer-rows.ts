import { type AddressRange, parseAddress, parseCidr } from '../../util/addresses.ts';
import {
  ALL_PORTS,
  NO_PORTS,
  type PortSet,
  portRange,
  protocolOf,
  toPortRanges,
  unionPorts,
} from '../rules/port-set.ts';

/**
 * Connection lists in the form in which the shared cases are compared: rows of a pair united, ports and address ranges
 * merged, so that neither their order nor the partition of the address space matters.
 */
export interface Row {
  readonly src: string;
  readonly dst: string;
  readonly ports: PortSet;
}

/** Pairs by `src => dst`. Address ranges of a pair are cut at all borders and joined again where ports are equal. */
export type Canonical = ReadonlyMap<string, PortSet>;

/** One line a pair, sorted. */
export function show(rows: Canonical): readonly string[] {
  return [...rows].map(([pair, ports]) => `${pair}: ${JSON.stringify(toPortRanges(ports))}`).sort();
}

/** Brings rows to the form; IPv4 rows only, as the expected lists know no other. */
export function canonical(rows: readonly Row[]): Canonical {
  const pairs = new Map<string, PortSet>();
  const outside = new Map<string, { readonly range: AddressRange; readonly ports: PortSet }[]>();
  for (const { src, dst, ports } of rows) {
    const [from, to] = [readRange(src), readRange(dst)];
    const range = from ?? to;
    if (range?.family === 6) continue;
    if (range === undefined) {
      const key = `${src} => ${dst}`;
      pairs.set(key, unionPorts(pairs.get(key) ?? NO_PORTS, ports));
      continue;
    }
    const key = from === undefined ? `${src} => *` : `* => ${dst}`;
    outside.set(key, [...(outside.get(key) ?? []), { range, ports }]);
  }
  for (const [key, parts] of outside) {
    for (const { text, ports } of joined(parts)) pairs.set(key.replace('*', text), ports);
  }
  for (const [key, ports] of pairs) if (ports.length === 0) pairs.delete(key);
  return pairs;
}

function joined(
  parts: readonly { readonly range: AddressRange; readonly ports: PortSet }[],
): readonly { text: string; ports: PortSet }[] {
  const cuts = [...new Set(parts.flatMap(({ range }) => [range.first, range.last + 1n]))].sort((a, b) =>
    a < b ? -1 : 1,
  );
  const result: { first: bigint; last: bigint; ports: PortSet }[] = [];
  for (const [i, first] of cuts.entries()) {
    const next = cuts[i + 1];
    if (next === undefined) break;
    const ports = parts
      .filter(({ range }) => range.first <= first && next - 1n <= range.last)
      .reduce((all, part) => unionPorts(all, part.ports), NO_PORTS);
    const last = result.at(-1);
    if (last !== undefined && last.last === first - 1n && JSON.stringify(last.ports) === JSON.stringify(ports))
      last.last = next - 1n;
    else if (ports.length > 0) result.push({ first, last: next - 1n, ports });
  }
  return result.map(({ first, last, ports }) => ({ text: `${first}-${last}`, ports }));
}

function readRange(text: string): AddressRange | undefined {
  if (!/^[0-9a-f.:/-]+$/.test(text)) return undefined;
  if (text.includes('/')) return parseCidr(text);
  const [a, b] = text.split('-');
  const first = parseAddress(a);
  const last = parseAddress(b);
  if (first === undefined || last === undefined || first.family !== last.family) return undefined;
  return { family: first.family, first: first.value, last: last.value };
}

/** `TCP 80,90-95,UDP 53`, `All Connections` or `No Connections`. */
export function readConn(text: string): PortSet {
  if (text === 'All Connections') return ALL_PORTS;
  if (text === 'No Connections') return NO_PORTS;
  let protocol = protocolOf(undefined);
  let ports = NO_PORTS;
  for (const token of text.split(',')) {
    const [, name, from, to] = /^\s*(TCP|UDP|SCTP)?\s*(\d+)(?:-(\d+))?$/.exec(token) ?? [];
    if (name !== undefined) protocol = protocolOf(name);
    if (protocol === undefined || from === undefined) throw new Error(`cannot read "${text}"`);
    ports = unionPorts(ports, portRange(protocol, Number(from), Number(to ?? from)));
  }
  return ports;
}
