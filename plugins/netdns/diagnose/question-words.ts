import type { Evidence } from '../../../shared/messages/finding.ts';
import { podKey } from '../../../shared/model/pods.ts';
import { type Ref, refOf } from '../../../shared/model/refs.ts';
import type { NameQuestion } from './name-question.ts';

/** What a finding about the question is of: the pod that asks, or the name by itself. */
export function subjectOf({ pod, name }: NameQuestion): Ref {
  return pod === undefined ? { kind: 'Name', name } : refOf(pod, 'Pod');
}

/** ` for pod NAMESPACE/NAME`, or nothing. */
export function who({ pod }: NameQuestion): string {
  return pod === undefined ? '' : ` for pod ${podKey(pod)}`;
}

/** Every name that is asked, with its answer, as evidence. */
export function searchEvidence({ expansion }: NameQuestion): readonly Evidence[] {
  return expansion.queries.map(({ name, answer, suffix }) => ({
    fact: `${name}. → ${answer === 'nxdomain' ? 'NXDOMAIN' : answer}`,
    source: suffix === undefined ? `${expansion.libc}, as it is` : `${expansion.libc}, search domain ${suffix}`,
  }));
}
