import type { KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { compareText } from '../util/text.ts';
import { coverageOf } from './coverage.ts';
import type { InputContext } from './files/input-file.ts';
import { inputFiles, STDIN_NAME } from './files/input-files.ts';
import type { Limits } from './files/limits.ts';
import { DEFAULT_LIMITS } from './files/limits.ts';
import type { Intake } from './intake/intake.ts';
import { createIntake } from './intake/intake.ts';
import { logKey, type PendingLog, takeLogs } from './intake/take-logs.ts';
import { createReader } from './read-file.ts';
import { SnapshotError } from './snapshot-error.ts';
import { takeTexts } from './texts/take-texts.ts';

export interface ReadOptions {
  /** Where manifests without a namespace would be applied; `default` unless given. */
  readonly namespace?: string;
  readonly limits?: Partial<Limits>;
}

/**
 * Reads files, folders, archives and `-` (standard input) into one Snapshot. Several inputs are merged: of an object
 * that occurs twice the newer resourceVersion counts, else the later one. Broken documents become `problems`; the
 * rest is used. Throws SnapshotError when an input does not exist or nothing at all can be used.
 */
export async function readSnapshots(
  paths: readonly string[],
  runtime: Pick<Runtime, 'cwd' | 'readStdin' | 'signal'>,
  options: ReadOptions = {},
): Promise<Snapshot> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const intake = createIntake(options.namespace ?? 'default');
  const pending: PendingLog[] = [];
  const reader = createReader(intake, pending, { left: limits.textBytes });
  const budget = { left: limits.totalBytes };
  const problem = (path: string, message: string): void => {
    intake.problems.push({ path, message });
  };
  const archives: string[] = [];
  const context: InputContext = {
    cwd: runtime.cwd,
    readStdin: () => runtime.readStdin(),
    signal: runtime.signal,
    limits,
    budget,
    problem,
    passedArchive: (path) => archives.push(path),
  };
  for (const [root, path] of paths.entries()) {
    for await (const file of inputFiles(path, context)) await reader(file, root);
  }
  takeLogs(intake, pending);
  takeTexts(intake, takenAtOf(intake));
  refuseEmpty(intake, paths, archives);
  return build(intake, paths);
}

/** The latest of the inputs' times; an empty text for files without any (manifests), never the clock of the reader. */
function takenAtOf(intake: Intake): string {
  let best = '';
  for (const { newest, stated } of intake.times.values()) {
    const time = stated === undefined || stated === '' ? (newest.get() ?? '') : stated;
    if (best === '' || Date.parse(time) > Date.parse(best)) best = time;
  }
  return best;
}

/** Whether one of the inputs says when it was made. */
function isStated(intake: Intake): boolean {
  return [...intake.times.values()].some(({ stated }) => stated !== undefined && stated !== '');
}

function refuseEmpty(intake: Intake, paths: readonly string[], archives: readonly string[]): void {
  const holds =
    intake.objects.size + intake.others.size + intake.listings.length + intake.stated.length + intake.logs.size > 0;
  if (holds || intake.tools.length > 0 || intake.settledRoots.size > 0) return;
  const [problem] = intake.problems;
  const names = paths.map((path) => (path === '-' ? STDIN_NAME : path)).join(', ');
  if (problem === undefined && archives[0] !== undefined) {
    throw new SnapshotError(
      `no Kubernetes object in ${names}`,
      `Archives inside a folder are not opened; give ${archives[0]}`,
    );
  }
  if (problem === undefined) {
    throw new SnapshotError(
      `no Kubernetes object in ${names}`,
      'A snapshot holds objects as YAML or JSON: kubectl get svc,endpointslices,pods,events -n NAMESPACE -o yaml',
    );
  }
  const where = problem.line === undefined ? problem.path : `${problem.path}:${problem.line}`;
  throw new SnapshotError(`nothing in ${names} can be used`, `${where}: ${problem.message}`);
}

function build(intake: Intake, paths: readonly string[]): Snapshot {
  const objects: Partial<Record<KindName, readonly KubeObject[]>> = {};
  for (const kind of [...intake.objects.keys()].sort(compareText)) {
    objects[kind] = [...(intake.objects.get(kind)?.values() ?? [])];
  }
  const others: Record<string, readonly KubeObject[]> = {};
  for (const key of [...intake.others.keys()].sort(compareText))
    others[key] = [...(intake.others.get(key)?.values() ?? [])];
  return {
    takenAt: takenAtOf(intake),
    ...(isStated(intake) ? {} : { orLater: true }),
    source: { type: 'snapshot', name: paths.map((path) => (path === '-' ? STDIN_NAME : path)).join(', ') },
    ...(intake.serverVersion === undefined ? {} : { serverVersion: intake.serverVersion }),
    objects: objects as Snapshot['objects'],
    ...(intake.others.size === 0 ? {} : { others }),
    coverage: coverageOf(intake),
    logs: [...intake.logs.values()].sort((a, b) => compareText(logKey(a), logKey(b))),
    tools: [...intake.tools].sort((a, b) => compareText(a.path, b.path)),
    problems: intake.problems,
    origins: Object.fromEntries(intake.origins),
    ...(intake.misread.length === 0 ? {} : { misread: intake.misread }),
  };
}
