import process from 'node:process';
import { installPackages } from '../../test/cluster/build/packages.ts';
import { messageOf } from '../../test/cluster/failure.ts';
import { programPath } from '../package/program-path.ts';

/**
 * What some tests are skipped without, by a program or file that proves it: an emulator for ARM, shells to complete
 * in, a compiler for another C library.
 */
const WANTED = {
  'musl-gcc': 'musl-tools',
  'qemu-aarch64-static': 'qemu-user-static',
  zsh: 'zsh',
  fish: 'fish',
  '/usr/aarch64-linux-gnu/lib/libc.so.6': 'libc6-arm64-cross',
  '/usr/aarch64-linux-gnu/lib/libstdc++.so.6': 'libstdc++6-arm64-cross',
} as const;

/** Installs these where it can; the tests that need what is missing then are skipped with the reason. */
export async function installPrograms(say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0 || programPath('apt-get') === undefined) return;
  try {
    await installPackages(WANTED, say);
  } catch (error) {
    say(`not installed, their tests are skipped with the reason: ${messageOf(error)}`);
  }
}
