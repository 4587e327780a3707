import { rankFindings } from '../../../shared/diagnose/rank.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import { type ClusterIndex, freshMemos } from '../../../shared/model/cluster-index.ts';
import type { KindName, KindTypes } from '../../../shared/model/kinds.ts';
import type { Node } from '../../../shared/model/objects.ts';
import { nameOf, refKey } from '../../../shared/model/refs.ts';
import { formatDuration } from '../../../shared/util/duration.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { nodesOf } from '../cluster-subject.ts';
import { FRESH, nodeFacts } from '../facts/nodes.ts';

/** Nodes that would be at fault, had they not joined so lately that everything on them may still be starting. */
export interface YoungNodes {
  readonly names: readonly string[];
  /** `node n3 joined 45s ago and is not judged yet`. */
  readonly words: string;
  /** The same with the time from which on it is, and what would be said of it now. */
  readonly reason: string;
}

/**
 * The nodes whose faults were passed over for their youth, with what is not there yet: the same checks say so, asked as
 * if these nodes had been there for longer. A young node that has all it needs is none of them.
 */
export function youngNodes(
  index: ClusterIndex,
  runs: readonly CheckRun[],
  node: string | undefined,
): YoungNodes | undefined {
  const young = nodeFacts(index).filter(({ fresh, name }) => fresh && (node === undefined || name === node));
  if (young.length === 0) return undefined;
  const names = young.map(({ name }) => name);
  const known = new Set(causesOf(runs).flatMap((finding) => keysOf(finding, names)));
  const context = { index: grownUp(index), now: index.now };
  const later = rankFindings(causesOf(runChecks(checks, node === undefined ? {} : { node }, '*', context))).causes;
  const pending = later.filter((finding) => keysOf(finding, names).some((key) => !known.has(key)));
  const waiting = young.filter(({ name }) =>
    pending.some((finding) => keysOf(finding, [name]).some((key) => !known.has(key))),
  );
  const [first] = pending;
  if (first === undefined || waiting.length === 0) return undefined;
  const ages = waiting.map(({ node: { metadata } }) => index.now - Date.parse(metadata?.creationTimestamp ?? ''));
  const [kind, is] = waiting.length === 1 ? ['node', 'is'] : ['nodes', 'are'];
  const joined = `${kind} ${joinNames(waiting.map(({ name }) => name))} joined ${ageWords(ages)} ago and ${is}`;
  return {
    names: waiting.map(({ name }) => name),
    words: `${joined} not judged yet`,
    reason: `${joined} judged from ${formatDuration(FRESH)} on; so far ${first.summary}`,
  };
}

/** `45s`, or `40s to 90s` for several. */
function ageWords(ages: readonly number[]): string {
  const [least, most] = [formatDuration(Math.min(...ages)), formatDuration(Math.max(...ages))];
  return least === most ? least : `${least} to ${most}`;
}

function causesOf(runs: readonly CheckRun[]): readonly Finding[] {
  return runs
    .flatMap(({ outcome }) => (outcome.result === 'fail' ? outcome.findings : []))
    .filter(({ role }) => role === 'cause');
}

/** One key for each of these nodes that the finding concerns; what names no node concerns all of them. */
function keysOf(finding: Finding, names: readonly string[]): readonly string[] {
  const nodes = nodesOf(finding);
  if (nodes === undefined) return names.map((name) => `${finding.code} ${refKey(finding.subject)} ${name}`);
  return nodes.filter((name) => names.includes(name)).map((name) => `${finding.code} ${name}`);
}

/** The same facts, every node of which has been there long enough to be judged. */
function grownUp(index: ClusterIndex): ClusterIndex {
  const before = new Date(index.now - FRESH).toISOString();
  const nodes = index.list('Node').map((node): Node => {
    const young = index.now - Date.parse(node.metadata?.creationTimestamp ?? '') < FRESH;
    return young ? { ...node, metadata: { ...node.metadata, creationTimestamp: before } } : node;
  });
  const byName = new Map(nodes.map((node) => [nameOf(node), node]));
  return {
    ...index,
    ...freshMemos(),
    list: <K extends KindName>(kind: K, namespace?: string) =>
      kind === 'Node' ? (nodes as readonly KindTypes[K][]) : index.list(kind, namespace),
    get: <K extends KindName>(kind: K, namespace: string | undefined, name: string) =>
      kind === 'Node' ? (byName.get(name) as KindTypes[K] | undefined) : index.get(kind, namespace, name),
  };
}
