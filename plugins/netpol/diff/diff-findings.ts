import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import { formatRef, nameOf, namespaceOrDefault } from '../../../shared/model/refs.ts';
import { formatLabels } from '../../../shared/model/selectors.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { rangesWords } from '../answer/end-values.ts';
import { changeMessages } from '../messages/change.ts';
import type { Compared } from './compare.ts';
import { controllerFindings } from './controller-paths.ts';
import { changedPorts, NAMES, senderNames, sendersWords } from './diff-words.ts';
import type { DiffEnd } from './sides.ts';
import { portsOf } from './summary.ts';
import { whyClosed } from './why-closed.ts';

/** Which changes are fine; any other makes the exit status 1. */
export type Expect = 'none' | 'gained' | 'lost' | 'any';

/** Findings of one sort; more are counted. */
const MOST = 100;

/** What happens that was not expected. */
export function unexpected(compared: Compared, expect: Expect): readonly Finding[] {
  const lost = expect === 'gained' || expect === 'none';
  const gained = expect === 'lost' || expect === 'none';
  return [
    ...(lost
      ? [...emptiedFindings(compared), ...flowFindings(compared, 'lost'), ...controllerFindings(compared, 'lost')]
      : []),
    ...(expect === 'none' ? flowFindings(compared, 'idle') : []),
    ...(gained ? [...flowFindings(compared, 'gained'), ...controllerFindings(compared, 'gained')] : []),
    ...(expect === 'none' ? movedFindings(compared) : []),
  ];
}

function emptiedFindings({ emptied }: Compared): readonly Finding[] {
  return emptied.slice(0, MOST).map((service) => {
    const ref = { kind: 'Service', namespace: namespaceOrDefault(service), name: nameOf(service) };
    return changeMessages.POL503.raise({
      subject: ref,
      args: { service: formatRef(ref), labels: formatLabels(service.spec?.selector ?? {}) },
      evidence: [],
    });
  });
}

/** A workload that comes or goes is a change where none was to be, when anything could talk to it. */
function movedFindings({ fresh, gone, summary: { added, removed } }: Compared): readonly Finding[] {
  if (added + removed === 0) return [];
  return [...gone.map((end) => [end, 'gone'] as const), ...fresh.map((end) => [end, 'new'] as const)]
    .slice(0, MOST)
    .map(([{ ref }, what]) =>
      changeMessages.POL504.raise({ subject: ref, args: { workload: formatRef(ref), what }, evidence: [] }),
    );
}

function flowFindings(compared: Compared, effect: 'lost' | 'idle' | 'gained'): readonly Finding[] {
  const message = effect === 'gained' ? changeMessages.POL502 : changeMessages.POL501;
  const findings: Finding[] = [];
  for (const { group, incoming } of compared.summary.receivers) {
    const own = incoming.filter((one) => one.effect === effect);
    if (own.length === 0) continue;
    const receivers: readonly (DiffEnd | undefined)[] = group.ends.length > 0 ? group.ends : [undefined];
    for (const end of receivers) {
      if (findings.length === MOST) return findings;
      const because = effect === 'gained' ? undefined : whyClosed(compared, group, end, own);
      findings.push(
        message.raise({
          subject: end?.ref ?? { kind: 'Address', name: rangesWords(group.ranges) },
          confidence: compared.enforcement.enforced === 'no' || effect === 'idle' ? 'possible' : 'proven',
          args: {
            receiver: end === undefined ? rangesWords(group.ranges) : formatRef(end.ref),
            ports: changedPorts(portsOf(own, effect)),
            senders: joinNames(
              own.flatMap((one) => senderNames(one, end)),
              NAMES,
            ),
            because: because === undefined ? '' : `: ${because}`,
          },
          evidence: own.map(
            (one): Evidence => ({
              fact: `${effect === 'idle' ? 'lost, where nobody serves' : effect}: ${changedPorts(one.ports)} from ${sendersWords(one, end)}`,
              source: '',
            }),
          ),
        }),
      );
    }
  }
  return findings;
}
