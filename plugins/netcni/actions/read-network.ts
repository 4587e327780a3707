import type { Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { kindAmong, kindOfAnyWord } from '../../../shared/cli/kind-words.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import { isProvenAbsent } from '../../../shared/model/absence.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { joinNames } from '../../../shared/util/text.ts';

export interface NetworkFacts {
  readonly snapshot: Snapshot;
  readonly index: ClusterIndex;
  /** The node of --node, which is known to exist as far as nodes were read. */
  readonly node: string | undefined;
}

/** The facts of the network: from a cluster what the checks read, from files all there is. */
export async function readNetwork(request: Request): Promise<NetworkFacts> {
  const snapshot = await request.facts.snapshot(async (gatherer) => {
    const { networkPlan } = await import('../collect/network-plan.ts');
    await networkPlan(gatherer);
  });
  const index = createIndex(snapshot);
  return { snapshot, index, node: knownNode(index, request.options.string('node')) };
}

/** The node that was named, which is known to exist as far as nodes were read. Throws a UsageError for any other. */
export function knownNode(index: ClusterIndex, node: string | undefined): string | undefined {
  if (node !== undefined && isProvenAbsent(index, 'Node', undefined, node)) {
    const near = nearestWords(node, index.list('Node').map(nameOf));
    throw new UsageError(
      `there is no node ${node}`,
      near.length === 0
        ? `There are: ${joinNames(index.list('Node').map(nameOf))}`
        : `Did you mean ${joinNames(near)}?`,
    );
  }
  return node;
}

/** Refuses words where a command takes none. */
export function takesNoWords({ args }: Request, name: string): void {
  const [word] = args;
  if (word === undefined) return;
  if (kindAmong(['Node', 'Pod'], word) !== undefined) {
    throw new UsageError(`${name} takes no names`, `All nodes: kubectl netcni ${name}`);
  }
  throw new UsageError(
    `${name} takes no names`,
    `One node: kubectl netcni ${name} --node ${word.replace(/^nodes?\//, '')}`,
  );
}

/** A pod as words name it: `NAME`, `pod/NAME`, `NS/NAME`, `pod/NS/NAME`. Throws a UsageError for another kind. */
export function podWord(word: string): { readonly namespace?: string; readonly name: string } {
  const parts = word.split('/');
  const kind = parts.length === 1 ? 'Pod' : kindOfAnyWord(parts[0] ?? '');
  const plain = parts.length > 1 && kind === 'Pod' ? parts.slice(1) : parts;
  if (plain.length > 2 || plain.includes('') || (kind !== undefined && kind !== 'Pod')) {
    throw new UsageError(`${word} is not the name of a pod`, 'Its name: kubectl get pods -o wide');
  }
  const [first = '', second] = plain;
  return second === undefined ? { name: first } : { namespace: first, name: second };
}
