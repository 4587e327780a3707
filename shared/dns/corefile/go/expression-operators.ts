import type { Kind } from './expression-names.ts';
import { ExpressionFault } from './expression-words.ts';

/** How strongly operators bind. */
export const STRENGTH: Readonly<Record<string, number>> = {
  '|': 0,
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '<=': 20,
  '>=': 20,
  in: 20,
  'not in': 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '^': 100,
  '??': 500,
};

/** How Go names the kinds in its messages. */
export const GO_KINDS: Readonly<Record<Kind, string>> = {
  text: 'string',
  number: 'int',
  truth: 'bool',
  any: 'unknown',
};

/** The kind that an operator makes of two; a fault where they do not go together. */
export function combine(operator: string, left: Kind, right: Kind): Kind {
  const mismatch = () =>
    new ExpressionFault(`invalid operation: ${operator} (mismatched types ${GO_KINDS[left]} and ${GO_KINDS[right]})`);
  const need = (...kinds: Kind[]) => {
    if (![left, right].every((kind) => kind === 'any' || kinds.includes(kind))) throw mismatch();
  };
  const same = () => {
    if (left !== 'any' && right !== 'any' && left !== right) throw mismatch();
  };
  switch (operator) {
    case 'or':
    case '||':
    case 'and':
    case '&&':
      need('truth');
      return 'truth';
    case '==':
    case '!=':
      same();
      return 'truth';
    case '<':
    case '>':
    case '<=':
    case '>=':
      need('text', 'number');
      same();
      return 'truth';
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      need('text');
      return 'truth';
    case 'in':
    case 'not in':
      return 'truth';
    case '+':
      need('text', 'number');
      same();
      return left === 'any' ? right : left;
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '^':
      need('number');
      return 'number';
    default:
      return 'any';
  }
}
