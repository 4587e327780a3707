/**
 * The whole test run behind `npm test`: build, static checks, unit and scenario tests, single binaries, tests on real
 * clusters. Tests on a cluster mostly wait for kubelets, so two clusters and all the rest go side by side. Ends with one
 * line of counts; a failed static check counts as one failed test. Results and logs of the suites are in out/test.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { breakingFiles } from './test/breaking-files.ts';
import { bringUp, clusterNames, whatStopsClusters } from './test/clusters.ts';
import { installPrograms } from './test/programs.ts';
import { newSteps, RESULTS } from './test/steps.ts';
import { stopOnSignal } from './test/stop-on-signal.ts';
import { newTally } from './test/tally.ts';

rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });

const stop = stopOnSignal();

const tally = newTally();
const { say, check, suite } = newSteps(tally, stop);
const behind = { behind: true };

await check('build', 'node', ['scripts/build.ts']);
const binaries = inOrder(
  () => check('types', 'tsc', ['--noEmit'], behind),
  () => packages(),
);
const rest = binaries.then(() =>
  inOrder(
    () => check('lint and format', 'biome', ['check', '--error-on-warnings', '.'], behind),
    () => check('dead code', 'knip', [], behind),
    () => suite('unit', behind),
    () => suite('package', behind),
  ),
);
// Files that break nodes or DNS wait in one row; the shared cluster takes of them too, once nobody else is asked there.
const waiting = [...(await breakingFiles())];
const stopped = whatStopsClusters();
if (stopped === undefined) {
  const shared = onCluster(clusterNames.shared, async (env) => {
    await suite('e2e', { env });
    await binaries;
    await suite('installed', { env });
    await breakInTurn(env);
  });
  const breaking = onCluster(clusterNames.breaking, breakInTurn);
  await Promise.all([rest, shared, breaking]);
} else {
  say(`FAILED  tests on a real cluster: ${stopped}`);
  tally.add({ passed: 0, failed: 1, skipped: 0 });
  tally.broken(`tests on a real cluster: ${stopped}`);
  await rest;
}

const lines = tally.lines();
for (const line of lines) say(line);
writeFileSync(`${RESULTS}/counts.txt`, `${lines.at(-1)}\n`);
process.exitCode = stop.aborted ? 130 : tally.failed ? 1 : 0;

async function inOrder(...steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step();
}

/** Takes file after file of those that break a cluster, until none waits. */
async function breakInTurn(env: Record<string, string>): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    await suite('cluster', { env, file });
  }
}

/** Suites on a cluster that is there for them and goes when they have ended, whatever became of them. */
async function onCluster(name: string, suites: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const takeDown = await bringUp(name, say);
  try {
    await suites({ NET_CLUSTER: name });
  } finally {
    await takeDown();
  }
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
  if (process.env.NET_E2E === 'required') await installPrograms(say);
  const script = ['scripts/package.ts', '--binaries'];
  await check('single binaries', 'node', [...script, '--platform', 'linux/amd64'], behind);
  const others = ['linux/arm64', 'darwin/amd64', 'darwin/arm64', 'windows/amd64'];
  const words = others.flatMap((platform) => ['--platform', platform]);
  await check('binaries of other systems', 'node', [...script, '--add', '--plugin', 'netsvc', ...words], behind);
}
