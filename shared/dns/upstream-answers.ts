import type { ClusterIndex } from '../model/cluster-index.ts';
import { keptAnswers } from './kept-answers.ts';

/** Our own questions about names that nobody has begin so: logs are full of what is asked, and these mean nothing. */
export const PROBE_PREFIX = 'kubectl-net-';

/** What one DNS server passed back from above, as it is kept under `tools/upstreams/POD.json`. */
export interface UpstreamAnswers {
  readonly pod: string;
  readonly namespace: string;
  readonly zones: readonly ZoneAnswer[];
}

/** How a server did with names that nobody has in a zone which it forwards: NXDOMAIN, quickly, is the sound answer. */
export interface ZoneAnswer {
  /** `.` for names outside of the cluster, else like `corp.example.`. */
  readonly zone: string;
  readonly first: ProbeAnswer;
  /**
   * For `.`: a second name, below `localhost`, which resolvers answer by themselves (RFC 6761 §6.3), so that one that
   * cannot reach the world is told from one that is silent. Asked only when the first was not answered soundly.
   */
  readonly second?: ProbeAnswer;
  /**
   * The least milliseconds that the upstream took for further questions about the first name, which it knows by then,
   * without the way to the server; undefined when they were not asked.
   */
  readonly steadyMs?: number;
}

export interface ProbeAnswer {
  readonly name: string;
  /** Undefined: no answer within the time that a resolver waits. */
  readonly rcode?: string;
  /** Milliseconds, the way to the server included. */
  readonly ms?: number;
}

/** Where the answers of a server are kept. */
export function upstreamsPath(pod: string): string {
  return `tools/upstreams/${pod}.json`;
}

/** What the servers passed back, by pod. A file that is none of ours is passed over. */
export function upstreamAnswersOf(index: ClusterIndex): readonly UpstreamAnswers[] {
  return keptAnswers<UpstreamAnswers>(index, 'tools/upstreams', 'zones');
}

/** NOERROR and NXDOMAIN say that somebody above answered; everything else says that nobody did so soundly. */
export function isSound({ rcode }: ProbeAnswer): boolean {
  return rcode === 'NOERROR' || rcode === 'NXDOMAIN';
}
