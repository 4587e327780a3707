import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { completionHook } from '../../shared/cli/completion-hook.ts';
import { type ArchiveFile, writeArchive } from './archive.ts';
import { type BuildOptions, binaryPath, type PluginCode, SUITE } from './build-binaries.ts';
import { type ImagePlatform, writeImage } from './image.ts';
import { imagePrograms, imageRoot } from './image-root.ts';
import { type Artefact, krewManifest } from './krew-manifest.ts';
import { judgeManifest } from './krew-rules.ts';
import { archiveName, BASE_VERSION, binaryName, type Platform } from './platforms.ts';
import { sbom } from './sbom.ts';
import { nodeLicense, noticesText, shippedPackages } from './shipped-packages.ts';

/** Where the project and its releases are found, from package.json. */
interface Places {
  readonly homepage: string;
  readonly config: { readonly releases: string };
}

/**
 * Writes what a release consists of beside the binaries: an archive for each, the bill of materials of each plugin,
 * SHA256SUMS and the krew manifests, which it judges by krew's rules.
 */
export async function writeRelease(
  code: readonly PluginCode[],
  platforms: readonly Platform[],
  out: string,
  options: BuildOptions,
): Promise<void> {
  const { root, version, say } = options;
  const license = await readFile(join(root, 'LICENSE'));
  const node = nodeLicense(root);
  const sums: { readonly name: string; readonly sha256: string }[] = [];
  const artefacts: Artefact[] = [];
  const keep = async (name: string): Promise<string> => {
    const sha256 = createHash('sha256')
      .update(await readFile(join(out, name)))
      .digest('hex');
    sums.push({ name, sha256 });
    return sha256;
  };
  for (const { name: plugin, meta } of code) {
    const packages = shippedPackages(meta, root);
    const notices = Buffer.from(noticesText(packages, BASE_VERSION, node));
    for (const platform of platforms) {
      const archive = archiveName(plugin, version, platform);
      await writeArchive(join(out, archive), [
        {
          name: binaryName(plugin, platform),
          from: { path: binaryPath(options.folder, plugin, platform) },
          executable: true,
        },
        ...hookFor(plugin, platform),
        { name: 'LICENSE', from: license, executable: false },
        { name: 'THIRD_PARTY_NOTICES', from: notices, executable: false },
      ]);
      artefacts.push({ plugin, platform, sha256: await keep(archive) });
      say(archive);
    }
    const bill = `kubectl-${plugin}_v${version}.cdx.json`;
    await writeFile(join(out, bill), sbom(plugin, version, packages));
    await keep(bill);
  }
  const image = await writeSuiteImage(code, platforms, out, node, options);
  if (image !== undefined) await keep(image);
  const lines = [...sums].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  await writeFile(join(out, 'SHA256SUMS'), lines.join(''));
  await writeManifests(code, artefacts, out, options);
}

/** The container image with all plugins, for the Linux platforms that were built; undefined when none was. */
async function writeSuiteImage(
  code: readonly PluginCode[],
  platforms: readonly Platform[],
  out: string,
  node: string,
  { root, version, folder, say }: BuildOptions,
): Promise<string | undefined> {
  const packages = code.flatMap(({ meta }) => shippedPackages(meta, root));
  const unique = [...new Map(packages.map((one) => [one.name, one])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const notices = Buffer.from(noticesText(unique, BASE_VERSION, node));
  const parts: ImagePlatform[] = [];
  for (const platform of platforms) {
    const suite = binaryPath(folder, SUITE, platform);
    if (!existsSync(suite)) continue;
    const names = code.map(({ name }) => name);
    parts.push({ platform, layers: [imageRoot(platform), imagePrograms(await readFile(suite), names, notices)] });
  }
  if (parts.length === 0) return undefined;
  const name = `kubectl-net_v${version}_image.tar`;
  const { homepage } = await readPlaces(root);
  await writeImage(join(out, name), parts, { name: `kubectl-net:${version}`, version, homepage });
  say(name);
  return name;
}

async function readPlaces(root: string): Promise<Places> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Places;
}

/** kubectl asks a program of this name for completions; on Windows a command file does what a link does elsewhere. */
function hookFor(plugin: string, platform: Platform): readonly ArchiveFile[] {
  const windows = platform.os === 'windows';
  const name = `kubectl_complete-${plugin}${windows ? '.cmd' : ''}`;
  return [{ name, from: Buffer.from(completionHook(plugin, windows ? 'windows' : 'posix')), executable: true }];
}

async function writeManifests(
  code: readonly PluginCode[],
  artefacts: readonly Artefact[],
  out: string,
  { root, version, say }: BuildOptions,
): Promise<void> {
  const { homepage, config } = await readPlaces(root);
  await mkdir(join(out, 'krew-manifests'), { recursive: true });
  for (const { name: plugin } of code) {
    const text = krewManifest({ plugin, version, homepage, releases: config.releases }, artefacts);
    const { errors, warnings } = judgeManifest(`${plugin}.yaml`, text);
    if (errors.length + warnings.length > 0) {
      throw new Error(`krew would not take ${plugin}.yaml: ${[...errors, ...warnings].join('; ')}`);
    }
    await writeFile(join(out, 'krew-manifests', `${plugin}.yaml`), text);
    say(`krew-manifests/${plugin}.yaml`);
  }
}
