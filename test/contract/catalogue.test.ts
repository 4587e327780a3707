import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLUGINS } from './plugins.ts';
import { sourceFiles } from './source-files.ts';

describe.each(PLUGINS)('catalogue of codes of $name', ({ name, prefix, messages }) => {
  const catalogue = Object.values(messages);

  it('has codes of one form', () => {
    const form = new RegExp(`^${prefix}\\d{3}$`);
    expect(catalogue.map((entry) => entry.code).filter((code) => !form.test(code))).toEqual([]);
  });

  it('writes each code once: of two the later one would hide the other', () => {
    const written = sourceFiles([`plugins/${name}/messages`]).flatMap(({ path }) =>
      [...readFileSync(path, 'utf8').matchAll(/^ +([A-Z]{3}\d{3}): message\b/gm)].map(([, code]) => code),
    );
    expect(written.filter((code, at) => written.indexOf(code) !== at)).toEqual([]);
    expect(written).toHaveLength(catalogue.length);
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
      sourceFiles([`plugins/${name}`]).flatMap((file) =>
        file.path.endsWith('.test.ts') ? [] : codesRaised(file.path, prefix),
      ),
    );
    expect(catalogue.map((entry) => entry.code).filter((code) => !raised.has(code))).toEqual([]);
  });
});

describe.each(PLUGINS)('checks of $name', ({ name, checks }) => {
  it('have unique ids that start with the plugin', () => {
    const ids = checks.map((check) => check.id);
    expect(ids.filter((id, at) => !id.startsWith(`${name}/`) || ids.indexOf(id) !== at)).toEqual([]);
  });

  it('are all listed: a file that defines a check is imported by its list', () => {
    const folder = `plugins/${name}/checks`;
    if (!existsSync(folder)) return;
    const files = sourceFiles([folder]).filter((file) => !file.path.endsWith('.test.ts'));
    const imported = new Set(files.flatMap((file) => file.own));
    const defining = files.filter(
      (file) => readFileSync(file.path, 'utf8').includes('defineCheck') || name === 'netsvc',
    );
    expect(
      defining.map((file) => file.path).filter((path) => !imported.has(path) && !path.endsWith('/checks.ts')),
    ).toEqual([]);
  });
});

function codesRaised(path: string, prefix: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(new RegExp(`\\.(${prefix}\\d{3})\\b`, 'g'))].map((match) => match[1] ?? '');
}
