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

/** Modules whose folders hold full definitions (pinned in go/crds/go.mod). */
const modules: Partial<Record<CrdGroup, { readonly path: string; readonly folder: string }>> = {
  gateway: { path: 'sigs.k8s.io/gateway-api', folder: 'config/crd/experimental' },
  policy: { path: 'sigs.k8s.io/network-policy-api', folder: 'config/crd/experimental' },
};

/** Definitions of the kinds of each group: those of the project where a Go module has them, else minimal ones. */
export async function crdObjects(groups: readonly CrdGroup[]): Promise<readonly KubeObject[]> {
  const all: KubeObject[] = [];
  for (const group of groups) {
    const module = modules[group];
    all.push(...(module === undefined ? [] : await definitionsIn(module.path, module.folder)));
    all.push(...minimalDefinitions(group));
  }
  return all;
}

async function definitionsIn(module: string, folder: string): Promise<readonly KubeObject[]> {
  const go = findGo();
  if (go === undefined) {
    throw new ClusterFailure(`Go 1.26 is needed to fetch the definitions of ${module}`);
  }
  const result = await execa(go, ['mod', 'download', '-json', module], {
    cwd: join(goSources, 'crds'),
    env: { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
    reject: false,
  });
  const { Dir: at, Error: fault } = JSON.parse(result.stdout || '{}') as { Dir?: string; Error?: string };
  if (at === undefined || fault !== undefined) {
    throw new ClusterFailure(`cannot fetch ${module}: ${fault ?? result.stderr}`);
  }
  return readdirSync(join(at, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => load(readFileSync(join(at, folder, file), 'utf8')) as KubeObject)
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ apiVersion, kind, metadata: { name, annotations }, spec }) => ({
      apiVersion,
      kind,
      metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
      spec,
    }));
}
