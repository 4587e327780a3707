import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Node } from '../../../shared/model/objects.ts';

/** Beyond so many, one list is quicker than asking node by node. */
const MAX_BY_NAME = 10;

/** The nodes concerned, as far as they could be read; all of them when the question is about where callers stand. */
export async function readNodes(gatherer: Gatherer, names: readonly string[], all: boolean): Promise<readonly Node[]> {
  const wanted = [...new Set(names)];
  if (all || wanted.length > MAX_BY_NAME) {
    const list = await gatherer.tryList('Node');
    if (list.status === 'ok') return list.value;
  }
  const answers = await Promise.all(
    wanted.slice(0, MAX_BY_NAME).map((name) => gatherer.tryGet('Node', undefined, name)),
  );
  // A pod on a node that does not exist: which nodes there are belongs to the answer.
  if (answers.some((answer) => answer.status === 'notFound')) return gatherer.list('Node');
  return answers.flatMap((answer) => (answer.status === 'ok' ? [answer.value] : []));
}
