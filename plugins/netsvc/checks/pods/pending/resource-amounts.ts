import type { Container, PodSpec } from '../../../../../shared/model/objects-pod.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';

const BINARY: readonly (readonly [string, number])[] = [
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
];

/** A number in the notation of another quantity (`500m`, `2`, `256Mi`), rounded up. */
export function formatAmount(value: number, like: string): string {
  if (/[KMGTPE]i$/.test(like)) return formatBytes(value);
  if (/m$/.test(like) || !Number.isInteger(value)) return `${Math.ceil(value * 1000 - 1e-6)}m`;
  return String(value);
}

/** Bytes in the largest binary unit that keeps them whole after rounding up to mebibytes. */
export function formatBytes(value: number): string {
  const mebibytes = Math.ceil(value / 2 ** 20 - 1e-6) * 2 ** 20;
  for (const [suffix, unit] of BINARY)
    if (mebibytes % unit === 0 && mebibytes >= unit) return `${mebibytes / unit}${suffix}`;
  return String(Math.ceil(value));
}

/** Cores: `250m` below one core or between whole ones, `4` for whole ones. */
export function formatCores(value: number): string {
  return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
}

/** An amount of a resource in its usual notation. */
export function formatResource(resource: string, value: number): string {
  if (resource === 'cpu') return formatCores(value);
  return resource === 'memory' || resource.endsWith('storage') ? formatBytes(value) : String(value);
}

/**
 * What the scheduler counts for a pod: the sum over containers and native sidecars, or the largest init container with
 * the sidecars that run by then, whichever is more (KEP-753).
 */
export function podRequest(spec: PodSpec | undefined, resource: string): number {
  let sidecars = 0;
  let largestInit = 0;
  for (const container of spec?.initContainers ?? []) {
    const own = requestOf(container, resource);
    if (container.restartPolicy === 'Always') sidecars += own;
    else largestInit = Math.max(largestInit, sidecars + own);
  }
  const running = (spec?.containers ?? []).reduce((sum, container) => sum + requestOf(container, resource), sidecars);
  return Math.max(running, largestInit);
}

/** A container's request; its limit where only that is given (the API server copies it over). */
export function requestOf(container: Container, resource: string): number {
  const { requests, limits } = container.resources ?? {};
  return parseQuantity(requests?.[resource] ?? limits?.[resource]) ?? 0;
}
