import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { binaryPath, cacheRoot } from './cache.ts';
import type { Say } from './components.ts';
import { makeBusyboxRoot, makeToolsRoot } from './image-root.ts';
import { components, kubernetesVersion } from './pins.ts';

const registry = 'kubectl-net.local';

/** Names of the images as manifests use them. They exist on the nodes only; nothing can be pulled. */
export const images = {
  web: `${registry}/web:1`,
  probe: `${registry}/probe:1`,
  pause: `${registry}/pause:1`,
  kubeProxy: `${registry}/kube-proxy:v${kubernetesVersion}`,
  coredns: `${registry}/coredns:${versionOf('coredns')}`,
  flannel: `${registry}/flannel:v${versionOf('flannel')}`,
  metricsServer: `${registry}/metrics-server:v${versionOf('metrics-server')}`,
} as const;

type LayerName = 'busybox' | 'tools' | 'kube' | 'flannel' | 'coredns' | 'metricsServer' | 'pause';

interface ImageRecipe {
  readonly tag: string;
  readonly layers: readonly LayerName[];
  readonly command: readonly string[];
}

const recipes: readonly ImageRecipe[] = [
  { tag: images.web, layers: ['busybox'], command: ['serve'] },
  { tag: images.probe, layers: ['busybox', 'tools'], command: ['stay'] },
  { tag: images.kubeProxy, layers: ['busybox', 'tools', 'kube'], command: ['kube-proxy'] },
  { tag: images.flannel, layers: ['busybox', 'tools', 'flannel'], command: ['/opt/bin/flanneld'] },
  { tag: images.coredns, layers: ['coredns'], command: ['/coredns'] },
  { tag: images.metricsServer, layers: ['metricsServer'], command: ['/metrics-server'] },
  { tag: images.pause, layers: ['pause'], command: ['/helper', 'pause'] },
];

const layerMakers: Record<LayerName, (root: string) => Promise<void>> = {
  busybox: makeBusyboxRoot,
  tools: makeToolsRoot,
  async kube(root) {
    await place('kube', join(root, 'usr/local/bin/kube'));
    await symlink('kube', join(root, 'usr/local/bin/kube-proxy'));
  },
  async flannel(root) {
    await place('flannel', join(root, 'opt/bin/flanneld'));
    await place('flannel-cni', join(root, 'flannel'));
  },
  coredns: (root) => place('coredns', join(root, 'coredns')),
  metricsServer: (root) => place('metrics-server', join(root, 'metrics-server')),
  pause: (root) => place('helper', join(root, 'helper')),
};

function versionOf(name: string): string {
  return components.find((component) => component.name === name)?.version ?? '0';
}

async function place(component: Parameters<typeof binaryPath>[0], at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await copyFile(binaryPath(component), at);
}

/** One archive with all images: layers that images share are in it once. */
export function imageArchive(): string {
  const hash = createHash('sha256').update(JSON.stringify(recipes));
  for (const file of ['image-root.ts', 'images.ts']) {
    hash.update(readFileSync(join(import.meta.dirname, file)));
  }
  for (const { name } of components) {
    hash.update(binaryPath(name));
  }
  return join(cacheRoot(), `images-${hash.digest('hex').slice(0, 12)}.tar`);
}

/** Writes the archive in the form of `docker save`, which containerd imports. */
export async function ensureImages(say: Say): Promise<string> {
  const archive = imageArchive();
  if (existsSync(archive)) {
    return archive;
  }
  say('making images …');
  await mkdir(cacheRoot(), { recursive: true });
  const work = await mkdtemp(join(cacheRoot(), '.images-'));
  try {
    const content = join(work, 'content');
    const digests = new Map<LayerName, string>();
    for (const [name, make] of Object.entries(layerMakers) as [LayerName, (root: string) => Promise<void>][]) {
      const root = join(work, name);
      await mkdir(root);
      await make(root);
      const folder = join(content, name);
      await mkdir(folder, { recursive: true });
      await pack(root, join(folder, 'layer.tar'));
      digests.set(name, await sha256(join(folder, 'layer.tar')));
    }
    const manifest = [];
    for (const recipe of recipes) {
      const config = JSON.stringify(imageConfig(recipe, digests));
      const file = `${createHash('sha256').update(config).digest('hex')}.json`;
      await writeFile(join(content, file), config);
      manifest.push({ Config: file, RepoTags: [recipe.tag], Layers: recipe.layers.map((name) => `${name}/layer.tar`) });
    }
    await writeFile(join(content, 'manifest.json'), JSON.stringify(manifest));
    await pack(content, join(work, 'images.tar'));
    await removeOldArchives();
    await rename(join(work, 'images.tar'), archive);
    say(`images: ${Math.round((await stat(archive)).size / 2 ** 20)} MiB`);
    return archive;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Half a gigabyte each. A cluster that runs has imported its own long ago. */
async function removeOldArchives(): Promise<void> {
  for (const file of readdirSync(cacheRoot())) {
    if (/^images-\w+\.tar$/.test(file)) {
      await rm(join(cacheRoot(), file), { force: true });
    }
  }
}

function imageConfig({ layers, command }: ImageRecipe, digests: ReadonlyMap<LayerName, string>): object {
  return {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: command },
    rootfs: { type: 'layers', diff_ids: layers.map((name) => `sha256:${digests.get(name) ?? ''}`) },
  };
}

async function pack(folder: string, archive: string): Promise<void> {
  // Same content, same bytes: owners and times of this machine stay out.
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await execa('tar', [...reproducible, '-C', folder, '-cf', archive, '.']);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
