/**
 * Pods with equal labels, namespace and (where any rule cares) port names, addresses and nodes form one class. Rules are
 * compared with classes, not with pods: ten thousand replicas of a few hundred workloads cost a few hundred comparisons.
 */
import type { Pod } from '../../model/objects-pod.ts';
import { parseAddress, parseIPv4 } from '../../util/addresses.ts';
import type { PolicyModel } from '../model.ts';
import { type MatchContext, matchNamespace, matchPodsIn } from '../rules/match.ts';
import { OPEN_DEFAULT_PORTS, ownNetworkAddresses } from '../rules/pod-networks.ts';
import { type BlockPeer, DIRECTIONS, type PodsPeer, type Tri } from '../rules/rules.ts';
import { addressTextsOf, declaredPortsOf, type PodUnit } from '../rules/units.ts';
import { type Alike, createAlikePods } from './alike-pods.ts';

export interface PodClass {
  readonly id: number;
  /** Stands for all: no rule can tell it from the others. */
  readonly unit: PodUnit;
  readonly pods: readonly Pod[];
  /** What the pods call the ports that rules know by name, as a number; equal numbers resolve every name alike. */
  readonly names: number;
}

export interface ClassIndex extends LabelledClasses {
  readonly byNamespace: ReadonlyMap<string, LabelledClasses>;
  readonly usage: Usage;
}

/** Classes that can be looked up by label. */
export interface LabelledClasses {
  readonly classes: readonly PodClass[];
  /** Classes that have a label; undefined where there are so few that comparing each is quicker. */
  withLabel(key: string, value: string): readonly PodClass[] | undefined;
}

/** What tells pods apart beside namespace and labels. */
export interface Usage {
  readonly names: ReadonlySet<string>;
  readonly cuts: Cuts;
  readonly blocks: boolean;
  readonly nodes: boolean;
}

/** IPv4 borders as plain numbers: there is one address to compare for every pod. */
interface Cuts {
  readonly 4: Borders<number>;
  readonly 6: Borders<bigint>;
}

/** Where blocks and their holes begin and end. */
interface Borders<T extends number | bigint> {
  /** Ascending. */
  readonly at: readonly T[];
  /** Whether some block holds what follows the border at the same place. */
  readonly held: readonly boolean[];
}

const NO_BORDERS = { at: [], held: [] };

/** For questions in which only labels count. */
const LABELS_ONLY: Usage = { names: new Set(), cuts: { 4: NO_BORDERS, 6: NO_BORDERS }, blocks: false, nodes: false };

/** The classes that all rules of a model need, computed once. */
export function classIndexOf(model: PolicyModel): ClassIndex {
  return model.memo('classes/all', () => buildClasses(model, usageOf(model)));
}

/** Classes by namespace and labels alone, computed once. */
export function labelClassesOf(model: PolicyModel): ClassIndex {
  return model.memo('classes/labels', () => buildClasses(model, LABELS_ONLY));
}

/** Classes by namespace, labels and the names of ports, computed once; addresses do not tell pods apart. */
export function nameClassesOf(model: PolicyModel): ClassIndex {
  return model.memo('classes/names', () => buildClasses(model, { ...LABELS_ONLY, ...namesUsed(model) }));
}

/**
 * The names of ports, and whether nodes are meant, by the policies as they are written: compiling thousands of them for a
 * question about one pod would cost more than the answer. Only the cluster-wide kinds can mean nodes.
 */
function namesUsed(model: PolicyModel): Pick<Usage, 'names' | 'nodes'> {
  const names = new Set<string>();
  let nodes = false;
  for (const { spec } of model.facts.networkPolicies ?? []) {
    for (const rules of [spec?.ingress, spec?.egress]) {
      for (const rule of rules ?? []) {
        for (const entry of rule?.ports ?? []) if (typeof entry?.port === 'string') names.add(entry.port);
      }
    }
  }
  for (const policy of model.policies) {
    if (policy.ref.kind === 'NetworkPolicy') continue;
    for (const { ports, peers } of DIRECTIONS.flatMap((direction) => policy[direction])) {
      for (const { name } of ports.named) names.add(name);
      if (peers !== 'any' && peers.some(({ type }) => type === 'nodes')) nodes = true;
    }
  }
  return { names, nodes };
}

