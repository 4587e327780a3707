/**
 * Pods with equal labels, namespace and (where any rule cares) port names, addresses and nodes form one class. Rules are
 * compared with classes, not with pods: ten thousand replicas of a few hundred workloads cost a few hundred comparisons.
 */
import { type MatchContext, matchNamespace, matchPods } from './match.ts';
import type { PolicyModel } from './model.ts';
import { type BlockPeer, DIRECTIONS, type PodsPeer, rulesOf, type Tri } from './rules.ts';
import { namedPortsOf, type PodUnit } from './units.ts';

export interface PodClass {
  readonly id: number;
  /** Stands for all: no rule can tell it from the others. */
  readonly unit: PodUnit;
  readonly units: readonly PodUnit[];
  /** The ports that rules know by name, as one text; equal texts resolve every name alike. */
  readonly names: string;
}

export interface ClassIndex {
  readonly classes: readonly PodClass[];
  readonly byNamespace: ReadonlyMap<string, NamespaceClasses>;
  /** The class of a pod of the model. */
  readonly classOf: ReadonlyMap<PodUnit, PodClass>;
  /** Whether any rule names addresses. */
  readonly usesBlocks: boolean;
}

export interface NamespaceClasses {
  readonly unit: PodUnit['namespace'];
  readonly all: readonly PodClass[];
  /** Classes that have a label, by key and value. */
  withLabel(key: string, value: string): readonly PodClass[];
}

/** What the rules of a model look at beside labels. */
interface Usage {
  readonly names: ReadonlySet<string>;
  readonly cuts: Readonly<Record<4 | 6, readonly bigint[]>>;
  readonly blocks: boolean;
  readonly nodes: boolean;
}

/** The classes of a model, computed once. */
export function classIndexOf(model: PolicyModel): ClassIndex {
  return model.memo('classes/index', () => buildIndex(model));
}

function buildIndex(model: PolicyModel): ClassIndex {
  const usage = usageOf(model);
  const byKey = new Map<string, { readonly cls: PodClass; readonly units: PodUnit[] }>();
  const classes: PodClass[] = [];
  const classOf = new Map<PodUnit, PodClass>();
  const namespaces = new Map<string, { readonly unit: PodUnit['namespace']; readonly all: PodClass[] }>();
  for (const unit of model.units) {
    const names = usage.names.size === 0 ? '' : namesKey(unit, usage.names);
    const key = classKey(unit, names, usage);
    let entry = byKey.get(key);
    if (entry === undefined) {
      const units: PodUnit[] = [];
      entry = { cls: { id: classes.length, unit, units, names }, units };
      byKey.set(key, entry);
      classes.push(entry.cls);
      const namespace = namespaces.get(unit.namespace.name);
      if (namespace === undefined) namespaces.set(unit.namespace.name, { unit: unit.namespace, all: [entry.cls] });
      else namespace.all.push(entry.cls);
    }
    entry.units.push(unit);
    classOf.set(unit, entry.cls);
  }
  const byNamespace = new Map([...namespaces].map(([name, { unit, all }]) => [name, namespaceClasses(unit, all)]));
  return { classes, byNamespace, classOf, usesBlocks: usage.blocks };
}

/** Keys are taken in the order they stand in, which is the same for replicas; another order costs a class, no more. */
function classKey(unit: PodUnit, names: string, usage: Usage): string {
  const { labels } = unit.labels;
  let key = unit.namespace.name;
  for (const name in labels) key += `\0${name}\0${labels[name]}`;
  key += `\0\0${names}`;
  if (unit.hostNetwork) key += usage.nodes ? `\0host ${unit.nodeName}` : '\0host';
  if (usage.blocks)
    for (const { family, value } of unit.addresses) key += `\0${family} ${cutOf(usage.cuts[family], value)}`;
  return key;
}

function namesKey(unit: PodUnit, names: ReadonlySet<string>): string {
  let key = '';
  for (const { name, protocol, number } of namedPortsOf(unit.pod)) {
    if (names.has(name)) key += `${name} ${protocol} ${number},`;
  }
  return key;
}

/** How many borders lie at or below an address: equal counts mean that no block tells two addresses apart. */
function cutOf(cuts: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? 0n) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function usageOf(model: PolicyModel): Usage {
  const names = new Set<string>();
  const cuts = { 4: new Set<bigint>(), 6: new Set<bigint>() };
  let nodes = false;
  for (const policy of model.policies) {
    for (const direction of DIRECTIONS) {
      for (const rule of rulesOf(policy, direction) ?? []) {
        for (const { name } of rule.ports.named) names.add(name);
        if (rule.peers === 'any') continue;
        for (const peer of rule.peers) {
          if (peer.type === 'nodes') nodes = true;
          if (peer.type === 'block') addCuts(peer, cuts);
        }
      }
    }
  }
  const sorted = (set: ReadonlySet<bigint>): bigint[] => [...set].sort((a, b) => (a < b ? -1 : 1));
  return { names, nodes, cuts: { 4: sorted(cuts[4]), 6: sorted(cuts[6]) }, blocks: cuts[4].size + cuts[6].size > 0 };
}

function addCuts(block: BlockPeer, cuts: Record<4 | 6, Set<bigint>>): void {
  for (const range of [block.range, ...block.except.map((hole) => hole.range)]) {
    if (range !== undefined) cuts[range.family].add(range.first).add(range.last + 1n);
  }
}

function namespaceClasses(unit: PodUnit['namespace'], all: readonly PodClass[]): NamespaceClasses {
  let index: Map<string, PodClass[]> | undefined;
  return {
    unit,
    all,
    withLabel: (key, value) => {
      index ??= indexLabels(all);
      return index.get(`${key}\0${value}`) ?? [];
    },
  };
}

function indexLabels(all: readonly PodClass[]): Map<string, PodClass[]> {
  const index = new Map<string, PodClass[]>();
  for (const cls of all) {
    const { labels } = cls.unit.labels;
    for (const key in labels) {
      const entry = `${key}\0${labels[key]}`;
      const list = index.get(entry);
      if (list === undefined) index.set(entry, [cls]);
      else list.push(cls);
    }
  }
  return index;
}

/** Classes that pods and namespace selectors mean, split by how surely. */
export interface Members {
  readonly yes: readonly PodClass[];
  readonly maybe: readonly PodClass[];
}

/** Finds the classes that a peer or subject means, looking only where an equality of its selector allows a match. */
export function membersOf(peer: PodsPeer, index: ClassIndex, context: MatchContext): Members {
  const yes: PodClass[] = [];
  const maybe: PodClass[] = [];
  const spaces = peer.namespace === undefined ? index.byNamespace.values() : [index.byNamespace.get(peer.namespace)];
  for (const space of spaces) {
    if (space === undefined) continue;
    const [first] = space.all;
    if (first === undefined || matchNamespace(peer, first.unit) === 'no') continue;
    for (const cls of candidates(peer, space)) {
      const matched: Tri = matchPods(peer, cls.unit, context);
      if (matched === 'yes') yes.push(cls);
      else if (matched === 'maybe') maybe.push(cls);
    }
  }
  return { yes, maybe };
}

function candidates(peer: PodsPeer, space: NamespaceClasses): readonly PodClass[] {
  let best = space.all;
  const wanted = peer.podSelector.matchLabels;
  if (wanted) {
    for (const key of Object.keys(wanted)) {
      const list = space.withLabel(key, wanted[key] ?? '');
      if (list.length < best.length) best = list;
    }
  }
  return best;
}
