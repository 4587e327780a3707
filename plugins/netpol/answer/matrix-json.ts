import { type PortSet, subtractPorts } from '../../../shared/policy/port-set.ts';
import type { Report } from '../../../shared/report/report.ts';
import { toJsonValue } from '../../../shared/report/to-json.ts';
import { portsValue } from '../words/ports.ts';
import { endValues } from './end-values.ts';
import type { MatrixAnswer, MatrixRow } from './matrix-rows.ts';

/** Rows are gathered into writes of about this many characters. */
const PIECE = 1 << 16;

/**
 * The report with its connections, one a line: a list of millions of rows is written without being held. Pairs that are
 * not decided stand apart under `undecided`, because a pair in `connections` is surely allowed.
 */
export function* matrixJson(report: Report, answer: MatrixAnswer): Generator<string> {
  const head = JSON.stringify(toJsonValue(report), null, 2).slice(0, -2);
  yield `${head},\n  "connections": [`;
  yield* gathered(rowTexts(answer, (row) => row.allowed, '\n    '));
  yield '\n  ],\n  "undecided": [';
  yield* gathered(rowTexts(answer, undecided, '\n    '));
  yield '\n  ]\n}\n';
}

/** The same as YAML; a row stays one line, in the flow form that YAML shares with JSON. */
export function* matrixYaml(head: string, answer: MatrixAnswer): Generator<string> {
  yield `${head}connections:`;
  yield* orEmpty(gathered(rowTexts(answer, (row) => row.allowed, '\n  - ', '')));
  yield '\nundecided:';
  yield* orEmpty(gathered(rowTexts(answer, undecided, '\n  - ', '')));
  yield '\n';
}

/** Nothing after a key would be null in YAML. */
function* orEmpty(pieces: Iterable<string>): Generator<string> {
  let any = false;
  for (const piece of pieces) {
    any = true;
    yield piece;
  }
  if (!any) yield ' []';
}

function undecided({ allowed, depends }: MatrixRow): PortSet {
  return subtractPorts(depends, allowed);
}

function* rowTexts(
  answer: MatrixAnswer,
  portsOf: (row: MatrixRow) => PortSet,
  start: string,
  separator = ',',
): Generator<string> {
  const ends = answer.ends.map((end) => endValues(end).map((value) => JSON.stringify(value)));
  const texts = new Map<PortSet, string>();
  const portsText = (set: PortSet): string => {
    let text = texts.get(set);
    if (text === undefined) {
      text = JSON.stringify(portsValue(set));
      texts.set(set, text);
    }
    return text;
  };
  let before = start;
  for (let from = 0; from < ends.length; from++) {
    for (const row of answer.rowsFrom(from)) {
      const ports = portsOf(row);
      if (ports.length === 0) continue;
      const part = partText(row, ports, portsText);
      for (const source of ends[row.from] ?? []) {
        for (const target of ends[row.to] ?? []) {
          yield `${before}{"from":${source},"to":${target},"ports":${portsText(ports)}${part}}`;
          before = separator + start;
        }
      }
    }
  }
}

/** Ports that are open between all pods of the two ends, where some are open between a part of them only. */
function partText({ allowed, every }: MatrixRow, ports: PortSet, text: (set: PortSet) => string): string {
  if (ports !== allowed || every === allowed || subtractPorts(allowed, every).length === 0) return '';
  return `,"portsOfAllPods":${every.length === 0 ? '[]' : text(every)}`;
}

/** Puts short texts together into pieces worth a write. */
export function* gathered(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