/** A class while its pods are gathered. */
interface Gathered extends Alike {
  readonly cls: PodClass;
}

/** Puts the pods of a model into classes. */
export function buildClasses(model: PolicyModel, usage: Usage): ClassIndex {
  const alike = createAlikePods<Gathered>();
  const classes: PodClass[] = [];
  const namespaces = new Map<string, PodClass[]>();
  const nameIds = new Map<string, number>([['', 0]]);
  for (const pod of model.pods) {
    const names = usage.names.size === 0 ? '' : namesKey(pod, usage.names);
    const rest = restKey(pod, names, usage);
    const known = alike.find(pod, rest);
    if (known !== undefined) {
      known.pods.push(pod);
      continue;
    }
    let nameId = nameIds.get(names);
    if (nameId === undefined) {
      nameId = nameIds.size;
      nameIds.set(names, nameId);
    }
    const pods = [pod];
    const cls: PodClass = { id: classes.length, unit: model.unitOf(pod), pods, names: nameId };
    alike.keep({ cls, pods, rest });
    classes.push(cls);
    const namespace = namespaces.get(cls.unit.namespace.name);
    if (namespace === undefined) namespaces.set(cls.unit.namespace.name, [cls]);
    else namespace.push(cls);
  }
  const byNamespace = new Map([...namespaces].map(([name, all]) => [name, labelled(all)]));
  return { ...labelled(classes), byNamespace, usage };
}

/** What tells pods apart beside namespace and labels, as a text. */
function restKey(pod: Pod, names: string, usage: Usage): string {
  const { spec } = pod;
  let key = names;
  if (spec?.hostNetwork === true) key += usage.nodes ? `\0host ${spec.nodeName ?? ''}` : '\0host';
  return usage.blocks ? `${key}\0${addressKey(pod, usage)}` : key;
}

/** Pods with equal keys have the same address families and lie in the same blocks. */
export function addressKey(pod: Pod, { cuts }: Usage): string | number {
  // Most pods have one IPv4 address: its place among the borders is key enough.
  const only = onlyAddressOf(pod);
  const value = only === undefined ? undefined : parseIPv4(only);
  if (value !== undefined) return placeOf(cuts[4], value);
  let key = 'v';
  for (const text of addressTextsOf(pod)) {
    const address = parseAddress(text);
    // Written as IPv6, it can still be an IPv4 address.
    if (address?.family === 6) key += ` 6/${placeOf(cuts[6], address.value)}`;
    else if (address !== undefined) key += ` 4/${placeOf(cuts[4], Number(address.value))}`;
  }
  return key;
}

function onlyAddressOf(pod: Pod): string | undefined {
  const ips = pod.status?.podIPs;
  if (ips?.length !== 1 || pod.spec?.hostNetwork === true || ownNetworkAddresses(pod) !== undefined) return undefined;
  return ips[0]?.ip;
}

function namesKey(pod: Pod, names: ReadonlySet<string>): string {
  let key = '';
  for (const { name, protocol, number } of declaredPortsOf(pod)) {
    if (names.has(name)) key += `${name} ${protocol} ${number},`;
  }
  if (names.has(OPEN_DEFAULT_PORTS)) key += pod.metadata?.annotations?.[OPEN_DEFAULT_PORTS] ?? '';
  return key;
}

/** The place of an address among the borders: no block tells two addresses of one place apart. Outside all blocks: 0. */
function placeOf<T extends number | bigint>({ at, held }: Borders<T>, value: T): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? value) <= value) low = middle + 1;
    else high = middle;
  }
  return held[low - 1] === true ? low : 0;
}

/** What the rules of all policies look at. */
export function usageOf(model: PolicyModel): Usage {
  return model.memo('classes/usage', () => {
    const names = new Set<string>();
    const blocks: BlockPeer[] = [];
    let nodes = false;
    for (const rule of model.policies.flatMap((policy) => DIRECTIONS.flatMap((direction) => policy[direction]))) {
      for (const { name } of rule.ports.named) names.add(name);
      for (const peer of rule.peers === 'any' ? [] : rule.peers) {
        if (peer.type === 'nodes') nodes = true;
        if (peer.type === 'block') blocks.push(peer);
      }
    }
    return { ...usageOfBlocks(blocks), names, nodes };
  });
}

