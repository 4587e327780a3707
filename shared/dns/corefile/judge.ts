import { type ServerContext, type ServerSettings, Setup } from './setup/context.ts';
import { SETUP_RULES, START_RULES } from './setup/rules.ts';
import { COREFILE_PATH, type Files } from './syntax/files.ts';
import { type Loaded, loadCorefile, type ServerBlock } from './syntax/load.ts';
import { type CorefileError, Refusal } from './syntax/problem.ts';
import type { Token } from './syntax/tokens.ts';
import {
  directivesOf,
  NEWEST_VERSION,
  nodeCacheDirectives,
  PLUGIN_ORDER,
  parseVersion,
  type Version,
  version,
  wasEverKnown,
} from './versions.ts';
import { type ServedZone, servedZones, writeServed } from './zones.ts';

export interface JudgeInput {
  readonly text: string;
  /** The version that would read it: `1.12.4`. */
  readonly version: string;
  /** Other files by absolute path, for imports and for files that plugins open. */
  readonly files?: Files;
  /** Values of environment variables; one that is not set is empty, as for CoreDNS. */
  readonly env?: ReadonlyMap<string, string>;
  /** Where the Corefile lies. */
  readonly path?: string;
  /** `node-cache` is CoreDNS with few plugins: no `kubernetes` among them. */
  readonly program?: 'coredns' | 'node-cache';
}

/** One server block that is in force. */
export interface JudgedServer {
  /** Zones it answers for, in normal form, networks already turned into reverse zones. */
  readonly zones: readonly string[];
  readonly served: readonly ServedZone[];
  /** Plugins in the order of the file, each once. */
  readonly plugins: readonly string[];
  /** Addresses of `bind`; none means all. */
  readonly listen: readonly string[];
  readonly block: ServerBlock;
}

export interface Judgement {
  /** Whether this version would start with it. */
  readonly valid: boolean;
  readonly judgedAs: string;
  /** What CoreDNS says first comes first; further ones would follow once that is mended. */
  readonly errors: readonly CorefileError[];
  readonly servers: readonly JudgedServer[];
  /** Whether the words could be read to their end; otherwise the servers behind the first error are missing. */
  readonly complete: boolean;
  /** Files, interfaces and names outside of the Corefile that were taken to be there. */
  readonly assumed: readonly string[];
  /** Plugins and options that no known version has, in a version newer than those: whether it would start is not known. */
  readonly unknown: readonly CorefileError[];
  /** Imports that match no file; CoreDNS warns and goes on. */
  readonly emptyImports: Loaded['emptyImports'];
}

/** What CoreDNS serves when the Corefile names no server (core/dnsserver/register.go). */
const BUILT_IN = '.:53 {\nwhoami\nlog\n}\n';

/**
 * Whether a version of CoreDNS would start with a Corefile: the words are read, keys and zones checked, every plugin's
 * options judged by that version's rules, and servers that get into each other's way found. Never throws, for any text.
 */
export function judgeCorefile(input: JudgeInput): Judgement {
  const of = parseVersion(input.version) ?? version('1.12.4');
  const path = input.path ?? COREFILE_PATH;
  const known = input.program === 'node-cache' ? nodeCacheDirectives() : directivesOf(of);
  const newer = input.program !== 'node-cache' && of > version(NEWEST_VERSION);
  const options = {
    files: input.files ?? new Map(),
    env: input.env ?? new Map(),
    knows: (name: string) => known.has(name) || (newer && !wasEverKnown(name)),
    stopsCycles: of >= version('1.13.0'),
  };
  let loaded = loadCorefile(input.text, path, options);
  if (loaded.refusal === undefined && loaded.blocks.length === 0) {
    loaded = { ...loadCorefile(BUILT_IN, path, options), emptyImports: loaded.emptyImports };
  }
  const judge = new Judge(of, options.files);
  const errors = loaded.refusal === undefined ? [] : [tellRefusal(loaded.refusal)];
  const servers = judge.readServers(loaded.blocks, loaded.refusal === undefined ? errors : []);
  if (errors.length === 0) {
    judge.setUp(servers, errors);
    if (errors.length === 0) judge.start(servers, errors);
  }
  const unknown = newer ? [...strangers(loaded.blocks, known), ...errors.filter(isUnknownOption)] : [];
  const sure = errors.filter((error) => !unknown.includes(error));
  return {
    valid: sure.length === 0,
    judgedAs: input.version,
    errors: sure,
    unknown,
    servers: servers.map(({ served, settings, block }) => ({
      zones: served.map(({ zone }) => zone.toLowerCase()),
      served,
      plugins: [...new Set(block.directives.map(({ name }) => name))],
      listen: settings.listen.filter((address) => address !== ''),
      block,
    })),
    complete: loaded.refusal === undefined,
    assumed: [...judge.assumed].sort(),
    emptyImports: loaded.emptyImports,
  };
}

function strangers(blocks: readonly ServerBlock[], known: ReadonlySet<string>): readonly CorefileError[] {
  return blocks.flatMap(({ directives }) =>
    directives.flatMap(({ name, tokens: [first] }) =>
      known.has(name) || first === undefined
        ? []
        : [{ message: `Unknown directive '${name}'`, file: first.file, line: first.line }],
    ),
  );
}

function isUnknownOption({ message }: CorefileError): boolean {
  return /(?:unknown (?:property|option|argument)|Unexpected token|unrecognized|unknown policy)/i.test(message);
}

function tellRefusal(refusal: Refusal, prefix = ''): CorefileError {
  return { message: prefix + refusal.message, file: refusal.file, line: refusal.line };
}

interface Server extends ServerContext {
  readonly block: ServerBlock;
  readonly settings: ServerSettings;
  readonly tokens: ReadonlyMap<string, readonly Token[]>;
}

