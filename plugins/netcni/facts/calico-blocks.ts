import { blockNode } from '../../../shared/datapath/pod-ranges.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { IPAMAttribute, IPAMBlock, IPPool } from '../../../shared/model/objects-cni.ts';
import { isFinished } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { type AddressRange, coversRange, formatAddress, parseCidr } from '../../../shared/util/addresses.ts';

/** What one node has of Calico's blocks. */
export interface NodeBlocks {
  readonly cidrs: readonly string[];
  readonly size: number;
  readonly used: number;
  readonly leaked: readonly Leak[];
  /** Addresses of this node's pods that lie in blocks of other nodes. */
  readonly borrowed: number;
}

/** An address that is given out for a pod that is not there any more. */
export interface Leak {
  readonly address: string;
  readonly block: string;
  readonly owner: string;
  readonly since: string | undefined;
}

interface Growing {
  cidrs: string[];
  size: number;
  used: number;
  leaked: Leak[];
  borrowed: number;
}

/** Blocks by node, of the family that runs out first: those of IPv6 count where there are no others. */
export function blocksOf(index: ClusterIndex): ReadonlyMap<string, NodeBlocks> {
  return index.memo('netcni/calico-blocks', () => {
    const nodes = new Map<string, Growing>();
    const at = (name: string): Growing => {
      let entry = nodes.get(name);
      if (entry === undefined) {
        entry = { cidrs: [], size: 0, used: 0, leaked: [], borrowed: 0 };
        nodes.set(name, entry);
      }
      return entry;
    };
    const blocks = index.list('IPAMBlock').flatMap((block) => {
      const range = parseCidr(block.spec?.cidr);
      return range === undefined ? [] : [{ block, range }];
    });
    const family = blocks.some(({ range }) => range.family === 4) ? 4 : 6;
    for (const { block, range } of blocks) {
      if (range.family !== family) continue;
      const owner = blockNode(block);
      const { allocations = [], attributes = [] } = block.spec ?? {};
      const used = allocations.filter((entry) => entry !== null && entry !== undefined).length;
      if (owner !== undefined) {
        const entry = at(owner);
        entry.cidrs.push(block.spec?.cidr ?? '');
        entry.size += allocations.length === 0 ? Number(range.last - range.first + 1n) : allocations.length;
        entry.used += used;
        entry.leaked.push(...leaksOf(index, block, range));
      }
      for (const slot of allocations) {
        const user = slot === null || slot === undefined ? undefined : attributes[slot]?.secondary?.node;
        if (user !== undefined && user !== owner) at(user).borrowed++;
      }
    }
    return nodes;
  });
}

/** An address may be given out a while before its pod is to be seen, and taken back a while after it is gone. */
const SETTLED = 900_000;

/** Addresses of a block whose pods are not there, when all pods were read. */
function leaksOf(index: ClusterIndex, block: IPAMBlock, { family, first }: AddressRange): readonly Leak[] {
  if (!isWhollyRead(index, 'Pod')) return [];
  const { allocations = [], attributes = [] } = block.spec ?? {};
  return allocations.flatMap((slot, ordinal) => {
    const owner = slot === null || slot === undefined ? undefined : ownerOf(attributes[slot]);
    if (owner === undefined) return [];
    const pod = index.get('Pod', owner.namespace, owner.pod);
    if (pod !== undefined && !isFinished(pod)) return [];
    const since = Date.parse(owner.timestamp ?? '');
    if (!Number.isNaN(since) && index.now - since < SETTLED) return [];
    const address = formatAddress({ family, value: first + BigInt(ordinal) });
    return [{ address, block: nameOf(block), owner: `${owner.namespace}/${owner.pod}`, since: owner.timestamp }];
  });
}

function ownerOf(
  attribute: IPAMAttribute | undefined,
): { readonly namespace: string; readonly pod: string; readonly timestamp: string | undefined } | undefined {
  const { pod, namespace, timestamp } = attribute?.secondary ?? {};
  return pod === undefined || namespace === undefined ? undefined : { namespace, pod, timestamp };
}

/** What of a pool is given to nodes in blocks, and what of those to pods. */
export interface PoolUse {
  readonly pool: IPPool;
  readonly cidr: string;
  readonly family: 4 | 6;
  readonly total: number;
  readonly used: number;
  /** Blocks that no node has taken yet. */
  readonly freeBlocks: number;
  readonly blockSize: number;
}

/** The pools that pods may get addresses from, with their use. */
export function poolUses(index: ClusterIndex): readonly PoolUse[] {
  return index.memo('netcni/pool-uses', () =>
    index.list('IPPool').flatMap((pool): readonly PoolUse[] => {
      const range = parseCidr(pool.spec?.cidr);
      if (range === undefined) return [];
      const { family } = range;
      const blocks = index.list('IPAMBlock').flatMap((block) => {
        const inner = parseCidr(block.spec?.cidr);
        return inner !== undefined && coversRange(range, inner) ? [block] : [];
      });
      const blockSize =
        family === 4 ? 2 ** (32 - (pool.spec?.blockSize ?? 26)) : 2 ** (128 - (pool.spec?.blockSize ?? 122));
      const total = Number(range.last - range.first + 1n);
      const used = blocks.reduce(
        (sum, { spec }) => sum + (spec?.allocations ?? []).filter((slot) => slot !== null && slot !== undefined).length,
        0,
      );
      return [
        {
          pool,
          cidr: pool.spec?.cidr ?? '',
          family,
          total,
          used,
          freeBlocks: Math.max(0, Math.floor(total / blockSize) - blocks.length),
          blockSize,
        },
      ];
    }),
  );
}
