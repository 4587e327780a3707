import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatLabels } from '../../../../shared/model/selectors.ts';
import { plural } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isOneOff } from '../ports/dead-port.ts';
import { PORT_USES } from '../ports/port-uses.ts';
import { roleStrangers } from './role-strangers.ts';
import { selectorKeyFix } from './selector-fixes.ts';
import { type Stranger, shareWords, strangersOf, tellingLabels } from './strangers.ts';

/** The selector catches another workload's pods, which do not serve the port: a share of the requests fails. */
export const selectorTooWide = defineCheck<ServiceSubject>({
  id: 'netsvc/selector-too-wide',
  group: 'selector',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index }) => [
    ...strangersOf(index, subject)
      .filter(({ owner }) => !isOneOff(owner.kind))
      .map((stranger) => finding(subject, stranger, stranger.why, shareWords(stranger))),
    ...roleStrangers(index, subject).map((stranger) =>
      finding(
        subject,
        stranger,
        stranger.why,
        `${stranger.count} are of that app, about ${Math.round(stranger.share * 100)} % of the requests reach it`,
      ),
    ),
  ],
});

function finding(subject: ServiceSubject, stranger: Stranger, why: string, share: string): Finding {
  const { owner, backends, known } = stranger;
  return selectorMessages.SVC105.raise({
    subject: subject.ref,
    severity: stranger.share > 0 ? 'warning' : 'info',
    confidence: known ? 'likely' : 'possible',
    impact: stranger.share,
    args: {
      service: `${subject.namespace}/${subject.name}`,
      selector: formatLabels(subject.selector),
      strangers: `${owner.kind} ${owner.name} (${plural(backends.length, 'pod')})`,
      why: `which ${why}`,
      share,
      fixes: narrowFix(subject, stranger),
    },
    evidence: strangerEvidence(subject, stranger),
  });
}

/** What both kinds of pods carry, so that the missing key can be seen. */
export function strangerEvidence(subject: ServiceSubject, stranger: Stranger) {
  const [right] = stranger.others;
  const [wrong] = stranger.backends;
  return [
    { fact: `selector ${formatLabels(subject.selector)}`, source: `${formatRef(subject.ref)} spec.selector` },
    ...[wrong, right].flatMap((backend) =>
      backend === undefined
        ? []
        : [
            {
              fact: `carries ${formatLabels(backend.pod.metadata?.labels)}`,
              source: `Pod ${backend.key}${backend.owner.kind === 'Pod' ? '' : ` of ${backend.owner.kind} ${backend.owner.name}`}`,
            },
          ],
    ),
    { fact: stranger.why, source: formatRef(stranger.owner) },
  ];
}

/** Adds the key that the strangers lack to the selector. */
export function narrowFix(subject: ServiceSubject, stranger: Stranger): readonly Fix[] {
  const labels = tellingLabels(stranger);
  if (Object.keys(labels).length === 0) return [];
  return [selectorKeyFix(subject, labels, `select ${formatLabels(labels)} as well, which only the right pods carry`)];
}
