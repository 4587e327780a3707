import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { KeyPair } from '../config/read-pem.ts';
import { createSessions, type Sessions } from './http2.ts';
import { bringPublicAuthorities, leaveOutPublicAuthorities } from './public-authorities.ts';
import { openTunnel, ProxyError, proxyAuthorization, type TunnelOptions } from './tunnel.ts';

/** How requests travel to a server: the connections that are kept alive, and the proxy between. */
export interface Route {
  readonly agent: http.Agent;
  /** Where the server is reached by TLS and without a proxy: its connection for HTTP/2, should it speak that. */
  readonly sessions?: Sessions;
  /** Set when plain http goes through an HTTP proxy, which is then asked instead of the server. */
  readonly forward?: URL;
  readonly forwardHeaders?: Readonly<Record<string, string>>;
}

export interface RouteOptions {
  readonly server: URL;
  /** PEM; undefined trusts the public authorities that Node brings. */
  readonly authorities: string | undefined;
  /** Without `authorities`: trust those of the operating system instead. Reading them is slow. */
  readonly trustSystem: boolean;
  readonly keyPair: KeyPair | undefined;
  readonly insecure: boolean;
  readonly tlsServerName: string | undefined;
  readonly proxy: URL | undefined;
  /** Milliseconds for a proxy to open its tunnel; 0 for no limit. */
  readonly connectMs: number;
}

/**
 * Connections kept open to one server that only speaks HTTP/1.1: each costs a handshake; more than these answer a question
 * of twenty requests no sooner.
 */
export const MAX_CONNECTIONS = 5;

/** Builds the agent for a server and user. A change of the client certificate needs a new route. */
export async function createRoute(options: RouteOptions): Promise<Route> {
  const { server, proxy } = options;
  const secure = server.protocol === 'https:';
  const connecting = {
    // Node gives each address of a name 250 ms, too little for a far-away dual-stack server.
    autoSelectFamilyAttemptTimeout: 1000,
    ...(secure ? tlsSettings(options) : {}),
  };
  const settings: https.AgentOptions = {
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS,
    scheduling: 'lifo',
    ...connecting,
  };
  if (proxy === undefined) {
    if (!secure) return { agent: new http.Agent(settings) };
    return { agent: new https.Agent(settings), sessions: createSessions(server, connecting) };
  }
  if (proxy.protocol.startsWith('socks')) return { agent: await socksAgent(proxy, server, settings) };
  if (!secure) {
    const authorization = proxyAuthorization(proxy);
    return {
      agent:
        proxy.protocol === 'https:' ? new https.Agent({ ...settings, ...proxyTls(options) }) : new http.Agent(settings),
      forward: new URL(proxy.origin),
      ...(authorization === undefined ? {} : { forwardHeaders: { 'proxy-authorization': authorization } }),
    };
  }
  const tunnel = { timeoutMs: options.connectMs, tls: proxyTls(options) };
  return { agent: tunnellingAgent(proxy, settings, tunnel) };
}

function tlsSettings(options: RouteOptions): tls.ConnectionOptions {
  const { authorities = options.trustSystem ? systemAuthorities() : undefined, keyPair } = options;
  if (options.authorities === undefined) bringPublicAuthorities();
  else leaveOutPublicAuthorities(options.authorities);
  return {
    // Made once for all connections: with a system's authorities it takes longer than everything else of a handshake.
    secureContext: tls.createSecureContext({
      ...(authorities === undefined ? {} : { ca: authorities }),
      ...(keyPair === undefined ? {} : { cert: keyPair.cert, key: keyPair.key }),
      // Go trusts a configured intermediate authority by itself; OpenSSL wants to be told.
      ...{ allowPartialTrustChain: true },
    }),
    ...nameSettings(options.tlsServerName ?? addressOf(options.server)),
    rejectUnauthorized: !options.insecure,
  };
}

/** A proxy that speaks TLS is trusted as Go does it, by the cluster's settings; public authorities count as well. */
function proxyTls({ authorities, insecure }: RouteOptions): TunnelOptions['tls'] {
  return {
    ...(authorities === undefined ? {} : { ca: [...tls.rootCertificates, authorities] }),
    rejectUnauthorized: !insecure,
  };
}

/** The name to compare the certificate with. An address cannot be sent as a name (RFC 6066 §3), only compared. */
function nameSettings(name: string | undefined): tls.ConnectionOptions {
  if (name === undefined) return {};
  if (isIP(name) === 0) return { servername: name };
  return { servername: '', checkServerIdentity: (_host, cert) => tls.checkServerIdentity(name, cert) };
}

/** The server's address where it has no name: behind a proxy Node no longer knows what to compare. */
function addressOf({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}

/** The authorities of the operating system, which kubectl trusts; undefined where Node cannot read them (Node 20). */
function systemAuthorities(): string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] };
  return getCACertificates?.('system');
}

/** An https agent whose connections run through an HTTP proxy's CONNECT (RFC 9110 §9.3.6). */
function tunnellingAgent(proxy: URL, settings: https.AgentOptions, tunnel: TunnelOptions): https.Agent {
  const agent = new https.Agent(settings);
  // client-node does this through hpagent, which hides what the proxy answered and opens a tunnel per request.
  return Object.assign(agent, {
    createConnection(
      options: tls.ConnectionOptions & { host: string; port: number | string },
      done: (error: Error | null, socket?: tls.TLSSocket) => void,
    ): undefined {
      const { host, port, path: _path, ...rest } = options;
      openTunnel(proxy, host, Number(port), tunnel).then(
        (socket) => done(null, tls.connect({ ...rest, socket })),
        (error) => done(error),
      );
    },
  });
}

/** SOCKS is spoken by client-node's agent; it is loaded only then, because it is large. */
async function socksAgent(proxy: URL, server: URL, settings: https.AgentOptions): Promise<http.Agent> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  // The library resolves names before a `socks5` proxy sees them; kubectl lets the proxy resolve (socks5h).
  const proxyUrl = proxy.href.replace(/^socks5:/, 'socks5h:');
  config.loadFromClusterAndUser(
    { name: 'server', server: server.href, skipTLSVerify: server.protocol === 'http:', proxyUrl },
    { name: 'user' },
  );
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const agent = options.agent as https.Agent & { keepAlive: boolean; connect: Connect };
  // The library passes on only a part of the settings, and nothing that keeps connections.
  Object.assign(agent.options, settings);
  agent.keepAlive = true;
  agent.maxSockets = MAX_CONNECTIONS;
  const open = agent.connect.bind(agent);
  agent.connect = (request, target) =>
    open(request, target).catch((error: unknown) => {
      throw new ProxyError(proxy, undefined, error instanceof Error ? error.message : String(error));
    });
  return agent;
}

/** What the library's agent calls to open a connection through the proxy. */
type Connect = (request: http.ClientRequest, target: unknown) => Promise<Duplex>;
