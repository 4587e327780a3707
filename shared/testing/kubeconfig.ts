import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test is. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file and returns its path. */
export function writeIn(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export interface KubeConfigOptions {
  readonly server?: string;
  /** PEM of the authority. */
  readonly ca?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
  readonly context?: string;
}

/** The text of a kubeconfig with one context, `test` unless named, of cluster `main` and user `me`. */
export function kubeConfigText(options: KubeConfigOptions): string {
  const { server, ca, cluster = {}, user, namespace, context = 'test' } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      {
        name: 'main',
        cluster: {
          ...(server === undefined ? {} : { server }),
          ...(ca === undefined ? {} : { 'certificate-authority-data': base64(ca) }),
          ...cluster,
        },
      },
    ],
    contexts: [
      {
        name: context,
        context: {
          cluster: 'main',
          ...(user === undefined ? {} : { user: 'me' }),
          ...(namespace === undefined ? {} : { namespace }),
        },
      },
    ],
    users: user === undefined ? [] : [{ name: 'me', user }],
  });
}

/** A kubeconfig with one context, as a file in a folder of the test. */
export function writeKubeConfig(options: KubeConfigOptions): string {
  return writeIn(tempFolder(), 'config', kubeConfigText(options));
}

/** Base64 of a text, as the `…-data` fields hold it. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
