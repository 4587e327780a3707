import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { ConfigMap } from '../../model/objects.ts';
import type { Container } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf, namespaceOf } from '../../model/refs.ts';
import type { Told } from './setup.ts';

/** ConfigMaps of a name, with a distribution's prefix (`rke2-canal-config`) or a generated suffix where `suffixed`. */
export function configMaps(index: ClusterIndex, name: string, suffixed = false): readonly ConfigMap[] {
  return index.list('ConfigMap').filter((map) => {
    const own = nameOf(map);
    return own === name || own.endsWith(`-${name}`) || (suffixed && own.startsWith(`${name}-`));
  });
}

/** One entry of a ConfigMap with its place; empty texts count as absent. */
export function entryOf(map: ConfigMap | undefined, key: string): Told<string> | undefined {
  const value = map?.data?.[key]?.trim();
  if (map === undefined || value === undefined || value === '') return undefined;
  return { value, source: `ConfigMap ${namespaceOf(map)}/${nameOf(map)} ${key}` };
}

/** `key: value` of a YAML text whose values are plain scalars, or of one in JSON; undefined when it is not set. */
export function yamlScalar(text: string, key: string): string | undefined {
  const json = text.trimStart().startsWith('{') ? parseJson(text) : undefined;
  if (json !== undefined) return jsonScalar(json, key);
  const match = new RegExp(`^[ \\t]*${key}:[ \\t]*["']?([^"'#\\n]*?)["']?[ \\t]*(?:#.*)?$`, 'm').exec(text);
  const value = match?.[1]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

/** The value of a key in an object or what it holds, what stands further out first; empty ones are not set. */
function jsonScalar(object: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = object[key];
  if (value !== undefined && typeof value !== 'object') return value === '' ? undefined : String(value);
  for (const inner of Object.values(object)) {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) continue;
    const found = jsonScalar(inner as Readonly<Record<string, unknown>>, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A scalar of the YAML text in a ConfigMap's entry, with its place. */
export function yamlTold(text: Told<string> | undefined, key: string): Told<string> | undefined {
  const value = text === undefined ? undefined : yamlScalar(text.value, key);
  return text === undefined || value === undefined ? undefined : { value, source: `${text.source}: ${key}` };
}

/** Reads JSON; undefined for what is none. Comment lines, which some templates carry, do not matter. */
export function parseJson(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A positive whole number that stands there as number or text; 0 is "choose yourself" for every plugin. */
export function positive(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : Number(value ?? Number.NaN);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** All containers of a DaemonSet's pods, init containers first: they often install and configure the plugin. */
export function containersOf(set: Workload): readonly Container[] {
  const spec = set.spec?.template?.spec;
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

/** The value of an environment variable in any container of these DaemonSets, written there or in a ConfigMap named there. */
export function envTold(index: ClusterIndex, sets: readonly Workload[], name: string): Told<string> | undefined {
  for (const set of sets) {
    const source = `DaemonSet ${namespaceOf(set)}/${nameOf(set)} env ${name}`;
    for (const container of containersOf(set)) {
      const entry = container.env?.find((variable) => variable.name === name);
      if (entry === undefined) continue;
      if (entry.value !== undefined && entry.value !== '') return { value: entry.value, source };
      const key = entry.valueFrom?.configMapKeyRef;
      const told = entryOf(index.get('ConfigMap', namespaceOf(set), key?.name ?? ''), key?.key ?? '');
      if (told !== undefined) return told;
    }
  }
  return undefined;
}

/** `--flag=value` or `--flag value` in any container of these DaemonSets; a bare flag is `true`. */
export function flagTold(sets: readonly Workload[], flag: string): Told<string> | undefined {
  for (const set of sets) {
    const source = `DaemonSet ${namespaceOf(set)}/${nameOf(set)} ${flag}`;
    for (const container of containersOf(set)) {
      const value = flagValue([...(container.command ?? []), ...(container.args ?? [])], flag);
      if (value !== undefined) return { value, source };
    }
  }
  return undefined;
}

/** The value of a flag among the words of a command line. */
export function flagValue(words: readonly string[], flag: string): string | undefined {
  for (const [at, word] of words.entries()) {
    if (word.startsWith(`${flag}=`)) return word.slice(flag.length + 1);
    if (word !== flag) continue;
    const next = words[at + 1];
    return next === undefined || next.startsWith('-') ? 'true' : next;
  }
  return undefined;
}

/** The tag of an image, without a digest and without what stands before a version (`v20260101-v1.34.0`). */
export function imageTag(image: string | undefined): string | undefined {
  const plain = (image ?? '').replace(/@sha256:[0-9a-f]+$/, '');
  const colon = plain.lastIndexOf(':');
  return colon < 0 || plain.indexOf('/', colon) >= 0 ? undefined : plain.slice(colon + 1);
}

/** The version that the image of a container tells; the first container whose name or image fits. */
export function imageVersion(sets: readonly Workload[], shape: RegExp): Told<string> | undefined {
  for (const set of sets) {
    for (const container of [...containersOf(set)].reverse()) {
      const tag = shape.test(container.image ?? '') ? imageTag(container.image) : undefined;
      if (tag !== undefined && /\d/.test(tag)) {
        return { value: tag, source: `DaemonSet ${namespaceOf(set)}/${nameOf(set)} image` };
      }
    }
  }
  return undefined;
}

/** The same told as another value. */
export function retold<T, U>(told: Told<T> | undefined, convert: (value: T) => U | undefined): Told<U> | undefined {
  const value = told === undefined ? undefined : convert(told.value);
  return told === undefined || value === undefined ? undefined : { value, source: told.source };
}

/** An object with the key only where there is a value, for optional fields. */
export function some<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}
