import { type PortSet, samePorts, subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Report } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { type AddressRange, joinRanges, toCidrs } from '../../../shared/util/addresses.ts';
import { refValue } from '../answer/end-values.ts';
import { orEmpty } from '../answer/matrix-json.ts';
import { bytesOf, createPairRows } from '../answer/pair-rows.ts';
import { portsValue } from '../words/ports.ts';
import { type Change, groupChanges, kindOfChange, type Passing } from './changes.ts';
import type { Group, Sides } from './sides.ts';

/**
 * The report with a row for every pair that changes, in the form of the matrix: `before` and `after` are ports, `all` or
 * a list, and an empty list where nothing surely passes; `beforeUndecided` and `afterUndecided` are what may pass beside.
 * Pairs of which it is not sure that anything changes are under `undecided`. Written as it is found, so that no list of
 * rows is held.
 */
export function* diffJson(
  report: Report,
  sides: Sides,
  controller: readonly ControllerRow[],
): Generator<string | Uint8Array> {
  const head = JSON.stringify(toJsonValue(report), null, 2).slice(0, -2);
  yield `${head},\n  "connections": [`;
  yield* rowsOf(sides, controller, isSure, '\n    ', ',');
  yield '\n  ],\n  "undecided": [';
  yield* rowsOf(sides, controller, isOpen, '\n    ', ',');
  yield '\n  ]\n}\n';
}

/** The same as YAML; a row stays one line, in the flow form that YAML shares with JSON. */
export function* diffYaml(
  head: string,
  sides: Sides,
  controller: readonly ControllerRow[],
): Generator<string | Uint8Array> {
  yield `${head}connections:`;
  yield* orEmpty(rowsOf(sides, controller, isSure, '\n  - ', ''));
  yield '\nundecided:';
  yield* orEmpty(rowsOf(sides, controller, isOpen, '\n  - ', ''));
  yield '\n';
}

/** A path through Ingress and Route objects that changes. */
export interface ControllerRow {
  readonly to: Group['ends'][number];
  readonly change: Change;
}

function isSure(change: Change): boolean {
  return kindOfChange(change) !== 'undecided';
}

function isOpen(change: Change): boolean {
  return !isSure(change);
}

function* rowsOf(
  sides: Sides,
  controller: readonly ControllerRow[],
  wanted: (change: Change) => boolean,
  start: string,
  separator: string,
): Generator<Uint8Array> {
  const rows = createPairRows(start, separator);
  const values = sides.groups.map(({ ends }) => ends.map(({ ref }) => JSON.stringify(refValue(ref))));
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
  // Parts of the address space are one where the same becomes of them.
  const outwards = outsideParts();
  const inwards = outsideParts();
  for (const { from, to, change } of groupChanges(sides)) {
    if (!wanted(change)) continue;
    if (from.ends.length === 0) {
      inwards.add(to, change, from);
      continue;
    }
    if (to.ends.length === 0) {
      outwards.add(from, change, to);
      continue;
    }
    const rest = restOf(change);
    for (const [at, value] of (values[from.id] ?? []).entries()) {
      rows.from(value);
      for (const [place, target] of (targets[to.id] ?? []).entries()) {
        if (from !== to || at !== place) rows.add(target, rest);
      }
    }
    yield* rows.full();
  }
  for (const [from, change, cidrs] of outwards.all()) {
    for (const value of values[from.id] ?? []) {
      rows.from(value);
      for (const cidr of cidrs) rows.add(bytesOf(`${cidr},`), restOf(change));
    }
    yield* rows.full();
  }
  for (const [to, change, cidrs] of inwards.all()) {
    for (const cidr of cidrs) {
      rows.from(cidr);
      for (const target of targets[to.id] ?? []) rows.add(target, restOf(change));
    }
    yield* rows.full();
  }
  rows.from('{"kind":"IngressController"}');
  for (const { to, change } of controller) {
    if (!wanted(change)) continue;
    rows.add(bytesOf(`${JSON.stringify(refValue(to.ref))},`), restOf(change));
  }
  yield* rows.full();
  yield rows.last();
}

interface OutsideParts {
  add(pods: Group, change: Change, outside: Group): void;
  /** The blocks of addresses of which the same becomes, as JSON. */
  all(): Iterable<readonly [pods: Group, change: Change, cidrs: readonly string[]]>;
}

function outsideParts(): OutsideParts {
  const found = new Map<Group, Map<Change, AddressRange[]>>();
  return {
    add: (pods, change, { ranges }) => {
      let own = found.get(pods);
      if (own === undefined) {
        own = new Map();
        found.set(pods, own);
      }
      const known = own.get(change);
      if (known === undefined) own.set(change, [...ranges]);
      else known.push(...ranges);
    },
    *all() {
      for (const [pods, own] of found) {
        for (const [change, ranges] of own) {
          const cidrs = joinRanges(ranges).flatMap(toCidrs);
          yield [pods, change, cidrs.map((cidr) => JSON.stringify({ cidr }))];
        }
      }
    },
  };
}

/** The part of a row behind its ends. */
function changeText(change: Change): string {
  const { before, after, ends } = change;
  const whole = samePorts(before.some, before.every) && samePorts(after.some, after.every);
  const all = whole ? '' : `,"beforeOfAllPods":${text(before.every)},"afterOfAllPods":${text(after.every)}`;
  const open = undecided('before', before) + undecided('after', after);
  const end = ends === 'both' ? '' : `,"workload":"${ends}"`;
  return `"change":"${kindOfChange(change)}","before":${text(before.some)},"after":${text(after.some)}${all}${open}${end}}`;
}

/** Ports that may be open beside those that surely are. */
function undecided(side: 'before' | 'after', { depends, some }: Passing): string {
  const ports = subtractPorts(depends, some);
  return ports.length === 0 ? '' : `,"${side}Undecided":${text(ports)}`;
}

function text(set: PortSet): string {
  return JSON.stringify(portsValue(set));
}
