import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nodeAddresses, podsWithAddress } from '../../../../shared/model/held-addresses.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { type AddressRange, inRange, overlaps, parseAddress } from '../../../../shared/util/addresses.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { newAddressFix } from './new-address.ts';
import { addressesOf, type NamedRange, serviceRanges } from './service-ranges.ts';

/** Two ranges of addresses that must be apart and are not. */
interface Clash {
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

/** The addresses of Services lie among those of pods or nodes: which of the two answers depends on the packet's way. */
export const rangeOverlap = defineCheck<ServiceSubject>({
  id: 'netsvc/range-overlap',
  group: 'cluster',
  needs: ['Node'],
  uses: ['ServiceCIDR', 'Pod'],
  applies: (subject) => addressesOf(subject).length > 0,
  run: (subject, { index }) => {
    const own = addressesOf(subject).flatMap((address) => clashOf(index, address));
    const whole = index.memo('cluster/range-clashes', () => clashesOf(index));
    const [first] = [...own, ...whole];
    if (first === undefined) return [];
    return [
      clusterMessages.SVC806.raise({
        subject: subject.ref,
        args: { service: `${subject.namespace}/${subject.name}`, what: first.what },
        severity: own.length > 0 ? 'critical' : 'warning',
        confidence: own.length > 0 ? 'likely' : 'possible',
        impact: own.length > 0 ? 0.5 : 0.1,
        // Ranges that overlap are no matter of one Service.
        fixes: own.length > 0 ? newAddressFix(subject) : [],
        evidence: [...own, ...whole].slice(0, 3).flatMap((clash) => clash.evidence),
      }),
    ];
  },
});

function podRanges(index: ClusterIndex): readonly NamedRange[] {
  return index.memo('cluster/pod-ranges', () =>
    index.list('Node').flatMap((node) => podRangesOf(node).map((entry) => ({ ...entry, owner: nameOf(node) }))),
  );
}

/** From the first to the last address of pods in each family: most addresses of Services lie outside at once. */
function podSpan(index: ClusterIndex): readonly AddressRange[] {
  return index.memo('cluster/pod-span', () => {
    const spans = new Map<number, { family: 4 | 6; first: bigint; last: bigint }>();
    for (const { range } of podRanges(index)) {
      const span = { ...(spans.get(range.family) ?? range) };
      if (range.first < span.first) span.first = range.first;
      if (range.last > span.last) span.last = range.last;
      spans.set(range.family, span);
    }
    return [...spans.values()];
  });
}

/** What else holds the address of this Service. */
function clashOf(index: ClusterIndex, text: string): readonly Clash[] {
  const address = parseAddress(text);
  if (address === undefined) return [];
  const [pod] = podsWithAddress(index, text);
  if (pod !== undefined) {
    const name = `${namespaceOf(pod)}/${nameOf(pod)}`;
    return [
      {
        what: `its ClusterIP ${text} is also the address of pod ${name}`,
        evidence: [{ fact: text, source: `Pod ${name} status.podIP` }],
      },
    ];
  }
  const node = nodeAddresses(index).has(text)
    ? index.list('Node').find((entry) => (entry.status?.addresses ?? []).some((one) => one.address === text))
    : undefined;
  if (node !== undefined) {
    return [
      {
        what: `its ClusterIP ${text} is also the address of node ${nameOf(node)}`,
        evidence: [{ fact: text, source: `Node ${nameOf(node)} status.addresses` }],
      },
    ];
  }
  if (!podSpan(index).some((range) => inRange(range, address))) return [];
  const entry = podRanges(index).find(({ range }) => inRange(range, address));
  if (entry === undefined) return [];
  return [
    {
      what: `its ClusterIP ${text} lies in ${entry.text}, from which pods on node ${entry.owner} get their addresses`,
      evidence: [{ fact: `podCIDR ${entry.text}`, source: `Node ${entry.owner} spec.podCIDRs` }],
    },
  ];
}

/** Ranges of the whole cluster that overlap: Services with pods, Services with nodes. */
function clashesOf(index: ClusterIndex): readonly Clash[] {
  if (!isWhollyRead(index, 'ServiceCIDR')) return [];
  return serviceRanges(index).flatMap((services): readonly Clash[] => {
    const pods = podRanges(index).find(({ range }) => overlaps(range, services.range));
    const from = { fact: `Service range ${services.text}`, source: `ServiceCIDR ${services.owner}` };
    if (pods !== undefined) {
      return [
        {
          what: `the range of Services ${services.text} overlaps ${pods.text}, the pod addresses of node ${pods.owner}`,
          evidence: [from, { fact: `podCIDR ${pods.text}`, source: `Node ${pods.owner} spec.podCIDRs` }],
        },
      ];
    }
    for (const node of index.list('Node')) {
      for (const { address: text = '' } of node.status?.addresses ?? []) {
        const address = parseAddress(text);
        if (address === undefined || !inRange(services.range, address)) continue;
        return [
          {
            what: `node ${nameOf(node)} has address ${text} in the range of Services ${services.text}`,
            evidence: [from, { fact: text, source: `Node ${nameOf(node)} status.addresses` }],
          },
        ];
      }
    }
    return [];
  });
}
