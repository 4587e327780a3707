import { flagsOf } from './flag-words.ts';
import { hostClass, type Listener, parseAddress, portNumber } from './listener.ts';
import type { Words } from './shell-words.ts';

const SIDE =
  /metric|prometheus|admin|health|probe|debug|pprof|monitor|manage|status|stats|telemetry|ready|live|insight/;

/** Words that make a port flag one of somebody else: the database that the app calls, not the socket it opens. */
const FOREIGN =
  /db|database|redis|postgres|mysql|mongo|kafka|amqp|rabbit|smtp|mail|proxy|upstream|backend|target|remote|peer|client|dest|forward|elastic|ldap|cache/;

const PORT_NAMES = new Set([
  'port',
  'ports',
  'http-port',
  'https-port',
  'grpc-port',
  'tcp-port',
  'udp-port',
  'listen-port',
  'server-port',
  'web-port',
  'bind-port',
  'serve-port',
  'app-port',
  'service-port',
  'api-port',
  'quarkus-http-port',
  'http-server-port',
]);
const ADDRESS_NAMES = new Set([
  'addr',
  'address',
  'listen',
  'listen-addr',
  'listen-address',
  'listenaddr',
  'bind',
  'bind-addr',
  'bind-address',
  'http',
  'http-addr',
  'http-address',
  'http-bind',
  'http-listen',
  'http-listen-address',
  'grpc-addr',
  'grpc-address',
  'web-listen-address',
  'server-addr',
  'serve',
  'urls',
  'host-port',
]);
const HOST_NAMES = new Set([
  'host',
  'hostname',
  'bind-host',
  'listen-host',
  'server-host',
  'server-address',
  'bind-ip',
  'ip',
  'interface',
]);

/**
 * Sockets that the options of an unknown program name, by what such options are usually called. `p` counts as a port
 * when its value is a number.
 */
export function listenersOfFlags(words: Words): readonly Listener[] {
  const found: Listener[] = [];
  let host: string | undefined;
  const quoted = words.join(' ');
  for (const { name, value, short } of flagsOf(words)) {
    if (value === '' || FOREIGN.test(name)) continue;
    const address = parseAddress(value);
    if (HOST_NAMES.has(name) || (ADDRESS_NAMES.has(name) && address?.port === undefined)) {
      // A foreign host name is no address to bind; only what can be one counts.
      if (address !== undefined && address.port === undefined) host = value;
      continue;
    }
    const isPort = PORT_NAMES.has(name) || (short && (name === 'p' || name === 'P')) || /port$/.test(name);
    const isAddress = ADDRESS_NAMES.has(name) || /(addr|address|listen|bind)$/.test(name);
    if (!isPort && !isAddress) continue;
    if (address?.port === undefined) continue;
    const side = SIDE.test(name) || !(PORT_NAMES.has(name) || ADDRESS_NAMES.has(name) || short);
    found.push({
      port: address.port,
      host: address.reach,
      protocol: /udp/.test(name) ? 'UDP' : 'TCP',
      role: side ? 'side' : 'main',
      words: quoted,
      portText: value,
      ...(address.host === undefined ? {} : { hostText: address.host }),
    });
  }
  if (host === undefined || hostClass(host) === 'any') return found;
  return withHost(found, host, quoted);
}

/** `--host 127.0.0.1` holds for the ports that name no address of their own; alone it tells the address only. */
function withHost(found: readonly Listener[], host: string, words: string): readonly Listener[] {
  const main = found.filter((listener) => listener.role === 'main');
  if (main.length === 0)
    return [...found, { port: undefined, host: 'loopback', protocol: 'TCP', role: 'main', words, hostText: host }];
  return found.map((listener) =>
    listener.role === 'main' && listener.hostText === undefined
      ? { ...listener, host: 'loopback', hostText: host }
      : listener,
  );
}

const INLINE: readonly { readonly form: RegExp; readonly order: 'host-port' | 'port-host' }[] = [
  // Python: HTTPServer(('127.0.0.1', 8080), …), s.bind(("", 8080)).
  { form: /\(\s*\(?\s*['"]([\w.:-]*)['"]\s*,\s*(\d{2,5})\s*\)/g, order: 'host-port' },
  // Node: server.listen(3000, '127.0.0.1').
  { form: /\.listen\(\s*(\d{2,5})(?:\s*,\s*['"]([\w.:-]+)['"])?/g, order: 'port-host' },
  // Flask, aiohttp: run(host='0.0.0.0', port=5000).
  { form: /\bhost\s*=\s*['"]([\w.:-]*)['"]\s*,\s*port\s*=\s*(\d{2,5})/g, order: 'host-port' },
  // Go: ListenAndServe(":8080", …).
  { form: /ListenAndServe\(\s*['"]([\w.]*):(\d{2,5})['"]/g, order: 'host-port' },
  // nginx, haproxy: listen 127.0.0.1:8080;
  { form: /\blisten\s+(?:([\w.*]+|\[[\w:.]*\]):)?(\d{2,5})\b[^;\n]*;/g, order: 'host-port' },
];

/** Sockets that program text inside the command line opens: `python -c`, `node -e`, a configuration echoed to a file. */
export function listenersOfText(text: string): readonly Listener[] {
  return INLINE.flatMap(({ form, order }) =>
    [...text.matchAll(form)].flatMap((match): readonly Listener[] => {
      const [whole, first = '', second = ''] = match;
      const [host, port] = order === 'host-port' ? [first, second] : [second, first];
      const number = portNumber(port);
      if (number === undefined) return [];
      return [
        {
          port: number,
          host: host === '' ? 'any' : hostClass(host),
          protocol: 'TCP',
          role: 'main',
          words: whole.trim(),
          portText: port,
          ...(host === '' ? {} : { hostText: host }),
        },
      ];
    }),
  );
}
