import { dnsPolicyFix } from '../../../../shared/diagnose/dns-policy-fix.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { isFinished, isReady } from '../../../../shared/model/pods.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { podsMatching, selectorOf } from '../../../../shared/model/services.ts';
import { plural } from '../../../../shared/util/text.ts';
import { dnsTrap } from '../names/dns-trap.ts';
import { hostsIn, hostVariables, type NamedHost, ownName } from '../names/host-references.ts';
import { environmentOf } from '../ports/listen/environment.ts';
import { likeness } from '../selector/label-distance.ts';
import { askedHosts, tellsUnresolved } from './asked-hosts.ts';
import { whatItMisses } from './does-without.ts';
import { commandLine, logsOf, podSource } from './pod-evidence.ts';
import type { ServicePod } from './service-pods.ts';
import { isPatchable, patchTemplateSpec } from './workload-commands.ts';

/** What a container in trouble depends on and does not get, told beside its own fault. */
export interface Needs {
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
  /** The Services of its namespace that it asks for. */
  readonly dependsOn: readonly Ref[];
  /** Those of them that its own words name. */
  readonly waitsFor: readonly Ref[];
}

/** What `needsOf` and `portTaken` look at beside the pods. */
export const NEEDS_USES = ['Service', 'ConfigMap', 'Node'] as const;

/** As much of a log as its last words are looked for in. */
const TAIL = 4096;
const MOST = 2;

/**
 * Services that the last words, the command or the probe of a container name and that cannot answer, and names that its
 * pod cannot resolve. An app that stops because its database is away is healed at the database.
 */
export function needsOf(
  index: ClusterIndex,
  entry: ServicePod,
  { name, spec }: { readonly name: string; readonly spec: Container | undefined },
  probe: readonly string[] = [],
): Needs {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const lastWords = logsOf(index, entry, name).map(({ text }) => text.slice(-TAIL));
  const said = [...probe, ...lastWords].join('\n');
  const text = `${said}\n${spec === undefined ? '' : commandLine(spec)}`;
  const named = eachOnce(namespace, askedHosts(text));
  // The environment names what may be asked for some day: only a Service that is not there is worth a word. A server
  // that runs and says no without a word says it of what it needs.
  const configured = configuredHosts(index, namespace, spec).filter(
    ({ host }) => host !== 'localhost' && !named.some((one) => one.host === host),
  );
  const silent = named.length === 0 && SAYS_NO.test(probe.join('\n'));
  const hosts = silent ? configured : named;
  const asks = servicesAsked(index, namespace, entry, hosts).slice(0, MOST);
  const absent = configured
    .filter(({ host }) => serviceNamed(index, namespace, host) === undefined)
    .flatMap((host) => gapOf(index, namespace, entry, host) ?? [])
    .slice(0, MOST);
  const gaps = hosts.flatMap((host) => gapOf(index, namespace, entry, host) ?? []).slice(0, MOST);
  const unresolved = tellsUnresolved(said);
  // Without any word of the container's own, servers that are surely not the cluster's are worth a line.
  const trap = unresolved || said.trim() === '' ? trapOf(index, entry, unresolved) : undefined;
  const asked = hosts[0]?.host;
  const look: readonly Fix[] =
    unresolved && asked !== undefined && gaps.length === 0
      ? [
          {
            title: `see why ${asked} does not resolve there`,
            command: `kubectl netdns ${asked} --from pod/${entry.name} -n ${namespace}`,
            risk: 'none',
          },
        ]
      : [];
  return {
    evidence: [
      ...[...gaps, ...absent].slice(0, MOST).map(({ evidence }) => evidence),
      ...(trap === undefined ? [] : [trap.evidence]),
    ],
    fixes: [
      ...(trap?.fixes ?? []),
      ...(gaps.length > 0
        ? gaps.flatMap(({ fixes }) => fixes)
        : GOT_NONE.test(said)
          ? asks.slice(0, 1).map(lookAt)
          : []),
      ...look,
    ],
    dependsOn: asks,
    waitsFor: servicesAsked(index, namespace, entry, silent ? hosts : askedHosts(whatItMisses(said)))
      .filter(({ name }) => mayBeAway(index, entry, name, unresolved))
      .slice(0, MOST),
  };
}

/**
 * A name that does not resolve, or that the pod's own /etc/hosts leads elsewhere, says nothing of the Service; only a
 * headless one without ready pods has no name.
 */
function mayBeAway(index: ClusterIndex, { pod }: ServicePod, name: string, unresolved: boolean): boolean {
  const service = index.get('Service', pod.metadata?.namespace, name);
  const aliases = (pod.spec?.hostAliases ?? []).flatMap(({ hostnames = [] }) => hostnames);
  return !aliases.includes(name) && (!unresolved || service?.spec?.clusterIP === 'None');
}

/** The kubelet's word for the answer of a server that could not serve (RFC 9110, 15.6). */
const SAYS_NO = /statuscode: 50[0-4]/;

/** What programs write of a peer that does not answer: the Service deserves a look, whatever its objects say. */
const GOT_NONE = /refused|time(?:d )?-?out|unreachable|no route|reset by peer|cannot (?:reach|connect)|unavailable/i;

/** A host is asked for as `db` and as `db.shop.svc.cluster.local`, and once is enough. */
function eachOnce(own: string, hosts: readonly NamedHost[]): readonly NamedHost[] {
  const key = ({ host }: NamedHost): string => ownName(own, host) ?? host;
  return hosts.filter((one, at) => hosts.findIndex((other) => key(other) === key(one)) === at);
}

