import type { Plugin, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { kindAmong, kindOfAnyWord } from '../../../shared/cli/kind-words.ts';
import { nearCommand } from '../../../shared/cli/near-command.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import { tellNamespaceIdle } from '../../../shared/cli/whole-cluster.ts';
import { isProvenAbsent } from '../../../shared/model/absence.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { parseCidr } from '../../../shared/util/addresses.ts';
import { joinNames, shellQuote } from '../../../shared/util/text.ts';

export interface NetworkFacts {
  readonly snapshot: Snapshot;
  readonly index: ClusterIndex;
  /** The node of --node, which is known to exist as far as nodes were read. */
  readonly node: string | undefined;
}

/**
 * The facts of the network: from a cluster what the checks read, from files all there is. Who may not see all namespaces
 * is shown what there is in this one, else in the one in force.
 */
export async function readNetwork(request: Request, namespace?: string): Promise<NetworkFacts> {
  const snapshot = await request.facts.snapshot(async (gatherer, inForce) => {
    const { networkPlan } = await import('../collect/network-plan.ts');
    await networkPlan(gatherer, [namespace ?? inForce]);
  });
  const index = createIndex(snapshot);
  return { snapshot, index, node: knownNode(index, request.options.string('node')) };
}

/** The node that was named, which is known to exist as far as nodes were read. Throws a UsageError for any other. */
export function knownNode(index: ClusterIndex, word: string | undefined): string | undefined {
  const node = word?.replace(/^nodes?\//, '');
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

/** Refuses words where a command takes none, with the line that may be meant. */
export function takesNoWords(request: Request, name: string): void {
  const { args, plugin } = request;
  if (args.length > 0) throw new UsageError(`${name} takes no names`, lineMeant(args, plugin, name));
  tellNamespaceIdle(request, name);
}

function lineMeant(args: readonly string[], plugin: Plugin, name: string): string {
  const [word = '', next] = args;
  const takes = (flag: string): boolean =>
    plugin.commands.some((command) => command.name === name && command.options?.some((one) => one.name === flag));
  const near = next === undefined ? undefined : nearCommand(plugin, word);
  if (near !== undefined) return `As a command: kubectl netcni ${[near, ...args.slice(1).map(shellQuote)].join(' ')}`;
  if (parseCidr(word) !== undefined) {
    return takes('peer')
      ? `A range: kubectl netcni ${name} --peer ${word}`
      : 'A range: kubectl netcni ranges --peer CIDR';
  }
  const isNode = kindAmong(['Node'], word) !== undefined;
  const isPod = kindAmong(['Pod'], word) !== undefined;
  if ((isNode || isPod) && next === undefined) return `All nodes: kubectl netcni ${name}`;
  if (isPod || (word.includes('/') && !/^nodes?\//.test(word))) {
    return `One pod: kubectl netcni pod ${shellQuote(isPod ? (next ?? '') : word)}`;
  }
  if (!takes('node')) return `Without words: kubectl netcni ${name}`;
  return `One node: kubectl netcni ${name} --node ${shellQuote(isNode ? (next ?? '') : word.replace(/^nodes?\//, ''))}`;
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
