import { posix } from 'node:path';
import { UsageError } from '../../../shared/cli/command.ts';
import { readNeighbours, readText } from '../../../shared/collect/files/read-text.ts';
import { NO_FACTS } from '../../../shared/dns/corefile/lint/problem.ts';
import type { CorefileSource } from '../../../shared/dns/corefile/sources.ts';
import { COREFILE_PATH } from '../../../shared/dns/corefile/syntax/files.ts';
import type { Runtime } from '../../../shared/runtime/runtime.ts';
import type { NamedCorefile } from '../diagnose/corefile-report.ts';

/** A Corefile from a file or standard input; a manifest of a ConfigMap is opened, with its other keys as files. */
export async function readCorefileFile(path: string, runtime: Runtime): Promise<NamedCorefile> {
  const text = await readText(path, runtime);
  // CoreDNS would start with what it has built in, which serves no name: nobody asks about that.
  if (text.trim() === '') {
    throw new UsageError(
      `${path === '-' ? 'standard input' : path} is empty`,
      'Give a Corefile, or the manifest of ConfigMap coredns.',
    );
  }
  const maps = /^\s*(?:"?kind"?\s*:\s*"?(?:ConfigMap|List)\b|\{)/m.test(text) ? await configMapsIn(text) : [];
  const held = maps.find(({ data }) => data.Corefile !== undefined);
  if (maps.length > 0 && held === undefined) {
    throw new UsageError(`${path} holds ConfigMaps, none with a Corefile`, 'Give the manifest of ConfigMap coredns.');
  }
  const beside =
    path === '-' || held !== undefined ? new Map<string, string>() : await readNeighbours(path, runtime.cwd);
  const files = new Map(
    [...beside].map(([name, content]) => [posix.join(posix.dirname(COREFILE_PATH), name), content]),
  );
  for (const { name, data } of maps) {
    const folder = name === 'coredns-custom' ? '/etc/coredns/custom' : '/etc/coredns';
    for (const [key, content] of Object.entries(data)) {
      if (key !== 'Corefile') files.set(`${folder}/${key}`, content);
    }
  }
  const corefile = held?.data.Corefile ?? text;
  const program = isNodeCache(corefile) ? 'node-cache' : 'coredns';
  const source: CorefileSource = {
    program,
    ref: { kind: 'File', name: path === '-' ? 'standard input' : path },
    text: corefile,
    files,
    env: environmentOf(runtime),
    version: undefined,
    workload: undefined,
  };
  return {
    source,
    facts: { ...NO_FACTS, program },
    place: {
      subject: source.ref,
      source: source.ref.name,
      edit: path === '-' ? 'kubectl netdns corefile -' : `${'$'}{EDITOR:-vi} ${path}`,
    },
  };
}

/** Only the node cache binds to the addresses that are the same on every node. */
function isNodeCache(text: string): boolean {
  return /^\s*bind\s+(?:169\.254\.|__PILLAR__)/m.test(text) && !/^\s*kubernetes\s/m.test(text);
}

/** Variables of the caller's own environment, so that a text can be judged as a server with these would read it. */
function environmentOf({ env }: Runtime): ReadonlyMap<string, string> {
  return new Map(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

interface HeldMap {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

async function configMapsIn(text: string): Promise<readonly HeldMap[]> {
  const { loadAll } = await import('js-yaml');
  try {
    return (loadAll(text) as readonly unknown[]).flatMap(mapsOf);
  } catch {
    // A Corefile is no YAML; its first word decides nothing.
    return [];
  }
}

function mapsOf(value: unknown): readonly HeldMap[] {
  if (typeof value !== 'object' || value === null) return [];
  const { kind, items, metadata, data } = value as Record<string, unknown>;
  if (Array.isArray(items)) return items.flatMap(mapsOf);
  if (kind !== 'ConfigMap' || typeof data !== 'object' || data === null) return [];
  const { name } = (metadata ?? {}) as { name?: unknown };
  const texts = Object.entries(data).flatMap(([key, content]) =>
    typeof content === 'string' ? [[key, content] as const] : [],
  );
  return [{ name: typeof name === 'string' ? name : '', data: Object.fromEntries(texts) }];
}
