import type { Fix } from '../../../../shared/messages/finding.ts';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { shellQuote } from '../../../../shared/util/text.ts';

/** One step of a JSON patch (RFC 6902) on a policy's list, and the one that undoes it. */
export interface ListStep {
  /** `/spec/ingress/0/from` */
  readonly path: string;
  /** Place in the list. */
  readonly at: number;
  readonly value: unknown;
  readonly op: 'add' | 'remove';
}

const RESOURCES: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicy',
  AdminNetworkPolicy: 'adminnetworkpolicy',
  BaselineAdminNetworkPolicy: 'baselineadminnetworkpolicy',
  ClusterNetworkPolicy: 'clusternetworkpolicy',
};

/** The object with a step done: what the command would make of it. */
export function applyStep<T extends KubeObject>(object: T, step: ListStep): T {
  const keys = step.path.split('/').slice(1);
  return changed(object, keys, (list) => {
    const items = Array.isArray(list) ? [...list] : [];
    if (step.op === 'add') items.splice(step.at, 0, step.value);
    else items.splice(step.at, 1);
    return items;
  }) as T;
}

function changed(value: unknown, keys: readonly string[], change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? changed(item, rest, change) : item));
  const record = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { ...record, [key]: changed(record[key], rest, change) };
}

/** The line to paste for a step, and the line that takes it back. `listed`: the list is there already. */
export function stepFix(object: KubeObject, kind: string, step: ListStep, listed: boolean, title: string): Fix {
  const { name = '', namespace } = object.metadata ?? {};
  const target = `${RESOURCES[kind] ?? kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
  const patch = (steps: readonly object[]): string =>
    `kubectl patch ${target} --type=json -p ${shellQuote(JSON.stringify(steps))}`;
  const one = `${step.path}/${step.at}`;
  const add = listed
    ? { op: 'add', path: one, value: step.value }
    : { op: 'add', path: step.path, value: [step.value] };
  const remove = listed ? { op: 'remove', path: one } : { op: 'remove', path: step.path };
  return step.op === 'add'
    ? { title, command: patch([add]), risk: 'low', undo: patch([remove]) }
    : { title, command: patch([remove]), risk: 'high', undo: patch([add]) };
}
