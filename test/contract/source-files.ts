import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One TypeScript file with what it imports: our own files by path, packages by name. */
export interface SourceFile {
  readonly path: string;
  readonly own: readonly string[];
  readonly packages: readonly string[];
}

/** All source files under the given folders, tests included; paths with forward slashes from the repository's root. */
export function sourceFiles(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
      .map((name) => read(join(folder, name))),
  );
}

function read(path: string): SourceFile {
  const { module } = parseSync(path, readFileSync(path, 'utf8'));
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.map((item) => item.moduleRequest?.value ?? '')),
    ...module.dynamicImports.map((entry) =>
      readFileSync(path, 'utf8')
        .slice(entry.moduleRequest.start, entry.moduleRequest.end)
        .replace(/^['"`]|['"`]$/g, ''),
    ),
  ].filter((specifier) => specifier !== '');
  const relative = specifiers.filter((specifier) => specifier.startsWith('.'));
  return {
    path: path.split(sep).join('/'),
    own: [
      ...new Set(
        relative.map((to) =>
          normalize(join(dirname(path), to))
            .split(sep)
            .join('/'),
        ),
      ),
    ],
    packages: [...new Set(specifiers.filter((specifier) => !specifier.startsWith('.')))],
  };
}
