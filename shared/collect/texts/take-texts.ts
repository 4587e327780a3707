import { joinNames } from '../../util/text.ts';
import { coverageOf } from '../coverage.ts';
import type { Intake } from '../intake/intake.ts';
import { recordedIn } from './recorded.ts';
import { takeEvents } from './take-events.ts';

/**
 * Takes the events of texts that kubectl printed for people, for namespaces of which no Event objects were read, and names
 * the texts that show what was not recorded otherwise.
 */
export function takeTexts(intake: Intake, takenAt: string): void {
  const { texts, objects } = intake;
  if (texts.length === 0) return;
  const recorded = recordedIn(intake);
  const { byName } = recorded;
  const passed = texts.filter(
    ({ shown, events }) =>
      byName.size === 0 || shown.some((name) => !byName.has(name)) || shown.length + events.length === 0,
  );
  if (passed.length > 0) {
    intake.problems.push({
      path: joinNames([...new Set(passed.map(({ file }) => file.display))]),
      message: 'text as kubectl prints it for people; record it with kubectl get -o yaml',
      ...(passed.some(({ policies }) => policies) ? {} : { aside: true }),
    });
  }
  // Events alone would make a recording without objects look like one in which all is well.
  if (byName.size === 0) return;
  const events = new Map(objects.get('Event'));
  const read = new Set([...events.values()].map(({ metadata }) => metadata?.namespace));
  for (const { kind, namespace, status } of coverageOf(intake)) {
    if (kind === 'Event' && status === 'ok') read.add(namespace);
  }
  if (read.has('*')) return;
  for (const text of texts) takeEvents(intake, text, recorded, read, events, Date.parse(takenAt));
  if (events.size > 0) objects.set('Event', events);
}
