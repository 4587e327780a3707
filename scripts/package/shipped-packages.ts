import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** An npm package of which a bundle holds code. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as its package.json says. */
  readonly license: string;
  /** Its licence files with their text, sorted by name; also notices. */
  readonly texts: readonly string[];
  readonly homepage: string | undefined;
  /** Of its tarball, from the lock file. */
  readonly integrity: string | undefined;
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

/** The packages of which code is in a bundle, from esbuild's account of it. A package without a licence is an error. */
export function shippedPackages(meta: Metafile, root: string): readonly ShippedPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  const folders = new Set<string>();
  for (const output of Object.values(meta.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(input)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder.replace(/\/$/, ''));
    }
  }
  return [...folders].sort().map((folder) => describePackage(folder, root, lock));
}

function describePackage(folder: string, root: string, lock: LockFile): ShippedPackage {
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
    readonly homepage?: string;
  };
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
  if (license === undefined) throw new Error(`${name} ${version} names no licence`);
  if (texts.length === 0) throw new Error(`${name} ${version} ships no licence text`);
  return { name, version, license, texts, homepage, integrity: lock.packages[folder]?.integrity };
}

/** The licence of Node and of all that is in it, as Node ships it. */
export function nodeLicense(root: string): string {
  const folder = join(root, 'node_modules');
  const base = readdirSync(folder).find((name) => /^node-(bin-)?(linux|darwin)-/.test(name));
  const path = base === undefined ? undefined : join(folder, base, 'LICENSE');
  if (path === undefined || !existsSync(path))
    throw new Error('the licence of the pinned Node is missing: npm install');
  return readFileSync(path, 'utf8').trim();
}

/** The text of THIRD_PARTY_NOTICES: every package with its licence, and Node with its own. */
export function noticesText(packages: readonly ShippedPackage[], nodeVersion: string, node: string): string {
  const line = '='.repeat(80);
  const parts = packages.map(
    ({ name, version, license, texts }) =>
      `${line}\n${name} ${version} (${license})\n${line}\n\n${texts.join('\n\n')}\n`,
  );
  return [
    'This program holds code of the following packages, and Node.js, which runs it.\n',
    ...parts,
    `${line}\nNode.js ${nodeVersion}, with the libraries in it\n${line}\n\n${node}\n`,
  ].join('\n');
}
