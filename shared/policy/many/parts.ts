/**
 * The other ends of one endpoint, cut into parts that its own rules do not tell apart by address, and that the same
 * policies select.
 */
import type { Pod } from '../../model/objects-pod.ts';
import { type AddressRange, wholeFamily } from '../../util/addresses.ts';
import { inFamily } from '../evaluate/evaluate.ts';
import type { PolicyModel } from '../model.ts';
import { splitRange } from '../rules/range-parts.ts';
import type { BlockPeer } from '../rules/rules.ts';
import type { Unit } from '../rules/units.ts';
import { addressKey, type ClassIndex, type PodClass, type Usage, usageOfBlocks } from './classes.ts';

/** Others that the endpoint's own rules do not tell apart, and that the same policies select. */
export interface Part {
  readonly cls: PodClass | undefined;
  readonly pods: readonly Pod[];
  readonly ranges: readonly AddressRange[];
  /** Positions in the list of all faces: one, or one for each address family. */
  readonly faces: readonly number[];
}

/** Somebody of a part, as the rules see them. Faces with equal places lie in the same blocks. */
export interface Face {
  readonly unit: Unit;
  readonly place: string | number;
}

/** A pod with one address. Faces are judged by the group, so that most of such pods are never looked at. */
class PodFace implements Face {
  private readonly model: PolicyModel;
  private readonly pod: Pod;
  readonly place: string | number;

  constructor(model: PolicyModel, pod: Pod, place: string | number) {
    this.model = model;
    this.pod = pod;
    this.place = place;
  }

  get unit(): Unit {
    return this.model.unitOf(this.pod);
  }
}

/** The endpoint that was asked about, with the blocks that its own rules name. */
interface Asked {
  readonly unit: Unit;
  readonly blocks: readonly BlockPeer[];
  /** The endpoint once for each address family, or for each part of a range that the rules of others tell apart. */
  readonly views: readonly Unit[];
}

/** Classes, split by address where the endpoint's rules name blocks, and the world outside, split likewise. */
export function partsFor(
  model: PolicyModel,
  { unit, blocks, views }: Asked,
  index: ClassIndex,
): { readonly parts: readonly Part[]; readonly faces: readonly Face[] } {
  const faces: Face[] = [];
  const addFace = (face: Face): number => faces.push(face) - 1;
  // Of an endpoint with two families, each family meets only those others that have it.
  const byAddress = blocks.length > 0 || (unit.type !== 'range' && views.length > 1);
  const usage = usageOfBlocks(blocks);
  const parts: Part[] = [];
  const addPods = (cls: PodClass, key: string | number, pods: readonly Pod[]): void => {
    const [first = cls.unit.pod] = pods;
    const place = cls.unit.hostNetwork ? `host ${key}` : key;
    // A number stands for one IPv4 address, which need not be read for each part.
    if (typeof key === 'number') {
      parts.push({ cls, pods, ranges: [], faces: [addFace(new PodFace(model, first, place))] });
      return;
    }
    const one = model.unitOf(first);
    const families = one.addresses.map(({ family }) => family);
    const own =
      families.length < 2
        ? [addFace({ unit: one, place })]
        : families.map((family) => addFace({ unit: inFamily(one, family), place: `${family} ${place}` }));
    parts.push({ cls, pods, ranges: [], faces: own });
  };
  for (const cls of index.classes) {
    if (byAddress) splitByAddress(cls, usage, addPods);
    else parts.push({ cls, pods: cls.pods, ranges: [], faces: [addFace({ unit: cls.unit, place: '' })] });
  }
  const ranges =
    unit.type === 'range' ? [] : ([4, 6] as const).flatMap((family) => splitRange(wholeFamily(family), blocks));
  for (const [at, range] of ranges.entries()) {
    const face = addFace({ unit: { type: 'range', range }, place: `range ${at}` });
    parts.push({ cls: undefined, pods: [], ranges: [range], faces: [face] });
  }
  return { parts, faces };
}

/** Calls `part` with the pods of each place that addresses of a class have. */
function splitByAddress(
  cls: PodClass,
  usage: Usage,
  part: (cls: PodClass, key: string | number, pods: readonly Pod[]) => void,
): void {
  let only: string | number | undefined;
  let byKey: Map<string | number, Pod[]> | undefined;
  let seen = 0;
  for (const pod of cls.pods) {
    const key = addressKey(pod, usage);
    only ??= key;
    // Few pods lie in a block that a rule names, so most classes stay whole.
    if (byKey === undefined && key !== only) byKey = new Map([[only, cls.pods.slice(0, seen)]]);
    seen++;
    if (byKey === undefined) continue;
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [pod]);
    else list.push(pod);
  }
  if (byKey !== undefined) for (const [key, pods] of byKey) part(cls, key, pods);
  else if (only !== undefined) part(cls, only, cls.pods);
}
