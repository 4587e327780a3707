import { formatRef } from '../../../shared/model/refs.ts';
import type { Section } from '../../../shared/report/report.ts';
import { joinNames, plural, wrap } from '../../../shared/util/text.ts';
import { rangesWords } from '../answer/end-values.ts';
import type { Compared } from './compare.ts';
import { controllerSections } from './controller-paths.ts';
import { changedPorts, emptiedLine, NAMES, sendersWords, serviceLine } from './diff-words.ts';
import type { Effect } from './summary.ts';
import { whyClosed } from './why-closed.ts';

/** What a change does, for people: objects, Services, receivers, paths of controllers. */
export function sectionsOf(compared: Compared): readonly Section[] {
  const { summary, services, emptied, objects, fresh, gone } = compared;
  const sections: Section[] = [];
  const objectLines = [
    ...(['created', 'changed', 'deleted'] as const).flatMap((what) =>
      objects[what].length === 0 ? [] : [`${what}: ${joinNames(objects[what], 6)}`],
    ),
    ...(objects.unchanged > 0 ? [`unchanged: ${plural(objects.unchanged, 'object')}`] : []),
    ...(fresh.length > 0
      ? [
          `new: ${joinNames(
            fresh.map(({ ref }) => formatRef(ref)),
            6,
          )}`,
        ]
      : []),
    ...(gone.length > 0
      ? [
          `gone: ${joinNames(
            gone.map(({ ref }) => formatRef(ref)),
            6,
          )}`,
        ]
      : []),
  ];
  if (objectLines.length > 0)
    sections.push({ type: 'text', title: 'Objects', lines: objectLines.flatMap((line) => wrap(line, 78, '  ')) });
  if (services.length + emptied.length > 0) {
    const lines = [
      ...emptied.flatMap((service) => wrapItem(emptiedLine(service))),
      ...services.flatMap((loss) => wrapItem(serviceLine(loss))),
    ];
    sections.push({ type: 'text', title: 'Services that would lose traffic', lines });
  }
  for (const [effect, title] of [
    ['lost', 'Lost'],
    ['gained', 'Gained'],
    ['mayLose', 'May be lost, not decided'],
    ['mayGain', 'May be gained, not decided'],
  ] as const) {
    const lines = linesOf(compared, effect);
    if (lines.length > 0) sections.push({ type: 'text', title, lines });
  }
  sections.push(...controllerSections(compared));
  if (summary.idle > 0) sections.push({ type: 'text', title: 'Lost where nobody serves', lines: idleLines(compared) });
  const { added, removed, changed } = summary;
  if (added + removed + changed > 0) {
    sections.push({
      type: 'text',
      lines: [`Pairs: ${added} added, ${removed} removed, ${changed} changed; every one with -o json`],
    });
  }
  return sections;
}

/** A line, not a list: that a policy closes every port but the one that is used is what it is for. */
function idleLines({ summary: { receivers } }: Compared): readonly string[] {
  const closed = receivers.filter(({ incoming }) => incoming.some(({ effect }) => effect === 'idle'));
  const names = closed.flatMap(({ group }) => group.ends.map(({ ref }) => formatRef(ref)));
  const text =
    `ports of ${joinNames(names, NAMES)} that no container there declares and no Service sends to; this is no loss, ` +
    'unless a program listens on a port that it does not declare (-o json has the ports)';
  return wrapItem(text);
}

/** Receivers that are listed; the rest is in the JSON. */
const LISTED = 40;

function linesOf(compared: Compared, effect: Effect): readonly string[] {
  const lines: string[] = [];
  let hidden = 0;
  let shown = 0;
  for (const { group, incoming } of compared.summary.receivers) {
    const own = incoming.filter((one) => one.effect === effect);
    if (own.length === 0) continue;
    if (shown === LISTED) {
      hidden += Math.max(group.ends.length, 1);
      continue;
    }
    shown++;
    const receiver =
      group.ends.length === 0
        ? rangesWords(group.ranges)
        : joinNames(
            group.ends.map(({ ref }) => formatRef(ref)),
            3,
          );
    const end = group.ends.length === 1 ? group.ends[0] : undefined;
    lines.push(...wrap(receiver, 80, '  '));
    for (const one of own) lines.push(...wrapItem(`${changedPorts(one.ports)} from ${sendersWords(one, end)}`, '    '));
    const because = effect === 'lost' ? whyClosed(compared, group, end, own) : undefined;
    if (because !== undefined) lines.push(...wrap(because, 80, '      '));
  }
  return hidden > 0 ? [...lines, `  ${plural(hidden, 'more receiver')}: -o json`] : lines;
}

function wrapItem(text: string, indent = '  '): readonly string[] {
  return wrap(text, 80, `${indent}  `).map((line, at) => (at === 0 ? `${indent}- ${line.trimStart()}` : line));
}
