import type { ClusterIndex } from '../model/cluster-index.ts';
import { keptAnswers } from './kept-answers.ts';
import type { WireAnswer, WireQuestion } from './wire.ts';

/** What one DNS server said when it was asked, as it is kept under `tools/dns/POD.json`. */
export interface ServerAnswers {
  readonly pod: string;
  readonly namespace: string;
  readonly answers: readonly WireAnswer[];
  /** Why it could not be asked, or stopped answering; undefined when every question got its answer. */
  readonly failed?: string;
  /** The questions of the last connection that got no answer, where some did. */
  readonly unanswered?: readonly WireQuestion[];
  /** The reason is one of rights or of the way there, so that it says nothing of the server. */
  readonly unasked?: boolean;
}

/** Where the answers of a server are kept. */
export function answersPath(pod: string): string {
  return `tools/dns/${pod}.json`;
}

/** What the servers said, by pod. A file that is none of ours is passed over. */
export function serverAnswersOf(index: ClusterIndex): readonly ServerAnswers[] {
  return keptAnswers<ServerAnswers>(index, 'tools/dns', 'answers');
}
