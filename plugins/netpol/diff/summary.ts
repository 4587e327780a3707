import { intersectPorts, type PortSet, subtractPorts, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import { type Change, type GroupChange, groupChanges, kindOfChange } from './changes.ts';
import type { Group, Sides } from './sides.ts';

/** `idle`: lost on ports on which nobody can be taken to serve. */
export type Effect = 'lost' | 'idle' | 'gained' | 'mayLose' | 'mayGain';

const EFFECTS: readonly Effect[] = ['lost', 'idle', 'gained', 'mayLose', 'mayGain'];

/** Senders that lose, gain or may lose the same ports towards one group of receivers. */
export interface Incoming {
  readonly effect: Effect;
  readonly ports: PortSet;
  /** Some of the groups of senders; all of them are counted in `senders`. */
  readonly samples: Group[];
  /** Workloads, and one for each group of addresses. */
  senders: number;
  /** The pods of the receiver among themselves are concerned too. */
  within: boolean;
}

export interface Summary {
  /** By receiver, in the order of the groups. */
  readonly receivers: readonly { readonly group: Group; readonly incoming: readonly Incoming[] }[];
  /** Pairs of workloads or addresses. */
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly lost: number;
  readonly idle: number;
  readonly gained: number;
  readonly mayLose: number;
  readonly mayGain: number;
}

/** Groups of senders that are kept by name for each effect; the rest is counted. */
const SAMPLES = 12;

/** What the change does, receiver by receiver. Pairs with a workload that comes or goes are counted, and are no loss. */
export function summarise(sides: Sides): Summary {
  const byReceiver = new Map<Group, Map<string, Incoming>>();
  const count = { added: 0, removed: 0, changed: 0, lost: 0, idle: 0, gained: 0, mayLose: 0, mayGain: 0 };
  for (const one of groupChanges(sides)) {
    const pairs = pairsOf(one);
    const { change } = one;
    const kind = kindOfChange(change);
    if (kind !== 'undecided') count[kind] += pairs;
    if (change.ends !== 'both') continue;
    const within = one.from === one.to && one.to.ends.some(isSeveral);
    if (pairs === 0 && !within) continue;
    for (const effect of EFFECTS) {
      const ports = portsFor(effect, change, one.to.served);
      if (ports.length === 0) continue;
      count[effect] += pairs + (within ? 1 : 0);
      addTo(byReceiver, one, effect, ports, within);
    }
  }
  const receivers = [...byReceiver].map(([group, incoming]) => ({ group, incoming: [...incoming.values()] }));
  return { receivers: receivers.sort((a, b) => a.group.id - b.group.id), ...count };
}

function portsFor(effect: Effect, change: Change, served: PortSet): PortSet {
  switch (effect) {
    case 'lost':
      return intersectPorts(change.lost, served);
    case 'idle':
      return subtractPorts(change.lost, served);
    default:
      return change[effect];
  }
}

function isSeveral({ before, after }: Group['ends'][number]): boolean {
  return before.length > 1 || after.length > 1;
}

/** Two different workloads, or a workload and addresses. */
function pairsOf({ from, to }: GroupChange): number {
  const [a, b] = [from, to].map(({ ends }) => Math.max(ends.length, 1));
  return (a ?? 1) * (b ?? 1) - (from === to ? to.ends.length : 0);
}

function addTo(
  byReceiver: Map<Group, Map<string, Incoming>>,
  { from, to }: GroupChange,
  effect: Effect,
  ports: PortSet,
  within: boolean,
): void {
  let entries = byReceiver.get(to);
  if (entries === undefined) {
    entries = new Map();
    byReceiver.set(to, entries);
  }
  const key = `${effect} ${ports.join()}`;
  let entry = entries.get(key);
  if (entry === undefined) {
    entry = { effect, ports, samples: [], senders: 0, within: false };
    entries.set(key, entry);
  }
  if (entry.samples.length < SAMPLES) entry.samples.push(from);
  entry.senders += from === to ? from.ends.length - 1 : Math.max(from.ends.length, 1);
  if (within) entry.within = true;
}

/** All ports of one effect at a receiver. */
export function portsOf(incoming: readonly Incoming[], effect: Effect): PortSet {
  return incoming
    .filter((one) => one.effect === effect)
    .reduce<PortSet>((all, { ports }) => unionPorts(all, ports), []);
}
