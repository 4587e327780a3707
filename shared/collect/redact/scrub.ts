import type { KubeObject } from '../../model/objects.ts';
import { isRecord } from '../../util/records.ts';

/** What stands in place of a removed value. */
export const REMOVED = '<removed>';

/** Words that make a name secret; `KEY` only as a word of its own, so that KEYCLOAK_URL and MONKEY stay. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|(?:^|[_.-])(?:pass|pwd|pat|dsn)(?:$|[_.-])|secret|token|credential|private|api[-_.]?key|access[-_.]?key|(?:^|[_.-])keys?(?:$|[_.-])|connection[-_.]?string|^authorization$|^cookie$/i;

/** Names that hold one of these words and are about something else: where a secret lies, how long it lasts. */
const HARMLESS_NAME =
  /[-_.](?:mode|go|py|js|ts|java|rs|rb|cc?)$|key[-_.]?id$|(?:ttl|url|files?|path|dir|names?|ref|refs|namespace|prefix(?:es)?|expir\w*|lifetime|seconds|minutes|age|config|policy|endpoint|length|size|count|type|enabled|algorithm|version|controller|keyring|keystore)$|private[-_.]?(?:ip|port|host|registry|subnet|network|dns)|public[-_.]?key|^keys?(?:space|store|word)|^(?:key|keys|private|(?:sort|routing|partition|primary)[-_.]key)$/i;

/** Whether the value under this name (environment variable, flag, annotation, map key) is to be kept out of files. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
}

/**
 * Removes from free text what only its owner may know: credentials in URLs, bearer and basic tokens, JSON web tokens,
 * private keys and keys of well-known services.
 */
export function scrubPatterns(text: string): string {
  if (text.length < 8) return text;
  let result = text;
  for (const [hint, pattern, replacement] of PATTERNS) {
    if (hint.test(result)) result = result.replace(pattern, replacement);
  }
  return result;
}

/** Like `scrubPatterns`, and values after secret names too: `password=…`, `"apiKey": "…"`. For logs and data. */
export function scrubText(text: string): string {
  const result = scrubPatterns(text);
  if (!HINT.test(result)) return result;
  return result.replace(HINTED_LINES, (line) => {
    const pair = YAML_LINE.exec(line);
    if (pair === null) return line.replace(ASSIGNMENT, scrubAssignment);
    const [, head = '', name = '', value = ''] = pair;
    return isSecretName(name) && !isHarmlessValue(value) ? `${head}${REMOVED}` : line;
  });
}

