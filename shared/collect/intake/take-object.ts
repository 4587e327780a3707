import { modernise } from '../../kube/modernise.ts';
import { isApplied } from '../../model/applied.ts';
import { KINDS, type KindName, kindKeyOf } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import { type Ref, refOf } from '../../model/refs.ts';
import { isRecord } from '../../util/records.ts';
import type { ParsedValue } from '../parse/parsed.ts';
import { withTypes } from '../types/field-types.ts';
import { isReadAsKept, typesOf } from '../types/object-types.ts';
import { addProblem, type FilePlace, type Intake, timesOf } from './intake.ts';
import { kustomizeFault } from './kustomization.ts';
import { lostPolicy } from './lost-policy.ts';
import { addTimes } from './newest-time.ts';
import { differ, isPolicy, lineOfField } from './policy-manifests.ts';
import { shapeFault, withoutNullFields } from './policy-shape.ts';
import { prune } from './prune.ts';

/** An object of a known kind that was taken over. */
export interface TakenObject {
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
  /** A server has stored it: no manifest that somebody wrote. */
  readonly applied: boolean;
}

/** A value that says what it is. */
interface NamedValue extends Readonly<Record<string, unknown>> {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Whether a value says what it is; one that does not is no object. */
export function isNamed(value: Readonly<Record<string, unknown>>): value is NamedValue {
  return typeof value.apiVersion === 'string' && typeof value.kind === 'string' && value.kind !== '';
}

/**
 * Takes over one object as the API would have it: without what nobody reads, in the form of the newest version, every
 * field of its type. What the server would refuse or kubectl would read otherwise is noted. `other` for a kind that is
 * only kept, undefined for what is no object.
 */
export function takeObject(
  intake: Intake,
  value: NamedValue,
  parsed: ParsedValue,
  file: FilePlace,
): TakenObject | 'other' | undefined {
  const built = kustomizeFault(value);
  if (built !== undefined) addProblem(intake, file, parsed.line, built, { doubt: true });
  const key = kindKeyOf(value.apiVersion, value.kind);
  // A policy without metadata is refused by the server like any other, but must not be passed over as if it were not there.
  const whole = isRecord(value.metadata) || !isPolicy(key) ? value : { ...value, metadata: {} };
  if (!isRecord(whole.metadata)) return undefined;
  addTimes(whole, timesOf(intake, file.root).newest);
  const read = prune(whole) as KubeObject;
  const typed = withTypes(key === undefined ? read : modernise(key, read), typesOf(key, value.kind), '');
  const placed = withNamespace(typed.value as KubeObject, key, intake.defaultNamespace);
  const object = isPolicy(key) ? withoutNullFields(placed) : placed;
  if (key === undefined) {
    const ref = refOf(object, value.kind);
    if (isReadAsKept(value.kind)) noteMended(intake, typed.faults, `${ref.kind} ${ref.name}`, ref, parsed, file);
    keep(mapOf(intake.others, `${groupOf(value.apiVersion)}/${value.kind}`), object);
    return 'other';
  }
  const { namespace = '', name = '' } = object.metadata ?? {};
  // Also a kind of which no object can be used was read.
  const known = mapOf(intake.objects, key);
  const taken: TakenObject = { kind: key, namespace, name, applied: isApplied(object) };
  const fault = shapeFault(key, object);
  if (fault !== undefined) {
    const lost = lostPolicy(key, object);
    addProblem(intake, file, lineOfField(parsed, fault), fault, { policyOf: namespace || '*', lost });
    return taken;
  }
  const title = `${value.kind} ${name}`;
  noteMended(intake, typed.faults, title, refOf(object, key), parsed, file);
  if (isPolicy(key)) noteDoubts(intake, object, title, taken, parsed, file);
  if (keep(known, object)) noteOrigins(intake, taken, parsed, file);
  return taken;
}

/** Fields of another type than the API gives them: the server would refuse the object. */
function noteMended(
  intake: Intake,
  faults: readonly string[],
  title: string,
  ref: Ref,
  { line }: ParsedValue,
  file: FilePlace,
): void {
  const [first] = faults;
  if (first === undefined) return;
  const more = faults.length === 1 ? '' : ` (and ${faults.length - 1} more)`;
  addProblem(intake, file, line, `${title}: ${first}${more}`, { refused: ref });
}

/** A policy that stands twice, or has a field twice: only one of them counts, and it may be the wrong one. */
function noteDoubts(
  intake: Intake,
  object: KubeObject,
  title: string,
  taken: TakenObject,
  parsed: ParsedValue,
  file: FilePlace,
): void {
  if (parsed.twice !== undefined) {
    const [field, line] = parsed.twice;
    addProblem(intake, file, line, `${title} has ${field} twice; the one above is lost`, { doubt: true });
  }
  if (taken.applied) return;
  const other = intake.objects.get(taken.kind)?.get(`${taken.namespace}/${taken.name}`);
  if (other === undefined || isApplied(other) || !differ(other, object)) return;
  const origin = intake.origins.get(placeOf(taken)) ?? '';
  const message = `${title} stands in ${origin} as well, with other content; this one is taken`;
  addProblem(intake, file, parsed.line, message, { doubt: true });
}

/** Where the object stands, and the rules of a policy in it. */
function noteOrigins(intake: Intake, taken: TakenObject, parsed: ParsedValue, file: FilePlace): void {
  const place = placeOf(taken);
  intake.origins.set(place, parsed.line === undefined ? file.display : `${file.display}:${parsed.line}`);
  for (const [rule, line] of parsed.rules ?? []) intake.origins.set(`${place}#${rule}`, `${file.display}:${line}`);
}

function placeOf({ kind, namespace, name }: TakenObject): string {
  return `${kind}/${namespace}/${name}`;
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Keeps the newer of two versions of an object; of equally old ones the one read later. */
function keep(map: Map<string, KubeObject>, object: KubeObject): boolean {
  const { namespace = '', name = '', resourceVersion } = object.metadata ?? {};
  const key = name === '' ? `${namespace}/#${map.size}` : `${namespace}/${name}`;
  const known = map.get(key);
  if (known !== undefined && versionOf(known.metadata?.resourceVersion) > versionOf(resourceVersion)) return false;
  map.set(key, object);
  return true;
}

/** Versions count up within one cluster; anything that is no number is older than every number. */
function versionOf(version: string | undefined): number {
  const value = Number(version ?? '');
  return version !== undefined && version !== '' && Number.isFinite(value) ? value : -1;
}

/** A manifest without a namespace goes where it would be applied. */
function withNamespace(object: KubeObject, key: KindName | undefined, namespace: string): KubeObject {
  if (key === undefined || object.metadata === undefined) return object;
  const present = object.metadata.namespace;
  if (KINDS[key].namespaced === (present !== undefined && present !== null && present !== '')) return object;
  const { namespace: _, ...rest } = object.metadata;
  return { ...object, metadata: KINDS[key].namespaced ? { ...rest, namespace } : rest };
}

function mapOf<K, T>(maps: Map<K, Map<string, T>>, key: K): Map<string, T> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
