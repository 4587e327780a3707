import type { CheckContext } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import type { Reference } from './callers.ts';

/** A reference of a caller, and the Service that it means or may mean. */
export interface Call {
  readonly callee: ServiceSubject;
  readonly reference: Reference;
}

/** The calls that concern a Service. */
export interface Calls {
  /** References to the Service itself. */
  readonly incoming: readonly Reference[];
  /** References of its namespace, of which those of its own pods count. */
  readonly around: () => readonly Reference[];
  /** What such a reference means. */
  readonly meantBy: (reference: Reference) => readonly ServiceSubject[];
}

/** What is wrong with a call, and the key by which it is told once; undefined when nothing is. */
export type JudgeCall = (call: Call) => { readonly key: string; readonly finding: () => Finding } | undefined;

/**
 * What is wrong with the calls to a Service and, when the Service is the question, with those that its ready pods make. A
 * sweep tells these of the Service that is called.
 */
export function findingsOfCalls(
  subject: ServiceSubject,
  { index, sweep }: CheckContext,
  { incoming, around, meantBy }: Calls,
  judge: JudgeCall,
): readonly Finding[] {
  const calls: Call[] = incoming.map((reference) => ({ callee: subject, reference }));
  const { selector } = subject;
  if (sweep !== true && selector !== undefined && subjectPods(index, subject).some(isReady)) {
    for (const reference of around()) {
      if (!matchesLabels(selector, reference.caller.labels)) continue;
      for (const callee of meantBy(reference)) calls.push({ callee, reference });
    }
  }
  const found = new Map<string, Finding>();
  for (const call of calls) {
    const wrong = judge(call);
    if (wrong !== undefined && !found.has(wrong.key)) found.set(wrong.key, wrong.finding());
  }
  return [...found.values()];
}
