import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { programPath } from '../../../scripts/package/program-path.ts';
import { findGo } from '../../cluster/build/go.ts';
import { runKubectl } from '../plugin.ts';

/** A program that looks names up with the resolver of one library. */
export interface LookupClient {
  readonly libc: 'glibc' | 'musl' | 'go';
  /** The command in a pod of the probe image, before the name. */
  readonly command: string;
  /** Writes the program to a path, for those that the image does not have. */
  readonly build?: (to: string) => Promise<void>;
}

const source = (file: string): string => join(import.meta.dirname, file);

/** The clients that can be had here, and why others cannot. */
export function lookupClients(): { readonly clients: readonly LookupClient[]; readonly missing: readonly string[] } {
  const clients: LookupClient[] = [{ libc: 'glibc', command: 'getent ahosts' }];
  const missing: string[] = [];
  const musl = programPath('musl-gcc');
  if (musl === undefined) missing.push('musl (no musl-gcc: Debian package musl-tools)');
  else clients.push({ libc: 'musl', command: '/tmp/lookup-musl', build: (to) => compile(musl, to) });
  const go = findGo();
  if (go === undefined) missing.push('go (no Go)');
  else clients.push({ libc: 'go', command: '/tmp/lookup-go', build: (to) => buildGo(go, to) });
  return { clients, missing };
}

async function compile(compiler: string, to: string): Promise<void> {
  await execa(compiler, ['-static', '-O1', '-o', to, source('lookup.c')]);
}

/** Without cgo Go brings its own resolver along. */
async function buildGo(go: string, to: string): Promise<void> {
  const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' };
  await execa(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', to, source('lookup.go')], { env });
}

/** Builds the clients and puts them into a pod. */
export async function installClients(
  clients: readonly LookupClient[],
  pods: readonly { readonly namespace: string; readonly name: string }[],
  kubeconfig: string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-lookup-'));
  try {
    for (const { build, command } of clients) {
      if (build === undefined) continue;
      const file = join(folder, 'lookup');
      await build(file);
      const script = `base64 -d > ${command} && chmod +x ${command}`;
      const input = readFileSync(file).toString('base64');
      for (const { namespace, name } of pods) {
        const words = ['exec', '-i', '-n', namespace, name, '--', 'sh', '-c', script];
        const run = await runKubectl(words, { kubeconfig, input });
        if (run.exitCode !== 0) throw new Error(`cannot copy ${command} into ${name}: ${run.stderr}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
