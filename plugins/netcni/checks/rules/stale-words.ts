import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import type { StalePort } from '../../../../shared/datapath/proxy/compare.ts';
import type { FoundProxy } from '../../../../shared/datapath/proxy/of-dumps.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { place } from './words.ts';

/** In which way the rules of the first of several Services are out of date. */
export function staleWords(first: StalePort | undefined, count: number): string {
  if (first === undefined) return '';
  const { expected, extra, absent, lost } = first;
  const more = count === 1 ? '' : ` and ${count - 1} more`;
  if (extra.length > 0) {
    return `Service ${expected.name}${more} leads to ${joinNames(extra, 2)}, which ${extra.length === 1 ? 'is no endpoint' : 'are no endpoints'} any more`;
  }
  if (isEmpty(first))
    return `Service ${expected.name}${more} leads to none of its ${plural(absent.length, 'ready endpoint')}`;
  const [gap] = lost;
  if (gap !== undefined) return `Service ${expected.name}${more} leads into chain ${gap.chain}, which ends nowhere`;
  return `Service ${expected.name}${more} does not know the ready ${absent.length === 1 ? 'endpoint' : 'endpoints'} ${joinNames(
    absent.map(({ target }) => target),
    2,
  )}`;
}

/** Requests by these rules get lost, all or a share of them; a missing endpoint only makes the others work more. */
export function losesRequests(port: StalePort): boolean {
  return port.extra.length > 0 || port.lost.length > 0 || isEmpty(port) || (port.chain.unclaimed ?? 0) > 0.001;
}

function isEmpty({ chain, absent }: StalePort): boolean {
  return absent.length > 0 && chain.endpoints.every(({ target }) => target === '');
}

/** Each endpoint that is too much, lost or not there. */
export function staleEvidence(
  index: ClusterIndex,
  dumps: NodeDumps,
  proxy: FoundProxy,
  { expected, chain, extra, absent, lost }: StalePort,
): readonly Evidence[] {
  return [
    ...extra.map((target) => ({
      fact: `${chain.name} → ${target}: ${holderOf(index, target)}`,
      source: place(dumps, proxy.set, chain.endpoints.find((entry) => entry.target === target)?.line ?? chain.line),
    })),
    ...lost.map((entry) => ({
      fact: `${chain.name} → ${entry.chain}, which translates nothing`,
      source: place(dumps, proxy.set, entry.line),
    })),
    ...absent.map(({ target, pod }) => ({
      fact: `${target} ${pod === undefined ? '' : `of pod ${pod} `}is ready and not in ${chain.name}`,
      source: `EndpointSlices of Service ${expected.name}`,
    })),
  ];
}

/** Who has an address by now. */
function holderOf(index: ClusterIndex, target: string): string {
  const address = target.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const holders = index.memo('netcni/pods-by-address', () => {
    const map = new Map<string, string>();
    for (const pod of index.list('Pod')) for (const entry of podAddresses(pod)) map.set(entry, podKey(pod));
    return map;
  });
  const holder = holders.get(address);
  if (holder !== undefined) return `no endpoint of it; pod ${holder} has that address`;
  return isWhollyRead(index, 'Pod') ? 'no pod has that address' : 'no endpoint of it any more';
}
