import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from './platforms.ts';

/** One file, link or folder of an image; paths without a slash at the start. */
export interface ImageEntry {
  readonly path: string;
  readonly content?: Buffer;
  readonly linkTo?: string;
  readonly mode?: number;
}

/** The libraries that Node is linked with, and its loader, by platform. */
const LIBRARIES = ['libc.so.6', 'libdl.so.2', 'libgcc_s.so.1', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6'];
const LOADERS = { amd64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' } as const;

/** Where Debian has them: its own, and those of the packages libc6-arm64-cross and libstdc++6-arm64-cross. */
const PLACES = {
  amd64: ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu'],
  arm64: ['/usr/aarch64-linux-gnu/lib'],
} as const;

/** The packages whose terms go with the libraries. */
const COPYRIGHTS = ['libc6', 'libgcc-s1', 'libstdc++6'];

/** Nobody of the system: RBAC of the cluster decides what the program may do, not the user in the container. */
export const IMAGE_USER = 65532;

/**
 * What the program needs of a system, taken from the Debian that builds: six libraries, a user, no shell. Throws when
 * one is missing, with the package that has it.
 */
export function imageRoot({ arch }: Platform): readonly ImageEntry[] {
  const libraries = [...LIBRARIES, LOADERS[arch]].map((name) => {
    const found = PLACES[arch].map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found === undefined) {
      const packages = arch === 'arm64' ? 'libc6-arm64-cross libstdc++6-arm64-cross' : 'libc6 libstdc++6';
      throw new Error(`${name} for linux/${arch} is missing: apt-get install ${packages}`);
    }
    return { path: `usr/lib/${name}`, content: readFileSync(realpathSync(found)), mode: 0o755 };
  });
  const copyrights = COPYRIGHTS.flatMap((name) => {
    const path = `/usr/share/doc/${name}/copyright`;
    return existsSync(path) ? [{ path: path.slice(1), content: readFileSync(path) }] : [];
  });
  return [
    ...folders('etc', 'tmp', 'usr', 'usr/bin', 'usr/lib', 'usr/share', 'usr/share/doc'),
    ...COPYRIGHTS.flatMap((name) => folders(`usr/share/doc/${name}`)),
    { path: 'lib', linkTo: 'usr/lib' },
    { path: 'lib64', linkTo: 'usr/lib' },
    ...libraries,
    ...copyrights,
    text('etc/passwd', `nobody:x:${IMAGE_USER}:${IMAGE_USER}:nobody:/tmp:/usr/bin/kubectl-net\n`),
    text('etc/group', `nobody:x:${IMAGE_USER}:\n`),
    text('etc/nsswitch.conf', 'hosts: files dns\n'),
  ];
}

/** The programs: one file that holds them all, and a link for each name. */
export function imagePrograms(suite: Buffer, plugins: readonly string[], notices: Buffer): readonly ImageEntry[] {
  return [
    { path: 'usr/bin/kubectl-net', content: suite, mode: 0o755 },
    ...plugins.map((name) => ({ path: `usr/bin/kubectl-${name}`, linkTo: 'kubectl-net' })),
    { path: 'usr/share/doc/kubectl-net', mode: 0o755 },
    { path: 'usr/share/doc/kubectl-net/THIRD_PARTY_NOTICES', content: notices },
  ];
}

function folders(...paths: readonly string[]): readonly ImageEntry[] {
  return paths.map((path) => ({ path, mode: path === 'tmp' ? 0o1777 : 0o755 }));
}

function text(path: string, content: string): ImageEntry {
  return { path, content: Buffer.from(content) };
}
