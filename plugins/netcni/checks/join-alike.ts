import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { alikeNodes } from '../facts/alike-nodes.ts';
import { nodeWords } from './words.ts';

/** What was found on one node, and the words that it shares with others of the same cause, whatever the numbers. */
export interface NodeFinding {
  readonly name: string;
  readonly words: string;
  readonly finding: Finding;
}

/** How many of the other nodes are told with their own numbers, and with their own lines to paste. */
const TOLD = 4;
const MENDED = 2;

/** One fault on several nodes is one cause: the first node's words, and the others with their numbers as evidence. */
export function joinAlike(index: ClusterIndex, found: readonly NodeFinding[]): readonly Finding[] {
  return alikeNodes(index, found, ({ words, finding }) => `${finding.severity} ${words}`).map(
    ([{ finding: first }, ...rest]) => {
      if (rest.length === 0) return first;
      const own = new Set(first.fixes.map(({ command }) => command));
      return {
        ...first,
        summary: `${first.summary}; the same on ${nodeWords(rest.map(({ name }) => name))}`,
        impact: Math.min(
          1,
          [first, ...rest.map(({ finding }) => finding)].reduce((sum, { impact }) => sum + impact, 0),
        ),
        pods: [...(first.pods ?? []), ...rest.flatMap(({ finding }) => finding.pods ?? [])],
        evidence: [
          ...first.evidence,
          ...rest.slice(0, TOLD).map(({ name, finding }) => ({ fact: finding.summary, source: `Node ${name}` })),
        ],
        fixes: [
          ...first.fixes,
          ...rest
            .slice(0, MENDED)
            .flatMap(({ finding }) =>
              finding.fixes.filter(({ risk, command }) => risk !== 'none' && !own.has(command)),
            ),
        ],
      };
    },
  );
}
