import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { isForWorkloads } from '../../../../shared/datapath/cni/settings-calico.ts';
import { blockNode } from '../../../../shared/datapath/pod-ranges.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { matchesSelector } from '../../../../shared/model/selectors.ts';
import { parseCalicoSelector } from '../../../../shared/policy/rules/calico-selector.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { blocksOf, poolUses } from '../../facts/calico-blocks.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { troubledPods } from '../../facts/troubled-pods.ts';
import { poolMessages } from '../../messages/pools.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';
import { whenFull } from './address-words.ts';

const NEARLY = 0.85;
const WHOLLY = 0.98;

/** Calico pools with little or nothing left. */
export const poolUsedUp = defineCheck<ClusterSubject>({
  id: 'netcni/address-pool-used-up',
  group: 'addresses',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => detectNetwork(index).primary?.ipam?.value === 'blocks',
  run: (_, { index }) => {
    if (!isWhollyRead(index, 'IPAMBlock') || !isWhollyRead(index, 'IPPool')) return [];
    const waiting = troubledPods(index).filter(({ cause }) => cause.trouble === 'no-address');
    const enabled = poolUses(index).filter(
      ({ pool }) => pool.spec?.disabled !== true && isForWorkloads(pool.spec?.allowedUses),
    );
    // A pod of two families needs one of each, and those of IPv4 run out first.
    const family = enabled.some((use) => use.family === 4) ? 4 : 6;
    const pools = enabled.filter((use) => use.family === family);
    // Where another pool has room, new pods get theirs from there.
    const total = pools.reduce((sum, pool) => sum + pool.total, 0);
    const used = pools.reduce((sum, pool) => sum + pool.used, 0);
    if (pools.length === 0 || used / total < NEARLY) return [];
    const nodes = [...new Set(waiting.map(({ node }) => node))];
    return [
      poolMessages.CNI308.raise({
        subject: { kind: 'IPPool', name: nameOf(pools[0]?.pool ?? {}) },
        args: {
          pools: `${pools.length === 1 ? 'IPPool' : 'IPPools'} ${joinNames(
            pools.map(({ pool, cidr }) => `${nameOf(pool)} (${cidr})`),
            2,
          )}`,
          state: waiting.length > 0 || used / total >= WHOLLY ? 'used up' : 'nearly used up',
          used,
          total,
          waiting:
            waiting.length === 0 ? '' : `; ${plural(waiting.length, 'pod waits', 'pods wait')} on ${nodeWords(nodes)}`,
          when:
            waiting.length > 0
              ? ''
              : whenFull(
                  index,
                  nodeFacts(index).map(({ name }) => name),
                  total - used,
                ),
        },
        severity: waiting.length > 0 || used / total >= WHOLLY ? 'critical' : 'warning',
        ...(nodes.length === 0 ? {} : { pods: nodes.map(nodeKey) }),
        evidence: [
          ...pools.slice(0, 3).map(({ pool, used: own, total: all, freeBlocks, blockSize }) => ({
            fact: `${own} of ${all} addresses used, ${plural(freeBlocks, 'block')} of ${blockSize} still free`,
            source: `IPPool ${nameOf(pool)} and its IPAMBlocks`,
          })),
          ...waiting.slice(0, 2).map(({ key, cause }) => ({ fact: `"${cause.words}"`, source: `Event on Pod ${key}` })),
        ],
      }),
    ];
  },
});

