import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { probePort, probePortNumber } from '../../../../shared/model/pod-state-probe.ts';
import { initContainers, runningContainers } from '../../../../shared/model/pods.ts';
import { isPatchable, patch } from '../pods/containers/workload-commands.ts';
import { logsOf } from '../pods/pod-evidence.ts';
import { containerSigns } from '../ports/container-signs.ts';
import { environmentOf } from '../ports/listen/environment.ts';
import type { FailingProbe } from './failing-probes.ts';
import { change } from './probe-fixes.ts';
import { redirect } from './probe-words.ts';

/** Why a probe is answered with what it is: the end of a summary, and what mends it. */
export interface Elsewhere {
  readonly words: string;
  readonly fixes: readonly Fix[];
}

const NOTHING: Elsewhere = { words: '', fixes: [] };

/** Settings of the app, the mesh or the server by which the probe asks in the wrong place or in the wrong way. */
export function answersElsewhere(index: ClusterIndex, failing: FailingProbe): Elsewhere {
  const status = failing.failure?.status;
  if (status === 401 || status === 403) return { words: '; the path wants a login, and a probe has none', fixes: [] };
  return (
    (failing.fault === 'refused' ? onAnotherPort(index, failing) : undefined) ??
    (status === 404 ? (onManagementPort(index, failing) ?? underPrefix(index, failing)) : undefined) ??
    sentOn(failing) ??
    byTheMesh(failing) ??
    underAnotherHost(failing) ??
    NOTHING
  );
}

/** Where the container listens instead, by its command line, environment, log or configuration. */
function onAnotherPort(index: ClusterIndex, { pod, container, probe }: FailingProbe): Elsewhere | undefined {
  const port = probePortNumber(probe, container.spec);
  const signs = containerSigns(index, pod).find(({ name }) => name === container.name)?.signs ?? [];
  const main = signs.filter(({ listener }) => listener.role === 'main' && listener.protocol === 'TCP');
  const here = main.filter(({ listener }) => listener.port === port);
  const loopback = here.find(({ listener }) => listener.host === 'loopback');
  if (loopback !== undefined)
    return { words: `; it listens on 127.0.0.1 only (${loopback.listener.words})`, fixes: [] };
  const others = main.filter(({ listener }) => listener.port !== undefined);
  const ports = new Set(others.map(({ listener }) => listener.port));
  const [only] = others;
  if (here.length > 0 || only === undefined || ports.size !== 1) return undefined;
  return { words: `; it listens on ${only.listener.port} (${only.listener.words})`, fixes: [] };
}

/** Spring Boot serves /actuator on a port of its own when it has one (Actuator, "Customizing the Management Server Port"). */
function onManagementPort(index: ClusterIndex, failing: FailingProbe): Elsewhere | undefined {
  const { path = '' } = failing.probe.httpGet ?? {};
  if (!path.includes('/actuator')) return undefined;
  const { name, value } = settingOf(index, failing, /^MANAGEMENT_SERVER_PORT$/, /management\.server\.port[= ](\d+)/);
  const port = Number(value);
  if (!(port > 0)) return undefined;
  // On a port of its own it knows nothing of the app's path.
  if (port === probePortNumber(failing.probe, failing.container.spec)) return NOTHING;
  const former = { httpGet: { port: probePort(failing.probe) } };
  return {
    words: `; ${name}=${value} moves /actuator to port ${port}`,
    fixes: change(failing, `ask port ${port}`, { httpGet: { port } }, former),
  };
}

const PREFIX_NAMES = /^(?:.*_)?(?:CONTEXT|BASE|ROOT)_?(?:PATH|URI)$|^(?:.*_)?(?:URL|PATH|ROUTE)_PREFIX$|^SCRIPT_NAME$/i;
const PREFIX_FLAGS =
  /(?:context-path|contextPath|base-?path|route-prefix|url-prefix|path-prefix|root-path)[= ]["']?(\/[\w./-]+)/i;
/** Directories of the image, which variables of these names hold as well. */
const DIRECTORY = /^\/(?:var|usr|opt|tmp|etc|home|srv|mnt|data|app|root|run)\b/;

/** A path under which the app serves everything: from its settings, or from what Tomcat writes at its start. */
function underPrefix(index: ClusterIndex, failing: FailingProbe): Elsewhere | undefined {
  const { path = '/' } = failing.probe.httpGet ?? {};
  const set = settingOf(index, failing, PREFIX_NAMES, PREFIX_FLAGS);
  const logged = logsOf(index, failing, failing.container.name)
    .map(({ text }) => /context path '(\/[^']+)'/.exec(text)?.[1])
    .find((one) => one !== undefined);
  const prefix = (set.value !== '' ? set.value : (logged ?? '')).replace(/\/$/, '');
  if (!prefix.startsWith('/') || DIRECTORY.test(prefix) || path === prefix || path.startsWith(`${prefix}/`))
    return undefined;
  const why = set.value === '' ? 'its log tells' : `${set.name}=${set.value}`;
  const better = `${prefix}${path}`;
  return {
    words: `; the app serves under ${prefix} (${why})`,
    fixes: change(failing, `ask for ${better}`, { httpGet: { path: better } }, { httpGet: { path } }),
  };
}

