import { UsageError } from '../../../shared/cli/command.ts';
import { kindAmong, wordsFor } from '../../../shared/cli/kind-words.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import { parseSelector } from '../../../shared/cli/parse-selector.ts';
import { parseClusterName } from '../../../shared/dns/service-names.ts';
import type { LabelSelector } from '../../../shared/model/objects.ts';
import { WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import type { Protocol } from '../../../shared/policy/rules/port-set.ts';
import { parseCidr } from '../../../shared/util/addresses.ts';

/** The kinds that an end of a connection may have. */
const END_KINDS = ['Service', 'Pod', ...WORKLOAD_KINDS, 'Node', 'Namespace'] as const;

export type EndKind = (typeof END_KINDS)[number];

/** One end of a connection, as the user wrote it. */
export type End = (
  | {
      readonly type: 'object';
      readonly kind: EndKind;
      readonly namespace?: string;
      readonly name: string;
      /** The word for the kind, which may be a namespace as well: `jobs/batch`. */
      readonly orIn?: string;
    }
  /** A bare name: a Service, else a workload, else a pod. */
  | { readonly type: 'name'; readonly namespace?: string; readonly name: string }
  | { readonly type: 'selector'; readonly namespace?: string; readonly selector: LabelSelector; readonly text: string }
  | { readonly type: 'address'; readonly cidr: string }
  | { readonly type: 'internet' }
) & {
  /** Given with the name, as in `db:5432` and `db:53/UDP`. */
  readonly port?: string;
  readonly protocol?: Protocol;
};

const EXAMPLES = 'Examples: web, svc/web, ns/shop, shop/web, app=web, 10.0.0.0/8, internet';

/**
 * Reads the ends that words name, in their order: `web`, `svc/web`, `deployment web`, `shop/web`, `deploy/shop/web`,
 * `shop/deploy/web`, `web.shop.svc`, `app=web`, `shop:app=web`, `10.0.0.0/8`, `internet`, each with `:PORT` or
 * `:PORT/PROTOCOL` behind it if wanted.
 * Throws a UsageError for words that name nothing.
 */
export function parseEnds(words: readonly string[]): readonly End[] {
  const ends: End[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    if (kindOf(word) !== undefined && next !== undefined && !next.includes('/')) {
      ends.push(parseEnd(`${word}/${next}`));
      at++;
    } else {
      ends.push(parseEnd(word));
    }
  }
  return ends;
}

function parseEnd(whole: string): End {
  const [, plain = whole, protocol] = /^(.*:[A-Za-z0-9-]+)\/(tcp|udp|sctp)$/i.exec(whole) ?? [];
  const end = endOf(plain);
  return protocol === undefined ? end : { ...end, protocol: protocol.toUpperCase() as Protocol };
}

function endOf(word: string): End {
  if (word === '') throw new UsageError('an empty word names nothing', EXAMPLES);
  const [, internet, behindInternet] = /^(?:the-)?(internet|world)(?::([A-Za-z0-9-]+))?$/i.exec(word) ?? [];
  if (internet !== undefined)
    return { type: 'internet', ...(behindInternet === undefined ? {} : { port: behindInternet }) };
  if (isSelector(word)) return selectorEnd(word);
  const whole = addressEnd(word);
  if (whole !== undefined) return whole;
  const [, plain = word, port] = /^([^:]+):([A-Za-z0-9-]+)$/.exec(word) ?? [];
  const withPort = port === undefined ? {} : { port };
  const address = addressEnd(plain);
  if (address !== undefined) return { ...address, ...withPort };
  if (/^\[.*\]/.test(word)) {
    const [, inner = '', behind] = /^\[(.*)\](?::([A-Za-z0-9-]+))?$/.exec(word) ?? [];
    const v6 = addressEnd(inner);
    if (v6 !== undefined) return behind === undefined ? v6 : { ...v6, port: behind };
  }
  const service = parseClusterName(plain);
  if (service !== undefined) {
    const { service: name, namespace } = service;
    return { type: 'object', kind: 'Service', namespace, name, ...withPort };
  }
  return { ...nameEnd(plain), ...withPort };
}

function isSelector(word: string): boolean {
  return /[=!(]/.test(word);
}

function selectorEnd(word: string): End {
  // A colon stands in no label, so that `shop:app=web:8080` can name the namespace and the port.
  const [, namespace, labels = word] = /^([a-z0-9][a-z0-9-]*):(.+)$/.exec(word) ?? [];
  const [, text = labels, port] = /^([^:]+):([A-Za-z0-9-]+)$/.exec(labels) ?? [];
  const selector = parseSelector(text);
  return {
    type: 'selector',
    selector,
    text,
    ...(namespace === undefined ? {} : { namespace }),
    ...(port === undefined ? {} : { port }),
  };
}

function addressEnd(text: string): End | undefined {
  if (!/^[0-9a-fA-F:.]+(\/\d+)?$/.test(text) || !/[.:]/.test(text)) return undefined;
  const range = parseCidr(text);
  return range === undefined ? undefined : { type: 'address', cidr: text };
}

/** What looks like an address or a block and is none is neither the name of an object: `10.0.0.0/33`. */
function refuseAddress(word: string): void {
  if (!/^(?:\d+(?:\.\d+){3}|\d+(?:\.\d+)*\.?\/\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*\/\d+)$/i.test(word)) return;
  throw new UsageError(`"${word}" is no address or address block`, 'Examples: 10.0.0.7, 10.0.0.0/8, fd00::/64');
}

function nameEnd(word: string): End {
  refuseAddress(word);
  refusePolicyAndUrl(word);
  const parts = word.split('/');
  if (parts.length > 3 || parts.includes('')) throw new UsageError(`"${word}" names no object`, EXAMPLES);
  const [first = '', second = '', third] = parts;
  for (const part of parts) checkName(part, word);
  if (parts.length === 1) return { type: 'name', name: first };
  const kind = kindOf(first);
  if (third !== undefined) {
    const behind = kind === undefined ? kindOf(second) : undefined;
    if (behind !== undefined) return { type: 'object', kind: behind, namespace: first, name: third };
    if (kind === undefined) throw new UsageError(`there is no kind "${first}"`, kindHint(first));
    return { type: 'object', kind, namespace: second, name: third };
  }
  if (kind !== undefined) return { type: 'object', kind, name: second, orIn: first };
  return { type: 'name', namespace: first, name: second };
}

/** `networkpolicy web` in two words. */
export function refusePolicyWords([first = '', name, ...more]: readonly string[]): void {
  if (name !== undefined && more.length === 0) refusePolicyAndUrl(`${first}/${name}`);
}

/** What is often pasted and is no end: a policy, and a URL, whose host no NetworkPolicy knows. */
function refusePolicyAndUrl(word: string): void {
  const [first = '', ...names] = word.split('/');
  const name = names.at(-1) ?? '';
  if (name !== '' && kindAmong(['NetworkPolicy'], first) !== undefined) {
    throw new UsageError(
      `${word} is a policy, not an end of a connection`,
      `What is wrong with it: kubectl netpol lint ${name}\nWhich pods it selects: kubectl netpol policies`,
    );
  }
  const [, scheme, host = ''] = /^(\w+):\/\/([^/:]+)/.exec(word) ?? [];
  if (scheme === undefined) return;
  const port = scheme === 'http' ? 80 : 443;
  throw new UsageError(
    `"${word}" is a URL; policies know pods and addresses`,
    `A Service: NAMESPACE/NAME. Outside of the cluster: the address of ${host},\nor internet:${port}`,
  );
}

/** What a word may have been meant for that names no kind; undefined when nothing is near. */
export function kindMeant(word: string): string | undefined {
  return nearestWords(word, wordsFor(END_KINDS))[0];
}

function kindHint(word: string): string {
  const near = kindMeant(word);
  return near === undefined ? EXAMPLES : `Did you mean ${near}/NAME? ${EXAMPLES}`;
}

function checkName(name: string, word: string): void {
  // `job-*` is how a pod is called that the server will name.
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]*([A-Za-z0-9]|-\*))?$/.test(name)) return;
  throw new UsageError(`"${word}" names no object`, EXAMPLES);
}

function kindOf(word: string): EndKind | undefined {
  return kindAmong(END_KINDS, word);
}

/** The namespace that an end is looked for in; the one in force unless it names another. */
export function namespaceOfEnd(end: End, inForce: string): string {
  if (end.type === 'object' && end.kind === 'Namespace') return end.name;
  return ('namespace' in end ? end.namespace : undefined) ?? inForce;
}