class Judge {
  readonly assumed = new Set<string>();
  readonly #version: Version;
  readonly #files: Files;

  constructor(of: Version, files: Files) {
    this.#version = of;
    this.#files = files;
  }

  readServers(blocks: readonly ServerBlock[], errors: CorefileError[]): readonly Server[] {
    const servers: Server[] = [];
    for (const block of blocks) {
      const zones = servedZones(block.keys, this.#version);
      if ('error' in zones) {
        errors.push({ message: `error inspecting server blocks: ${zones.error}`, file: block.file, line: block.line });
        continue;
      }
      const tokens = gatherTokens(block);
      servers.push({
        block,
        tokens,
        served: zones.served,
        version: this.#version,
        files: this.#files,
        settings: { root: '', listen: [''], tls: false, once: new Set(), views: [] },
        has: (plugin) => tokens.has(plugin),
        assume: (what) => this.assumed.add(what),
      });
    }
    return servers;
  }

  /** Plugin by plugin and block by block, as CoreDNS does it; the first error of each plugin in each block. */
  setUp(servers: readonly Server[], errors: CorefileError[]): void {
    for (const plugin of PLUGIN_ORDER) {
      for (const server of servers) this.#run(SETUP_RULES[plugin], plugin, server, errors);
    }
  }

  start(servers: readonly Server[], errors: CorefileError[]): void {
    this.#findOverlaps(servers, errors);
    for (const server of servers) this.#checkTransport(server, errors);
    if (this.#version >= version('1.15.0')) findTlsConflict(servers, errors);
    for (const [plugin, rule] of Object.entries(START_RULES)) {
      for (const server of servers) this.#run(rule, plugin, server, errors);
    }
  }

  #run(rule: ((setup: Setup) => void) | undefined, plugin: string, server: Server, errors: CorefileError[]): void {
    const tokens = server.tokens.get(plugin);
    if (tokens === undefined || rule === undefined) return;
    try {
      rule(new Setup(tokens, server));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // `on` is no plugin of CoreDNS itself and puts no name before its words.
      errors.push(tellRefusal(error, plugin === 'on' ? '' : `plugin/${plugin}: `));
    }
  }

  /** A zone and port once only, and not both with and without an address (core/dnsserver/address.go). */
  #findOverlaps(servers: readonly Server[], errors: CorefileError[]): void {
    const bound = new Set<string>();
    const unbound = new Map<string, string>();
    for (const { served, settings, block } of servers) {
      for (const one of served) {
        for (const address of settings.listen) {
          const free = writeServed(one);
          const own = address === '' ? free : `${free} on ${address}`;
          const place = { file: block.file, line: block.line };
          // Since 1.14.3 a server with a view may also come behind the one that answers the rest.
          const beside = settings.views.length > 0 && this.#version >= version('1.14.3');
          if (bound.has(own)) {
            if (!beside) errors.push({ message: `cannot serve ${own} - it is already defined`, ...place });
            continue;
          }
          const other = unbound.get(free);
          const overlap =
            other !== undefined && (address === '' || bound.has(free)) ? (address === '' ? other : free) : undefined;
          if (overlap !== undefined) {
            errors.push({ message: `cannot serve ${own} - zone overlap listener capacity with ${overlap}`, ...place });
            continue;
          }
          // A server with a view answers a part of the queries only and may stand beside another.
          if (settings.views.length > 0) continue;
          bound.add(own);
          unbound.set(free, own);
        }
      }
    }
  }

  #checkTransport({ served, settings, block }: Server, errors: CorefileError[]): void {
    const place = { file: block.file, line: block.line };
    for (const { transport, port } of served) {
      if (Number(port) > 65535 || Number(port) < 0) {
        errors.push({ message: `address ${port}: invalid port`, ...place });
      } else if (!settings.tls && transport === 'https' && this.#asksTlsOfHttps()) {
        errors.push({ message: 'DoH requires TLS to be configured, see the tls plugin', ...place });
      } else if (!settings.tls && transport === 'https3') {
        errors.push({ message: 'DoH3 requires TLS, no TLS config found', ...place });
      } else if (!settings.tls && transport === 'quic') {
        errors.push({ message: 'quic: tls.Config not set', ...place });
      }
    }
  }

  /** From 1.8.0 to 1.8.6 a server for `https://` without `tls` was refused; before and since it speaks plain HTTP. */
  #asksTlsOfHttps(): boolean {
    return this.#version >= version('1.8.0') && this.#version < version('1.8.7');
  }
}

/** Blocks that share an encrypted listener must agree on whether it has a certificate (core/dnsserver/tlsconfig.go). */
function findTlsConflict(servers: readonly Server[], errors: CorefileError[]): void {
  const first = new Map<string, Server>();
  for (const server of servers) {
    for (const { transport, port } of server.served) {
      if (transport === 'dns' || transport === 'unix') continue;
      for (const address of server.settings.listen) {
        const listener = `${transport}://${address}:${port}`;
        const other = first.get(listener) ?? server;
        first.set(listener, other);
        if (other.settings.tls === server.settings.tls) continue;
        errors.push({
          message: `conflicting TLS configuration for shared listener ${listener}: TLS is configured for only one server block`,
          file: server.block.file,
          line: server.block.line,
        });
        return;
      }
    }
  }
}

function gatherTokens(block: ServerBlock): ReadonlyMap<string, readonly Token[]> {
  const tokens = new Map<string, Token[]>();
  for (const directive of block.directives) {
    const list = tokens.get(directive.name) ?? [];
    list.push(...directive.tokens);
    tokens.set(directive.name, list);
  }
  return tokens;
}
