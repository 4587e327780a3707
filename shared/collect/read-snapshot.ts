import type { KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { PodLog, Snapshot } from '../model/snapshot.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { compareText } from '../util/text.ts';
import { coverageOf } from './coverage.ts';
import { decodeText } from './decode-text.ts';
import type { InputContext, InputFile } from './input-file.ts';
import { inputFiles, STDIN_NAME } from './input-files.ts';
import type { FilePlace, Intake } from './intake.ts';
import { createIntake, takeDocument, timesOf } from './intake.ts';
import type { Limits } from './limits.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { FindContainer } from './log-paths.ts';
import { findLog } from './log-paths.ts';
import { splitLogSections } from './log-sections.ts';
import { readErrorLine, readErrorsFile, readMetaValue } from './meta-values.ts';
import { parseFile } from './parse-file.ts';
import type { YamlLoader } from './parse-yaml.ts';
import { loadYaml } from './parse-yaml.ts';
import { hintsOf } from './path-hints.ts';
import { SnapshotError } from './snapshot-error.ts';

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
  refuseEmpty(intake, paths, archives);
  return build(intake, paths);
}

interface PendingLog {
  readonly path: string;
  readonly text: string;
}

/** Reads one file after the other into the intake. */
function createReader(
  intake: Intake,
  pending: PendingLog[],
  texts: { left: number },
): (file: InputFile, root: number) => Promise<void> {
  let yaml: Promise<YamlLoader> | undefined;
  const loader = (): Promise<YamlLoader> => {
    yaml ??= loadYaml();
    return yaml;
  };
  const affordable = (file: InputFile): boolean => {
    const before = texts.left;
    texts.left -= file.bytes.length;
    if (before >= 0 && texts.left < 0) {
      intake.problems.push({
        path: file.display,
        message: 'too many logs and outputs; from here on they are passed over',
      });
    }
    return texts.left >= 0;
  };
  return async (file, root) => {
    const place = { root, path: file.path, display: file.display, hints: hintsOf(file.path) };
    switch (file.role) {
      case 'objects':
        return await readObjects(intake, file, place, loader);
      case 'log':
        if (affordable(file)) pending.push({ path: file.path, text: decodeText(file.bytes) });
        return;
      case 'log-sections':
        if (!affordable(file)) return;
        for (const section of splitLogSections(file.bytes).logs) addLog(intake, { ...section, previous: false });
        return;
      case 'tool':
        if (affordable(file)) intake.tools.push({ path: file.path, text: decodeText(file.bytes) });
        return;
      default:
        readMark(intake, root, decodeText(file.bytes.subarray(0, 4096)));
    }
  };
}

/** The head of what `kubectl get` prints without -o. */
const TABLE = /^(?:NAMESPACE +)?NAME +[A-Z-]+(?: |\n|\r)/;

async function readObjects(
  intake: Intake,
  file: InputFile,
  place: FilePlace,
  yaml: () => Promise<YamlLoader>,
): Promise<void> {
  const errorsFile = /-errors?\.json$/.test(file.path) && /(^|\/)cluster-resources\//.test(file.path);
  if (errorsFile) {
    readErrorsFile(intake, parseQuietly(decodeText(file.bytes)), place);
    return;
  }
  const head = decodeText(file.bytes.subarray(0, 4096));
  if (readErrorLine(intake, head, place)) return;
  if (TABLE.test(head)) {
    intake.problems.push({
      path: file.display,
      message: 'a table as kubectl prints it for people; record it with -o yaml',
    });
    return;
  }
  const problems: { line: number | undefined; message: string }[] = [];
  let order = 0;
  let last: Parameters<typeof takeDocument> | undefined;
  const sinks = {
    trouble: (line: number | undefined, message: string): void => {
      problems.push({ line, message });
    },
    log: (section: Omit<PodLog, 'previous'>): void => addLog(intake, { ...section, previous: false }),
    yaml,
  };
  const meta = (value: Readonly<Record<string, unknown>>, where: FilePlace): boolean =>
    readMetaValue(intake, value, where);
  // One document is held back: whether it is the only one of its file is known when the next one comes.
  for await (const document of parseFile(file.bytes, sinks)) {
    if (last !== undefined) takeDocument(last[0], last[1], last[2], last[3], false, meta);
    last = [intake, document, place, order++, order === 1, meta];
  }
  if (last !== undefined) takeDocument(...last);
  addProblems(intake, file, problems);
}

