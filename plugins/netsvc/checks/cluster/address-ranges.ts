import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { type AddressRange, inRange, overlaps, parseAddress, parseCidr } from '../../../../shared/policy/addresses.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { nodeAddresses, podsWithAddress } from '../endpoints/pod-addresses.ts';

interface NamedRange {
  readonly text: string;
  readonly owner: string;
  readonly range: AddressRange;
}

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
        evidence: [...own, ...whole].slice(0, 3).flatMap((clash) => clash.evidence),
      }),
    ];
  },
});

/** A ClusterIP outside of every range that the API server gives out: it may be given to another Service as well. */
export const outsideServiceRange = defineCheck<ServiceSubject>({
  id: 'netsvc/outside-service-range',
  group: 'cluster',
  needs: ['ServiceCIDR'],
  applies: (subject) => addressesOf(subject).length > 0,
  run: (subject, { index }) => {
    const ranges = serviceRanges(index);
    return addressesOf(subject).flatMap((text) => {
      const address = parseAddress(text);
      const family = ranges.filter(({ range }) => range.family === address?.family);
      if (address === undefined || family.length === 0 || family.some(({ range }) => inRange(range, address)))
        return [];
      return [
        clusterMessages.SVC807.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            address: text,
            ranges: family.map((entry) => entry.text).join(', '),
          },
          evidence: [
            { fact: `clusterIP ${text}`, source: `${formatRef(subject.ref)} spec.clusterIPs` },
            ...family.map((entry) => ({ fact: entry.text, source: `ServiceCIDR ${entry.owner}` })),
          ],
        }),
      ];
    });
  },
});

/** One ClusterIP on two Services: which of them answers is left to chance. */
export const clusterIpTaken = defineCheck<ServiceSubject>({
  id: 'netsvc/cluster-ip-taken',
  group: 'cluster',
  needs: ['Service'],
  applies: (subject) => addressesOf(subject).length > 0,
  run: (subject, { index }) => {
    const holders = index.memo('cluster/cluster-ips', () => holdersOf(index));
    const name = `${subject.namespace}/${subject.name}`;
    return addressesOf(subject).flatMap((address) => {
      const other = (holders.get(address) ?? []).find((holder) => holder !== name);
      if (other === undefined) return [];
      return [
        clusterMessages.SVC811.raise({
          subject: subject.ref,
          args: { service: name, address, other },
          evidence: [
            { fact: `clusterIP ${address}`, source: formatRef(subject.ref) },
            { fact: `clusterIP ${address}`, source: `Service ${other}` },
          ],
        }),
      ];
    });
  },
});

function addressesOf({ service }: ServiceSubject): readonly string[] {
  const all = service.spec?.clusterIPs ?? (service.spec?.clusterIP === undefined ? [] : [service.spec.clusterIP]);
  return all.filter((address) => address !== '' && address !== 'None');
}

function holdersOf(index: ClusterIndex): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const service of index.list('Service')) {
    const { clusterIPs, clusterIP = '' } = service.spec ?? {};
    for (const address of new Set(clusterIPs ?? [clusterIP])) {
      if (address === '' || address === 'None') continue;
      const name = `${namespaceOf(service)}/${nameOf(service)}`;
      const list = map.get(address);
      if (list === undefined) map.set(address, [name]);
      else list.push(name);
    }
  }
  return map;
}

function serviceRanges(index: ClusterIndex): readonly NamedRange[] {
  return index.memo('cluster/service-ranges', () =>
    index.list('ServiceCIDR').flatMap((entry) => named(entry.spec?.cidrs ?? [], nameOf(entry))),
  );
}

function podRanges(index: ClusterIndex): readonly NamedRange[] {
  return index.memo('cluster/pod-ranges', () =>
    index
      .list('Node')
      .flatMap((node) =>
        named(node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]), nameOf(node)),
      ),
  );
}

function named(texts: readonly string[], owner: string): readonly NamedRange[] {
  return texts.flatMap((text) => {
    const range = parseCidr(text);
    return range === undefined ? [] : [{ text, owner, range }];
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
  return podRanges(index)
    .filter(({ range }) => inRange(range, address))
    .slice(0, 1)
    .map((entry) => ({
      what: `its ClusterIP ${text} lies in ${entry.text}, from which pods on node ${entry.owner} get their addresses`,
      evidence: [{ fact: `podCIDR ${entry.text}`, source: `Node ${entry.owner} spec.podCIDRs` }],
    }));
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
