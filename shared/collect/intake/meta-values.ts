import { KINDS, type KindName } from '../../model/kinds.ts';
import type { Coverage, CoverageStatus } from '../../model/snapshot.ts';
import { isRecord } from '../../util/records.ts';
import { kindOfPlural, kindOfWord } from '../files/kind-names.ts';
import { SNAPSHOT_API_VERSION, SNAPSHOT_KIND } from '../files/own-layout.ts';
import { type FilePlace, type Intake, timesOf } from './intake.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads values that are no objects of the cluster but tell about the dump: the metadata of our own snapshots, a
 * version (`kubectl version -o json`, a support bundle's cluster_version.json), a refusal kept as a Status object.
 */
export function readMetaValue(intake: Intake, value: Json, file: FilePlace): boolean {
  if (value.kind === SNAPSHOT_KIND && value.apiVersion === SNAPSHOT_API_VERSION) {
    takeOwnMetadata(intake, value, file);
    return true;
  }
  if (value.kind === 'Status' && value.status === 'Failure') {
    const details = isRecord(value.details) ? value.details : {};
    // A single object that does not exist says nothing of its kind.
    if (value.reason === 'NotFound' && text(details.name) !== '') return true;
    const kind = typeof details.kind === 'string' ? kindOfPlural(text(details.group), details.kind) : undefined;
    state(intake, refusal(text(value.message), file, kind));
    return true;
  }
  const version = gitVersion(value.serverVersion) ?? gitVersion(value.info) ?? gitVersion(value);
  if (version === undefined) return false;
  intake.serverVersion = version;
  return true;
}

/**
 * What kubectl wrote into the file instead of objects: `Error from server (Forbidden): pods is forbidden: …`,
 * `error: the server doesn't have a resource type "endpointslices"`. True when it was such a line.
 */
export function readErrorLine(intake: Intake, line: string, file: FilePlace): boolean {
  if (!/^\s*(Error from server|error: )/.test(line)) return false;
  return state(intake, refusal(line, file, file.hints.kind));
}

/** `cluster-resources/pods-errors.json` of a support bundle: texts, or a map from namespace to text. */
export function readErrorsFile(intake: Intake, value: unknown, file: FilePlace): void {
  const stem = (file.path.split('/').pop() ?? '').replace(/-errors?\.json$/, '');
  const kind = kindOfWord(stem);
  if (kind === undefined) return;
  const texts: [string, unknown][] = Array.isArray(value)
    ? value.map((message) => ['', message])
    : isRecord(value)
      ? Object.entries(value)
      : [['', value]];
  for (const [namespace, message] of texts) {
    if (typeof message !== 'string' || message === '') continue;
    state(intake, refusal(message, file, kind, namespace === '' ? undefined : namespace));
  }
}

function refusal(message: string, file: FilePlace, hinted: KindName | undefined, told?: string): Coverage | undefined {
  const missing = /resource type "([^"]+)"/.exec(message);
  if (missing !== null) {
    const kind = kindOfWord(missing[1] ?? '') ?? hinted;
    if (kind === undefined) return undefined;
    return { kind, namespace: '*', status: 'absent', reason: `the server has no ${KINDS[kind].plural}` };
  }
  const forbidden = /\b([a-z]+)(?:\.([a-z0-9.-]+))? is forbidden/.exec(message);
  const kind = (forbidden === null ? undefined : kindOfPlural(forbidden[2] ?? '', forbidden[1] ?? '')) ?? hinted;
  if (kind === undefined) return undefined;
  const namespace = /in the namespace "([^"]+)"/.exec(message)?.[1] ?? told ?? file.hints.namespace ?? '*';
  const plural = KINDS[kind].plural;
  if (/forbidden|unauthorized/i.test(message)) {
    const where = namespace === '*' ? '' : ` in namespace ${namespace}`;
    return { kind, namespace, status: 'forbidden', reason: `forbidden: list ${plural}${where}` };
  }
  return { kind, namespace, status: 'failed', reason: `failed: list ${plural}: ${message.trim().slice(0, 200)}` };
}

function state(intake: Intake, entry: Coverage | undefined): boolean {
  if (entry !== undefined) intake.stated.push(entry);
  return entry !== undefined;
}

function takeOwnMetadata(intake: Intake, value: Json, file: FilePlace): void {
  intake.settledRoots.add(file.root);
  const takenAt = text(value.takenAt);
  const times = timesOf(intake, file.root);
  // Two recordings in one folder: the later one is the present.
  if (times.stated === undefined || Date.parse(takenAt) > Date.parse(times.stated)) times.stated = takenAt;
  if (text(value.serverVersion) !== '') intake.serverVersion = text(value.serverVersion);
  for (const entry of Array.isArray(value.coverage) ? value.coverage : []) {
    const parsed = isRecord(entry) ? coverageOf(entry) : undefined;
    if (parsed !== undefined) intake.stated.push(parsed);
  }
  for (const entry of Array.isArray(value.problems) ? value.problems : []) {
    if (!isRecord(entry)) continue;
    const { path, line, message } = entry;
    intake.problems.push({ path: text(path), ...(typeof line === 'number' ? { line } : {}), message: text(message) });
  }
}

const STATUSES: readonly string[] = ['ok', 'forbidden', 'absent', 'notCollected', 'failed'] satisfies CoverageStatus[];

function coverageOf(entry: Json): Coverage | undefined {
  const { kind, namespace, status, reason, subset } = entry;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) return undefined;
  if (typeof namespace !== 'string' || typeof status !== 'string' || !STATUSES.includes(status)) return undefined;
  return {
    kind: kind as KindName,
    namespace,
    status: status as CoverageStatus,
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof subset === 'string' ? { subset } : {}),
  };
}

function gitVersion(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  return typeof value.gitVersion === 'string' && value.gitVersion !== '' ? value.gitVersion : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
