import type { Ref } from '../model/refs.ts';

/** `critical`: requests fail now. `warning`: some fail, or will. `info`: true and worth knowing, nothing is broken. */
export type Severity = 'critical' | 'warning' | 'info';

/** `proven`: the facts allow nothing else. `likely`: the usual reading. `possible`: one of several. */
export type Confidence = 'proven' | 'likely' | 'possible';

/** One observed fact and where it stands: `Service shop/web spec.selector`. */
export interface Evidence {
  readonly fact: string;
  readonly source: string;
}

/** A line to paste. `risk` is what may go wrong for traffic that works now. */
export interface Fix {
  readonly title: string;
  readonly command: string;
  readonly risk: 'none' | 'low' | 'high';
  readonly undo?: string;
}

/** A judgement about one object, with its words already filled in from the catalogue. */
export interface Finding {
  readonly code: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly subject: Ref;
  /** 1-based line in the text that the finding is about (a Corefile); absent when it is about no text. */
  readonly line?: number;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
  readonly explain: string;
  /** `cause` may explain an outage; `note` is told under findings whatever else is true. */
  readonly role: 'cause' | 'note';
  /**
   * How near to the root: a lower rung explains a higher one for the same pods (a node that is down explains probes
   * that fail). See `shared/diagnose/rank.ts`.
   */
  readonly rung: number;
  /** Share of the requests that fail because of it, 0 to 1, as far as counts can tell. */
  readonly impact: number;
  /** Keys (`namespace/name`) of the pods concerned; absent when the finding is not about pods. */
  readonly pods?: readonly string[];
  /** Services that those pods ask for and do not get: where one of them is at fault itself, that is nearer to the root. */
  readonly dependsOn?: readonly Ref[];
  /** Those of `dependsOn` that the pods' own words name: the last lines of a log, a probe, the command that waits. */
  readonly waitsFor?: readonly Ref[];
  /** Where the object stands in a file, for facts from files. */
  readonly place?: { readonly path: string; readonly line: number };
  /** Codes that are only consequences of this one, wherever they concern the same subject or pods. */
  readonly covers: readonly string[];
}
