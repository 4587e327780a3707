import { domainToASCII } from 'node:url';
import { UsageError } from '../../../shared/cli/command.ts';
import { kindAmong, kindOfAnyWord } from '../../../shared/cli/kind-words.ts';

/** A word that can be asked of DNS. Throws a UsageError for any other, with the name that it may mean. */
export function checkedName(word: string): string {
  const long = word.split('.').find((label) => label.length > 63);
  if (long !== undefined && /^[\w.-]+$/.test(word)) {
    throw new UsageError(
      `"${long}" is too long for DNS: a part of a name has 63 letters at most, this one ${long.length}`,
    );
  }
  if (/^[\w-]+(\.[\w-]+)*\.?$/.test(word) && word.length <= 254) return word;
  const wire = domainToASCII(word);
  if (/[^\x20-\x7e]/.test(word) && wire !== '') {
    throw new UsageError(`"${word}" goes over the wire in other letters`, `Did you mean ${wire}?`);
  }
  throw new UsageError(`"${word}" is no DNS name`, hintFor(word));
}

function hintFor(word: string): string {
  const object = ofObject(word);
  if (object !== undefined) return object;
  const host = hostIn(word);
  return host === undefined
    ? 'Examples: web, web.shop, web.shop.svc.cluster.local, example.com'
    : `Did you mean ${host}? A name has neither scheme nor port nor path.`;
}

/** What `svc/web`, `svc/shop/web`, `shop/web` and `pod/web-1` mean; undefined for what is no object. */
function ofObject(word: string): string | undefined {
  const [first = '', ...names] = word.split('/');
  if (names.length === 0 || names.length > 2 || !names.every((name) => /^[\w-]+$/.test(name))) return undefined;
  const kind = kindOfAnyWord(first);
  const isService = kindAmong(['Service'], first) !== undefined;
  if (isService || (kind === undefined && names.length === 1 && /^[\w-]+$/.test(first))) {
    const parts = isService ? names : [first, ...names];
    return `Did you mean ${parts.reverse().join('.')}? Parts of a name have dots between them.`;
  }
  if (kind === undefined) return undefined;
  if (kind === 'Pod') {
    return `As this pod asks: kubectl netdns NAME --from ${word}\nIts own names: kubectl netdns records ${word}`;
  }
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].includes(kind)
    ? `As its pods ask: kubectl netdns NAME --from ${word}`
    : 'Names lead to Services: kubectl netdns records SERVICE';
}

/** The host of a URL, or of HOST:PORT. */
function hostIn(word: string): string | undefined {
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([\w-]+(?:\.[\w-]+)*)(?::\d+)?(?:\/.*)?$/i.exec(word)?.[1];
  return host === word ? undefined : host;
}
