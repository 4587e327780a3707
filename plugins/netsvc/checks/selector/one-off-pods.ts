import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { PORT_USES } from '../ports/port-uses.ts';
import { strangerEvidence } from './selector-too-wide.ts';
import { type Stranger, shareWords, strangersOf } from './strangers.ts';

/** A pod that somebody started by hand takes requests beside a workload, and does not serve them. */
export const oneOffPods = defineCheck<ServiceSubject>({
  id: 'netsvc/one-off-pods',
  group: 'selector',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index }) =>
    strangersOf(index, subject)
      .filter(({ owner }) => owner.kind === 'Pod')
      .map((stranger) =>
        selectorMessages.SVC109.raise({
          subject: stranger.owner,
          severity: stranger.share > 0 ? 'warning' : 'info',
          confidence: stranger.known ? 'likely' : 'possible',
          impact: stranger.share,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            pods: `Pod ${stranger.owner.name}`,
            why: stranger.why,
            share: shareWords(stranger),
            fixes: fixesOf(subject, stranger),
          },
          evidence: strangerEvidence(subject, stranger),
        }),
      ),
});

function fixesOf(subject: ServiceSubject, { owner }: Stranger): readonly Fix[] {
  const selector = subject.selector ?? {};
  const at = `kubectl label pod ${owner.name} -n ${subject.namespace}`;
  const [key] = Object.keys(selector);
  if (key === undefined) return [];
  return [
    {
      title: 'take the pod out of rotation; it runs on',
      command: `${at} ${key}-`,
      risk: 'none',
      undo: `${at} ${key}=${selector[key] ?? ''}`,
    },
    { title: 'or delete it', command: `kubectl delete pod ${owner.name} -n ${subject.namespace}`, risk: 'low' },
  ];
}
