import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import process from 'node:process';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundlePlugin, pluginParts } from '../../scripts/bundle-plugin.ts';
import { archiveName } from '../../scripts/package/platforms.ts';
import { startApiServer } from '../../shared/testing/api-server.ts';
import { kubeConfigText } from '../../shared/testing/kubeconfig.ts';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { because, binary, cannotRun, NAMES, platform } from './packaged.ts';

/** Modules of Node that take long to load and that no help, version or completion of flags may want. */
const SLOW = ['http', 'https', 'tls', 'crypto', 'child_process', 'worker_threads', 'assert', 'dns'];

/** What the numbers of this file stand for is time and memory; they are the same on every machine. */
describe.each(NAMES)('budgets of %s', (plugin) => {
  const files = tempFiles();
  const bundle = files.path(`kubectl-${plugin}`);
  let bytes = 0;
  beforeAll(async () => {
    files.write('package.json', { type: 'commonjs' });
    ({ bytes } = await bundlePlugin({ folder: `plugins/${plugin}`, outFile: bundle, version: '1.2.3' }));
    return () => files.remove();
  });

  it('the bundle has at most 450,000 bytes', () => {
    expect(bytes).toBeLessThanOrEqual(450_000);
  });

  it('the code that stands plain, to answer at once, has at most 60,000 bytes and little of packages', async () => {
    const { parts, meta } = await pluginParts({ folder: `plugins/${plugin}`, version: '1.2.3' });
    const quick = parts.filter((part) => part.quick);
    expect(quick.reduce((sum, { code }) => sum + code.length, 0)).toBeLessThanOrEqual(60_000);
    const names = new Set(quick.map(({ name }) => `out/${name}`));
    const inputs = Object.entries(meta.outputs).flatMap(([path, output]) =>
      names.has(path) ? Object.keys(output.inputs) : [],
    );
    const packages = inputs.filter((path) => path.includes('node_modules'));
    expect(packages.filter((path) => !path.includes('fastest-levenshtein'))).toEqual([]);
    expect(inputs.length).toBeLessThanOrEqual(60);
  });

  it.each([
    [['--help']],
    [['--version']],
    [['__complete', 'explain', '--']],
    [['version', '--client']],
    [['completion']],
  ])('%j loads no slow module of Node', (words) => {
    const hook = files.write('list.cjs', LIST_MODULES);
    const listed = files.path('modules.json');
    execFileSync(process.execPath, ['--require', hook, bundle, ...words], {
      stdio: 'ignore',
      env: { ...process.env, MODULES_INTO: listed, KUBECONFIG: files.path('none') },
    });
    const loaded = JSON.parse(readFileSync(listed, 'utf8')) as readonly string[];
    expect(loaded.filter((name) => SLOW.includes(name))).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(60);
  });

  it.each([['--help'], ['version', '--client'], ['explain'], ['completion']])(
    '%s %s asks no server',
    async (...words) => {
      const server = await startApiServer();
      try {
        const kubeconfig = files.write('kubeconfig', kubeConfigText({ server: server.url }));
        await execa(process.execPath, [bundle, ...words], { env: { KUBECONFIG: kubeconfig }, stdin: 'ignore' });
        expect(server.seen).toEqual([]);
      } finally {
        await server.close();
      }
    },
  );
});

/** What was loaded beyond what Node itself had loaded when the program began. */
const LIST_MODULES = `const before = new Set(process.moduleLoadList);
process.on('exit', () => {
  const names = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule '));
  require('node:fs').writeFileSync(process.env.MODULES_INTO, JSON.stringify(names.map((name) => name.slice(13))));
});`;

const reason = cannotRun();
describe.skipIf(reason !== undefined)(`budgets of the binaries${because(reason)}`, () => {
  it.each(NAMES)('%s takes at most 65 MB to print its help', (plugin) => {
    expect(peakMegabytes(binary(plugin), ['--help'])).toBeLessThanOrEqual(65);
  });

  it.each(NAMES)('%s takes at most 115 MB of disk', (plugin) => {
    expect(statSync(binary(plugin)).size).toBeLessThanOrEqual(115e6);
  });

  it.each(NAMES)('an archive of %s has at most 42 MB where one was made', (plugin) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    const size = statSync(`out/package/${archiveName(plugin, version, platform('linux/amd64'))}`, {
      throwIfNoEntry: false,
    })?.size;
    expect(size ?? 0).toBeLessThanOrEqual(42e6);
  });
});

/** Peak resident memory in MB (10^6 bytes), as the kernel counts it for the shell's one child. */
function peakMegabytes(program: string, words: readonly string[]): number {
  const script =
    'import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)';
  return (Number(execFileSync('python3', ['-c', script, program, ...words], { encoding: 'utf8' })) * 1024) / 1e6;
}
