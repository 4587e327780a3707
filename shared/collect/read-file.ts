import type { KubeObject } from '../model/objects.ts';
import type { MisreadWord, PodLog } from '../model/snapshot.ts';
import { decodeText } from './files/decode-text.ts';
import type { InputFile } from './files/input-file.ts';
import { hintsOf } from './files/path-hints.ts';
import { brokenPolicyAt } from './intake/broken-policy.ts';
import type { FilePlace, Intake } from './intake/intake.ts';
import { timesOf } from './intake/intake.ts';
import { readErrorLine, readErrorsFile, readMetaValue } from './intake/meta-values.ts';
import { takeDocument } from './intake/take-document.ts';
import { addLog, type PendingLog } from './intake/take-logs.ts';
import { splitLogSections } from './parse/log-sections.ts';
import { parseFile } from './parse/parse-file.ts';
import type { YamlLoader } from './parse/parse-yaml.ts';
import { loadYaml } from './parse/parse-yaml.ts';
import type { YamlWord } from './parse/yaml-words.ts';
import { isKubectlText, readKubectlText } from './texts/kubectl-text.ts';

/** Reads one file after the other into the intake. */
export function createReader(
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
        return await readObjects(intake, file, place, loader, affordable);
      case 'log':
        if (OBJECTS.test(decodeText(file.bytes.subarray(0, 128))))
          return await readObjects(intake, file, place, loader, affordable);
        if (!affordable(file)) return;
        pending.push({ path: file.path, text: decodeText(file.bytes) });
        if (isKubectlText(decodeText(file.bytes.subarray(0, 4096)))) takeText(intake, file, place, true);
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

/** The head of a dump that was written to a file with the ending of a log. */
const OBJECTS = /^\s*(?:\{\s*"(?:kind|apiVersion)": ?"|(?:---\s+)?(?:apiVersion|kind|items):\s)/;

async function readObjects(
  intake: Intake,
  file: InputFile,
  place: FilePlace,
  yaml: () => Promise<YamlLoader>,
  affordable: (file: InputFile) => boolean,
): Promise<void> {
  const errorsFile = /-errors?\.json$/.test(file.path) && /(^|\/)cluster-resources\//.test(file.path);
  if (errorsFile) {
    readErrorsFile(intake, parseQuietly(decodeText(file.bytes)), place);
    return;
  }
  const head = decodeText(file.bytes.subarray(0, 4096));
  if (readErrorLine(intake, head, place)) return;
  if (isKubectlText(head)) {
    if (affordable(file)) takeText(intake, file, place);
    return;
  }
  const problems: { line: number | undefined; message: string }[] = [];
  let order = 0;
  let last: Parameters<typeof takeDocument> | undefined;
  const sinks = {
    trouble: (line: number | undefined, message: string): void => {
      problems.push({ line, message });
    },
    word: (word: YamlWord, line: number, document: unknown): void => {
      intake.misread.push(misreadWord(file.display, word, line, document as KubeObject));
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

/** A log is one of kubectl only if there are events in it: programs print tables too. */
function takeText(intake: Intake, file: InputFile, place: FilePlace, isLog = false): void {
  const text = decodeText(file.bytes);
  const read = readKubectlText(text);
  if (isLog && read.events.length === 0) return;
  intake.texts.push({ ...read, file: place, policies: /pod-?selector/i.test(text) });
}

function misreadWord(path: string, { text, as, field }: YamlWord, line: number, object: KubeObject): MisreadWord {
  const { kind = '', metadata } = object;
  const name = String(metadata?.name ?? '');
  const namespace = metadata?.namespace === undefined ? {} : { namespace: String(metadata.namespace) };
  return { path, line, text, as, field, object: { kind, ...namespace, name } };
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
    intake.problems.push({
      path: file.display,
      ...line,
      message: 'a template with {{ … }}, not YAML; passed over (helm template renders it)',
    });
    return;
  }
  const lines = decodeText(file.bytes).split('\n');
  for (const { line, message } of problems.slice(0, MOST_PROBLEMS)) {
    const policyOf = line === undefined ? undefined : brokenPolicyAt(lines, line, intake.defaultNamespace);
    intake.problems.push({
      path: file.display,
      message,
      ...(line === undefined ? {} : { line }),
      ...(policyOf === undefined ? {} : { policyOf }),
    });
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

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
