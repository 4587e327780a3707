import {
  isAllPorts,
  type PortRange,
  type PortSet,
  type Protocol,
  toPortRanges,
} from '../../../shared/policy/rules/port-set.ts';
import type { RulePorts } from '../../../shared/policy/rules/rules.ts';

/** Ports as the JSON of every command has them. */
export type PortsValue = 'all' | readonly PortRange[];

/** Ports as `-o json` has them: `all`, or ranges by protocol. */
export function portsValue(set: PortSet): PortsValue {
  return isAllPorts(set) ? 'all' : toPortRanges(set);
}

/** `every port`, `no port`, or `TCP 80, 90-95; UDP 53`: each protocol is named once. */
export function portWords(set: PortSet): string {
  if (set.length === 0) return 'no port';
  if (isAllPorts(set)) return 'every port';
  const byProtocol = new Map<Protocol, string[]>();
  for (const { protocol, from, to } of toPortRanges(set)) {
    const list = byProtocol.get(protocol) ?? [];
    byProtocol.set(protocol, list);
    list.push(from === 1 && to === 65535 ? 'all' : from === to ? String(from) : `${from}-${to}`);
  }
  return [...byProtocol].map(([protocol, ranges]) => `${protocol} ${ranges.join(', ')}`).join('; ');
}

/** The ports of a rule as it writes them: names stay names, because their numbers differ from pod to pod. */
export function rulePortWords({ fixed, named }: RulePorts): string {
  const names = named.map(({ name, protocol }) =>
    protocol === undefined ? `port "${name}"` : `${protocol} "${name}"`,
  );
  if (names.length === 0) return portWords(fixed);
  return [...(fixed.length === 0 ? [] : [portWords(fixed)]), ...names].join('; ');
}
