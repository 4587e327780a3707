import { hostClass, type Listener, parseAddress, portNumber, type Reach } from './listener.ts';

const TRIGGER =
  /\b(?:(?:listen(?:s|ing|er)?|serving|running|start(?:ed|ing)|bound|binding|bind|available|ready)\b|local:)/i;
const FOREIGN =
  /\b(?<!(?:ready for|accept|accepting) )(connect(ed|ing|ion)?|upstream|backend|database|peer|client|forward|proxy(ing)? to|registered|discover)/i;
const SIDE = /x plugin|metric|prometheus|admin|pprof|debug|health|probe|manage|status|telemetry/i;

/** `http://127.0.0.1:8000`, `0.0.0.0:80`, `[::]:8080`, `*:9090`, `addr=:8080`. */
const HOST_PORT =
  /([a-z][a-z+]*:\/\/)?(\[[0-9a-f:.]*\]|\*|localhost|\d{1,3}(?:\.\d{1,3}){3}|(?<=[\s="'(]))(?::)(\d{2,5})(?!\d|\.\d)/i;
const HOST_WORD = /\b(127\.0\.0\.1|localhost|0\.0\.0\.0|::1?)\b/i;
const PORT_WORD = /\bport(?:s|\(s\))?\W{0,4}(?:number\W{0,3})?(\d{2,5})\b/i;

/** Programs whose `http://localhost:PORT` is the address they bind (Kestrel, Angular), and what Vite adds when it does. */
const MEANS_LOCALHOST = /\bNow listening on: |Live Development Server is listening/;
const VITE_LOCAL_ONLY = /\bNetwork:\s+use --host to expose/;

const LINES = 400;
/** As much as a summary quotes. */
const WORDS = 60;

/**
 * Sockets that a container says it opened: `Listening on 127.0.0.1:8080`, `Tomcat started on port(s): 8080 (http)`,
 * `Uvicorn running on http://127.0.0.1:8000`. The first and the last lines are read; a later line about the same port
 * wins. An address that is none of the pod's `own` is somebody else's: `Broker 10.0.0.7:9092 is ready`.
 */
export function listenersOfLog(log: string, own: readonly string[] = []): readonly Listener[] {
  const byPort = new Map<string, Listener>();
  const lines = log.split('\n');
  const localOnly = VITE_LOCAL_ONLY.test(log);
  for (const line of lines.length > LINES * 2 ? [...lines.slice(0, LINES), ...lines.slice(-LINES)] : lines) {
    if (line.length > 2000 || !TRIGGER.test(line) || FOREIGN.test(line)) continue;
    const listener = listenerOf(line, own, localOnly);
    if (listener !== undefined) byPort.set(`${listener.port}/${listener.protocol}/${listener.host}`, listener);
  }
  return [...byPort.values()];
}

function listenerOf(line: string, own: readonly string[], localOnly: boolean): Listener | undefined {
  const role = SIDE.test(line) ? 'side' : 'main';
  const protocol = /\budp\b/i.test(line) ? 'UDP' : 'TCP';
  const match = HOST_PORT.exec(line);
  if (match !== null) {
    const [, scheme = '', host = '', port] = match;
    const number = portNumber(port);
    const address = parseAddress(host === '' ? `:${port}` : `${host}:${port}`);
    if (number === undefined || address === undefined) return undefined;
    if (address.host !== undefined && address.reach !== 'loopback' && !own.includes(address.host)) return undefined;
    const reach = scheme !== '' && /^localhost$/i.test(host) ? reachOfLocalUrl(line, localOnly) : address.reach;
    return { port: number, host: reach, protocol, role, words: excerpt(line, match.index, match[0].length) };
  }
  const word = PORT_WORD.exec(line);
  const number = portNumber(word?.[1]);
  if (word === null || number === undefined) return undefined;
  const host = HOST_WORD.exec(line)?.[1];
  const words = excerpt(line, word.index, word[0].length);
  return { port: number, host: host === undefined ? 'untold' : hostClass(host), protocol, role, words };
}

/** Many apps print `http://localhost:3000` for the developer to click and listen on every address. */
function reachOfLocalUrl(line: string, localOnly: boolean): Reach {
  return localOnly || MEANS_LOCALHOST.test(line) ? 'loopback' : 'untold';
}

/** The part of a long line around the words that tell, so that they are not cut off. */
function excerpt(line: string, at: number, length: number): string {
  const flat = (text: string): string =>
    text
      .replace(/\s+/g, ' ')
      .replace(/^[\s:,;]+/, '')
      .trim();
  if (flat(line).length <= WORDS) return flat(line);
  const from = at < WORDS / 2 ? 0 : line.indexOf(' ', at - WORDS / 2) + 1;
  const start = Math.min(from, at);
  const end = Math.min(line.length, Math.max(start + WORDS, at + length));
  return `${start > 0 ? '…' : ''}${flat(line.slice(start, end))}${end < line.length ? '…' : ''}`;
}
