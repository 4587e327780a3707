import type { Duplex } from 'node:stream';
import { apiVersionOf, type Served } from '../kube/resource.ts';
import { matchesFieldText, matchesLabelText } from '../kube/select.ts';
import { ALL_KINDS, KINDS, type KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { CertifiedKey } from './certs.ts';

/** What the server holds and whom it lets in. */
export interface ApiServerOptions {
  readonly objects?: readonly KubeObject[];
  /** Serve https with this certificate. */
  readonly tls?: CertifiedKey;
  /** Do not offer HTTP/2, as some proxies in front of clusters. */
  readonly http1?: boolean;
  /** Accept client certificates of this authority; then one, or a token, is needed. */
  readonly clientCa?: string;
  /** Bearer tokens that are accepted; without this and `clientCa` everybody is. */
  readonly tokens?: readonly string[];
  /** `pods`, or `pods@kube-system` for one namespace, `pods@*` for lists over all of them. */
  readonly forbidden?: readonly string[];
  readonly absent?: readonly KindName[];
  /** Other versions than `KINDS` names. */
  readonly served?: Readonly<Partial<Record<KindName, Served>>>;
  /** Logs by `NAMESPACE/POD/CONTAINER`, with `.previous` for the run before. */
  readonly logs?: Readonly<Record<string, string>>;
  /** The Date header; the real time unless given. */
  readonly date?: Date;
  /** A path before `/api`, as Rancher has. */
  readonly basePath?: string;
  readonly host?: string;
  /** Rights that are refused: `create pods/portforward`. */
  readonly denied?: readonly string[];
  /** What pods, Services and nodes say through the proxy, by `NAME:PORT/PATH`; others refuse the connection. */
  readonly proxied?: Readonly<Record<string, Content>>;
  /** What listens on ports of pods, by `NAMESPACE/POD:PORT`; others refuse the connection. */
  readonly listeners?: Readonly<Record<string, (socket: Duplex) => void>>;
}

/** What the answers are made from. */
export interface ServerState {
  readonly options: ApiServerOptions;
  readonly objects: ReadonlyMap<KindName, readonly KubeObject[]>;
  tokens: readonly string[] | undefined;
}

/** An answer before it is written. */
export interface Content {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
}

/** What the API server says to a GET of `url`. */
export function answer(
  state: ServerState,
  url: string,
  authorization: string | undefined,
  certificate: string | undefined,
): Content {
  const { options } = state;
  const { pathname, searchParams } = new URL(url, 'http://server');
  const guarded = state.tokens !== undefined || options.clientCa !== undefined;
  const known = certificate !== undefined || state.tokens?.some((token) => authorization === `Bearer ${token}`);
  if (guarded && !known) return { status: 401, body: status(401, 'Unauthorized', 'Unauthorized') };
  if (!pathname.startsWith(options.basePath ?? '')) return unknownPath();
  const path = pathname.slice((options.basePath ?? '').length);
  const proxied =
    /^\/api\/v1\/(?:namespaces\/[^/]+\/)?(?<plural>pods|services|nodes)\/(?<name>[^/]+)\/proxy(?<rest>\/.*)$/.exec(
      path,
    );
  if (proxied !== null) return proxyAnswer(proxied.groups ?? {}, options);
  if (path === '/version') return { status: 200, body: { major: '1', minor: '34', gitVersion: 'v1.34.4' } };
  if (path === '/apis') return { status: 200, body: groupList(options) };
  const place = parsePath(path, options);
  if (place === undefined) return unknownPath();
  const { kind, namespace, name, subresource } = place;
  const { plural, group } = KINDS[kind];
  if (isForbidden(plural, namespace, options.forbidden ?? [])) {
    const verb = name === undefined ? 'list' : 'get';
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const message = `${plural} is forbidden: User "tester" cannot ${verb} resource "${plural}" in API group "${group}" ${where}`;
    return { status: 403, body: status(403, 'Forbidden', message) };
  }
  const objects = (state.objects.get(kind) ?? []).filter(
    ({ metadata }) => namespace === undefined || metadata?.namespace === namespace,
  );
  if (name === undefined) return listAnswer(kind, objects, searchParams, options);
  const object = objects.find(({ metadata }) => metadata?.name === name);
  if (object === undefined) {
    const details = { name, kind: plural, ...(group === '' ? {} : { group }) };
    return { status: 404, body: { ...status(404, 'NotFound', `${plural} "${name}" not found`), details } };
  }
  if (subresource === 'log') return logAnswer(`${namespace}/${name}`, searchParams, options);
  return { status: 200, body: object };
}

function proxyAnswer({ plural, name, rest }: Readonly<Record<string, string>>, options: ApiServerOptions): Content {
  if (options.denied?.includes(`get ${plural}/proxy`)) {
    return { status: 403, body: status(403, 'Forbidden', `User "tester" cannot get resource "${plural}/proxy"`) };
  }
  const refused = `error trying to reach service: dial tcp 10.0.0.1: connect: connection refused`;
  return options.proxied?.[`${name}${rest}`] ?? { status: 503, body: status(503, 'ServiceUnavailable', refused) };
}

/** What the API server says to a POST of an access review. */
export function reviewAnswer(body: string, options: ApiServerOptions): Content {
  const review = JSON.parse(body) as { spec: { resourceAttributes: Readonly<Record<string, string>> } };
  const { verb, resource, subresource } = review.spec.resourceAttributes;
  const right = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  return { status: 201, body: { ...review, status: { allowed: options.denied?.includes(right) !== true } } };
}

function unknownPath(): Content {
  return { status: 404, body: '404 page not found\n', type: 'text/plain; charset=utf-8' };
}

/** The groups of all kinds that the server has. */
function groupList(options: ApiServerOptions): object {
  const kinds = ALL_KINDS.filter((kind) => options.absent?.includes(kind) !== true);
  const served = kinds.map((kind) => options.served?.[kind] ?? KINDS[kind]).filter(({ group }) => group !== '');
  const groups = [...new Set(served.map(({ group }) => group))].map((name) => ({
    name,
    versions: [...new Set(served.filter(({ group }) => group === name).map(apiVersionOf))].map((groupVersion) => ({
      groupVersion,
    })),
  }));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

interface Place {
  readonly kind: KindName;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

function parsePath(path: string, options: ApiServerOptions): Place | undefined {
  const match =
    /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<ns>[^/]+)(?=\/[^/]))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<sub>[^/]+))?$/.exec(
      path,
    );
  const { group = '', version, ns, plural, name, sub } = match?.groups ?? {};
  const kind = ALL_KINDS.find((candidate) => {
    const info = KINDS[candidate];
    const served = options.served?.[candidate] ?? info;
    return served.group === group && served.version === version && info.plural === plural;
  });
  if (kind === undefined || options.absent?.includes(kind)) return undefined;
  return {
    kind,
    ...(ns === undefined ? {} : { namespace: decodeURIComponent(ns) }),
    ...(name === undefined ? {} : { name: decodeURIComponent(name) }),
    ...(sub === undefined ? {} : { subresource: sub }),
  };
}

