import { loadAll } from 'js-yaml';
import { KubeApi, type KubeObject } from '../cluster/api.ts';
import { waitFor } from '../cluster/wait.ts';
import { once, type Undo } from './undo.ts';

/** Manifests as YAML text (many documents, Lists) or as objects. */
export type Manifest = string | KubeObject | readonly KubeObject[];

interface Cluster {
  readonly kubeconfig: string;
}

export function objectsOf(manifest: Manifest): readonly KubeObject[] {
  const documents = typeof manifest === 'string' ? (loadAll(manifest) as KubeObject[]) : [manifest].flat();
  return documents
    .filter((document) => document !== null && document !== undefined)
    .flatMap((document) => (document.kind === 'List' ? (document.items as KubeObject[]) : [document as KubeObject]));
}

/** Creates or changes objects in the order given. The undo deletes them and waits until they are gone. */
export async function apply(manifest: Manifest, { kubeconfig }: Cluster): Promise<Undo> {
  const api = new KubeApi(kubeconfig);
  const objects = objectsOf(manifest);
  try {
    for (const object of objects) {
      // An object whose definition was created a moment ago is unknown for a moment more.
      const known = await waitFor(`kind ${object.kind}`, async () => (await api.pathOf(object)) !== '', {
        timeoutMs: 10_000,
      });
      if (known) {
        await api.apply(object);
      }
    }
  } finally {
    api.close();
  }
  return once(() => remove(objects, { kubeconfig }));
}

export async function remove(manifest: Manifest, { kubeconfig }: Cluster): Promise<void> {
  const api = new KubeApi(kubeconfig);
  const objects = [...objectsOf(manifest)].reverse();
  try {
    const paths = await Promise.all(objects.map((object) => api.pathOf(object)));
    for (const path of paths) {
      await api.remove(path, { gracePeriodSeconds: 1, propagationPolicy: 'Foreground' });
    }
    for (const path of paths) {
      await waitFor(`${path} to go`, async () => (await api.find(path)) === undefined, { timeoutMs: 120_000 });
    }
  } finally {
    api.close();
  }
}

/** A namespace of a test's own; a number at the end keeps runs apart. */
export async function testNamespace(
  name: string,
  cluster: Cluster,
  labels: Readonly<Record<string, string>> = {},
): Promise<{ readonly name: string; readonly undo: Undo }> {
  const unique = `${name}-${Math.random().toString(36).slice(2, 7)}`;
  const undo = await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: unique, labels } }, cluster);
  return { name: unique, undo };
}
