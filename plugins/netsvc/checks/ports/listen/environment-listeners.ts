import { type Environment, expandShell } from './environment.ts';
import { listenersOfFlags } from './generic-flags.ts';
import { hostClass, type Listener, parseAddress, portNumber } from './listener.ts';

const PORT_NAMES =
  /^(PORT|(HTTP|HTTPS|APP|SERVER|LISTEN|WEB|BIND|API|GRPC|CONTAINER|SERVE|FLASK_RUN|UVICORN|NODE|NGINX|QUARKUS_HTTP|MICRONAUT_SERVER|KESTREL|GUNICORN|RAILS|PUMA)_PORT|(ASPNETCORE|DOTNET)_HTTP_PORTS)$/;
const ADDRESS_NAMES =
  /^(LISTEN|BIND|ADDR|ADDRESS|(LISTEN|BIND|HTTP|SERVER|WEB|APP|API|GRPC)_(ADDR|ADDRESS|LISTEN|BIND)|ASPNETCORE_URLS|(HTTP|SERVER|WEB)_LISTEN_(ADDR|ADDRESS))$/;
const HOST_NAMES =
  /^(HOST|HOSTNAME|BIND|(BIND|LISTEN|SERVER|HTTP|APP|WEB|FLASK_RUN|UVICORN|QUARKUS_HTTP|MICRONAUT_SERVER)_(HOST|IP|ADDR|ADDRESS))$/;
/** Lists such as `PLAINTEXT://0.0.0.0:9092,CONTROLLER://:9093` (Kafka's `listeners`; not those that it advertises). */
const LIST_NAMES = /^KAFKA_(CFG_)?LISTENERS$/;
const OPTION_NAMES = /^(JAVA_OPTS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|GUNICORN_CMD_ARGS|NODE_OPTIONS)$/;

/**
 * Sockets that the environment asks for, by the names in common use (PORT, LISTEN_ADDR, ASPNETCORE_URLS, JAVA_OPTS with
 * -Dserver.port …). The program may not read them, so this is weaker than its command line.
 */
export function listenersOfEnvironment(env: Environment): readonly Listener[] {
  const found: Listener[] = [];
  let host: { readonly words: string; readonly text: string; readonly variable: string } | undefined;
  for (const { name, value } of env.values()) {
    if (value === undefined || value === '') continue;
    const words = `${name}=${value}`;
    if (OPTION_NAMES.test(name)) {
      const flags = listenersOfFlags(['', ...expandShell(value, env).split(/\s+/)]);
      found.push(...flags.map((listener) => ({ ...listener, words, variable: name })));
      continue;
    }
    if (LIST_NAMES.test(name)) {
      found.push(...listenersOfList(value).map((listener) => ({ ...listener, words, variable: name })));
      continue;
    }
    if (PORT_NAMES.test(name)) {
      // `http://+:8080`, `tcp://10.0.0.1:80` (a link variable of a Service called `…-port`) and `8080;8081`.
      const number = portNumber(value.split(/[;,]/)[0]);
      if (number !== undefined)
        found.push({
          port: number,
          host: 'untold',
          protocol: 'TCP',
          role: 'main',
          words,
          portText: value,
          variable: name,
        });
      continue;
    }
    const address = ADDRESS_NAMES.test(name) ? parseAddress(value.split(/[;,]/)[0] ?? '') : undefined;
    if (address?.port !== undefined) {
      found.push({
        port: address.port,
        host: address.reach,
        protocol: 'TCP',
        role: 'main',
        words,
        portText: value,
        variable: name,
        ...(address.host === undefined ? {} : { hostText: address.host }),
      });
    } else if (HOST_NAMES.test(name) && hostClass(value) === 'loopback') host = { words, text: value, variable: name };
  }
  if (host === undefined) return found;
  const alone: Listener = {
    port: undefined,
    host: 'loopback',
    protocol: 'TCP',
    role: 'main',
    words: host.words,
    hostText: host.text,
    variable: host.variable,
  };
  return [...found.filter((listener) => listener.hostText !== undefined), ...rebound(found, alone)];
}

function listenersOfList(value: string): readonly Listener[] {
  return value.split(',').flatMap((entry): readonly Listener[] => {
    const address = parseAddress(entry.trim().replace(/^\w+:\/\//, ''));
    if (address?.port === undefined) return [];
    const bare = { port: address.port, host: address.reach, protocol: 'TCP', role: 'main', words: value } as const;
    return [address.host === undefined ? bare : { ...bare, hostText: address.host }];
  });
}

/** A loopback host holds for the ports that name no address of their own. */
function rebound(found: readonly Listener[], alone: Listener): readonly Listener[] {
  const open = found.filter((listener) => listener.hostText === undefined);
  if (open.length === 0) return [alone];
  return open.map((listener) => ({
    ...listener,
    host: 'loopback',
    words: `${listener.words} ${alone.words}`,
    ...(alone.hostText === undefined ? {} : { hostText: alone.hostText }),
  }));
}
