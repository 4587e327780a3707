/**
 * What rules see of the other end of a connection. A class of pods shows one face, or one for each address family when
 * rules name addresses and it has two; addresses outside the cluster show one face for each part that blocks cut out.
 * Faces that no rule tells apart are one group, and everything is answered group by group.
 */
import { type AddressRange, wholeFamily } from '../../util/addresses.ts';
import { inFamily } from '../evaluate/evaluate.ts';
import type { PolicyModel } from '../model.ts';
import { matchPeer } from '../rules/match.ts';
import { splitRange } from '../rules/range-parts.ts';
import { type BlockPeer, DIRECTIONS, type Peer } from '../rules/rules.ts';
import type { Unit } from '../rules/units.ts';
import { type ClassIndex, classIndexOf, membersOf, type PodClass } from './classes.ts';

export interface Face {
  readonly id: number;
  readonly unit: Unit;
  /** Undefined for addresses outside the cluster. */
  readonly cls: PodClass | undefined;
}

export interface Faces {
  readonly all: readonly Face[];
  /** Faces of a class, by class id; the IPv4 face first where there are two. */
  readonly ofClass: readonly (readonly Face[])[];
  readonly outside: readonly Face[];
  /** Which faces a peer means. The same list for equal peers. */
  membersOf(peer: Peer): FaceMembers;
}

export interface FaceMembers {
  readonly yes: readonly number[];
  readonly maybe: readonly number[];
}

/** All faces of a model, computed once. */
export function facesOf(model: PolicyModel): Faces {
  return model.memo('faces', () => buildFaces(model));
}

function buildFaces(model: PolicyModel): Faces {
  const index = classIndexOf(model);
  const all: Face[] = [];
  const add = (unit: Unit, cls: PodClass | undefined): Face => {
    const face = { id: all.length, unit, cls };
    all.push(face);
    return face;
  };
  const ofClass = index.classes.map((cls) => unitsOf(cls, index).map((unit) => add(unit, cls)));
  const outside = outsideRanges(model).map((range) => add({ type: 'range', range }, undefined));
  const byAddress = lazy(() => addressOrders(all));
  const byPeer = new Map<Peer, FaceMembers>();
  const byText = new Map<string, FaceMembers>();
  return {
    all,
    ofClass,
    outside,
    membersOf: (peer) => {
      let members = byPeer.get(peer);
      if (members === undefined) {
        const text = textOf(peer);
        members = byText.get(text) ?? find(peer);
        byText.set(text, members);
        byPeer.set(peer, members);
      }
      return members;
    },
  };

  function find(peer: Peer): FaceMembers {
    if (peer.type === 'pods') {
      const { yes, maybe } = membersOf(peer, index, model.context);
      const ids = (classes: readonly PodClass[]): number[] => {
        const found: number[] = [];
        for (const cls of classes) for (const face of ofClass[cls.id] ?? []) found.push(face.id);
        return found;
      };
      return { yes: ids(yes), maybe: ids(maybe) };
    }
    if (peer.type === 'block') return blockMembers(peer);
    // Nodes and domains mean few faces: those on the host network, and those outside.
    return sift(
      all.filter(({ unit }) => unit.type === 'range' || (unit.type === 'pod' && unit.hostNetwork)),
      peer,
    );
  }

  function blockMembers(peer: BlockPeer): FaceMembers {
    const { range } = peer;
    if (range === undefined) return { yes: [], maybe: [] };
    const order = byAddress();
    const near = order[range.family].slice(...order.between(range));
    return sift([...near, ...order.without], peer);
  }

  function sift(faces: readonly Face[], peer: Peer): FaceMembers {
    const found: Record<'yes' | 'maybe' | 'no', number[]> = { yes: [], maybe: [], no: [] };
    for (const { id, unit } of faces) found[matchPeer(peer, unit, model.context)].push(id);
    return found;
  }
}

/** Equal texts mean equal peers. */
function textOf(peer: Peer): string {
  if (peer.type === 'block') return `block ${peer.cidr} ${peer.except.map(({ cidr }) => cidr).join(' ')}`;
  return JSON.stringify(peer);
}

function unitsOf(cls: PodClass, { usage }: ClassIndex): readonly Unit[] {
  if (!usage.blocks) return [cls.unit];
  const families = cls.unit.addresses.map(({ family }) => family).sort();
  return families.length < 2 ? [cls.unit] : families.map((family) => inFamily(cls.unit, family));
}

/** The address space of both families, cut wherever a block of any rule begins or ends. */
function outsideRanges(model: PolicyModel): readonly AddressRange[] {
  const blocks = new Map<string, BlockPeer>();
  for (const { peers } of model.policies.flatMap((policy) => DIRECTIONS.flatMap((direction) => policy[direction]))) {
    if (peers === 'any') continue;
    for (const peer of peers) if (peer.type === 'block') blocks.set(textOf(peer), peer);
  }
  return ([4, 6] as const).flatMap((family) => splitRange(wholeFamily(family), [...blocks.values()]));
}

interface AddressOrders {
  /** Faces by their first address. */
  readonly 4: readonly Face[];
  readonly 6: readonly Face[];
  /** Pods without an address. */
  readonly without: readonly Face[];
  /** The part of an order that a range can hold. */
  between(range: AddressRange): readonly [from: number, to: number];
}

function addressOrders(all: readonly Face[]): AddressOrders {
  const withFirst = (family: 4 | 6): { readonly face: Face; readonly first: bigint }[] =>
    all
      .flatMap((face) => {
        const first = firstAddress(face.unit, family);
        return first === undefined ? [] : [{ face, first }];
      })
      .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const sorted = { 4: withFirst(4), 6: withFirst(6) };
  const atOrAfter = (list: readonly { readonly first: bigint }[], value: bigint): number => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle]?.first ?? 0n) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    4: sorted[4].map(({ face }) => face),
    6: sorted[6].map(({ face }) => face),
    without: all.filter(({ unit }) => unit.type === 'pod' && unit.addresses.length === 0),
    between: ({ family, first, last }) => [atOrAfter(sorted[family], first), atOrAfter(sorted[family], last + 1n)],
  };
}

function firstAddress(unit: Unit, family: 4 | 6): bigint | undefined {
  if (unit.type === 'range') return unit.range.family === family ? unit.range.first : undefined;
  return unit.addresses.find((address) => address.family === family)?.value;
}

function lazy<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}
