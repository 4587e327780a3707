import { isApplied } from '../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Refused } from '../actions/gaps.ts';
import { formChecks } from '../checks/form/checks.ts';
import { unknownFieldsOf } from '../checks/form/unknown-fields.ts';
import { readingOf } from '../checks/form/unknown-finding.ts';
import { unreadableIn } from '../checks/form/unreadable.ts';
import { lintIndex } from './lint-facts.ts';
import { policySubjects } from './policy-subject.ts';
import { placeOf } from './with-places.ts';

/** Policies with a word that kubectl takes for a boolean. Those with a number were not taken in at all. */
export function misreadPolicies({ misread = [] }: Snapshot): readonly Refused[] {
  return misread
    .filter(({ object, as }) => object.kind.endsWith('NetworkPolicy') && (as === 'true' || as === 'false'))
    .map(({ path, line, field, text, as, object }) => ({
      namespace: object.namespace,
      reason: `${path}:${line}: ${formatRef(object)} has ${field}: ${text} without quotes; kubectl reads ${as}`,
      so: 'meant',
    }));
}

/**
 * Fields of policies that a cluster holds and that are not known here, or that nobody can carry out. A field that a kind
 * gains decides whom a rule means or when, and a misspelt one was written into the file after it was read from the
 * cluster: what comes of it here is no answer.
 */
export function unknownInHeld(index: ClusterIndex, cni: string | undefined): readonly Refused[] {
  return policySubjects(lintIndex(index, cni), undefined)
    .filter(({ object }) => isApplied(object))
    .flatMap((subject) => {
      const { namespace, ref, kind, object } = subject;
      const unknown = unknownFieldsOf(kind, object).map(
        ({ field }) => `${field} is not known to this version; ${readingOf(subject, field)}`,
      );
      const unreadable = kind === 'NetworkPolicy' ? [] : unreadableIn(object);
      return [...unknown, ...unreadable.map(({ field, problem }) => `${field}: ${problem}`)].map(
        (words): Refused => ({ namespace, reason: `${formatRef(ref)} ${words}`, so: 'unknown' }),
      );
    });
}

/**
 * What an API server would refuse of policies that were never applied. They are judged as far as they have a meaning, but
 * would not be in force. What a server holds, it once took in.
 */
export function refusedPolicies(index: ClusterIndex, cni: string | undefined): readonly Refused[] {
  const facts = lintIndex(index, cni);
  const context = { index: facts, now: facts.now };
  return policySubjects(facts, undefined)
    .filter(({ object }) => !isApplied(object))
    .flatMap((subject) =>
      // The form of an object that was read is there to be judged, whatever else was not.
      formChecks
        .filter(({ applies }) => applies?.(subject, context) !== false)
        .flatMap((check) => check.run(subject, context))
        .filter(({ severity }) => severity === 'critical')
        .map((finding) => {
          const place = placeOf(facts, finding);
          const reason = place === undefined ? finding.summary : `${place}: ${finding.summary}`;
          return { namespace: subject.namespace, reason, so: finding.code === 'POL327' ? 'unknown' : 'refused' };
        }),
    );
}
