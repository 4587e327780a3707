import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build, type Metafile, type OutputFile, transform } from 'esbuild';
import { compareText } from '../shared/util/text.ts';
import { leaner } from './bundle-leaner.ts';
import { joinParts, type Part } from './bundle-parts.ts';

/** The oldest Node that a bundle runs on. */
export const OLDEST_NODE = 20;

export interface PartsOptions {
  /** `plugins/netsvc`. */
  readonly folder: string;
  readonly version: string;
}

export interface BundleOptions extends PartsOptions {
  readonly outFile: string;
  /** Where esbuild's account of what went into the file is written. */
  readonly metaFile?: string;
}

/** Modules that answer help and completion: they stand in the file as they are, so that nothing must be unpacked. */
const QUICK = ['shared/cli/help.ts', 'shared/cli/complete.ts'];

/**
 * Bundles a plugin into one executable CommonJS file: what the start needs stands there as plain code, all else
 * compressed, because Node reads every letter of a program before it runs the first line.
 */
export async function bundlePlugin(options: BundleOptions): Promise<{ readonly bytes: number }> {
  const { parts, meta } = await pluginParts(options);
  const code = joinParts(withShortNames(parts), banner());
  await mkdir(dirname(options.outFile), { recursive: true });
  await writeFile(options.outFile, code);
  await chmod(options.outFile, 0o755);
  if (options.metaFile !== undefined) {
    await mkdir(dirname(options.metaFile), { recursive: true });
    await writeFile(options.metaFile, JSON.stringify(meta));
  }
  return { bytes: Buffer.byteLength(code) };
}

/** The code of a plugin, split by esbuild at every `import()`, and esbuild's account of what is in it. */
export async function pluginParts(
  options: PartsOptions,
): Promise<{ readonly parts: readonly Part[]; readonly meta: Metafile }> {
  const target = `node${OLDEST_NODE}`;
  const result = await build({
    entryPoints: { main: join(options.folder, 'main.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    chunkNames: '[name]-[hash]',
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    target,
    // One letter beyond Latin-1 would make V8 hold the whole file as two-byte text, which it reads more slowly.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    // yargs calls createRequire(import.meta.url) at load, which has no meaning in CommonJS.
    define: { 'import.meta.url': '__file', KUBECTL_NET_VERSION: JSON.stringify(options.version) },
    plugins: [leaner],
  });
  const quick = quickParts(result.metafile);
  const parts = await Promise.all(result.outputFiles.map((file) => toPart(file, target, quick)));
  return { parts, meta: result.metafile };
}

/**
 * Names that esbuild makes of hashes do not compress, and each stands wherever a part is wanted: 4 kB in all. The first
 * part keeps its name, by which it is started.
 */
export function withShortNames(parts: readonly Part[]): readonly Part[] {
  const names = parts.map(({ name }) => name).sort(compareText);
  const short = new Map(names.map((name, at) => [name, name === 'main.js' ? name : at.toString(36)]));
  const rename = (name: string): string => short.get(name) ?? name;
  return parts.map(({ name, code, quick }) => ({
    name: rename(name),
    code: code.replace(/(?<=require\("\.\/)[^"]+(?="\))/g, rename),
    quick,
  }));
}

/** A chunk as a CommonJS function body. `import()` becomes `require`, which the loader answers. */
async function toPart(file: OutputFile, target: string, quick: ReadonlySet<string>): Promise<Part> {
  const name = basename(file.path);
  const { code } = await transform(file.text, {
    format: 'cjs',
    platform: 'node',
    target,
    charset: 'ascii',
    minify: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
  });
  return { name, code: toAscii(code), quick: quick.has(name) };
}

/** esbuild leaves regular expressions as they are written; there, as in texts, an escape means the same letter. */
function toAscii(code: string): string {
  return code.replace(/[^\u0000-\u007f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The main chunk, those of the quick modules, and all that these import statically. */
function quickParts(meta: Metafile): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const entry of meta.outputs[path]?.imports ?? []) {
      if (entry.kind === 'import-statement' && meta.outputs[entry.path] !== undefined) visit(entry.path);
    }
  };
  for (const [path, output] of Object.entries(meta.outputs)) {
    if (basename(path) === 'main.js' || QUICK.includes(output.entryPoint ?? '')) visit(path);
  }
  return new Set([...found].map((path) => basename(path)));
}

/** Written so that old Nodes can read it: they must get to the sentence, not stop at a syntax error before it. */
function banner(): string {
  const sentence = `error: this plugin needs Node.js ${OLDEST_NODE} or newer; `;
  return [
    '#!/usr/bin/env node',
    `if(parseInt(process.versions.node,10)<${OLDEST_NODE}){` +
      `process.stderr.write(${JSON.stringify(sentence)}+process.execPath+" is "+process.version+"\\n");process.exit(2)}`,
  ].join('\n');
}

/** The suite's version, from package.json. */
export async function suiteVersion(root: string): Promise<string> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
