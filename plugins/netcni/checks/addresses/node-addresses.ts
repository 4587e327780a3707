import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { plural, shorten, timesTold } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { hostNetworkPods, type NodeAddresses, nodeAddresses } from '../../facts/addresses.ts';
import { awsRefusal } from '../../facts/aws-refusals.ts';
import { poolUses } from '../../facts/calico-blocks.ts';
import { downNodes, nodeFacts, nodeFactsOf } from '../../facts/nodes.ts';
import { addressMessages } from '../../messages/addresses.ts';
import { joinAlike } from '../join-alike.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';
import { numbersOf, waitingWords, whenFull } from './address-words.ts';

const USES = [...AGENT_USES, 'Event', 'CiliumNode', 'NodeNetworkConfig'] as const;

/** Nodes that can give no address: pods say so, or the count does. */
export const nodeOutOfAddresses = defineCheck<ClusterSubject>({
  id: 'netcni/node-out-of-addresses',
  group: 'addresses',
  needs: ['Node'],
  uses: USES,
  run: (_, { index }) =>
    joinAlike(
      index,
      nodeAddresses(index).flatMap((entry) => {
        if (downNodes(index).has(entry.name)) return [];
        const refused = entry.waiting.filter(({ cause }) => cause.trouble === 'no-address');
        const full = isFull(entry) && (entry.waiting.length > 0 || mayGrow(index, entry));
        const words = `${isFull(entry)} ${refused[0]?.cause.meaning}`;
        return refused.length > 0 || full
          ? [{ name: entry.name, words, finding: outOf(index, { ...entry, waiting: refused }) }]
          : [];
      }),
    ),
});

function isFull({ capacity, used }: NodeAddresses): boolean {
  return capacity !== undefined && used !== undefined && capacity > 0 && used >= capacity;
}

/** Whether the scheduler may still place pods there; blocks grow by further blocks while the pool has any. */
function mayGrow(index: ClusterIndex, { name, scheme, used, capacity }: NodeAddresses): boolean {
  if (scheme === 'blocks' && (poolUses(index).length === 0 || poolUses(index).some(({ freeBlocks }) => freeBlocks > 0)))
    return false;
  const maxPods = nodeFactsOf(index, name)?.maxPods;
  // Where the cloud's addresses are handed out on demand the pool grows as well.
  if (maxPods === undefined || scheme === 'cloud') return false;
  return Math.max(used ?? 0, capacity ?? 0) < maxPods - hostNetworkPods(index, name);
}

function outOf(index: ClusterIndex, entry: NodeAddresses): Finding {
  const { name, capacity, used, waiting, ranges, source, scheme } = entry;
  const [first] = waiting;
  const leaked =
    first !== undefined &&
    used !== undefined &&
    capacity !== undefined &&
    used < capacity * LEAKED &&
    scheme === 'podCIDR';
  const count = numbersOf(entry);
  // Pods that wait although few addresses are held: what the plugin says is nearer the truth than the count.
  const odd = first !== undefined && used !== undefined && capacity !== undefined && used < capacity * LEAKED;
  const told = first?.cause.plugin === 'AWS VPC CNI' ? awsRefusal(index, name) : undefined;
  const meaning =
    told?.meaning ??
    (odd && first.cause.plugin === 'AWS VPC CNI' && /node or its subnet/.test(first.cause.meaning)
      ? `its subnet has no free ${source.includes('prefixes') ? 'prefix (/28)' : 'address'}, or aws-node may not attach interfaces`
      : (first?.cause.meaning ?? 'addresses are used up'));
  const numbers = count === '' ? meaning : odd ? `${meaning}; pods hold ${used} of ${capacity}` : count;
  return addressMessages.CNI304.raise({
    subject: { kind: 'Node', name },
    args: {
      node: name,
      numbers,
      waiting: waitingWords(waiting),
      why: leaked
        ? '; reservations of pods that are gone fill the range, or it is smaller on the node than its podCIDR'
        : overbooked(index, entry),
      fix: morePrefixes(index, entry),
      look: scheme === 'podCIDR' ? 'ls /var/lib/cni/networks/*/ | sort -V' : '',
    },
    severity: waiting.length > 0 ? 'critical' : 'warning',
    impact: (waiting.length > 0 ? 1 : 0.5) / Math.max(1, nodeFacts(index).length),
    pods: [nodeKey(name)],
    evidence: [
      ...waitingEvidence(entry),
      ...(told === undefined ? [] : [told.evidence]),
      ...countEvidence(entry, source, ranges),
    ],
  });
}

/** Pods hold all addresses, and the scheduler goes on placing pods there. */
function overbooked(index: ClusterIndex, entry: NodeAddresses): string {
  const maxPods = nodeFactsOf(index, entry.name)?.maxPods ?? 0;
  const room = maxPods - hostNetworkPods(index, entry.name);
  return isFull(entry) && entry.scheme !== 'blocks' && room > (entry.capacity ?? 0)
    ? `; its kubelet takes ${maxPods} pods`
    : '';
}

