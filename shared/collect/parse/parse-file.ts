import { asBuffer, toUtf8 } from '../files/decode-text.ts';
import type { LogSection, Stretch } from './log-sections.ts';
import { splitLogSections } from './log-sections.ts';
import { looksLikeJson, parseJsonValues } from './parse-json.ts';
import type { YamlLoader } from './parse-yaml.ts';
import { asDocument, isWritten, keyTwice, parseYaml } from './parse-yaml.ts';
import type { ParsedDocument, Trouble, WordSink } from './parsed.ts';

/** V8's longest string; a larger YAML text cannot be held. */
const LONGEST_TEXT = 0x1fffffe8;

/** A file that starts with a brace and is no JSON may still be YAML in flow form; larger ones never are. */
const FLOW_YAML_UP_TO = 1024 * 1024;

export interface FileSinks {
  readonly trouble: Trouble;
  readonly word: WordSink;
  readonly log: (section: LogSection) => void;
  /** Loads the YAML parser; called only when there is YAML. */
  readonly yaml: () => Promise<YamlLoader>;
}

/**
 * The documents of a file in JSON, YAML or a mixture of both, whatever its name says: the content decides. Log
 * sections of a `cluster-info dump` go to `sinks.log`.
 */
export async function* parseFile(content: Uint8Array, sinks: FileSinks): AsyncGenerator<ParsedDocument> {
  const { stretches, logs } = splitLogSections(toUtf8(content));
  for (const section of logs) sinks.log(section);
  for (const stretch of stretches) yield* parseStretch(skipWarnings(stretch), sinks);
}

async function* parseStretch({ bytes, line }: Stretch, sinks: FileSinks): AsyncGenerator<ParsedDocument> {
  if (looksLikeJson(bytes)) {
    if (bytes.length <= FLOW_YAML_UP_TO && !isJson(bytes)) {
      const flow = loadFlow(bytes, await sinks.yaml());
      if (flow !== undefined) {
        yield asDocument(flow, line);
        return;
      }
      // The first document of a YAML stream is in flow form, as JSON is, and others are not.
      const text = asBuffer(bytes).toString('utf8');
      if (/^---\s/m.test(text)) {
        yield* parseYaml(text, line, await sinks.yaml(), sinks.trouble, sinks.word);
        return;
      }
    }
    for (const document of parseJsonValues(bytes, line, sinks.trouble)) {
      yield bytes.length <= FLOW_YAML_UP_TO ? await withKeyTwice(document, bytes, line, sinks) : document;
    }
    return;
  }
  if (bytes.length > LONGEST_TEXT) {
    sinks.trouble(undefined, 'too large for a YAML file; give it as JSON');
    return;
  }
  const text = asBuffer(bytes).toString('utf8');
  if (text.trim() === '') return;
  yield* parseYaml(text, line, await sinks.yaml(), sinks.trouble, sinks.word);
}

/** JSON.parse takes the last of two equal keys in silence, as kubectl does: what a policy lost is looked for in its text. */
async function withKeyTwice(
  document: ParsedDocument,
  bytes: Uint8Array,
  line: number,
  sinks: FileSinks,
): Promise<ParsedDocument> {
  const text = asBuffer(bytes).toString('utf8');
  if (!text.includes('NetworkPolicy')) return document;
  const values = [...document.values];
  const whole = { ...document, values };
  if (values.length === 0 || !values.every(({ value }) => isWritten(value))) return whole;
  const twice = keyTwice({ text, line }, await sinks.yaml());
  if (twice === undefined) return whole;
  const [only, ...more] = values;
  const isOne =
    document.header === undefined && document.array === undefined && more.length === 0 && only !== undefined;
  return isOne ? { ...document, values: [{ ...only, twice }] } : { ...whole, twice };
}

function isJson(bytes: Uint8Array): boolean {
  let broken = false;
  const documents = parseJsonValues(bytes, 1, () => {
    broken = true;
  });
  for (const document of documents) for (const _ of document.values) if (broken) return false;
  return !broken;
}

function loadFlow(bytes: Uint8Array, load: YamlLoader): object | undefined {
  try {
    const value = load(asBuffer(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `Warning: v1 Endpoints is deprecated …` and client-go's log lines stand first in files written with `2>&1`. */
function skipWarnings({ bytes, line }: Stretch): Stretch {
  let at = 0;
  let lines = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || end - at > 4096) break;
    if (!/^(Warning: |[WEI]\d{4} \d\d:\d\d)/.test(asBuffer(bytes).toString('utf8', at, end))) break;
    at = end + 1;
    lines++;
  }
  return { bytes: bytes.subarray(at), line: line + lines };
}
