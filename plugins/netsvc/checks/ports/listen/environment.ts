import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Container, EnvVar } from '../../../../../shared/model/objects-pod.ts';

/** One variable of a container: its value, or undefined when it cannot be known (a Secret, a ConfigMap not read). */
export interface Variable {
  readonly name: string;
  readonly value: string | undefined;
  /** Where the value stands: `env PORT`, `ConfigMap shop/web-config key PORT`. */
  readonly source: string;
  /** Set in the container itself, so that `kubectl set env` changes it. */
  readonly literal: boolean;
  /** The ConfigMap and key that it comes from. */
  readonly configMap?: { readonly name: string; readonly key: string };
}

export type Environment = ReadonlyMap<string, Variable>;

/**
 * The environment that the kubelet gives a container: envFrom first, then env, later ones win. ConfigMaps are looked up
 * where they were read; values from Secrets and the downward API stay unknown.
 */
export function environmentOf(index: ClusterIndex, namespace: string, container: Container): Environment {
  const env = new Map<string, Variable>();
  for (const { prefix = '', configMapRef } of container.envFrom ?? []) {
    const name = configMapRef?.name;
    const map = name === undefined ? undefined : index.get('ConfigMap', namespace, name);
    for (const [key, value] of Object.entries(map?.data ?? {})) {
      const source = `ConfigMap ${namespace}/${name} key ${key}`;
      const configMap = { name: name ?? '', key };
      env.set(prefix + key, { name: prefix + key, value, source, literal: false, configMap });
    }
  }
  for (const entry of container.env ?? []) {
    const variable = toVariable(index, namespace, entry, env);
    if (variable !== undefined) env.set(variable.name, variable);
  }
  return env;
}

function toVariable(index: ClusterIndex, namespace: string, entry: EnvVar, before: Environment): Variable | undefined {
  const { name, value, valueFrom } = entry;
  if (name === undefined) return undefined;
  const ref = valueFrom?.configMapKeyRef;
  if (ref?.name !== undefined && ref.key !== undefined) {
    const found = index.get('ConfigMap', namespace, ref.name)?.data?.[ref.key];
    const source = `ConfigMap ${namespace}/${ref.name} key ${ref.key}`;
    return { name, value: found, source, literal: false, configMap: { name: ref.name, key: ref.key } };
  }
  if (valueFrom !== undefined) return { name, value: undefined, source: `env ${name}`, literal: false };
  return { name, value: expandKubernetes(value ?? '', before), source: `env ${name}`, literal: true };
}

/** `$(NAME)` as the kubelet replaces it in command, args and env; an unknown name stays as it is. */
export function expandKubernetes(text: string, env: Environment): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return env.get(name)?.value ?? whole;
  });
}

/** A parameter's name, then what it falls back to, or what is cut off its value. */
const PARAMETER = /\$(?:\{([A-Za-z_]\w*|\d)(?::?-([^}]*)|(##?|%%?)([^}]*))?\}|([A-Za-z_]\w*|\d))/g;

/**
 * `$NAME`, `$1`, `${NAME}`, `${NAME:-default}` and `${NAME#pattern}` as a shell replaces them; an unknown name stays as
 * it is. Source: POSIX.1-2024, Shell Command Language, 2.6.2 Parameter Expansion.
 */
export function expandShell(text: string, env: Environment): string {
  return text.replace(
    PARAMETER,
    (whole, braced?: string, fallback?: string, cut?: string, pattern: string = '', plain?: string) => {
      const variable = env.get(braced ?? plain ?? '');
      const value = variable?.value ?? '';
      if (value !== '') return cut === undefined ? value : withoutPart(value, cut, pattern);
      if (variable !== undefined) return whole;
      return fallback ?? whole;
    },
  );
}

/** `#` cuts the shortest start that fits the pattern, `##` the longest, `%` and `%%` do so at the end. */
function withoutPart(value: string, cut: string, pattern: string): string {
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  if (cut.length === 2) lengths.reverse();
  const fits = new RegExp(`^${globSource(pattern)}$`, 's');
  for (const length of lengths) {
    const start = cut.startsWith('#');
    const part = start ? value.slice(0, length) : value.slice(value.length - length);
    if (fits.test(part)) return start ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}

function globSource(pattern: string): string {
  return pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}
