import { isRecord } from '../util/records.ts';
import { compareText, joinNames } from '../util/text.ts';
import type { Container, PodSpec } from './objects-pod.ts';
import type { PodTemplate } from './objects-workload.ts';

/** One field of the pod template that a revision changed; `where` is a container's name, or empty for the pod. */
export interface TemplateChange {
  readonly where: string;
  readonly field: string;
  /** Undefined where a value may be secret (environment) or too long to print. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

/** What differs between two pod templates, as far as it can keep a pod from serving. Values of env are left out. */
export function templateChanges(
  before: PodTemplate | undefined,
  after: PodTemplate | undefined,
): readonly TemplateChange[] {
  const changes: TemplateChange[] = [];
  const old = containersOf(before?.spec);
  for (const [name, container] of containersOf(after?.spec)) {
    const former = old.get(name);
    if (former === undefined) {
      changes.push({ where: name, field: 'container', before: 'absent', after: 'added' });
      continue;
    }
    changes.push(...containerChanges(name, former, container));
  }
  const kept = containersOf(after?.spec);
  for (const name of old.keys()) {
    if (!kept.has(name)) changes.push({ where: name, field: 'container', before: 'present', after: 'removed' });
  }
  for (const field of ['nodeSelector', 'serviceAccountName', 'priorityClassName', 'runtimeClassName'] as const) {
    add(changes, '', field, before?.spec?.[field], after?.spec?.[field]);
  }
  for (const field of ['affinity', 'tolerations', 'volumes', 'imagePullSecrets'] as const) {
    const [was, is] = [before?.spec?.[field], after?.spec?.[field]];
    if (canonical(was) !== canonical(is)) changes.push({ where: '', field, before: undefined, after: undefined });
  }
  return changes;
}

function containerChanges(name: string, before: Container, after: Container): TemplateChange[] {
  const changes: TemplateChange[] = [];
  add(changes, name, 'image', before.image, after.image);
  add(changes, name, 'command', before.command, after.command);
  add(changes, name, 'args', before.args, after.args);
  add(
    changes,
    name,
    'ports',
    before.ports?.map((port) => port.containerPort),
    after.ports?.map((port) => port.containerPort),
  );
  add(changes, name, 'limits', before.resources?.limits, after.resources?.limits);
  add(changes, name, 'requests', before.resources?.requests, after.resources?.requests);
  for (const probe of PROBES) {
    for (const [field, was, is] of fieldsOf(before[probe], after[probe])) {
      add(changes, name, field === '' ? probe : `${probe}.${field}`, was, is);
    }
  }
  const env = changedVariables(before, after);
  const from = canonical(before.envFrom) !== canonical(after.envFrom);
  for (const field of [...(env.length === 0 ? [] : [`env ${joinNames(env, 3)}`]), ...(from ? ['envFrom'] : [])])
    changes.push({ where: name, field, before: undefined, after: undefined });
  return changes;
}

/** Names of the environment variables that differ; an order that differs matters only where they refer to each other. */
function changedVariables(before: Container, after: Container): readonly string[] {
  const valuesOf = ({ env = [] }: Container): ReadonlyMap<string, string> =>
    new Map(env.map((variable) => [variable.name ?? '', canonical(variable)]));
  const [was, is] = [valuesOf(before), valuesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name)).sort(compareText);
}

/** The leaves in which two values differ, by path. */
function fieldsOf(before: unknown, after: unknown, path = ''): [string, unknown, unknown][] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => fieldsOf(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return canonical(before) === canonical(after) ? [] : [[path, before, after]];
}

function add(changes: TemplateChange[], where: string, field: string, before: unknown, after: unknown): void {
  if (canonical(before) === canonical(after)) return;
  changes.push({ where, field, before: printable(before), after: printable(after) });
}

function printable(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'none';
  const text = typeof value === 'string' ? value : canonical(value);
  return text.length > 80 ? undefined : text;
}

/** JSON with sorted keys, so that equal values have equal text. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
    ) ?? ''
  );
}

function containersOf(spec: PodSpec | undefined): ReadonlyMap<string, Container> {
  return new Map(
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((container) => [
      container.name ?? '',
      container,
    ]),
  );
}
