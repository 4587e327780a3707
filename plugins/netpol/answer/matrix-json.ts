import { type PortSet, subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Report } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { portsValue } from '../words/ports.ts';
import { endValues } from './end-values.ts';
import type { MatrixAnswer, MatrixEnd, RowPorts } from './matrix-rows.ts';
import { bytesOf, createPairRows } from './pair-rows.ts';

/** A piece of output, ready to be written. */
type Piece = string | Uint8Array;

/**
 * The report with its connections, one a line: a list of millions of rows is written without being held. Pairs that are
 * not decided stand apart under `undecided`, because a pair in `connections` is surely allowed.
 */
export function* matrixJson(report: Report, answer: MatrixAnswer): Generator<Piece> {
  const head = JSON.stringify(toJsonValue(report), null, 2).slice(0, -2);
  const rows = rowsOf(answer, '\n    ', ',');
  yield `${head},\n  "connections": [`;
  yield* rows.connections();
  yield '\n  ],\n  "undecided": [';
  yield* rows.undecided();
  yield '\n  ]\n}\n';
}

/** The same as YAML; a row stays one line, in the flow form that YAML shares with JSON. */
export function* matrixYaml(head: string, answer: MatrixAnswer): Generator<Piece> {
  const rows = rowsOf(answer, '\n  - ', '');
  yield `${head}connections:`;
  yield* orEmpty(rows.connections());
  yield '\nundecided:';
  yield* orEmpty(rows.undecided());
  yield '\n';
}

/** Nothing after a key would be null in YAML. */
export function* orEmpty(pieces: Iterable<Uint8Array>): Generator<Piece> {
  let any = false;
  for (const piece of pieces) {
    any = any || piece.length > 0;
    yield piece;
  }
  if (!any) yield ' []';
}

interface Rows {
  connections(): Iterable<Uint8Array>;
  /** After the connections, which tell where there is anything undecided. */
  undecided(): Iterable<Uint8Array>;
}

function rowsOf(answer: MatrixAnswer, start: string, separator: string): Rows {
  const values = answer.ends.map(valuesOf);
  const targets: (readonly Uint8Array[] | undefined)[] = [];
  const targetsOf = (at: number): readonly Uint8Array[] => {
    let list = targets[at];
    if (list === undefined) {
      const end = answer.ends[at];
      list = end === undefined ? [] : valuesOf(end).map((text) => bytesOf(`${text},"ports":`));
      targets[at] = list;
    }
    return list;
  };
  const all = answer.ends.map((_, at) => at);
  const open = new Set<number>();

  function* write(from: Iterable<number>, textOf: (ports: RowPorts) => string): Generator<Uint8Array> {
    const rows = createPairRows(start, separator);
    const texts = new Map<RowPorts, Uint8Array>();
    for (const source of from) {
      for (const value of values[source] ?? []) {
        rows.from(value);
        answer.forEachFrom(source, (to, ports) => {
          let rest = texts.get(ports);
          if (rest === undefined) {
            rest = bytesOf(textOf(ports));
            texts.set(ports, rest);
          }
          if (ports.depends.length > 0) open.add(source);
          if (rest.length > 0) for (const target of targetsOf(to)) rows.add(target, rest);
        });
      }
      yield* rows.full();
    }
    yield rows.last();
  }

  return { connections: () => write(all, connectionText), undecided: () => write([...open], undecidedText) };
}

function valuesOf(end: MatrixEnd): readonly string[] {
  return endValues(end).map((value) => JSON.stringify(value));
}

/** The part of a row behind its ends, with the ports that are open between all pods where that is less. */
function connectionText({ allowed, every }: RowPorts): string {
  if (allowed.length === 0) return '';
  const whole = every === allowed || subtractPorts(allowed, every).length === 0;
  return `${portsText(allowed)}${whole ? '' : `,"portsOfAllPods":${every.length === 0 ? '[]' : portsText(every)}`}}`;
}

function undecidedText({ allowed, depends }: RowPorts): string {
  const ports = subtractPorts(depends, allowed);
  return ports.length === 0 ? '' : `${portsText(ports)}}`;
}

function portsText(set: PortSet): string {
  return JSON.stringify(portsValue(set));
}
