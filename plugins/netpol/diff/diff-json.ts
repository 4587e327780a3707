import { type PortSet, samePorts } from '../../../shared/policy/port-set.ts';
import type { Report } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { toCidrs } from '../../../shared/util/addresses.ts';
import { refValue } from '../answer/end-values.ts';
import { gathered } from '../answer/matrix-json.ts';
import { portsValue } from '../words/ports.ts';
import { type Change, groupChanges } from './changes.ts';
import type { Group, Sides } from './sides.ts';

/**
 * The report with a row for every pair that changes, in the form of the matrix: `before` and `after` are ports, `all` or
 * a list, and an empty list where nothing passes. Written as it is found, so that no list of rows is held.
 */
export function* diffJson(report: Report, sides: Sides, controller: readonly ControllerRow[]): Generator<string> {
  const head = JSON.stringify(toJsonValue(report), null, 2).slice(0, -2);
  yield `${head},\n  "connections": [`;
  yield* gathered(rowTexts(sides, controller, '\n    ', ','));
  yield '\n  ]\n}\n';
}

/** The same as YAML; a row stays one line, in the flow form that YAML shares with JSON. */
export function* diffYaml(head: string, sides: Sides, controller: readonly ControllerRow[]): Generator<string> {
  yield `${head}connections:`;
  yield* gathered(rowTexts(sides, controller, '\n  - ', ''));
  yield '\n';
}

/** A path through Ingress and Route objects that changes. */
export interface ControllerRow {
  readonly to: Group['ends'][number];
  readonly change: Change;
}

function* rowTexts(
  sides: Sides,
  controller: readonly ControllerRow[],
  start: string,
  separator: string,
): Generator<string> {
  const values = new Map<Group, readonly string[]>();
  const valuesOf = (group: Group): readonly string[] => {
    let list = values.get(group);
    if (list === undefined) {
      list =
        group.ends.length > 0
          ? group.ends.map(({ ref }) => JSON.stringify(refValue(ref)))
          : group.ranges.flatMap(toCidrs).map((cidr) => JSON.stringify({ cidr }));
      values.set(group, list);
    }
    return list;
  };
  let before = start;
  for (const { from, to, change } of groupChanges(sides)) {
    const rest = restOf(change);
    if (rest === undefined) continue;
    for (const source of valuesOf(from)) {
      for (const target of valuesOf(to)) {
        if (from === to && source === target) continue;
        yield `${before}{"from":${source},"to":${target},${rest}}`;
        before = separator + start;
      }
    }
  }
  for (const { to, change } of controller) {
    const rest = restOf(change);
    if (rest === undefined) continue;
    yield `${before}{"from":{"kind":"IngressController"},"to":${JSON.stringify(refValue(to.ref))},${rest}}`;
    before = separator + start;
  }
}

/** The part of a row behind its ends; undefined when nothing that is sure changes. */
function restOf({ before, after, ends }: Change): string | undefined {
  if (samePorts(before.some, after.some) && samePorts(before.every, after.every)) return undefined;
  const kind = before.some.length === 0 ? 'added' : after.some.length === 0 ? 'removed' : 'changed';
  const whole = samePorts(before.some, before.every) && samePorts(after.some, after.every);
  const all = whole ? '' : `,"beforeOfAllPods":${text(before.every)},"afterOfAllPods":${text(after.every)}`;
  const end = ends === 'both' ? '' : `,"workload":"${ends}"`;
  return `"change":"${kind}","before":${text(before.some)},"after":${text(after.some)}${all}${end}`;
}

function text(set: PortSet): string {
  return JSON.stringify(portsValue(set));
}