function listAnswer(
  kind: KindName,
  objects: readonly KubeObject[],
  params: URLSearchParams,
  options: ApiServerOptions,
): Content {
  const wanted = objects.filter(
    (object) =>
      matchesLabelText(params.get('labelSelector') ?? '', object.metadata?.labels) &&
      matchesFieldText(params.get('fieldSelector') ?? '', object),
  );
  const start = Number(Buffer.from(params.get('continue') ?? '', 'base64').toString() || '0');
  const limit = Number(params.get('limit') ?? '0') || wanted.length;
  const end = start + limit;
  const more = end < wanted.length;
  const metadata = {
    resourceVersion: '1',
    ...(more ? { continue: Buffer.from(String(end)).toString('base64'), remainingItemCount: wanted.length - end } : {}),
  };
  // As on a real server, the items of a list name neither their kind nor their version.
  const items = wanted.slice(start, end).map(({ kind: _kind, apiVersion: _version, ...item }) => item);
  const apiVersion = apiVersionOf(options.served?.[kind] ?? KINDS[kind]);
  return { status: 200, body: { kind: `${KINDS[kind].kind}List`, apiVersion, metadata, items } };
}

function logAnswer(pod: string, params: URLSearchParams, options: ApiServerOptions): Content {
  const container = params.get('container') ?? '';
  const previous = params.get('previous') === 'true';
  const text = options.logs?.[`${pod}/${container}${previous ? '.previous' : ''}`];
  if (text !== undefined) return { status: 200, body: text, type: 'text/plain' };
  const message = `previous terminated container "${container}" in pod "${pod}" not found`;
  return { status: 400, body: status(400, 'BadRequest', message) };
}

/** A Status object. */
export function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

/** `pods` forbids a kind, `pods@shop` in one namespace, `pods@*` only lists over all of them. */
export function isForbidden(plural: string, namespace: string | undefined, forbidden: readonly string[]): boolean {
  return forbidden.some((entry) => {
    const [name, scope] = entry.split('@');
    return name === plural && (scope === undefined || scope === (namespace ?? '*'));
  });
}