/** The hosts that the environment of a container names. */
function configuredHosts(index: ClusterIndex, own: string, spec: Container | undefined): readonly NamedHost[] {
  const values = new Map<string, string>();
  for (const { name, value } of environmentOf(index, own, spec ?? {}).values()) {
    if (value !== undefined) values.set(name, value);
  }
  return eachOnce(own, [...[...values.values()].flatMap(hostsIn), ...hostVariables(values)]);
}

/** The Services of its own namespace among the hosts that a pod asks for; its own are none. */
function servicesAsked(
  index: ClusterIndex,
  own: string,
  { pod }: ServicePod,
  hosts: readonly NamedHost[],
): readonly Ref[] {
  return hosts.flatMap(({ host }) => {
    const service = serviceNamed(index, own, host);
    const selector = service === undefined ? undefined : selectorOf(service);
    if (service === undefined || (selector !== undefined && matchesLabels(selector, pod.metadata?.labels))) return [];
    return [{ kind: 'Service', namespace: own, name: service.metadata?.name ?? '' }];
  });
}

function serviceNamed(index: ClusterIndex, own: string, host: string): Service | undefined {
  const name = ownName(own, host);
  return name === undefined ? undefined : index.get('Service', own, name);
}

function lookAt({ name, namespace = '' }: Ref): Fix {
  return {
    title: `see what is wrong with Service ${name}`,
    command: `kubectl netsvc ${name} -n ${namespace}`,
    risk: 'none',
  };
}

interface Gap {
  readonly evidence: Evidence;
  readonly fixes: readonly Fix[];
}

/** Why a host that is a Service of the same namespace cannot answer; undefined when nothing speaks against it. */
function gapOf(index: ClusterIndex, own: string, entry: ServicePod, { host, port }: NamedHost): Gap | undefined {
  const name = ownName(own, host);
  if (name === undefined) return undefined;
  const service = serviceNamed(index, own, host);
  if (service === undefined) {
    const known = (entry.pod.spec?.hostAliases ?? []).some(({ hostnames = [] }) => hostnames.includes(name));
    if (known || name === entry.name || !index.seen('Service', own).whole) return undefined;
    const [near] = index
      .list('Service', own)
      .map((one) => one.metadata?.name ?? '')
      .filter((one) => likeness(one, name) >= 0.7)
      .sort((a, b) => likeness(b, name) - likeness(a, name));
    const fact = `it asks for ${host}: there is no Service ${name} in namespace ${own}${near === undefined ? '' : `; nearest: ${near}`}`;
    return { evidence: { fact, source: `Services of namespace ${own}` }, fixes: [] };
  }
  const astray = aliasGap(entry, host, service);
  if (astray !== undefined) return astray;
  const why = whyNot(index, own, service, port);
  if (why === undefined) return undefined;
  return {
    evidence: { fact: `it asks for Service ${name}, ${why}`, source: `Service ${own}/${name}` },
    fixes: [lookAt({ kind: 'Service', namespace: own, name })],
  };
}

/** A line of /etc/hosts comes before DNS: it may give the Service's name another address. */
function aliasGap(entry: ServicePod, host: string, { metadata, spec }: Service): Gap | undefined {
  const alias = (entry.pod.spec?.hostAliases ?? []).find(({ hostnames = [] }) => hostnames.includes(host));
  if (alias === undefined || [spec?.clusterIP, ...(spec?.clusterIPs ?? [])].includes(alias.ip)) return undefined;
  const patch = (one: object): string => patchTemplateSpec(entry.owner, { hostAliases: [one] });
  return {
    evidence: {
      fact: `its hostAliases take ${host} for ${alias.ip ?? ''}; Service ${metadata?.name ?? ''} has ${spec?.clusterIP ?? 'no address'}`,
      source: `${podSource(entry)} spec.hostAliases`,
    },
    fixes: isPatchable(entry.owner)
      ? [
          {
            title: `let DNS answer for ${host}: drop the alias`,
            command: patch({ ip: alias.ip, $patch: 'delete' }),
            risk: 'low',
            undo: patch(alias),
          },
        ]
      : [],
  };
}

function whyNot(index: ClusterIndex, own: string, service: Service, port: number | undefined): string | undefined {
  const selector = selectorOf(service);
  const ports = (service.spec?.ports ?? []).flatMap((one) => one.port ?? []);
  const headless = service.spec?.clusterIP === 'None';
  if (port !== undefined && ports.length > 0 && !ports.includes(port) && !headless)
    return `which has port ${ports.join(', ')} and not ${port}`;
  if (selector === undefined || !index.seen('Pod', own).whole) return undefined;
  const pods = podsMatching(index, own, selector).filter((pod) => !isFinished(pod));
  if (pods.length === 0) return `which selects ${formatLabels(selector)}: no pod has that`;
  if (pods.some(isReady) || service.spec?.publishNotReadyAddresses === true) return undefined;
  return `of which ${pods.length === 1 ? 'the one pod is' : `all ${plural(pods.length, 'pod')} are`} not Ready`;
}

function trapOf(index: ClusterIndex, entry: ServicePod, unresolved: boolean): Gap | undefined {
  const { pod, owner } = entry;
  const trap = dnsTrap(index, pod.spec, unresolved ? 'failing' : undefined);
  if (trap === undefined) return undefined;
  return {
    evidence: { fact: trap.why, source: `${podSource(entry)} spec.dnsPolicy` },
    fixes: unresolved ? dnsPolicyFix(owner, pod.spec, trap.better) : [],
  };
}
