import type { Snapshot } from '../model/snapshot.ts';

/**
 * The namespace that a recording was made of, when it was one; of others it holds what was looked up there. The slices of
 * those are asked for by Service, never as a whole.
 */
export function recordedNamespace({ coverage }: Snapshot): string | undefined {
  const whole = coverage.filter(({ kind, subset }) => kind === 'EndpointSlice' && subset === undefined);
  const [only, ...more] = new Set(whole.map(({ namespace }) => namespace));
  return more.length > 0 || only === '*' ? undefined : only;
}

/**
 * The namespace that a snapshot is about, when it can only be one: the one that was recorded, the only one with a Service
 * in it, or, without any Service, the only one with any namespaced object.
 */
export function onlyNamespace(snapshot: Snapshot): string | undefined {
  const recorded = recordedNamespace(snapshot);
  if (recorded !== undefined) return recorded;
  const ofServices = new Set((snapshot.objects.Service ?? []).map((service) => service.metadata?.namespace ?? ''));
  if (ofServices.size === 1) return [...ofServices][0] || undefined;
  if (ofServices.size > 1) return undefined;
  const all = new Set<string>();
  for (const list of Object.values(snapshot.objects)) {
    for (const object of list ?? []) if (object.metadata?.namespace) all.add(object.metadata.namespace);
  }
  return all.size === 1 ? [...all][0] : undefined;
}
