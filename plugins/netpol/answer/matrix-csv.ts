import { subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import { portWords } from '../words/ports.ts';
import { endValues, type PeerValue } from './end-values.ts';
import type { MatrixAnswer } from './matrix-rows.ts';

const HEAD = 'from_kind,from_namespace,from_name,to_kind,to_namespace,to_name,ports,answer';

/** A line a pair, for a spreadsheet; the kind of a CIDR block is CIDR. */
export function* matrixCsv(answer: MatrixAnswer): Generator<string> {
  const known: (readonly string[] | undefined)[] = [];
  const cellsOf = (at: number): readonly string[] => {
    const end = answer.ends[at];
    known[at] ??= end === undefined ? [] : endValues(end).map(peerCells);
    return known[at];
  };
  const sources = answer.ends.length;
  yield `${HEAD}\n`;
  for (let from = 0; from < sources; from++) {
    for (const { to, allowed, depends } of answer.rowsFrom(from)) {
      const parts = [
        { ports: allowed, answer: 'allowed' },
        { ports: subtractPorts(depends, allowed), answer: 'depends' },
      ];
      for (const part of parts.filter(({ ports }) => ports.length > 0)) {
        const rest = `${cell(portWords(part.ports))},${part.answer}`;
        for (const source of cellsOf(from)) {
          for (const target of cellsOf(to)) yield `${source},${target},${rest}\n`;
        }
      }
    }
  }
}

function peerCells(value: PeerValue): string {
  if ('cidr' in value) return `CIDR,,${value.cidr}`;
  if (!('name' in value)) return `${value.kind},,`;
  return [value.kind, value.namespace ?? '', value.name].map(cell).join();
}

/** RFC 4180, and nothing that a spreadsheet would take for a formula. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
