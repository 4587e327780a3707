import type { Ref } from '../../shared/model/refs.ts';

/** What a question is about: the network of the cluster, or of one node. */
export interface ClusterSubject {
  /** The node asked about; undefined for all of them. */
  readonly node?: string;
}

/** How findings name the nodes they concern: a finding that is nearer to the root explains others of the same nodes. */
export function nodeKey(name: string): string {
  return `node/${name}`;
}

/** The nodes that a finding concerns; undefined when it concerns the cluster as a whole. */
export function nodesOf(finding: {
  readonly subject: Ref;
  readonly pods?: readonly string[];
}): readonly string[] | undefined {
  const named = (finding.pods ?? []).filter((key) => key.startsWith('node/')).map((key) => key.slice('node/'.length));
  if (named.length > 0) return named;
  return finding.subject.kind === 'Node' ? [finding.subject.name] : undefined;
}