/** Instances of EC2 whose interfaces are full hold sixteen times as many with prefixes. */
function morePrefixes(index: ClusterIndex, entry: NodeAddresses): readonly Fix[] {
  const { primary } = detectNetwork(index);
  const [set] = primary?.sets ?? [];
  if (primary?.name !== 'AWS VPC CNI' || set === undefined || !isFull(entry) || entry.source.includes('prefixes'))
    return [];
  const env = `kubectl set env daemonset/${nameOf(set)} -n ${namespaceOf(set)} ENABLE_PREFIX_DELEGATION`;
  return [
    {
      title: 'give new nodes more addresses (Nitro instances)',
      command: `${env}=true`,
      risk: 'low',
      undo: `${env}=false`,
    },
  ];
}

/** With fewer pods than this share of the range the pods cannot be what fills it. */
const LEAKED = 0.9;

function waitingEvidence({ waiting }: NodeAddresses): readonly Evidence[] {
  return waiting.slice(0, 2).map(({ key, cause, count, message }) => ({
    fact: `"${shorten(cause.words || message, 240)}" (${timesTold(count)})`,
    source: `Event FailedCreatePodSandBox on Pod ${key}`,
  }));
}

function countEvidence(
  { capacity, used, usedFrom }: NodeAddresses,
  source: string,
  ranges: readonly string[],
): readonly Evidence[] {
  if (capacity === undefined) return [];
  const range = ranges.length === 0 ? '' : ` in ${ranges.slice(0, 3).join(', ')}`;
  return [
    { fact: `${capacity} addresses for pods${range}`, source },
    ...(used === undefined ? [] : [{ fact: `${used} of them in use`, source: usedFrom }]),
  ];
}

const SHORT = 0.85;

/** Nodes that have few addresses left and on which more pods may be placed than there are. */
export const nodeShortOfAddresses = defineCheck<ClusterSubject>({
  id: 'netcni/node-short-of-addresses',
  group: 'addresses',
  needs: ['Node'],
  uses: USES,
  run: (_, { index }) => {
    // How many pods may still come depends on all that are there.
    if (!isWhollyRead(index, 'Pod')) return [];
    const short = nodeAddresses(index).flatMap((entry) => {
      const { name, capacity, used, waiting, source, ranges } = entry;
      if (capacity === undefined || used === undefined || capacity === 0 || isFull(entry)) return [];
      if (used / capacity < SHORT || waiting.length > 0 || !mayGrow(index, entry) || downNodes(index).has(name))
        return [];
      const finding = addressMessages.CNI305.raise({
        subject: { kind: 'Node', name },
        args: {
          node: name,
          used,
          capacity,
          percent: Math.floor((used / capacity) * 100),
          when: whenFull(index, [name], capacity - used),
        },
        pods: [nodeKey(name)],
        evidence: countEvidence(entry, source, ranges),
      });
      return [{ name, words: entry.scheme, finding }];
    });
    return joinAlike(index, short);
  },
  undecided: (_, { index }) => {
    const entries = nodeAddresses(index);
    const known = entries.every(({ capacity, used }) => used !== undefined && (capacity ?? 0) * SHORT > used);
    return isWhollyRead(index, 'Pod') || (known && entries.length > 0) ? undefined : index.seen('Pod').reason;
  },
});

/** Nodes that take more pods than they have addresses for. */
export const rangeSmallerThanMaxPods = defineCheck<ClusterSubject>({
  id: 'netcni/pod-range-smaller-than-max-pods',
  group: 'addresses',
  needs: ['Node', 'Pod'],
  uses: USES,
  run: (_, { index }) => {
    const small = nodeAddresses(index).flatMap(({ name, capacity, scheme, source }) => {
      const maxPods = nodeFactsOf(index, name)?.maxPods;
      // Ranges that an operator hands out grow by further ones.
      if (scheme !== 'podCIDR' || capacity === undefined || maxPods === undefined) return [];
      const hostNetwork = hostNetworkPods(index, name);
      return capacity + hostNetwork < maxPods ? [{ name, capacity, maxPods, hostNetwork, source }] : [];
    });
    const [first] = small;
    if (first === undefined) return [];
    return [
      addressMessages.CNI306.raise({
        subject: { kind: 'Node', name: first.name },
        args: {
          nodes: nodeWords(small.map(({ name }) => name)),
          capacity: first.capacity,
          maxPods: first.maxPods,
          hostNetwork: first.hostNetwork,
        },
        pods: small.map(({ name }) => nodeKey(name)),
        evidence: [
          { fact: `${first.capacity} addresses for pods`, source: first.source },
          { fact: `allocatable pods ${first.maxPods}`, source: `Node ${first.name} status.allocatable` },
          {
            fact: `${plural(first.hostNetwork, 'pod')} there with hostNetwork, which need no address`,
            source: 'Pods spec.hostNetwork',
          },
        ],
      }),
    ];
  },
});