/** A setting by its variable or its flag; the value is empty where there is none. */
function settingOf(
  index: ClusterIndex,
  { container, pod }: FailingProbe,
  variable: RegExp,
  flag: RegExp,
): { readonly name: string; readonly value: string } {
  const environment = environmentOf(index, pod.metadata?.namespace ?? '', container.spec);
  const values = [...environment.values()].map(({ name, value = '' }) => ({ name, value }));
  const found = values.find(({ name, value }) => variable.test(name) && value !== '');
  if (found !== undefined) return found;
  const { command = [], args = [] } = container.spec;
  const line = [...command, ...args, ...values.map(({ value }) => value)].join(' ');
  const [whole = '', value = ''] = flag.exec(line) ?? [];
  return { name: whole.split(/[= ]/)[0] ?? '', value };
}

/** A server that wants TLS from everybody asks for it by a redirect. */
function sentOn(failing: FailingProbe): Elsewhere | undefined {
  const url = redirect(failing);
  const { httpHeaders } = failing.probe.httpGet ?? {};
  if (url === undefined) return undefined;
  const forwarded = { httpGet: { httpHeaders: [{ name: 'X-Forwarded-Proto', value: 'https' }] } };
  return {
    words: '',
    fixes:
      url.startsWith('https') && httpHeaders === undefined
        ? change(failing, 'let it ask like a proxy that has ended TLS', forwarded, { httpGet: { httpHeaders: null } })
        : [],
  };
}

/** What servers say of a name that they do not serve: 400, 404, 421 Misdirected Request, 503 of a proxy. */
const NOT_MINE: ReadonlySet<number> = new Set([400, 404, 421, 503]);

/** A probe that names a host of its own asks for one virtual server among others; the kubelet takes Host from the headers. */
function underAnotherHost(failing: FailingProbe): Elsewhere | undefined {
  const headers = failing.probe.httpGet?.httpHeaders;
  const host = headers?.find(({ name }) => name?.toLowerCase() === 'host')?.value;
  if (headers === undefined || host === undefined || !NOT_MINE.has(failing.failure?.status ?? 0)) return undefined;
  return {
    words: `; the probe asks for Host ${host} (httpHeaders)`,
    fixes: change(
      failing,
      'ask without a Host of its own',
      { httpGet: { httpHeaders: headers.filter(({ name }) => name?.toLowerCase() !== 'host') } },
      { httpGet: { httpHeaders: headers } },
    ),
  };
}

const REWRITE = 'sidecar.istio.io/rewriteAppHTTPProbers';

/** Istio with strict mutual TLS breaks plain connections, unless its sidecar answers the probes ("Health Checking"). */
function byTheMesh({ pod, owner, failure }: FailingProbe): Elsewhere | undefined {
  const meshed = [...initContainers(pod), ...runningContainers(pod)].some(({ name }) => name === 'istio-proxy');
  if (!meshed || pod.metadata?.annotations?.[REWRITE] !== 'false') return undefined;
  if (!/reset by peer|\bEOF\b/.test(failure?.message ?? '')) return undefined;
  const line = (value: string): string =>
    patch(owner, { spec: { template: { metadata: { annotations: { [REWRITE]: value } } } } });
  return {
    words: `; ${REWRITE} is false, so the mesh takes the probe for a caller without mutual TLS`,
    fixes: isPatchable(owner)
      ? [{ title: 'let the sidecar answer the probes', command: line('true'), risk: 'low', undo: line('false') }]
      : [],
  };
}
