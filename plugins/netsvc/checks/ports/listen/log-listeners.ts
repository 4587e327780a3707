import { shorten } from '../../../../../shared/util/text.ts';
import { hostClass, type Listener, parseAddress, portNumber } from './listener.ts';

const TRIGGER = /\b(listen(s|ing|er)?|serving|running|started|bound|binding|bind|available|ready)\b/i;
const FOREIGN =
  /\b(connect(ed|ing|ion)?|upstream|backend|database|peer|client|forward|proxy(ing)? to|registered|discover)/i;
const SIDE = /metric|prometheus|admin|pprof|debug|health|probe|manage|status|telemetry/i;

/** `http://127.0.0.1:8000`, `0.0.0.0:80`, `[::]:8080`, `*:9090`, `addr=:8080`. */
const HOST_PORT =
  /(?:[a-z][a-z+]*:\/\/)?(\[[0-9a-f:.]*\]|\*|localhost|\d{1,3}(?:\.\d{1,3}){3}|(?<=[\s="'(]))(?::)(\d{2,5})(?!\d|\.\d)/i;
const HOST_WORD = /\b(127\.0\.0\.1|localhost|0\.0\.0\.0|::1?)\b/i;
const PORT_WORD = /\bport(?:s|\(s\))?\W{0,4}(?:number\W{0,3})?(\d{2,5})\b/i;

const LINES = 400;

/**
 * Sockets that a container says it opened: `Listening on 127.0.0.1:8080`, `Tomcat started on port(s): 8080 (http)`,
 * `Uvicorn running on http://127.0.0.1:8000`. The last lines are read; a later line about the same port wins.
 */
export function listenersOfLog(log: string): readonly Listener[] {
  const byPort = new Map<string, Listener>();
  const lines = log.split('\n');
  for (const line of lines.length > LINES * 2 ? [...lines.slice(0, LINES), ...lines.slice(-LINES)] : lines) {
    if (line.length > 2000 || !TRIGGER.test(line) || FOREIGN.test(line)) continue;
    const listener = listenerOf(line);
    if (listener !== undefined) byPort.set(`${listener.port}/${listener.protocol}/${listener.host}`, listener);
  }
  return [...byPort.values()];
}

function listenerOf(line: string): Listener | undefined {
  const role = SIDE.test(line) ? 'side' : 'main';
  const protocol = /\budp\b/i.test(line) ? 'UDP' : 'TCP';
  const words = shorten(line, 120);
  const match = HOST_PORT.exec(line);
  if (match !== null) {
    const [, host = '', port] = match;
    const number = portNumber(port);
    const address = parseAddress(host === '' ? `:${port}` : `${host}:${port}`);
    if (number === undefined || address === undefined) return undefined;
    return { port: number, host: address.reach, protocol, role, words };
  }
  const number = portNumber(PORT_WORD.exec(line)?.[1]);
  if (number === undefined) return undefined;
  const host = HOST_WORD.exec(line)?.[1];
  return { port: number, host: host === undefined ? 'untold' : hostClass(host), protocol, role, words };
}