function scrubAssignment(whole: string, name: string, between: string, quoted?: string, bare?: string): string {
  const value = quoted ?? bare ?? '';
  if (!isSecretName(name) || isHarmlessValue(value) || (bare !== undefined && isSentence(name, between))) return whole;
  // client-go logs objects as `secret="shop/web-tls"`.
  if (/^(?:.*\.)?secrets?$/i.test(name) && /^\\?"?[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*$/.test(value)) return whole;
  const open = /^\\?["']/.exec(value)?.[0] ?? '';
  return `${name}${between}${open}${REMOVED}`;
}

/** `failed to list *v1.Secret: Get …` is prose; `admin password: …` is not. A YAML line is scrubbed with its data. */
function isSentence(name: string, between: string): boolean {
  return /:[ \t]+$/.test(between) && !/pass(?:word|wd|phrase|code)$/i.test(name);
}

/** A cheap test first: most texts hold none of these. */
const PATTERNS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/PRIVATE KEY-----/, /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, REMOVED],
  [/:\/\//, /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:'"<]*:[^\s/@'"]+@/gi, `$1${REMOVED}@`],
  [
    /Bearer|Basic|Negotiate|Digest/i,
    /\b((?:Authorization["']?\s*[:=]\s*["']?)(?:Bearer|Basic|Negotiate|Digest|Token)?|Bearer)\s+[A-Za-z0-9+/=_.~-]{8,}/gi,
    `$1 ${REMOVED}`,
  ],
  [/eyJ/, /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, REMOVED],
  [/AKIA|ASIA/, /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, REMOVED],
  [
    /gh[pousr]_|github_pat|glpat|xox[abprs]-|[srp]k_/,
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|(?:sk|rk|pk)_(?:live|test)_)[A-Za-z0-9_-]{10,}/g,
    REMOVED,
  ],
];

const HINT = /pass|pwd|secret|token|credential|private|key|dsn|_pat|connection|authorization|cookie/i;
const HINTED_LINES =
  /^.*(?:pass|pwd|secret|token|credential|private|key|dsn|_pat|connection|authorization|cookie).*$/gim;

/** A line of its own that is `name: value`. */
const YAML_LINE = /^([ \t]*(?:- )?([A-Za-z][\w.-]*):[ \t]+)([^\s"'].*?)[ \t]*$/;

/** `name=value`, `name: value`, `"name":"value"`, also with escaped quotes in a JSON log line. */
const ASSIGNMENT =
  /(?<![\w.])([A-Za-z][\w.-]{0,80})((?:\\?["'])?[ \t]*(?:=|:)[ \t]*)(?:((?:\\?")[^"\\\n]+|'[^'\n]+)|([^\s"',;&}\])<\\]+))/g;

/** Words that follow a secret name in messages and are no secret: `token: expired`, `key: ${KEY}`, a path, a number. */
function isHarmlessValue(quotedOrBare: string): boolean {
  const value = quotedOrBare.replace(/^\\?["']/, '');
  return (
    /^(?:|true|false|null|nil|none|yes|no|undefined|invalid|expired|missing|required|empty|rejected|failed|not|is|has|the|error|(?:bearer|basic|digest|negotiate|token)(?: .*)?|[{[|>*]+|\d{1,2}|<.*)$/i.test(
      value,
    ) ||
    /^(?:\$|%|\{\{|`|0x[0-9a-f]+$)/.test(value) ||
    /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) ||
    /^\.{0,2}(?:\/[\w.@+:-]+)+\/?$/.test(value)
  );
}

/** The object with secret-looking values of environment, arguments, headers, annotations and data removed. */
export function scrubObject<T extends KubeObject>(object: T): T {
  const copy = scrubValue(object, '') as Record<string, unknown>;
  if (object.kind === 'ConfigMap') copy.data = scrubMap((object as { data?: unknown }).data);
  if (object.kind === 'Secret') copy.data = emptyKeys((object as { data?: unknown }).data);
  return copy as T;
}

/** Walks a value; `key` is the name of the field that holds it. */
function scrubValue(value: unknown, key: string): unknown {
  if (typeof value === 'string') return scrubPatterns(value);
  if (Array.isArray(value)) {
    if (key === 'args' || key === 'command') return scrubWords(value);
    if (key === 'env' || key === 'httpHeaders') return value.map(scrubNamed);
    return value.map((item) => scrubValue(item, key));
  }
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const inner = value[name];
    if (PLAIN_MAPS.has(name)) copy[name] = inner;
    else copy[name] = name === 'annotations' ? scrubMap(inner) : scrubValue(inner, name);
  }
  return copy;
}

/** Maps whose keys are labels or field names: nothing in them is free text. */
const PLAIN_MAPS: ReadonlySet<string> = new Set([
  'labels',
  'matchLabels',
  'selector',
  'nodeSelector',
  'managedFields',
  'limits',
  'requests',
  'hard',
  'used',
  'data',
]);

function scrubMap(map: unknown): unknown {
  if (!isRecord(map)) return map;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(map)) copy[key] = scrubEntry(key, map[key]);
  return copy;
}

function scrubEntry(key: string, value: unknown): unknown {
  // What we noted ourselves when the secret was removed.
  if (typeof value !== 'string' || key.startsWith('kubectl-net/')) return value;
  const secret = isSecretName(lastPart(key)) && !value.includes('\n') && !isHarmlessValue(value);
  return secret ? REMOVED : scrubText(value);
}

/** `example.com/api-token` is about its last part. */
function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** `{name, value}`: an environment variable or a header. */
function scrubNamed(entry: unknown): unknown {
  if (!isRecord(entry) || typeof entry.value !== 'string') return entry;
  const secret = typeof entry.name === 'string' && isSecretName(entry.name) && !isHarmlessValue(entry.value);
  return { ...entry, value: secret ? REMOVED : scrubText(entry.value) };
}

/** Command lines: `--password=x`, and `--password x` in two words. */
function scrubWords(words: readonly unknown[]): unknown[] {
  let secretNext = false;
  return words.map((word) => {
    if (typeof word !== 'string') return word;
    const isValue = secretNext && !word.startsWith('-') && !isHarmlessValue(word);
    secretNext = /^--?[\w.-]+$/.test(word) && isSecretName(word.replace(/^-+/, ''));
    return isValue ? REMOVED : scrubText(word);
  });
}

function emptyKeys(data: unknown): unknown {
  if (!isRecord(data)) return data;
  const copy: Record<string, string> = {};
  for (const [key, value] of Object.entries(data))
    copy[key] = key === 'tls.crt' || key === 'ca.crt' ? String(value) : '';
  return copy;
}
