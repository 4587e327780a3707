import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import type { NodeAddresses } from '../../facts/addresses.ts';
import { podsByNode } from '../../facts/nodes.ts';
import type { TroubledPod } from '../../facts/troubled-pods.ts';

/** `253 of 253 used`; what is not known is left out. */
export function numbersOf({ capacity, used }: NodeAddresses): string {
  if (capacity === undefined || used === undefined) return '';
  return `${used} of ${capacity} pod addresses used`;
}

/** Numbers of IPv6 as powers of two, once nobody can read them. */
export function countWords(count: number): string {
  return count < 2 ** 40 ? String(count) : `2^${Math.round(Math.log2(count))}`;
}

/** `, 4 pods wait: shop/web-1, shop/web-2 and 2 more`. */
export function waitingWords(waiting: readonly TroubledPod[]): string {
  if (waiting.length === 0) return '';
  return `; ${plural(waiting.length, 'pod waits', 'pods wait')}: ${joinNames(
    waiting.map(({ key }) => key),
    2,
  )}`;
}

const HOUR = 3_600_000;
/** Fewer starts are no rate, and beyond a week the rate says nothing. */
const FEW = 5;
const HORIZON = 7 * 24 * HOUR;

/**
 * `; full in 3h at the earliest, at the rate of the last hour`: pods that are there now and started within the last
 * hour, as if none of them had taken the place of another. Empty when nothing started.
 */
export function whenFull(index: ClusterIndex, nodes: readonly string[], free: number): string {
  let started = 0;
  for (const name of nodes) {
    for (const pod of podsByNode(index).get(name) ?? []) {
      const age = index.now - Date.parse(pod.metadata?.creationTimestamp ?? '');
      if (pod.spec?.hostNetwork !== true && age >= 0 && age < HOUR) started++;
    }
  }
  const left = (free / started) * HOUR;
  if (started < FEW || free <= 0 || left > HORIZON) return '';
  return `; full in ${formatDuration(left)} at the earliest (${started} started in the last hour)`;
}
