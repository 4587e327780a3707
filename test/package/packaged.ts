import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { load } from 'js-yaml';
import { binaryPath } from '../../scripts/package/build-binaries.ts';
import { PLATFORMS, type Platform, platformName } from '../../scripts/package/platforms.ts';

export const NAMES = ['netsvc', 'netdns', 'netpol', 'netcni'] as const;

const FOLDER = resolve('out/package/bin');

/** The platform of that name. */
export function platform(name: string): Platform {
  const found = PLATFORMS.find((one) => platformName(one) === name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}

/** A binary that `npm run package` has built; on linux/amd64 unless told otherwise. */
export function binary(plugin: string, on = 'linux/amd64'): string {
  return binaryPath(FOLDER, plugin, platform(on));
}

/** Why the binaries of a platform cannot be tested here; nothing when they can. */
export function missing(on: string, plugins: readonly string[]): string | undefined {
  const absent = plugins.filter((plugin) => !existsSync(binary(plugin, on)));
  return absent.length === 0 ? undefined : `not built for ${on}: ${absent.join(', ')}; npm run package`;
}

/** Why binaries of linux/amd64 cannot be run here. */
export function cannotRun(plugins: readonly string[] = NAMES): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'this is not linux/amd64';
  return missing('linux/amd64', plugins);
}

/** The end of a test's name that says why it is skipped. */
export function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (skipped: ${reason})`;
}

export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with nothing of this process's environment: no Node is on its PATH. */
export async function runBare(
  program: string,
  words: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly uid?: number;
    readonly gid?: number;
  } = {},
): Promise<Ended> {
  const run = await execa(program, words, {
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
    extendEnv: false,
    ...options,
    env: { PATH: '/nowhere', HOME: '/nowhere', ...options.env },
  });
  return { code: run.exitCode, stdout: run.stdout, stderr: run.stderr };
}

export interface Incident {
  readonly name: string;
  readonly words: readonly string[];
  readonly expected: string;
}

/** Recorded incidents that are asked with this plugin: the words after its name, and what it prints. */
export function incidents(plugin: string): readonly Incident[] {
  const root = resolve('test/scenarios');
  return readdirSync(root).flatMap((name) => {
    const folder = join(root, name);
    if (!existsSync(join(folder, 'case.yaml'))) return [];
    const { command, cluster } = load(readFileSync(join(folder, 'case.yaml'), 'utf8')) as {
      readonly command: string;
      readonly cluster?: boolean;
    };
    const [first, ...words] = command.split(' ');
    if (first !== plugin) return [];
    const facts = ['--snapshot', join('test/scenarios', name, 'facts')];
    if (cluster !== false) facts.push('--snapshot', 'test/scenarios/_cluster');
    return [{ name, words: [...words, ...facts], expected: readFileSync(join(folder, 'expected.txt'), 'utf8') }];
  });
}
