import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { IMAGE_USER, type ImageEntry } from './image-root.ts';
import type { Platform } from './platforms.ts';

/** One platform of an image: its layers, lowest first. */
export interface ImagePlatform {
  readonly platform: Platform;
  readonly layers: readonly (readonly ImageEntry[])[];
}

export interface ImageOptions {
  /** `kubectl-net:0.1.0`, as it is called after an import. */
  readonly name: string;
  readonly version: string;
  readonly homepage: string;
}

/** A piece of content by its checksum (OCI image specification, descriptors). */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Times are not told, so that the same files make the same image. */
const EPOCH = new Date(0);
const CREATED = '1970-01-01T00:00:00Z';
const TYPE = 'application/vnd.oci.image';

/**
 * Writes an image as an OCI layout in a tar file, without Docker: `ctr images import`, `docker load`, `podman load` and
 * `skopeo copy oci-archive:FILE` take it.
 */
export async function writeImage(
  target: string,
  parts: readonly ImagePlatform[],
  options: ImageOptions,
): Promise<void> {
  const blobs = new Map<string, Buffer>();
  const keep = (mediaType: string, content: Buffer): Descriptor => {
    const digest = sha256(content);
    blobs.set(`blobs/sha256/${digest}`, content);
    return { mediaType, digest: `sha256:${digest}`, size: content.length };
  };
  const keepJson = (mediaType: string, value: object): Descriptor =>
    keep(mediaType, Buffer.from(JSON.stringify(value)));

  const manifests = [];
  for (const { platform, layers } of parts) {
    const packed = await Promise.all(layers.map(packLayer));
    const config = keepJson(`${TYPE}.config.v1+json`, {
      created: CREATED,
      architecture: platform.arch,
      os: platform.os,
      config: {
        User: `${IMAGE_USER}:${IMAGE_USER}`,
        Env: ['PATH=/usr/bin', 'HOME=/tmp'],
        Entrypoint: ['/usr/bin/kubectl-net'],
        Labels: labels(options),
      },
      rootfs: { type: 'layers', diff_ids: packed.map(({ plain }) => `sha256:${sha256(plain)}`) },
    });
    const manifest = keepJson(`${TYPE}.manifest.v1+json`, {
      schemaVersion: 2,
      mediaType: `${TYPE}.manifest.v1+json`,
      config,
      layers: packed.map(({ compressed }) => keep(`${TYPE}.layer.v1.tar+gzip`, compressed)),
    });
    manifests.push({ ...manifest, platform: { os: platform.os, architecture: platform.arch } });
  }
  const annotations = {
    'io.containerd.image.name': options.name,
    'org.opencontainers.image.ref.name': options.version,
  };
  // One platform stands alone; several are behind an index of their own.
  const index = keepJson(`${TYPE}.index.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}.index.v1+json`,
    manifests,
  });
  const top = manifests.length === 1 && manifests[0] !== undefined ? manifests[0] : index;
  if (top !== index) blobs.delete(`blobs/sha256/${index.digest.slice(7)}`);
  await writeFile(
    target,
    await tarOf([
      { path: 'oci-layout', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
      {
        path: 'index.json',
        content: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ ...top, annotations }] })),
      },
      ...[...blobs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => ({ path, content })),
    ]),
  );
}

function labels({ version, homepage }: ImageOptions): Readonly<Record<string, string>> {
  return {
    'org.opencontainers.image.title': 'kubectl-net',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.url': homepage,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  };
}

async function packLayer(
  entries: readonly ImageEntry[],
): Promise<{ readonly plain: Buffer; readonly compressed: Buffer }> {
  const plain = await tarOf(entries);
  const compressed = await promisify(gzip)(plain, { level: 6 });
  compressed[9] = 255;
  return { plain, compressed };
}

async function tarOf(entries: readonly ImageEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, content, linkTo, mode } of entries) {
    const common = { name: path, uid: 0, gid: 0, mtime: EPOCH };
    if (linkTo !== undefined) tar.entry({ ...common, type: 'symlink', linkname: linkTo, mode: 0o777 });
    else if (content === undefined) tar.entry({ ...common, type: 'directory', mode: mode ?? 0o755 });
    else tar.entry({ ...common, mode: mode ?? 0o644 }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
