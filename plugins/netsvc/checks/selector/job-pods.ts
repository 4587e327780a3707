import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { plural } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { PORT_USES } from '../ports/port-uses.ts';
import { narrowFix, strangerEvidence } from './selector-too-wide.ts';
import { type Stranger, shareWords, strangersOf } from './strangers.ts';

/** Running pods of a Job take requests beside the workload that serves. Finished ones are no endpoints and no fault. */
export const jobPods = defineCheck<ServiceSubject>({
  id: 'netsvc/job-pods',
  group: 'selector',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index }) =>
    strangersOf(index, subject)
      .filter(({ owner }) => owner.kind === 'Job' || owner.kind === 'CronJob')
      .map((stranger) =>
        selectorMessages.SVC110.raise({
          subject: stranger.owner,
          severity: stranger.share > 0 ? 'warning' : 'info',
          confidence: 'likely',
          impact: stranger.share,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            job: `${stranger.owner.kind} ${stranger.owner.name}`,
            pods: plural(stranger.backends.length, 'running pod'),
            why: stranger.why,
            share: shareWords(stranger),
            fixes: fixesOf(subject, stranger),
          },
          evidence: strangerEvidence(subject, stranger),
        }),
      ),
});

/** The template of a Job is immutable: its running pods can be relabelled, or the selector narrowed. */
function fixesOf(subject: ServiceSubject, stranger: Stranger): readonly Fix[] {
  const [key] = Object.keys(subject.selector ?? {});
  const pods = stranger.backends.map(({ pod }) => pod.metadata?.name ?? '').join(' ');
  const narrow = narrowFix(subject, stranger);
  if (key === undefined) return narrow;
  const at = `kubectl label pod ${pods} -n ${subject.namespace}`;
  return [
    ...narrow,
    {
      title: 'take the pods of the Job out of rotation now',
      command: `${at} ${key}-`,
      risk: 'none',
      undo: `${at} ${key}=${subject.selector?.[key] ?? ''}`,
    },
  ];
}
