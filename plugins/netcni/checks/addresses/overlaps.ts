import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Told } from '../../../../shared/datapath/cni/setup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import {
  type Address,
  type AddressRange,
  inRange,
  overlaps,
  parseAddress,
  parseCidr,
} from '../../../../shared/util/addresses.ts';
import { applyLine, patchLine } from '../../../../shared/util/kubectl.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { addressMessages } from '../../messages/addresses.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

interface Named extends Told<string> {
  readonly range: AddressRange;
}

function named(list: readonly Told<string>[]): readonly Named[] {
  return list.flatMap((told) => {
    const range = parseCidr(told.value);
    return range === undefined ? [] : [{ ...told, range }];
  });
}

/** Ranges of pods, Services and nodes that are not apart. */
export const rangesOverlap = defineCheck<ClusterSubject>({
  id: 'netcni/ranges-overlap',
  group: 'ranges',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const { podRanges, serviceRanges, primary } = detectNetwork(index);
    const services = named(serviceRanges);
    const pods = named(podRanges);
    const owned: readonly Named[] = nodeFacts(index).flatMap(({ name, ranges }) =>
      ranges.map(({ text, range }) => ({ value: text, range, source: `Node ${name} spec.podCIDRs` })),
    );
    // Where nothing tells who hands out addresses and nodes have no ranges, pods may well be of the network of the nodes.
    const cloud = primary?.ipam === undefined ? owned.length === 0 : primary.ipam.value === 'cloud';
    return [
      ...clash(index, 'Services and pods have addresses in common', services, pods.length > 0 ? pods : owned),
      ...nodesIn(index, 'nodes have addresses in the range of Services', services),
      ...(cloud ? [] : nodesIn(index, 'nodes have addresses in the range of pods', pods.length > 0 ? pods : owned)),
    ];
  },
});

function clash(
  index: ClusterIndex,
  what: string,
  some: readonly Named[],
  others: readonly Named[],
): readonly Finding[] {
  for (const one of some) {
    const other = others.find(({ range }) => overlaps(range, one.range));
    if (other === undefined) continue;
    return [
      addressMessages.CNI314.raise({
        subject: { kind: 'Cluster', name: 'ranges' },
        args: { what, one: one.value, other: other.value, fix: otherPool(index, other) },
        severity: 'critical',
        evidence: [one, other].map(({ value, source }) => ({ fact: value, source })),
      }),
    ];
  }
  return [];
}

function nodesIn(index: ClusterIndex, what: string, ranges: readonly Named[]): readonly Finding[] {
  const find = finder(ranges);
  const hits = nodeFacts(index).flatMap(({ name, node }) =>
    (node.status?.addresses ?? []).flatMap(({ type, address: text = '' }) => {
      const address = type === 'InternalIP' ? parseAddress(text) : undefined;
      const range = address === undefined ? undefined : find(address);
      return range === undefined ? [] : [{ name, text, range }];
    }),
  );
  const [first] = hits;
  if (first === undefined) return [];
  const names = [...new Set(hits.map(({ name }) => name))];
  const all = nodeFacts(index).length;
  return [
    addressMessages.CNI314.raise({
      subject: { kind: 'Node', name: first.name },
      args: {
        what,
        one: `${nodeWords(names)} (${first.text})`,
        other: first.range.value,
        fix: [...otherPool(index, first.range), ...elsewhere(names, all)],
      },
      pods: names.map(nodeKey),
      evidence: [
        { fact: `InternalIP ${first.text}`, source: `Node ${first.name} status.addresses` },
        { fact: first.range.value, source: first.range.source },
      ],
    }),
  ];
}

/** Pods of Calico move to another pool as they are made anew; ranges of other plugins stay what they are. */
function otherPool(index: ClusterIndex, { source }: Named): readonly Fix[] {
  const name = /^IPPool (\S+) /.exec(source)?.[1] ?? '';
  const pool = index.get('IPPool', undefined, name);
  if (pool === undefined) return [];
  const kind = 'ippools.crd.projectcalico.org';
  const next = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name: `${name}-2` },
    spec: { ...pool.spec, cidr: '<RANGE>' },
  };
  return [
    {
      title: 'make a pool like it, of a range of its own (<RANGE>)',
      command: applyLine(next),
      risk: 'low',
      undo: `kubectl delete ${kind} ${name}-2`,
    },
    {
      title: 'then give no more addresses out of the old one, and make the pods anew',
      command: patchLine(kind, undefined, name, { spec: { disabled: true } }),
      risk: 'high',
      undo: patchLine(kind, undefined, name, { spec: { disabled: false } }),
    },
  ];
}

/** Single nodes in a wrong network can be moved; where all are, the range is what is wrong. */
function elsewhere(names: readonly string[], all: number): readonly Fix[] {
  const [first] = names;
  if (first === undefined || names.length * 2 > all) return [];
  return [
    {
      title: 'empty the node, to let it join again with an address outside of the range',
      command: `kubectl drain ${first} --ignore-daemonsets --delete-emptydir-data`,
      risk: 'high',
      undo: `kubectl uncordon ${first}`,
    },
  ];
}

/** Looks an address up among ranges; those of the nodes of a large cluster are thousands, and apart from each other. */
function finder(ranges: readonly Named[]): (address: Address) => Named | undefined {
  const sorted = [...ranges].sort((a, b) =>
    a.range.first < b.range.first ? -1 : a.range.first > b.range.first ? 1 : 0,
  );
  if (sorted.length < FEW) return (address) => sorted.find(({ range }) => inRange(range, address));
  return (address) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.range.first ?? 0n) <= address.value) low = middle + 1;
      else high = middle;
    }
    const found = sorted[low - 1];
    return found !== undefined && inRange(found.range, address) ? found : undefined;
  };
}

/** Ranges of a configuration are few and may lie in one another. */
const FEW = 20;
