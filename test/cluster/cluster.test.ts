import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { skipReason, testClusterName } from '../kit/cluster.ts';
import { runKubectl } from '../kit/plugin.ts';
import { ClusterFailure } from './failure.ts';
import { withLockFile } from './lock.ts';
import { checkOptions, defaultOptions } from './options.ts';
import { requireSpace } from './space.ts';
import { clusterFolder, readState } from './state.ts';
import { clusterSupport } from './support.ts';
import { adminKubeconfig } from './up.ts';
import { waitFor } from './wait.ts';

const reason = skipReason();
const name = 'selftest';

async function cluster(...args: readonly string[]) {
  const main = join(import.meta.dirname, 'main.ts');
  const result = await execa(process.execPath, [main, ...args], { reject: false });
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** Whatever a cluster may leave on this machine: namespaces, control groups, mounts, files, processes. */
async function traces(): Promise<readonly string[]> {
  const { stdout: netns } = await execa('ip', ['netns', 'list']);
  const { stdout: mounts } = await execa('cat', ['/proc/mounts']);
  const { stdout: processes } = await execa('ps', ['-eo', 'args']);
  const groups = ['', ...readdirSync('/sys/fs/cgroup')].map((folder) =>
    join('/sys/fs/cgroup', folder, 'kubectl-net', name),
  );
  return [
    ...netns.split('\n').filter((line) => line.startsWith(`knet-${name}_`)),
    ...[...mounts.split('\n'), ...processes.split('\n')].filter((line) => line.includes(`clusters/${name}/`)),
    ...processes.split('\n').filter((line) => line.includes(`netns/knet-${name}_`)),
    ...[...groups, clusterFolder(name)].filter((path) => existsSync(path)),
  ];
}

test('support is a yes, or a no with a reason', () => {
  const support = clusterSupport();
  expect(support.ok ? 'yes' : support.reason).not.toBe('');
});

test('options out of range are refused before anything is made', () => {
  expect(() => checkOptions({ ...defaultOptions, nodes: 9 })).toThrow('between 1 and 4');
  expect(() => checkOptions({ ...defaultOptions, name: 'Not A Name' })).toThrow('lower-case');
  expect(() => checkOptions({ ...defaultOptions, port: 0 })).toThrow('not a port');
  expect(() => checkOptions(defaultOptions, 'v1.29.0')).toThrow('only 1.34.4 is pinned');
  expect(() => checkOptions({ ...defaultOptions, crds: ['nonsense' as 'istio'] })).toThrow('choose from');
});

test('a number that is none is refused as it was typed, and nothing is made', async () => {
  for (const [command, option, typed] of [
    ['up', '--nodes', 'two'],
    ['up', '--port', '80a'],
    ['up', '--nodes', ''],
    ['scale', '--pods', '1e4'],
    ['scale', '--nodes', '-1'],
  ] as const) {
    const { exitCode, stderr } = await cluster(command, '--name', name, `${option}=${typed}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `${option} ${typed}: not a whole number` });
  }
});

test('a name that could mean other folders is refused, also by `down`', async () => {
  for (const bad of ['', '../etc', 'a/b', '.']) {
    const { exitCode, stderr } = await cluster('down', '--name', bad);
    expect({ bad, exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('lower-case') });
  }
  expect((await cluster('down', 'somebody')).exitCode).toBe(2);
});

test('a lock of somebody who died, or that was never filled, holds nobody up; one that cannot be made says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-lock-'));
  const path = join(folder, 'lock');
  const take = (): Promise<string> => withLockFile(path, 'testing', 10_000, async () => 'mine');
  writeFileSync(path, JSON.stringify({ pid: process.pid, startTime: 'long ago' }));
  expect(await take()).toBe('mine');
  writeFileSync(path, '');
  utimesSync(path, 0, 0);
  expect(await take()).toBe('mine');
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, '');
  await expect(withLockFile(join(path, 'lock'), 'testing', 1000, take)).rejects.toThrow('cannot write');
  rmSync(folder, { recursive: true });
});

test('a full disk is named, with what is needed', async () => {
  await expect(requireSpace('/', 1e9, 'a cluster')).rejects.toThrow(/\/ has .* GiB free; a cluster needs/);
  await expect(requireSpace('/', 1e9, 'a cluster')).rejects.toBeInstanceOf(ClusterFailure);
});

describe.skipIf(reason !== undefined)(`a cluster of its own${reason === undefined ? '' : ` (${reason})`}`, () => {
  afterAll(async () => {
    await cluster('down', '--name', name);
  });

  test('a taken port is said so, and nothing is left', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const { exitCode, stderr } = await cluster('up', '--name', name, '--port', String(port));
    server.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(await traces()).toEqual([]);
  });

  test('an unknown command or option is a usage error', async () => {
    expect((await cluster('sideways')).exitCode).toBe(2);
    expect((await cluster('up', '--colour')).exitCode).toBe(2);
  });

  test('an `up` that is killed half-way is cleared away by `down`', async () => {
    const killed = execa(process.execPath, [join(import.meta.dirname, 'main.ts'), 'up', '--name', name], {
      reject: false,
    });
    await waitFor('machines', () => readState(name)?.machines.every(({ init }) => init !== undefined), {
      timeoutMs: 60_000,
      intervalMs: 50,
    });
    await sleep(1500);
    killed.kill('SIGKILL');
    await killed;
    expect(await traces()).not.toEqual([]);
    expect((await cluster('down', '--name', name)).exitCode).toBe(0);
    expect(await traces()).toEqual([]);
  });

  test('`up` heals a cluster that lost a node, next to another cluster, and twice is harmless', async () => {
    const options = ['--name', name, '--nodes', '1', '--no-metrics'];
    expect((await cluster('up', ...options)).stdout).toBe(`KUBECONFIG=${adminKubeconfig(name)}`);
    const first = readState(name)?.machines[1]?.init?.pid ?? 0;

    const again = await cluster('up', ...options);
    expect(again.stderr).toContain('is up already');
    expect(readState(name)?.machines[1]?.init?.pid).toBe(first);

    process.kill(first, 'SIGKILL');
    const healed = await cluster('up', ...options);
    expect(healed.stderr).toContain('machine node1 is gone');
    expect(healed.exitCode).toBe(0);

    const { stdout } = await cluster('status');
    expect(stdout).toContain(`${name}: ready, 1 nodes`);
    expect(stdout).toContain(`${testClusterName}: ready`);
    const indexes = [name, testClusterName].map((one) => readState(one)?.index);
    expect(indexes[0]).not.toBe(indexes[1]);

    await cluster('down', '--name', name);
    expect(await traces()).toEqual([]);
    expect((await cluster('down', '--name', name)).exitCode).toBe(0);
  });

  test('a filled API server has what was asked for', async () => {
    const size = ['--pods', '60', '--services', '20', '--policies', '5', '--nodes', '3'];
    const { exitCode } = await cluster('scale', '--name', name, ...size);
    expect(exitCode).toBe(0);
    const counts: Record<string, number> = {};
    for (const kind of ['pods', 'services', 'networkpolicies', 'nodes', 'endpointslices']) {
      const args = ['get', kind, '-A', '--no-headers', '--kubeconfig', adminKubeconfig(name)];
      const { stdout } = await runKubectl(args);
      counts[kind] = stdout.trim().split('\n').length;
    }
    // One more: the Service "kubernetes" and its slice.
    expect(counts).toEqual({ pods: 60, services: 21, networkpolicies: 5, nodes: 3, endpointslices: 21 });
    await cluster('down', '--name', name);
    expect(await traces()).toEqual([]);
  });
});