/** Nodes that no enabled pool of Calico is for. */
export const noPoolForNode = defineCheck<ClusterSubject>({
  id: 'netcni/no-pool-for-node',
  group: 'addresses',
  needs: ['Node', 'IPPool'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => detectNetwork(index).primary?.ipam?.value === 'blocks',
  run: (_, { index }) => {
    if (!isWhollyRead(index, 'IPPool')) return [];
    const pools = index.list('IPPool').filter(({ spec }) => isForWorkloads(spec?.allowedUses));
    const enabled = pools.filter(({ spec }) => spec?.disabled !== true);
    const bare = nodeFacts(index).filter(
      ({ node, takesAgents, name }) =>
        takesAgents &&
        !downNodes(index).has(name) &&
        // The selector as read matches too much rather than too little: a node it does not take is taken by none.
        !enabled.some(({ spec }) => matchesSelector(parseCalicoSelector(spec?.nodeSelector), node.metadata?.labels)),
    );
    const [first] = bare;
    if (first === undefined) return [];
    const names = bare.map(({ name }) => name);
    return [
      poolMessages.CNI309.raise({
        subject: { kind: 'Node', name: first.name },
        args: {
          nodes: names.length === nodeFacts(index).length ? 'any node' : nodeWords(names),
          why: whyNone(pools.length, enabled.length),
        },
        pods: names.map(nodeKey),
        evidence: [
          ...pools.slice(0, 4).map((pool) => ({
            fact:
              pool.spec?.disabled === true ? 'disabled: true' : `nodeSelector ${pool.spec?.nodeSelector ?? 'all()'}`,
            source: `IPPool ${nameOf(pool)} spec`,
          })),
          {
            fact: Object.entries(first.node.metadata?.labels ?? {})
              .map(([key, value]) => `${key}=${value}`)
              .join(', '),
            source: `Node ${first.name} metadata.labels`,
          },
        ],
      }),
    ];
  },
});

function whyNone(all: number, enabled: number): string {
  if (all === 0) return 'there is no IPPool for pods';
  return enabled === 0 ? 'every IPPool is disabled' : 'no nodeSelector of an enabled IPPool takes it';
}

/** Few are the usual traces of pods that end while one looks. */
const FEW_LEAKS = 10;

/** Addresses in blocks whose pods are gone. */
export const addressesLeaked = defineCheck<ClusterSubject>({
  id: 'netcni/addresses-leaked',
  group: 'addresses',
  needs: ['Pod', 'IPAMBlock'],
  uses: AGENT_USES,
  applies: (_, { index }) => index.list('IPAMBlock').length > 0,
  run: (_, { index }) => {
    const leaking = [...blocksOf(index)].filter(([, { leaked }]) => leaked.length > 0);
    const all = leaking.flatMap(([, { leaked }]) => leaked);
    const [first] = all;
    if (first === undefined) return [];
    const used = [...blocksOf(index).values()].reduce((sum, entry) => sum + entry.used, 0);
    return [
      poolMessages.CNI310.raise({
        subject: { kind: 'IPAMBlock', name: first.block },
        args: {
          count: all.length,
          nodes: nodeWords(leaking.map(([name]) => name)),
          example: `${first.address} (${first.owner})`,
          share: all.length / Math.max(1, used),
        },
        severity: all.length < FEW_LEAKS && all.length * 5 < used ? 'info' : 'warning',
        evidence: all.slice(0, 4).map(({ address, owner, block, since }) => ({
          fact: `${address} belongs to pod ${owner}, which does not exist${since === undefined ? '' : `, since ${since}`}`,
          source: `IPAMBlock ${block} spec.allocations`,
        })),
      }),
    ];
  },
});

/** Blocks, and claims on blocks, of nodes that are gone. */
export const staleBlocks = defineCheck<ClusterSubject>({
  id: 'netcni/blocks-of-gone-nodes',
  group: 'addresses',
  needs: ['Node', 'IPAMBlock'],
  uses: ['BlockAffinity'],
  applies: (_, { index }) => index.list('IPAMBlock').length > 0,
  run: (_, { index }) => {
    const gone = [...goneNodes(index)];
    const [first] = gone;
    if (first === undefined) return [];
    const nodes = gone.map(([node]) => node);
    const blocks = gone.flatMap(([node, cidrs]) => cidrs.map((cidr) => ({ node, cidr })));
    return [
      poolMessages.CNI311.raise({
        subject: { kind: 'Node', name: first[0] },
        args: {
          count: blocks.length,
          nodes: nodeWords(nodes),
          blocks: joinNames(
            blocks.map(({ cidr }) => cidr),
            3,
          ),
          state: `${blocks.length === 1 ? 'is' : 'are'} still ${nodes.length === 1 ? 'its, and the node does' : 'theirs, and these nodes do'} not exist`,
        },
        // A node that was taken away a moment ago leaves its blocks for some minutes.
        severity: blocks.length * 20 < index.list('IPAMBlock').length ? 'info' : 'warning',
        evidence: blocks.slice(0, 3).map(({ node, cidr }) => ({
          fact: `affinity host:${node}`,
          source: `IPAMBlock or BlockAffinity of ${cidr}`,
        })),
      }),
    ];
  },
});

function goneNodes(index: ClusterIndex): ReadonlyMap<string, readonly string[]> {
  const gone = new Map<string, string[]>();
  if (!isWhollyRead(index, 'Node') || index.list('Node').length === 0) return gone;
  for (const block of index.list('IPAMBlock')) {
    const node = blockNode(block);
    if (node === undefined || index.get('Node', undefined, node) !== undefined) continue;
    gone.set(node, [...(gone.get(node) ?? []), block.spec?.cidr ?? nameOf(block)]);
  }
  for (const { spec } of index.list('BlockAffinity')) {
    const { node = '', cidr = '', type = 'host' } = spec ?? {};
    if (node === '' || type !== 'host' || index.get('Node', undefined, node) !== undefined) continue;
    const known = gone.get(node) ?? [];
    if (!known.includes(cidr)) gone.set(node, [...known, cidr]);
  }
  return gone;
}
