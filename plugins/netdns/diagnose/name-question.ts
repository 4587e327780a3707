import type { PodResolver } from '../../../shared/dns/pod-resolver.ts';
import type { RecordType } from '../../../shared/dns/records.ts';
import type { Expansion } from '../../../shared/dns/search-expansion.ts';
import type { ServerAnswers } from '../../../shared/dns/server-answers.ts';
import type { Zone } from '../../../shared/dns/zone.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';

/** All that is known of one question. */
export interface NameQuestion {
  readonly index: ClusterIndex;
  readonly name: string;
  readonly types: readonly RecordType[];
  readonly pod: Pod | undefined;
  readonly namespace: string;
  readonly resolver: PodResolver;
  readonly zone: Zone;
  /** The search of the caller's library, with what the servers said where they were asked. */
  readonly expansion: Expansion;
  readonly servers: readonly ServerAnswers[];
}
