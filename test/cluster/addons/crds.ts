import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { load } from 'js-yaml';
import type { KubeObject } from '../api.ts';
import { findGo } from '../build/go.ts';
import { goSources } from '../build/pins.ts';
import { ClusterFailure } from '../failure.ts';
import type { CrdGroup } from '../options.ts';
import { minimalDefinitions } from './minimal-crds.ts';

interface CrdModule {
  /** The folder of `go/` whose go.mod pins the version. */
  readonly pinned: string;
  readonly path: string;
}

/** Modules that hold full definitions. Of network policies each version serves other kinds. */
const modules: Partial<Record<CrdGroup, readonly CrdModule[]>> = {
  gateway: [{ pinned: 'crds', path: 'sigs.k8s.io/gateway-api' }],
  policy: [
    { pinned: 'crds', path: 'sigs.k8s.io/network-policy-api' },
    { pinned: 'crds-older', path: 'sigs.k8s.io/network-policy-api' },
  ],
};

const FOLDER = 'config/crd/experimental';

/** Definitions of the kinds of each group: those of the project where a Go module has them, else minimal ones. */
export async function crdObjects(groups: readonly CrdGroup[]): Promise<readonly KubeObject[]> {
  const all: KubeObject[] = [];
  for (const group of groups) {
    for (const module of modules[group] ?? []) all.push(...(await definitionsIn(module)));
    all.push(...minimalDefinitions(group));
  }
  return all;
}

async function definitionsIn({ pinned, path: module }: CrdModule): Promise<readonly KubeObject[]> {
  const go = findGo();
  if (go === undefined) {
    throw new ClusterFailure(`Go 1.26 is needed to fetch the definitions of ${module}`);
  }
  const result = await execa(go, ['mod', 'download', '-json', module], {
    cwd: join(goSources, pinned),
    env: { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
    reject: false,
  });
  const { Dir: at, Error: fault } = JSON.parse(result.stdout || '{}') as { Dir?: string; Error?: string };
  if (at === undefined || fault !== undefined) {
    throw new ClusterFailure(`cannot fetch ${module}: ${fault ?? result.stderr}`);
  }
  return readdirSync(join(at, FOLDER))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => load(readFileSync(join(at, FOLDER, file), 'utf8')) as KubeObject)
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ apiVersion, kind, metadata: { name, annotations }, spec }) => ({
      apiVersion,
      kind,
      metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
      spec,
    }));
}
