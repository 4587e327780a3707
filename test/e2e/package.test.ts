import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { execa } from 'execa';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeImage } from '../../scripts/package/image.ts';
import { imagePrograms, imageRoot } from '../../scripts/package/image-root.ts';
import { completionHook } from '../../shared/cli/completion-hook.ts';
import { type TempFiles, tempFiles } from '../../shared/testing/temp-files.ts';
import type { KubeObject } from '../cluster/api.ts';
import { enterCommand } from '../cluster/machine/enter.ts';
import { all, endpoints, ready } from '../faults/fault.ts';
import { app, svc } from '../faults/make.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { kubectlFolder } from '../kit/plugin.ts';
import { waitForObject } from '../kit/states.ts';
import { binary, cannotRun, NAMES, platform } from '../package/packaged.ts';

const IMAGE = 'kubectl-net.local/kubectl-net:test';
const NAMESPACE = 'packaged';
const reason =
  foreignKubeconfig() === undefined
    ? (skipReason() ?? cannotRun([...NAMES, 'net']))
    : 'images cannot be brought to a cluster from outside';

/** The single binaries against a real API server: on the workstation through kubectl, and as a Job in the cluster. */
describe.skipIf(reason !== undefined)(`single binaries${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const cluster = describeCluster(testClusterName);
  let stage: Stage;
  let files: TempFiles;

  beforeAll(async () => {
    files = tempFiles();
    mkdirSync(files.path('bin'));
    for (const name of NAMES) {
      symlinkSync(binary(name), files.path(`bin/kubectl-${name}`));
      writeFileSync(files.path(`bin/kubectl_complete-${name}`), completionHook(name), { mode: 0o755 });
    }
    stage = await openStage(cluster.kubeconfig, NAMESPACE);
    await stage.apply([
      app('web'),
      svc('web'),
      app('lost', { labels: { app: 'lost' } }),
      svc('lost', { selector: { app: 'lots' } }),
    ]);
    await stage.until(all(ready(4), endpoints('web', 2)), 'ready');
  });
  afterAll(async () => {
    await stage?.close();
    files?.remove();
  });

  const kubectl = async (...words: string[]) => await kubectlWith([], words);
  const kubectlWith = async (folders: readonly string[], words: readonly string[]) =>
    await execa('kubectl', words, {
      reject: false,
      extendEnv: false,
      stdin: 'ignore',
      env: {
        PATH: [files.path('bin'), kubectlFolder(), ...folders].join(delimiter),
        // Without it kubectl's cache would come into the folder of the sources.
        HOME: files.folder,
        KUBECONFIG: cluster.kubeconfig,
        NODE_OPTIONS: '--nope',
        NODE_EXTRA_CA_CERTS: '/no/such/file',
      },
    });

  it.each(NAMES)('kubectl %s meets the cluster', async (plugin) => {
    const run = await kubectl(plugin, 'version');
    expect(run.stdout).toMatch(/^Server +v?1\.\d+/m);
    expect(run.exitCode).toBe(0);
  });

  it('kubectl netsvc tells a sound Service from a broken one', async () => {
    expect(await kubectl('netsvc', 'web', '-n', NAMESPACE)).toMatchObject({ exitCode: 0 });
    const broken = await kubectl('netsvc', 'lost', '-n', NAMESPACE);
    expect(broken.stdout).toMatch(/^BROKEN .*app=lots/);
    expect(broken.exitCode).toBe(1);
  });

  it('kubectl netdns, netpol and netcni answer a question about it', async () => {
    const name = await kubectl('netdns', 'web', '-n', NAMESPACE);
    expect(name.exitCode).toBe(0);
    expect(name.stdout).toMatch(/web\.packaged\.svc\.cluster\.local/);
    const reach = await kubectl('netpol', 'can-reach', 'deploy/lost', 'svc/web', '-n', NAMESPACE);
    expect(reach).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^ALLOWED/) });
    const nodes = await kubectl('netcni', 'status');
    expect(nodes.stdout).toMatch(/Flannel: \d+ of \d+ ready/);
    expect(nodes.exitCode).toBe(0);
  });

  it.each([
    ['Services', ['netsvc', 'w'], ['web']],
    ['pods', ['netcni', 'pod', 'web-'], [expect.stringMatching(/^web-/), expect.stringMatching(/^web-/)]],
    ['namespaces', ['netdns', 'web', '-n', 'pack'], [NAMESPACE]],
    ['contexts', ['netpol', 'lint', '--context', 'admin@'], [expect.stringMatching(/^admin@kubectl-net-/)]],
    ['codes', ['netcni', 'explain', 'CNI212'], ['CNI212']],
  ])('completes %s', async (_, words, wanted) => {
    // The hook is a script of the shell.
    const run = await kubectlWith(
      ['/usr/bin', '/bin'],
      ['__complete', words[0] ?? '', '-n', NAMESPACE, ...words.slice(1)],
    );
    const offered = run.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0]);
    expect(offered).toEqual(wanted);
  });

  it('the image runs as a Job with the rights of its ServiceAccount', async () => {
    await importImage();
    const manifests = ['plugins/netsvc/rbac/namespace-role.yaml', 'deploy/check-job.yaml'].flatMap(
      (path) => loadAll(readFileSync(path, 'utf8')) as KubeObject[],
    );
    await stage.apply(manifests.map(withImage) as never);
    const path = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs/netsvc-check`;
    const job = await waitForObject(path, ({ status }) => finished(status), cluster);
    const logs = await stage.kubectl(['logs', 'job/netsvc-check']);
    expect(logs).toMatch(/web/);
    expect(logs).toMatch(/lost .*app=lots/s);
    // Exit status 1, since a Service is broken; the Job says so to whoever waits for it.
    expect(job.status).toMatchObject({ failed: 1 });
    const codes = await stage.kubectl([
      'get',
      'pods',
      '-l',
      'job-name=netsvc-check',
      '-o',
      'jsonpath={.items[*].status.containerStatuses[*].state.terminated.exitCode}',
    ]);
    expect(codes).toBe('1');
  });

  /** Builds the image and brings it to every node. */
  async function importImage(): Promise<void> {
    const archive = files.path('image.tar');
    const suite = readFileSync(binary('net'));
    const amd64 = platform('linux/amd64');
    const layers = [imageRoot(amd64), imagePrograms(suite, NAMES, Buffer.from('notices'))];
    const options = { name: IMAGE, version: 'test', homepage: 'https://example.com' };
    await writeImage(archive, [{ platform: amd64, layers }], options);
    for (const node of cluster.nodes) {
      const [program = '', ...words] = enterCommand(cluster.name, node);
      await execa(program, [...words, 'ctr', '--namespace', 'k8s.io', 'images', 'import', '-'], {
        inputFile: archive,
        cwd: '/',
      });
    }
  }

  function withImage(object: KubeObject): KubeObject {
    if (object.kind !== 'Job') return object;
    return JSON.parse(JSON.stringify(object).replace('kubectl-net:latest', IMAGE)) as KubeObject;
  }
});

function finished(status: unknown): boolean {
  const { failed = 0, succeeded = 0 } = (status ?? {}) as { readonly failed?: number; readonly succeeded?: number };
  return failed + succeeded > 0;
}
