import type { Gatherer } from '../../../shared/collect/gather/gather.ts';

/** Names that are looked for at most: each costs the server a look at all Services. */
const MOST = 3;

/** Services of these names in whatever namespace, where the namespace in which they are wanted has none. */
export async function readNamesakes(gatherer: Gatherer, names: readonly string[]): Promise<void> {
  const wanted = [...new Set(names)].slice(0, MOST);
  await Promise.all(wanted.map((name) => gatherer.list('Service', { fieldSelector: `metadata.name=${name}` })));
}
