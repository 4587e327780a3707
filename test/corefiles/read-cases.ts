import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One Corefile of our own corpus, with the files it may import. */
export interface CorefileCase {
  readonly name: string;
  readonly text: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Environment the corpus is judged in. */
export const caseEnvironment: ReadonlyMap<string, string> = new Map([
  ['CFZONE', 'example.org'],
  ['CF_UPSTREAM', '10.0.0.1'],
]);

/**
 * Reads `cases/*.txt`. `== name` begins a Corefile, `-- name` the inside of a block `.:53 { … }`; `@file PATH` to `@end` is
 * a file beside it.
 */
export function readCases(): readonly CorefileCase[] {
  const folder = join(import.meta.dirname, 'cases');
  return readdirSync(folder)
    .sort()
    .flatMap((file) => splitCases(file.replace(/\.txt$/, ''), readFileSync(join(folder, file), 'utf8')));
}

function splitCases(topic: string, text: string): readonly CorefileCase[] {
  const parts = text.split(/^(==|--) (.*)\n/m).slice(1);
  const cases: CorefileCase[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [mark = '', name = '', body = ''] = parts.slice(at, at + 3);
    const files = new Map<string, string>();
    const rest = body.replace(/^@file (.*)\n([\s\S]*?)^@end\n/gm, (_, path: string, content: string) => {
      files.set(path, content);
      return '';
    });
    cases.push({ name: `${topic}: ${name}`, text: mark === '==' ? rest : `.:53 {\n${indent(rest)}}\n`, files });
  }
  return cases;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
