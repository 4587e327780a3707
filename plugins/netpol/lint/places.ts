import type { Evidence, Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { formatRef, type Ref } from '../../../shared/model/refs.ts';
import { shellQuote } from '../../../shared/util/text.ts';
import { placesOf } from '../words/places.ts';
import { isWritten } from './lint-facts.ts';
import type { PolicySubject } from './policy-subject.ts';

/** A fact that stands in a field of the policy: `NetworkPolicy shop/web spec.ingress[0] (shop.yaml:12)`. */
export function atField(index: ClusterIndex, { ref }: PolicySubject, field: string, fact: string): Evidence {
  return atFieldOf(index, ref, field, fact);
}

/** The same for a policy that is not the one judged. */
export function atFieldOf(index: ClusterIndex, ref: Ref, field: string, fact: string): Evidence {
  const place = placesOf(index).field(ref, field);
  const where = field === '' ? formatRef(ref) : `${formatRef(ref)} ${field}`;
  return { fact, source: place === undefined ? where : `${where} (${place})` };
}

/** A change of one field of a policy. */
export interface FieldChange {
  readonly title: string;
  /** As a JSON pointer: `/spec/ingress/0/from`. */
  readonly path: string;
  readonly op: 'replace' | 'add' | 'remove';
  readonly value?: unknown;
  /** What stands there now, for the way back. */
  readonly old?: unknown;
  readonly risk: Fix['risk'];
}

/** The change as a line to paste: a patch for an object of a cluster, the text to write for one in a file. */
export function changeFix(index: ClusterIndex, { ref }: PolicySubject, change: FieldChange): Fix {
  const { title, path, op, value, old, risk } = change;
  const place = placesOf(index).field(ref, path);
  if (place !== undefined && isWritten(index)) {
    const field = path
      .slice(1)
      .replaceAll(/\/(\d+)/g, '[$1]')
      .replaceAll('/', '.');
    const text = op === 'remove' ? `remove ${field}` : `${field}: ${flow(value)}`;
    return { title: `${title}, in ${place}`, command: text, risk };
  }
  const undo =
    op === 'add'
      ? patch(ref, [{ op: 'remove', path }])
      : patch(ref, [{ op: op === 'remove' ? 'add' : 'replace', path, value: old }]);
  const operation = op === 'remove' ? { op, path } : { op, path, value };
  return { title, command: patch(ref, [operation]), risk, undo };
}

function patch(ref: PolicySubject['ref'], operations: readonly unknown[]): string {
  const scope = ref.namespace === undefined ? '' : ` -n ${ref.namespace}`;
  return (
    `kubectl patch ${ref.kind.toLowerCase()} ${ref.name}${scope} --type=json -p ` +
    shellQuote(JSON.stringify(operations))
  );
}

/** A value as YAML in flow form, on one line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined && entry !== null);
    return `{${entries.map(([key, entry]) => `${key}: ${flow(entry)}`).join(', ')}}`;
  }
  if (typeof value === 'string' && /^[A-Za-z][\w./-]*$/.test(value) && !BOOLEAN_WORDS.test(value)) return value;
  return JSON.stringify(value);
}

/** Words that some reader of YAML takes for true, false or nothing. */
const BOOLEAN_WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
