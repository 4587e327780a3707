/** What the compiler refuses, in its words. */
export class ExpressionFault extends Error {}

/** A piece of an expression. */
export interface Word {
  readonly kind: 'text' | 'number' | 'word' | 'sign';
  readonly text: string;
}

/** The words of an expression, as expr-lang splits it. */
export function splitExpression(text: string): Word[] {
  const words: Word[] = [];
  const pattern =
    /\s*(?:("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_$][\w$]*)|(\?\.|\?\?|\*\*|\.\.|&&|\|\||==|!=|<=|>=|[-+*/%^!<>=?:,.()[\]{}|#;]))/y;
  for (let at = 0; text.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw new ExpressionFault(`unrecognized character: ${text.slice(at).trim()[0]}`);
    const [, quoted, number, word, sign] = match;
    if (quoted !== undefined) words.push({ kind: 'text', text: quoted });
    else if (number !== undefined) words.push({ kind: 'number', text: number });
    else if (word !== undefined) words.push({ kind: 'word', text: word });
    else words.push({ kind: 'sign', text: sign ?? '' });
  }
  return words;
}