/** The usage of some blocks alone, when the rest does not matter. */
export function usageOfBlocks(blocks: readonly BlockPeer[]): Usage {
  const four = bordersOf(blocks, 4);
  const cuts: Cuts = { 4: { at: four.at.map(Number), held: four.held }, 6: bordersOf(blocks, 6) };
  return { names: new Set(), nodes: false, cuts, blocks: cuts[4].at.length + cuts[6].at.length > 0 };
}

function bordersOf(blocks: readonly BlockPeer[], family: 4 | 6): Borders<bigint> {
  // By border, how many more blocks hold what follows it than what is before. A hole leaves its block's count as it is.
  const steps = new Map<bigint, number>();
  const step = (border: bigint, by: number): void => {
    steps.set(border, (steps.get(border) ?? 0) + by);
  };
  for (const { range, except } of blocks) {
    for (const one of [...except.map((hole) => hole.range), range]) {
      if (one?.family !== family) continue;
      step(one.first, one === range ? 1 : 0);
      step(one.last + 1n, one === range ? -1 : 0);
    }
  }
  let count = 0;
  const sorted = [...steps].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    at: sorted.map(([border]) => border),
    held: sorted.map(([, by]) => {
      count += by;
      return count > 0;
    }),
  };
}

/** Below this many classes, comparing each is quicker than building an index. */
const WORTH_INDEXING = 64;

function labelled(classes: readonly PodClass[]): LabelledClasses {
  const byKey = new Map<string, ReadonlyMap<string, readonly PodClass[]>>();
  return {
    classes,
    withLabel: (key, value) => {
      if (classes.length < WORTH_INDEXING) return undefined;
      let byValue = byKey.get(key);
      if (byValue === undefined) {
        byValue = indexLabel(classes, key);
        byKey.set(key, byValue);
      }
      return byValue.get(value) ?? [];
    },
  };
}

function indexLabel(all: readonly PodClass[], key: string): ReadonlyMap<string, readonly PodClass[]> {
  const index = new Map<string, PodClass[]>();
  for (const cls of all) {
    const { labels } = cls.unit.labels;
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (value === undefined) continue;
    const list = index.get(value);
    if (list === undefined) index.set(value, [cls]);
    else list.push(cls);
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
  const add = (cls: PodClass, namespace: Tri): void => {
    const matched = matchPodsIn(peer, cls.unit, namespace, context);
    if (matched === 'yes') yes.push(cls);
    else if (matched === 'maybe') maybe.push(cls);
  };
  if (peer.namespace !== undefined) {
    const space = index.byNamespace.get(peer.namespace);
    if (space !== undefined) for (const cls of candidates(peer, space) ?? space.classes) add(cls, 'yes');
    return { yes, maybe };
  }
  const few = candidates(peer, index);
  if (few !== undefined) {
    const known = new Map<string, Tri>();
    for (const cls of few) {
      let namespace = known.get(cls.unit.namespace.name);
      if (namespace === undefined) {
        namespace = matchNamespace(peer, cls.unit);
        known.set(cls.unit.namespace.name, namespace);
      }
      add(cls, namespace);
    }
    return { yes, maybe };
  }
  for (const { classes } of index.byNamespace.values()) {
    const [first] = classes;
    const namespace = first === undefined ? 'no' : matchNamespace(peer, first.unit);
    if (namespace !== 'no') for (const cls of classes) add(cls, namespace);
  }
  return { yes, maybe };
}

/** Classes that some equality, or choice of values, in the pod selector leaves; undefined when there is no such list. */
function candidates({ podSelector }: PodsPeer, space: LabelledClasses): readonly PodClass[] | undefined {
  let best: readonly PodClass[] | undefined;
  const wanted = podSelector.matchLabels;
  for (const key in wanted) {
    const list = space.withLabel(key, wanted[key] ?? '');
    if (list !== undefined && (best === undefined || list.length < best.length)) best = list;
  }
  if (best !== undefined) return best;
  for (const { key, operator, values } of podSelector.matchExpressions ?? []) {
    if (operator !== 'In' || key === undefined || values === undefined || values.length > MANY_VALUES) continue;
    // A class has one value under the key, so the lists do not overlap.
    const lists = [...new Set(values)].map((value) => space.withLabel(key, value));
    if (!lists.includes(undefined)) return lists.flatMap((list) => list ?? []);
  }
  return undefined;
}

const MANY_VALUES = 50;
