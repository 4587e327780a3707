import type { ListOptions } from '../../kube/ports.ts';

/**
 * What part of a list was asked for, in the words of `Coverage.subset`; undefined for the whole. `got` is set when the
 * reading stopped after so many objects.
 */
export function subsetOf(options: ListOptions, got?: number): string | undefined {
  const parts: string[] = [];
  if (options.labelSelector) parts.push(`selector ${options.labelSelector}`);
  if (options.fieldSelector) parts.push(`field ${options.fieldSelector}`);
  if (got !== undefined) parts.push(`first ${got}`);
  return parts.length === 0 ? undefined : parts.join(', ');
}
