import type { LabelSelector } from '../../../../shared/model/objects.ts';
import { isAllPorts, subtractPorts } from '../../../../shared/policy/rules/port-set.ts';
import type { Peer, PodsPeer, Rule, RulePorts } from '../../../../shared/policy/rules/rules.ts';
import { coversRange, overlaps } from '../../../../shared/util/addresses.ts';

/**
 * Whether one rule covers another whatever pods there are: judged from the texts alone, so that it stays true tomorrow.
 * A `false` means that it could not be shown.
 */
export function coversRule(wide: Rule, narrow: Rule): boolean {
  return coversPorts(wide.ports, narrow.ports) && coversPeers(wide.peers, narrow.peers);
}

function coversPeers(wide: Rule['peers'], narrow: Rule['peers']): boolean {
  if (wide === 'any') return true;
  if (narrow === 'any') return false;
  return narrow.every((peer) => wide.some((other) => coversPeer(other, peer)));
}

/** Whether the ports of one rule are among those of another. */
export function coversPorts(wide: RulePorts, narrow: RulePorts): boolean {
  if (isAllPorts(wide.fixed)) return true;
  return (
    subtractPorts(narrow.fixed, wide.fixed).length === 0 &&
    narrow.named.every(({ name, protocol }) =>
      wide.named.some((other) => other.name === name && (other.protocol === undefined || other.protocol === protocol)),
    )
  );
}

/** The same for one peer. */
export function coversPeer(wide: Peer, narrow: Peer): boolean {
  if (wide.type === 'pods') return narrow.type === 'pods' && coversPods(wide, narrow);
  if (wide.type === 'block') {
    if (narrow.type !== 'block' || wide.range === undefined || narrow.range === undefined) return false;
    const inner = narrow.range;
    // Holes of the wide block must lie in holes of the narrow one, or outside of it.
    return (
      coversRange(wide.range, inner) &&
      wide.except.every(
        ({ range }) => !overlaps(range, inner) || narrow.except.some((hole) => coversRange(hole.range, range)),
      )
    );
  }
  if (wide.type === 'nodes') return narrow.type === 'nodes' && coversSelector(wide.selector, narrow.selector);
  return narrow.type === 'domains' && narrow.names.every((name) => wide.names.includes(name));
}

/** The same for pods and for subjects. */
export function coversPods(wide: PodsPeer, narrow: PodsPeer): boolean {
  if (wide.hostNetwork === 'excluded' && narrow.hostNetwork !== 'excluded') return false;
  if (!coversSelector(wide.podSelector, narrow.podSelector)) return false;
  if (wide.namespace !== undefined) return wide.namespace === narrow.namespace;
  const spaces = wide.namespaceSelector ?? {};
  if (isEmpty(spaces)) return true;
  if (narrow.namespace !== undefined) return false;
  return coversSelector(spaces, narrow.namespaceSelector ?? {});
}

/** Every requirement of the wide one stands in the narrow one too. */
function coversSelector(wide: LabelSelector, narrow: LabelSelector): boolean {
  const asked = new Set(requirements(narrow));
  return requirements(wide).every((text) => asked.has(text));
}

function requirements({ matchLabels, matchExpressions }: LabelSelector): readonly string[] {
  return [
    ...Object.entries(matchLabels ?? {}).map(([key, value]) => `${key} In ${value}`),
    ...(matchExpressions ?? []).map(({ key = '', operator = '', values = [] }) =>
      `${key} ${operator} ${[...values].sort().join(',')}`.trimEnd(),
    ),
  ];
}

function isEmpty(selector: LabelSelector): boolean {
  return requirements(selector).length === 0;
}
