import { blockNode } from '../../../../shared/datapath/pod-ranges.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { BlockAffinity } from '../../../../shared/model/objects-cni.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { poolMessages } from '../../messages/pools.ts';

/** Calico writes a claim in two steps within moments; what stands longer was broken off. */
const SETTLED = 900_000;
/** Few are traces of pods that ended while the lists were read. */
const FEW_HANDLES = 10;

/** Blocks that two nodes take for theirs, and claims that were broken off. */
export const affinitiesDiffer = defineCheck<ClusterSubject>({
  id: 'netcni/block-claims-differ',
  group: 'addresses',
  needs: ['BlockAffinity', 'IPAMBlock'],
  uses: ['Node'],
  applies: (_, { index }) => index.list('BlockAffinity').length > 0,
  run: (_, { index }) => {
    const owners = new Map(index.list('IPAMBlock').map((block) => [block.spec?.cidr ?? '', blockNode(block)]));
    return index.list('BlockAffinity').flatMap((claim) => judge(index, claim, owners));
  },
});

function judge(
  index: ClusterIndex,
  claim: BlockAffinity,
  owners: ReadonlyMap<string, string | undefined>,
): readonly Finding[] {
  const { cidr = '', node = '', state = '' } = claim.spec ?? {};
  const gone = index.get('Node', undefined, node) === undefined;
  if (node === '' || cidr === '' || String(claim.spec?.deleted) === 'true' || gone) return [];
  const owner = owners.get(cidr);
  const age = index.now - Date.parse(claim.metadata?.creationTimestamp ?? '');
  const other = state === 'confirmed' && owner !== undefined && owner !== node ? owner : undefined;
  const hangs = /^pending/.test(state) && age > SETTLED;
  if (other === undefined && !hangs) return [];
  return [
    poolMessages.CNI318.raise({
      subject: { kind: 'BlockAffinity', name: nameOf(claim) },
      args: {
        cidr,
        what:
          other === undefined
            ? `hangs in state ${state} for node ${node}`
            : `is taken by node ${node} and belongs to node ${other}`,
        first: nameOf(claim),
      },
      severity: other === undefined ? 'info' : 'warning',
      pods: [node, ...(other === undefined ? [] : [other])].map(nodeKey),
      evidence: [
        { fact: `state ${state}, node ${node}`, source: `BlockAffinity ${nameOf(claim)} spec` },
        ...(other === undefined ? [] : [{ fact: `affinity host:${other}`, source: `IPAMBlock ${cidr}` }]),
      ],
    }),
  ];
}

/** Handles, Calico's list of who holds what, that no block knows of. */
export const handlesLeaked = defineCheck<ClusterSubject>({
  id: 'netcni/address-handles-leaked',
  group: 'addresses',
  needs: ['IPAMHandle', 'IPAMBlock'],
  applies: (_, { index }) => index.list('IPAMHandle').length > 0,
  run: (_, { index }) => {
    if (!isWhollyRead(index, 'IPAMBlock')) return [];
    const known = new Set(
      index.list('IPAMBlock').flatMap(({ spec }) => (spec?.attributes ?? []).map(({ handle_id: id }) => id ?? '')),
    );
    const lost = index.list('IPAMHandle').filter((handle) => {
      const id = handle.spec?.handleID ?? nameOf(handle);
      const age = index.now - Date.parse(handle.metadata?.creationTimestamp ?? '');
      return handle.spec?.deleted !== true && !(age < SETTLED) && !known.has(id) && !known.has(nameOf(handle));
    });
    const [first] = lost;
    if (first === undefined || lost.length < FEW_HANDLES) return [];
    return [
      poolMessages.CNI319.raise({
        subject: { kind: 'IPAMHandle', name: nameOf(first) },
        args: { count: lost.length, example: nameOf(first) },
        evidence: lost.slice(0, 3).map((handle) => ({
          fact: `blocks ${Object.keys(handle.spec?.block ?? {}).join(', ') || 'none'}, none of which knows it`,
          source: `IPAMHandle ${nameOf(handle)}`,
        })),
      }),
    ];
  },
});
