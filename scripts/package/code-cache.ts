import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { startApiServer } from '../../shared/testing/api-server.ts';
import { createTestAuthority } from '../../shared/testing/certs.ts';
import type { Platform } from './platforms.ts';
import { programPath } from './program-path.ts';
import { type CodeCache, type PartText, type Places, ROOM, trainingMain } from './sea-program.ts';
import { trainingLines, trainingObjects } from './training-lines.ts';

/** How the Node of another platform is run here: the words before it. */
export interface Runner {
  readonly words: readonly string[];
}

/**
 * How the platform's Node can be run on this machine: itself, for Linux on ARM through qemu; undefined when it cannot.
 * V8 takes a cache only from the same version on the same kind of processor, so it must be made by that very Node.
 */
export function runnerFor(platform: Platform): Runner | undefined {
  if (platform.os !== process.platform) return undefined;
  if (platform.nodeArch === process.arch) return { words: [] };
  const qemu = programPath('qemu-aarch64-static') ?? programPath('qemu-aarch64');
  if (platform.nodeArch !== 'arm64' || qemu === undefined) return undefined;
  return { words: [qemu, '-L', '/usr/aarch64-linux-gnu'] };
}

/** Runs the plugin's training lines on the platform's Node and returns V8's code cache; the same input, the same bytes. */
export async function makeCodeCache(
  parts: PartText,
  node: string,
  runner: Runner,
  root: string,
): Promise<CodeCache | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-net-train-'));
  const authority = createTestAuthority();
  const server = await startApiServer({
    objects: trainingObjects(parts.name, root),
    tls: authority.issue({ hosts: ['127.0.0.1'] }),
  });
  try {
    const servers = { refusing: join(folder, 'refusing'), answering: join(folder, 'answering') };
    // Port 1 of this machine.
    await writeFile(servers.refusing, kubeconfig("server: 'https://127.0.0.1:1'"));
    const data = Buffer.from(authority.cert).toString('base64');
    await writeFile(servers.answering, kubeconfig(`server: '${server.url}', certificate-authority-data: ${data}`));
    await writeFile(join(folder, 'parts'), parts.text);
    await writeFile(join(folder, 'train.cjs'), trainingMain(parts, trainingLines(parts.name, root, servers)));
    // --predictable: no concurrent work, so that the cache does not depend on who was quicker. It is no part of V8's
    // check of flags.
    const [program = node, ...before] = [...runner.words, node];
    await execa(
      program,
      [
        ...before,
        '--predictable',
        ...ROOM.map(({ flag, megabytes }) => `${flag}=${megabytes}`),
        join(folder, 'train.cjs'),
        folder,
      ],
      {
        cwd: root,
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'pipe',
        extendEnv: false,
        env: { HOME: folder, PATH: '/nowhere', TZ: 'UTC', LANG: 'C' },
      },
    );
    const places = JSON.parse(await readFile(join(folder, 'places.json'), 'utf8')) as Places;
    return { bytes: await readFile(join(folder, 'cache')), places };
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function kubeconfig(cluster: string): string {
  return `apiVersion: v1
kind: Config
current-context: training
contexts: [{name: training, context: {cluster: training, user: training}}]
clusters: [{name: training, cluster: {${cluster}}}]
users: [{name: training, user: {token: none}}]
`;
}