/** Templates of Helm and the like are no YAML: one line says so instead of one for each document. */
function addProblems(
  intake: Intake,
  file: InputFile,
  problems: readonly { line: number | undefined; message: string }[],
): void {
  if (problems.length === 0) return;
  if (/\{\{[-\s]*[\w.$"(/]/.test(decodeText(file.bytes.subarray(0, 1024 * 1024)))) {
    const [first] = problems;
    const line = first?.line === undefined ? {} : { line: first.line };
    intake.problems.push({ path: file.display, ...line, message: 'a template with {{ … }}, not YAML; passed over' });
    return;
  }
  for (const { line, message } of problems.slice(0, MOST_PROBLEMS)) {
    intake.problems.push({ path: file.display, message, ...(line === undefined ? {} : { line }) });
  }
  if (problems.length > MOST_PROBLEMS) {
    intake.problems.push({ path: file.display, message: `${problems.length - MOST_PROBLEMS} more problems` });
  }
}

const MOST_PROBLEMS = 20;

/** The `timestamp` file of a must-gather (start and end of the run), and what `kubectl version` prints. */
function readMark(intake: Intake, root: number, text: string): void {
  for (const match of text.matchAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? ([+-]\d{4})/g)) {
    const [, day, time, , zone = '+0000'] = match;
    const millis = Date.parse(`${day}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`);
    if (!Number.isNaN(millis)) timesOf(intake, root).newest.add(new Date(millis).toISOString());
  }
  const version = /^(?:Server Version: |serverVersion: )(?:version\.Info\{.*GitVersion:")?(v\d+\.\d+\.[\w.+-]+)/m.exec(
    text,
  );
  if (version !== null) intake.serverVersion ??= version[1];
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

function takeLogs(intake: Intake, pending: readonly PendingLog[]): void {
  if (pending.length === 0) return;
  const names = podNames(intake);
  for (const { path, text } of pending) {
    const log = findLog(path, text, names);
    if (log !== undefined) addLog(intake, log);
  }
}

function podNames(intake: Intake): FindContainer {
  const byName = new Map<string, { namespace: string; containers: string[] }[]>();
  for (const object of intake.objects.get('Pod')?.values() ?? []) {
    const { namespace = '', name = '' } = object.metadata ?? {};
    const spec = (object as { spec?: Readonly<Record<string, unknown>> }).spec ?? {};
    const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
      Array.isArray(spec[field]) ? spec[field].map((item: { name?: string } | null) => item?.name ?? '') : [],
    );
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [{ namespace, containers }]);
    else list.push({ namespace, containers });
  }
  return ({ namespace, pod, container }) => {
    const found = (byName.get(pod) ?? []).filter((entry) => namespace === undefined || entry.namespace === namespace);
    const [only] = found;
    if (only === undefined || found.length > 1) return undefined;
    const fitting = container === undefined ? only.containers : only.containers.filter((name) => name === container);
    return fitting.length === 1 ? { namespace: only.namespace, pod, container: fitting[0] ?? '' } : undefined;
  };
}

/** An empty log says nothing; of two for the same run the longer one is kept. */
function addLog(intake: Intake, log: PodLog): void {
  const text = log.text.slice(-DEFAULT_LIMITS.logBytes);
  if (text.trim() === '') return;
  const at = intake.logs.findIndex(
    (known) =>
      known.pod === log.pod &&
      known.container === log.container &&
      known.namespace === log.namespace &&
      known.previous === log.previous,
  );
  if (at < 0) intake.logs.push({ ...log, text });
  else if ((intake.logs[at]?.text.length ?? 0) < text.length) intake.logs[at] = { ...log, text };
}

function refuseEmpty(intake: Intake, paths: readonly string[], archives: readonly string[]): void {
  const holds =
    intake.objects.size + intake.others.size + intake.listings.length + intake.stated.length + intake.logs.length > 0;
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
    source: { type: 'snapshot', name: paths.map((path) => (path === '-' ? STDIN_NAME : path)).join(', ') },
    ...(intake.serverVersion === undefined ? {} : { serverVersion: intake.serverVersion }),
    objects: objects as Snapshot['objects'],
    ...(intake.others.size === 0 ? {} : { others }),
    coverage: coverageOf(intake),
    logs: [...intake.logs].sort((a, b) => compareText(logKey(a), logKey(b))),
    tools: [...intake.tools].sort((a, b) => compareText(a.path, b.path)),
    problems: intake.problems,
    origins: Object.fromEntries(intake.origins),
  };
}

function logKey(log: PodLog): string {
  return `${log.namespace}/${log.pod}/${log.container}/${log.previous ? 1 : 0}`;
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
