import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checks } from '../../plugins/netsvc/checks/checks.ts';
import { messages } from '../../plugins/netsvc/messages/messages.ts';
import { sourceFiles } from './source-files.ts';

const catalogue: readonly { code: string; slug: string; title: string; explain: string; covers?: readonly string[] }[] =
  Object.values(messages);

describe('catalogue of codes', () => {
  it('has codes of one form', () => {
    expect(catalogue.map((entry) => entry.code).filter((code) => !/^SVC\d{3}$/.test(code))).toEqual([]);
  });

  it('has unique slugs', () => {
    const slugs = catalogue.map((entry) => entry.slug);
    expect(slugs.filter((slug, at) => slugs.indexOf(slug) !== at)).toEqual([]);
  });

  it('explains every code in sentences', () => {
    expect(
      catalogue
        .filter((entry) => entry.explain.length < 120 || !entry.explain.trim().endsWith('.'))
        .map((entry) => entry.code),
    ).toEqual([]);
  });

  it('covers only codes that exist', () => {
    const codes = new Set(catalogue.map((entry) => entry.code));
    expect(catalogue.flatMap((entry) => entry.covers ?? []).filter((code) => !codes.has(code))).toEqual([]);
  });

  it('raises every code somewhere in a check, a command or a target', () => {
    const raised = new Set(
      sourceFiles(['plugins/netsvc']).flatMap((file) =>
        file.path.endsWith('.test.ts') ? [] : [...readCodes(file.path)],
      ),
    );
    expect(catalogue.map((entry) => entry.code).filter((code) => !raised.has(code))).toEqual([]);
  });
});

describe('checks', () => {
  it('have unique ids that start with the plugin', () => {
    const ids = checks.map((check) => check.id);
    expect(ids.filter((id, at) => !id.startsWith('netsvc/') || ids.indexOf(id) !== at)).toEqual([]);
  });

  it('are all listed: a file that defines a check is imported by its list', () => {
    const files = sourceFiles(['plugins/netsvc/checks']).filter((file) => !file.path.endsWith('.test.ts'));
    const imported = new Set(files.flatMap((file) => file.own));
    expect(
      files.map((file) => file.path).filter((path) => !imported.has(path) && !path.endsWith('/checks.ts')),
    ).toEqual([]);
  });
});

function readCodes(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/\.(SVC\d{3})\b/g)].map((match) => match[1] ?? '');
}
