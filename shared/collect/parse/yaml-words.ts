/**
 * Words in manifests that mean one thing here and another to kubectl. kubectl reads YAML 1.1, in which `no` and `y` are
 * booleans; where the API wants text (labels, names) it then refuses the object. Numbers there are refused as well.
 * Whether a word is quoted is known to the parser only, so its events are looked at, not the values.
 */

/** The part of js-yaml's events that is used. */
export interface YamlEvent {
  readonly type: number;
  /** Scalars: where the text stands, and 1 for one without quotes. */
  readonly valueStart?: number;
  readonly valueEnd?: number;
  readonly style?: number;
}

export interface YamlWord {
  readonly text: string;
  /** What kubectl makes of it. */
  readonly as: 'true' | 'false' | 'a number' | 'nothing';
  /** Offset in the text. */
  readonly at: number;
  /** `metadata.labels.app`. */
  readonly field: string;
}

const SEQUENCE = 2;
const MAPPING = 3;
const SCALAR = 4;
const ALIAS = 5;
const POP = 6;
const PLAIN = 1;

/** Quick look: without any such word there is nothing to parse a second time. */
const MAYBE = /[\s:[{,-](?:y|n|yes|no|on|off|true|false|null|~|[-+]?[\d.][\w.:]*)[ \t]*(?:[\r\n,}\]#]|$)/im;

/** Whether a text holds anything that YAML 1.1 reads as another type: nearly never, so that most files are looked at once. */
export function mayHoldWords(text: string): boolean {
  return MAYBE.test(text);
}

interface Open {
  readonly sequence: boolean;
  /** The key under which the next value stands; undefined when a key comes next. */
  key: string | undefined;
  /** The next scalar of a mapping is a key. */
  awaitsKey: boolean;
  item: number;
}

/** The misread words of one document. */
export function yamlWords(text: string, events: readonly YamlEvent[]): readonly YamlWord[] {
  const words: YamlWord[] = [];
  const open: Open[] = [];
  const done = (): void => {
    const top = open.at(-1);
    if (top === undefined) return;
    if (top.sequence) top.item++;
    else top.awaitsKey = true;
  };
  for (const { type, valueStart = 0, valueEnd = 0, style } of events) {
    const top = open.at(-1);
    if (type === SEQUENCE || type === MAPPING) {
      open.push({ sequence: type === SEQUENCE, key: undefined, awaitsKey: type === MAPPING, item: 0 });
    } else if (type === POP) {
      open.pop();
      done();
    } else if (type === ALIAS) {
      done();
    } else if (type === SCALAR) {
      const value = text.slice(valueStart, valueEnd);
      if (top !== undefined && !top.sequence && top.awaitsKey) {
        top.key = value;
        top.awaitsKey = false;
        continue;
      }
      const as = style === PLAIN ? readAs(value) : undefined;
      const field = as === undefined ? '' : fieldOf(open);
      if (as !== undefined && wantsText(field)) words.push({ text: value, as, at: valueStart, field });
      done();
    }
  }
  return words;
}

function fieldOf(open: readonly Open[]): string {
  let field = '';
  for (const { sequence, key, item } of open) {
    if (sequence) field += `[${item}]`;
    else field += field === '' ? (key ?? '') : `.${key ?? ''}`;
  }
  return field;
}

/** Labels, selectors, names and namespaces: where the API takes text only and policies look. */
function wantsText(field: string): boolean {
  return (
    /(?:^|\.)(?:labels|matchLabels|annotations)\.[^[]+$/.test(field) ||
    /(?:^|\.)metadata\.(?:name|namespace)$/.test(field) ||
    /^spec\.selector\.(?!match(?:Labels|Expressions)\b)[^[]+$/.test(field) ||
    /\.matchExpressions\[\d+\]\.(?:key|values\[\d+\])$/.test(field)
  );
}

/** As the YAML library of kubectl resolves a plain word (YAML 1.1 with `y` and `n`). */
function readAs(word: string): YamlWord['as'] | undefined {
  if (/^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(word)) return 'true';
  if (/^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(word)) return 'false';
  if (/^(?:~|null|Null|NULL)$/.test(word)) return 'nothing';
  if (/^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-fA-F_]+|[\d][\d_]*)$/.test(word)) return 'a number';
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(word)) return 'a number';
  return undefined;
}
