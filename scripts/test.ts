/**
 * The whole test run behind `npm test`: build, static checks, unit and scenario tests, tests on a real cluster.
 * Ends with one line of counts. A failed static check counts as one failed test.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { execa } from 'execa';
import { programPath } from './package/program-path.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const RESULTS = 'out/test';
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const broken: string[] = [];

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });

await staticCheck('types', 'tsc', ['--noEmit']);
await staticCheck('lint and format', 'biome', ['check', '--error-on-warnings', '.']);
await staticCheck('dead code', 'knip', []);
await staticCheck('build', 'node', ['scripts/build.ts']);
await suite('unit');
await packages();
await suite('package');
await suite('e2e');
await suite('cluster');

for (const name of broken) say(`FAILED  ${name}`);
const line = `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`;
writeFileSync(`${RESULTS}/counts.txt`, `${line}\n`);
say(line);
process.exitCode = total.failed === 0 ? 0 : 1;

async function staticCheck(title: string, command: string, args: readonly string[]): Promise<void> {
  const run = await execa(command, args, { preferLocal: true, reject: false, all: true });
  if (run.exitCode === 0) {
    total.passed += 1;
    say(`ok      ${title}`);
    return;
  }
  total.failed += 1;
  broken.push(title);
  say(`FAILED  ${title}\n${run.all}`);
}

/**
 * Single binaries: all plugins for this machine's platform, as tests run them; for the others one plugin is enough, since
 * they differ in the file around the program and not in the program.
 */
async function packages(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say('skipped single binaries: they are built and run on linux/amd64');
    return;
  }
  if (process.env.NET_E2E === 'required') await installPrograms();
  const script = ['scripts/package.ts', '--binaries'];
  await staticCheck('single binaries', 'node', [...script, '--platform', 'linux/amd64']);
  const others = ['linux/arm64', 'darwin/amd64', 'darwin/arm64', 'windows/amd64'];
  const words = others.flatMap((platform) => ['--platform', platform]);
  await staticCheck('binaries of other systems', 'node', [...script, '--add', '--plugin', 'netsvc', ...words]);
}

/** What some tests of the binaries are skipped without: an emulator for ARM, and shells to complete in. */
async function installPrograms(): Promise<void> {
  const wanted = { 'qemu-aarch64-static': 'qemu-user-static', zsh: 'zsh', fish: 'fish' };
  const absent = Object.entries(wanted).filter(([program]) => programPath(program) === undefined);
  const libraries = existsSync('/usr/aarch64-linux-gnu/lib/libstdc++.so.6')
    ? []
    : ['libc6-arm64-cross', 'libstdc++6-arm64-cross'];
  const packages = [...absent.map(([, name]) => name), ...libraries];
  if (packages.length === 0 || process.getuid?.() !== 0 || programPath('apt-get') === undefined) return;
  say(`installing ${packages.join(' ')} …`);
  const options = { reject: false, env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } } as const;
  await execa('apt-get', ['update', '-q'], options);
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const install = await execa(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', ...lock, ...packages],
    options,
  );
  if (install.exitCode !== 0) say('not installed; the tests that need them are skipped with the reason');
}

async function suite(project: string): Promise<void> {
  const file = `${RESULTS}/${project}.json`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const run = await execa('vitest', ['run', '--project', project, ...reporters], {
    preferLocal: true,
    reject: false,
    stdout: 'inherit',
    stderr: 'inherit',
  });
  const counts = readCounts(file);
  if (counts === undefined || (run.exitCode !== 0 && counts.failed === 0)) {
    // A crash outside any test, or a suite that could not be collected, is a failure too.
    total.failed += 1;
    broken.push(`${project} tests`);
  }
  if (counts === undefined) return;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

function readCounts(file: string): Counts | undefined {
  try {
    const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    return {
      passed: json.numPassedTests ?? 0,
      failed: json.numFailedTests ?? 0,
      skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
    };
  } catch {
    return undefined;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
