import { partsOfField } from '../model/field-parts.ts';
import type { KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { ParsedValue } from './parsed.ts';

/** The kinds of policy that are judged: a slip in one of their manifests must not read as "nothing is denied". */
export function isPolicy(key: KindName | undefined): boolean {
  return key?.endsWith('NetworkPolicy') === true && !/^(?:Calico|Cilium)/.test(key);
}

/** Whether two manifests of one object say different things. */
export function differ(a: KubeObject, b: KubeObject): boolean {
  const specOf = (object: KubeObject): string => JSON.stringify((object as { readonly spec?: unknown }).spec ?? null);
  return specOf(a) !== specOf(b);
}

/** The line of the field that a message begins with, where it is known; else that of the object. */
export function lineOfField({ line, rules = [] }: ParsedValue, message: string): number | undefined {
  const lines = new Map(rules);
  const part = partsOfField(message).find((one) => lines.has(one));
  return part === undefined ? line : lines.get(part);
}
