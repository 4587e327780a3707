import { type PortSet, samePorts } from '../../../shared/policy/rules/port-set.ts';
import type { Report } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { toCidrs } from '../../../shared/util/addresses.ts';
import { refValue } from '../answer/end-values.ts';
import { orEmpty } from '../answer/matrix-json.ts';
import { bytesOf, createPairRows } from '../answer/pair-rows.ts';
import { portsValue } from '../words/ports.ts';
import { type Change, groupChanges } from './changes.ts';
import type { Group, Sides } from './sides.ts';

/**
 * The report with a row for every pair that changes, in the form of the matrix: `before` and `after` are ports, `all` or
 * a list, and an empty list where nothing passes. Written as it is found, so that no list of rows is held.
 */
export function* diffJson(
  report: Report,
  sides: Sides,
  controller: readonly ControllerRow[],
): Generator<string | Uint8Array> {
  const head = JSON.stringify(toJsonValue(report), null, 2).slice(0, -2);
  yield `${head},\n  "connections": [`;
  yield* rowsOf(sides, controller, '\n    ', ',');
  yield '\n  ]\n}\n';
}

/** The same as YAML; a row stays one line, in the flow form that YAML shares with JSON. */
export function* diffYaml(
  head: string,
  sides: Sides,
  controller: readonly ControllerRow[],
): Generator<string | Uint8Array> {
  yield `${head}connections:`;
  yield* orEmpty(rowsOf(sides, controller, '\n  - ', ''));
  yield '\n';
}

/** A path through Ingress and Route objects that changes. */
export interface ControllerRow {
  readonly to: Group['ends'][number];
  readonly change: Change;
}

function* rowsOf(
  sides: Sides,
  controller: readonly ControllerRow[],
  start: string,
  separator: string,
): Generator<Uint8Array> {
  const rows = createPairRows(start, separator);
  const values = sides.groups.map(({ ends, ranges }) =>
    ends.length > 0
      ? ends.map(({ ref }) => JSON.stringify(refValue(ref)))
      : ranges.flatMap(toCidrs).map((cidr) => JSON.stringify({ cidr })),
  );
  const targets = values.map((list) => list.map((text) => bytesOf(`${text},`)));
  const texts = new Map<Change, Uint8Array>();
  const restOf = (change: Change): Uint8Array => {
    let rest = texts.get(change);
    if (rest === undefined) {
      rest = bytesOf(changeText(change));
      texts.set(change, rest);
    }
    return rest;
  };
  for (const { from, to, change } of groupChanges(sides)) {
    const rest = restOf(change);
    if (rest.length === 0) continue;
    for (const [at, value] of (values[from.id] ?? []).entries()) {
      rows.from(value);
      for (const [place, target] of (targets[to.id] ?? []).entries()) {
        if (from !== to || at !== place) rows.add(target, rest);
      }
    }
    yield* rows.full();
  }
  rows.from('{"kind":"IngressController"}');
  for (const { to, change } of controller) {
    const rest = restOf(change);
    if (rest.length > 0) rows.add(bytesOf(`${JSON.stringify(refValue(to.ref))},`), rest);
  }
  yield* rows.full();
  yield rows.last();
}

/** The part of a row behind its ends; empty when nothing that is sure changes. */
function changeText({ before, after, ends }: Change): string {
  if (samePorts(before.some, after.some) && samePorts(before.every, after.every)) return '';
  const kind = before.some.length === 0 ? 'added' : after.some.length === 0 ? 'removed' : 'changed';
  const whole = samePorts(before.some, before.every) && samePorts(after.some, after.every);
  const all = whole ? '' : `,"beforeOfAllPods":${text(before.every)},"afterOfAllPods":${text(after.every)}`;
  const end = ends === 'both' ? '' : `,"workload":"${ends}"`;
  return `"change":"${kind}","before":${text(before.some)},"after":${text(after.some)}${all}${end}}`;
}

function text(set: PortSet): string {
  return JSON.stringify(portsValue(set));
}
