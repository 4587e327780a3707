/**
 * Start-up, one Service and a sweep of 10,000 pods against kubectl, each pair in one run, printed as ratios:
 *   npm run bench [start] [package] [live] [file]
 * `package` measures the single binaries that `npm run package` has built; `live` measures that of netsvc too, if it is there.
 * `live` and `file` bring up an API server with 10,000 pods (`npm run cluster -- scale`) unless one is up.
 */
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { clusterSupport } from '../cluster/support.ts';
import { adminKubeconfig } from '../cluster/up.ts';
import { type Command, compare, type Measured } from './measure.ts';

const NETSVC = [join('node_modules', '.bin', 'node'), 'dist/kubectl-netsvc'];
const BINARIES = 'out/package/bin/linux_amd64';
const KINDS = 'pods,services,endpointslices,networkpolicies,nodes,namespaces';
const asked = process.argv.slice(2);
const wants = (part: string): boolean => asked.length === 0 || asked.includes(part);

if (!existsSync('/usr/bin/time')) stop('GNU time is missing: apt-get install time');
await execa('node', ['scripts/build.ts'], { preferLocal: true, stdout: 'ignore' });

if (wants('start')) await start();
if (wants('package')) await singleBinaries();
if (wants('live') || wants('file')) {
  const support = clusterSupport();
  if (support.ok) await atScale();
  else say(`live and file: skipped, ${support.reason}`);
}

async function start(): Promise<void> {
  await table('start-up', 15, [
    { name: 'kubectl version --client', words: ['kubectl', 'version', '--client'] },
    { name: 'netsvc --help', words: [...NETSVC, '--help'], target: { wall: 1.6 } },
    { name: 'netsvc version --client', words: [...NETSVC, 'version', '--client'], target: { wall: 1.6 } },
  ]);
}

async function singleBinaries(): Promise<void> {
  const names = ['netsvc', 'netdns', 'netpol', 'netcni'].filter((name) => existsSync(binary(name)));
  if (names.length === 0) return say('package: skipped, nothing is built: npm run package -- --platform linux/amd64');
  await table('single binaries', 15, [
    { name: 'kubectl version --client', words: ['kubectl', 'version', '--client'] },
    ...names.flatMap((name) =>
      [['--help'], ['version', '--client']].map((words) => ({
        name: `kubectl-${name} ${words.join(' ')}`,
        words: [binary(name), ...words],
        target: { wall: 1.6 },
      })),
    ),
  ]);
  const incident = 'test/scenarios/selector-relabelled-in-release/facts';
  const words = ['payment-service', '-n', 'shop', '--snapshot', incident];
  await table('a recorded incident', 15, [
    { name: 'the bundle on Node', words: [...NETSVC, ...words] },
    { name: 'the single binary', words: [binary('netsvc'), ...words], target: { wall: 1 } },
  ]);
}

async function atScale(): Promise<void> {
  await execa('node', ['test/cluster/main.ts', 'scale'], { preferLocal: true, stdout: 'ignore', stderr: 'inherit' });
  const env = { KUBECONFIG: adminKubeconfig('scale') };
  if (wants('live')) {
    const words = ['app-0', '-n', 'ns-0'];
    const single = existsSync(binary('netsvc'))
      ? [{ name: 'the single binary', words: [binary('netsvc'), ...words], env, target: { wall: 2 } }]
      : [];
    await table('one Service of 2,000', 21, [
      { name: 'kubectl get svc app-0', words: ['kubectl', 'get', 'svc', ...words], env },
      { name: 'netsvc app-0', words: [...NETSVC, ...words], env, target: { wall: 2 } },
      ...single,
    ]);
    await table('sweep of 10,000 pods, live', 5, [
      { name: `kubectl get ${KINDS} -A -o json`, words: ['kubectl', 'get', KINDS, '-A', '-o', 'json'], env },
      { name: 'netsvc check -A', words: [...NETSVC, 'check', '-A'], env, target: { wall: 0.35, memory: 0.3 } },
    ]);
  }
  if (wants('file')) {
    const folder = await mkdtemp(join(tmpdir(), 'kubectl-net-bench-'));
    try {
      const file = join(folder, 'everything.json');
      await execa('sh', ['-c', `kubectl get ${KINDS} -A -o json > ${file}`], { env });
      await table(`sweep of a JSON snapshot of ${Math.round(statSync(file).size / 1e6)} MB`, 5, [
        { name: 'cat', words: ['cat', file] },
        { name: 'netsvc check -A --snapshot', words: [...NETSVC, 'check', '-A', '--snapshot', file] },
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function binary(plugin: string): string {
  return join(BINARIES, `kubectl-${plugin}`);
}

/** The first command is the yardstick; ratios are to it. */
async function table(
  title: string,
  runs: number,
  commands: readonly (Command & { readonly target?: { readonly wall?: number; readonly memory?: number } })[],
): Promise<void> {
  const measured = await compare(commands, runs);
  const base = measured[0] as Measured;
  say(`\n${title} (medians of ${runs} runs in turn)`);
  say(
    `  ${'command'.padEnd(44)} ${'wall s'.padStart(8)} ${'cpu s'.padStart(8)} ${'MB'.padStart(7)}  ratios wall/cpu/MB`,
  );
  measured.forEach((row, at) => {
    const ratios = [row.wall / base.wall, row.cpu / base.cpu, row.memory / base.memory].map((ratio) =>
      ratio.toFixed(2),
    );
    const target = commands[at]?.target;
    const goal =
      target === undefined
        ? ''
        : `  to reach: ${Object.entries(target)
            .map(([what, ratio]) => `${what} ≤ ${ratio}`)
            .join(', ')}`;
    say(
      `  ${row.name.slice(0, 44).padEnd(44)} ${row.wall.toFixed(3).padStart(8)} ${row.cpu.toFixed(3).padStart(8)} ` +
        `${row.memory.toFixed(0).padStart(7)}  ${ratios.join(' / ')}${goal}`,
    );
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function stop(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}
