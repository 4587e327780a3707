import { isIP } from 'node:net';
import { UsageError } from './command.ts';
import { KIND_WORDS, kindOfAnyWord, wordsFor } from './kind-words.ts';
import { nearestWords } from './nearest.ts';
import { kindOfWord, TARGET_KINDS, type TargetKind } from './target-kinds.ts';

/** What the user points at. */
export interface Target {
  readonly kind: TargetKind;
  /** Given with the name, as in `shop/web`. */
  readonly namespace?: string;
  readonly name: string;
}

/**
 * Reads `web`, `svc/web`, `service web`, `deployments.apps/web`, `shop/web`, `svc/shop/web`, `shop/svc/web`, and what
 * callers write: `web.shop.svc.cluster.local:80`, `http://web.shop/healthz`. Throws a UsageError for words that name nothing.
 */
export function parseTarget(given: readonly string[], kinds: readonly TargetKind[]): Target {
  const words = given.flatMap((word) => word.trim().split(/\s+/));
  const [first = '', second] = words;
  if (words.length === 2 && kindOfWord(first) !== undefined && !first.includes('/')) {
    return parseTarget([`${first}/${second ?? ''}`], kinds);
  }
  if (words.length > 1) {
    throw new UsageError(`one name at a time, not ${words.length}: ${words.join(' ')}`, hintOfMany(words));
  }
  const host = hostIn(first);
  if (host !== undefined) return targetOfHost(host);
  const parts = kindFirst(first.split('/'));
  if (first === '' || parts.length > 3 || parts.includes('')) {
    throw new UsageError(`"${first}" names no object`, 'Examples: web, svc/web, deploy/web, ing/web');
  }
  const kind = parts.length === 1 ? 'Service' : kindOfWord(parts[0] ?? '');
  const name = parts.at(-1) ?? '';
  const other = kind === undefined ? kindOfAnyWord(parts[0] ?? '') : kind;
  if (other !== undefined && !(kinds as readonly string[]).includes(other)) {
    const taken = kinds.map((known) => `${KIND_WORDS[known].at(-1) ?? ''}/NAME`);
    throw new UsageError(`${first}: this command does not follow a ${other}`, `It takes ${taken.join(', ')}.`);
  }
  if (kind === undefined) {
    refuseMistypedKind(parts[0] ?? '', parts.length);
    return checked({ kind: 'Service', namespace: parts[0] ?? '', name });
  }
  return checked(parts.length === 3 ? { kind, namespace: parts[1] ?? '', name } : { kind, name });
}

/** `shop/deploy/web` in the order of `deploy/shop/web`. */
function kindFirst(parts: readonly string[]): readonly string[] {
  const [first = '', second = '', third, ...more] = parts;
  if (third === undefined || more.length > 0) return parts;
  return !isKind(first) && isKind(second) ? [second, first, third] : parts;
}

function isKind(word: string): boolean {
  return (kindOfWord(word) ?? kindOfAnyWord(word)) !== undefined;
}

/** `shop web` may be a namespace and a name; a kind without a slash stands before one name only. */
function hintOfMany(words: readonly string[]): string {
  const [first = '', second = ''] = words;
  const plain = words.every((word) => /^[a-z0-9][a-z0-9.-]*$/.test(word));
  if (words.length === 2 && plain) return `Of a namespace: ${first}/${second}, or ${second} -n ${first}`;
  return 'All Services of the namespace: kubectl netsvc check';
}

/** The host of a URL, of `host:port` or of a name with dots: no Service and no namespace has a dot in its name. */
function hostIn(word: string): string | undefined {
  // RFC 3986, 3.2.2: an IPv6 address stands in brackets where a port may follow.
  const bare = /^(?:\w+:\/\/)?\[([^\]]+)\]/.exec(word)?.[1] ?? word;
  if (bare.includes(':') && isAddress(bare)) return bare;
  const [, scheme, host = '', port] = /^(\w+:\/\/)?([\w.-]+)(:\w+)?(?:\/.*)?$/.exec(word) ?? [];
  if (host === '' || (scheme === undefined && port === undefined && !host.includes('.'))) return undefined;
  return scheme === undefined && kindOfWord(host) !== undefined ? undefined : host;
}

/** An address from the log of a caller, which is asked for as it stands. */
export function isAddress(host: string): boolean {
  // A name is told by its letters: what Node asks for IPv6 takes 2 ms to make.
  return /^[\d.]+$|:/.test(host) && isIP(host) !== 0;
}

/** `web`, `web.shop`, `web.shop.svc…` and `web-0.web.shop.svc…` mean Service web; an address stays what it is. */
function targetOfHost(host: string): Target {
  const labels = host.replace(/\.$/, '').split('.');
  const at = labels.indexOf('svc');
  if (isAddress(host)) return { kind: 'Service', name: host };
  if (labels.length === 1) return checked({ kind: 'Service', name: host });
  if (at < 2 && labels.length > 2) {
    throw new UsageError(`${host} is no name of a Service`, 'Examples: web, web.shop, web.shop.svc.cluster.local');
  }
  const [name = '', namespace = ''] = at < 2 ? labels : labels.slice(at - 2);
  return checked({ kind: 'Service', namespace, name });
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
  const { name } = target;
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name)) return target;
  throw new UsageError(
    `"${name}" cannot be the name of an object`,
    name.includes('=')
      ? `Services with a label: kubectl netsvc check -l ${name}`
      : 'Names consist of lower-case letters, digits, - and dots.',
  );
}
