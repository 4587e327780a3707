import { UsageError } from './command.ts';
import { KIND_WORDS, kindAmong, wordsFor } from './kind-words.ts';
import { nearestWords } from './nearest.ts';

/** The kinds that a target may have. */
const TARGET_KINDS = ['Service', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Ingress'] as const;

export type TargetKind = (typeof TARGET_KINDS)[number];

/** What the user points at. */
export interface Target {
  readonly kind: TargetKind;
  /** Given with the name, as in `shop/web`. */
  readonly namespace?: string;
  readonly name: string;
}

/**
 * Reads `web`, `svc/web`, `service web`, `deployments.apps/web`, `shop/web` and `svc/shop/web`.
 * Throws a UsageError for words that name nothing.
 */
export function parseTarget(words: readonly string[], kinds: readonly TargetKind[]): Target {
  const [first = '', second] = words;
  if (words.length === 2 && kindOfWord(first) !== undefined && !first.includes('/')) {
    return parseTarget([`${first}/${second ?? ''}`], kinds);
  }
  if (words.length > 1) {
    throw new UsageError(`one name at a time, not ${words.length}: ${words.join(' ')}`, 'To see all Services: check');
  }
  const parts = first.split('/');
  if (first === '' || parts.length > 3 || parts.includes('')) {
    throw new UsageError(`"${first}" names no object`, 'Examples: web, svc/web, deploy/web, ing/web');
  }
  const kind = parts.length === 1 ? 'Service' : kindOfWord(parts[0] ?? '');
  const name = parts.at(-1) ?? '';
  if (kind === undefined) {
    refuseMistypedKind(parts[0] ?? '', parts.length);
    return checked({ kind: 'Service', namespace: parts[0] ?? '', name });
  }
  if (!kinds.includes(kind)) {
    const taken = kinds.map((known) => `${KIND_WORDS[known].at(-1) ?? ''}/NAME`);
    throw new UsageError(`${first}: this command does not follow a ${kind}`, `It takes ${taken.join(', ')}.`);
  }
  return checked(parts.length === 3 ? { kind, namespace: parts[1] ?? '', name } : { kind, name });
}

/** The kind that a word means to kubectl, among those that a target may have. */
export function kindOfWord(word: string): TargetKind | undefined {
  return kindAmong(TARGET_KINDS, word);
}

/** `servce/web` is a mistyped kind rather than a namespace. */
function refuseMistypedKind(word: string, parts: number): void {
  const words = wordsFor(TARGET_KINDS);
  const near = nearestWords(word, word.length < 4 ? [] : words)[0];
  if (near !== undefined && near.length > 3) {
    throw new UsageError(`there is no kind "${word}"`, `Did you mean ${near}/NAME?`);
  }
  if (parts === 3) throw new UsageError(`there is no kind "${word}"`, 'Examples: svc/web, deploy/web, ing/web');
}

function checked(target: Target): Target {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(target.name)) return target;
  throw new UsageError(
    `"${target.name}" cannot be the name of an object`,
    'Names consist of lower-case letters, digits, - and dots.',
  );
}
