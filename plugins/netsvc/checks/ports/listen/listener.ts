export type Reach = 'any' | 'loopback' | 'untold';

/** A socket that a container opens, as far as its command line, environment, log or configuration tells. */
export interface Listener {
  /** Undefined when only the address is told (`--host 127.0.0.1`). */
  readonly port: number | undefined;
  /** `loopback` reaches nobody outside the pod; `untold` when only a port is named. */
  readonly host: Reach;
  readonly protocol: 'TCP' | 'UDP';
  /** `side`: metrics, health, debugging: says nothing about where the app serves. */
  readonly role: 'main' | 'side';
  /** The words that say so, to be quoted: `httpd -f -p 9090`. */
  readonly words: string;
  /** The program's default: nothing in the words names the port. */
  readonly byDefault?: boolean;
  /** Words that name the port or the address, as they stand in one element of command or args. */
  readonly portText?: string;
  readonly hostText?: string;
  /** The variable of the environment that says so. */
  readonly variable?: string;
}

/** A port number as a word, or undefined. */
export function portNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= 1 && number <= 65_535 ? number : undefined;
}

/** `loopback` for 127.0.0.0/8, ::1 and localhost; every other address can be reached from outside the pod. */
export function hostClass(host: string): 'any' | 'loopback' {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return /^127(\.\d{1,3}){3}$/.test(bare) || bare === '::1' || bare === 'localhost' ? 'loopback' : 'any';
}

/** What an address word names: `8080`, `:8080`, `127.0.0.1:8080`, `[::]:8080`, `http://0.0.0.0:8080/`, `localhost`. */
export interface Address {
  readonly port: number | undefined;
  /** Undefined when the word names none, or a wildcard. */
  readonly host: string | undefined;
  readonly reach: Reach;
}

const ADDRESS = /^(?:[a-z][a-z0-9+.]*:\/\/)?(\[[^\]]*\]|[^:/\s\][]*)(?::(\d{1,5}))?(?:\/\S*)?$/i;

/** Reads an address word; undefined when it is none (a path, a blank, a unix socket). */
export function parseAddress(text: string): Address | undefined {
  if (/^unix:|^\/|^\.\//.test(text)) return undefined;
  const alone = portNumber(text);
  if (alone !== undefined) return { port: alone, host: undefined, reach: 'untold' };
  const match = ADDRESS.exec(text);
  if (match === null) return undefined;
  const [, host = '', port] = match;
  const bare = host.replace(/^\[|\]$/g, '');
  if (!isHost(bare)) return undefined;
  const wild = bare === '' || bare === '*' || bare === '+' || bare === '0.0.0.0' || bare === '::';
  return { port: portNumber(port), host: wild ? undefined : bare, reach: wild ? 'any' : hostClass(bare) };
}

/** Only what can be an address: a bare word such as `production` is none. */
function isHost(host: string): boolean {
  return (
    host === '' ||
    host === '*' ||
    host === '+' ||
    host === 'localhost' ||
    /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ||
    host.includes(':')
  );
}
