import { dnsPolicyFix } from '../../../../../shared/diagnose/dns-policy-fix.ts';
import type { Evidence, Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { podAddresses } from '../../../../../shared/model/pods.ts';
import type { Ref } from '../../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../../shared/model/selectors.ts';
import { selectorOf } from '../../../../../shared/model/services.ts';
import { POLICY_KINDS } from '../../../../../shared/policy/facts-of-index.ts';
import { dnsTrap } from '../../names/dns-trap.ts';
import { bareHosts, hostsIn, hostVariables, type NamedHost, ownName } from '../../names/host-references.ts';
import { meaningOf } from '../../names/service-of-host.ts';
import { environmentOf } from '../../ports/listen/environment.ts';
import { logsOf, podSource, wholeCommand } from '../pod-evidence.ts';
import type { ServicePod } from '../service-pods.ts';
import { askedHosts, tellsUnresolved } from './asked-hosts.ts';
import { whatItMisses } from './does-without.ts';
import { type Asking, type Gap, gapOf } from './host-gaps.ts';
import { lookAt } from './look-at.ts';
import { missingRight } from './missing-right.ts';
import { keptFromDns } from './policy-gap.ts';
import { TAIL } from './unresolved-pods.ts';

/** What a container in trouble depends on and does not get, told beside its own fault. */
export interface Needs {
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
  /** The Services that it asks for. */
  readonly dependsOn: readonly Ref[];
  /** Those of them that its own words name. */
  readonly waitsFor: readonly Ref[];
  /** What its own words lead to, the end of a summary: `; it asks for db: there is no …`; may be empty. */
  readonly words: string;
}

/** What `needsOf` and `portTaken` look at beside the pods. */
export const NEEDS_USES = ['Service', 'ConfigMap', 'Node', 'Namespace', 'StatefulSet', ...POLICY_KINDS] as const;

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
  /** It does nothing but wait: what it names is what it does not get. */
  waits = false,
): Needs {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const lastWords = logsOf(index, entry, name).map(({ text }) => text.slice(-TAIL));
  const said = [...probe, ...lastWords].join('\n');
  const text = `${said}\n${spec === undefined ? '' : wholeCommand(spec)}`;
  // Probes, and servers that tell where they listen, name the pod itself.
  const own = podAddresses(entry.pod);
  const named = eachOnce(namespace, askedHosts(text)).filter(({ host }) => !own.includes(host));
  // The environment names what may be asked for some day: only a Service that is not there is worth a word. A server
  // that runs and says no without a word says it of what it needs.
  const configured = configuredHosts(index, namespace, spec).filter(
    ({ host }) => host !== 'localhost' && !named.some((one) => one.host === host),
  );
  const silent = named.length === 0 && SAYS_NO.test(probe.join('\n'));
  // Of a container of which no word was read, the environment is all that tells what it may wait for.
  const mute = named.length === 0 && said.trim() === '';
  const hosts = silent || mute ? configured : named;
  const missed = askedHosts(whatItMisses(said)).filter(({ host }) => !own.includes(host));
  const unresolved = tellsUnresolved(said);
  const asking: Asking = { entry, container: spec, said, unresolved };
  const gapsOf = (some: readonly NamedHost[]): readonly Gap[] =>
    some.flatMap((host) => gapOf(index, asking, host) ?? []).slice(0, MOST);
  const asks = servicesAsked(index, namespace, entry, hosts).slice(0, MOST);
  const absent =
    hosts === configured
      ? []
      : gapsOf(
          configured.filter(({ host }) => {
            const meant = meaningOf(index, namespace, host);
            return meant !== undefined && meant.service === undefined;
          }),
        );
  const gaps = mute ? gapsOf(hosts).flatMap(onPaper) : gapsOf(hosts);
  // Without any word of the container's own, servers that are surely not the cluster's are worth a line.
  const trap = unresolved || said.trim() === '' ? trapOf(index, entry, unresolved, said) : undefined;
  const asked = hosts.find(({ host }) => !/^[\d.]+$/.test(host))?.host;
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
  // A peer that is only named in passing, before another end, leads nowhere.
  const [sure] = mute ? gaps : waits || unresolved || GOT_NONE.test(said) ? gapsOf(eachOnce(namespace, missed)) : [];
  const lost = unresolved ? missed.find(({ host }) => !/^[\d.]+$/.test(host))?.host : undefined;
  const right = missingRight(entry, name, said);
  const leads = [right, unresolved && trap?.weak !== true ? trap : undefined, sure].flatMap(
    (gap) => gap?.evidence.fact ?? [],
  );
  return {
    evidence: [
      ...[...gaps, ...absent].slice(0, MOST).map(({ evidence }) => evidence),
      ...[trap, right].flatMap((gap) => gap?.evidence ?? []),
    ],
    fixes: [
      ...(right?.fixes ?? []),
      ...(trap === undefined || trap.weak === true ? [] : trap.fixes),
      ...(gaps.length > 0
        ? gaps.flatMap(({ fixes }) => fixes)
        : GOT_NONE.test(said) && !unresolved
          ? asks.slice(0, 1).map((one) => lookAt(one.namespace ?? '', one.name))
          : []),
      ...look,
    ],
    dependsOn: asks,
    waitsFor: servicesAsked(index, namespace, entry, silent ? hosts : missed)
      .filter((one) => mayBeAway(index, entry, one, unresolved))
      .slice(0, MOST),
    words: (leads.length === 0 && lost !== undefined ? [`it cannot resolve ${lost}`] : leads)
      .map((fact) => `; ${fact}`)
      .join(''),
  };
}

/** What the environment names is not surely what is asked for; of its own Service it may well only know the name. */
function onPaper(gap: Gap): readonly Gap[] {
  const { fact } = gap.evidence;
  if (fact.startsWith('it asks for its own')) return [];
  return [{ ...gap, evidence: { ...gap.evidence, fact: fact.replace(/^it asks for/, 'its environment names') } }];
}

/** A finding whose summary ends with what the container's own words lead to. */
export function withWords(finding: Finding, { words }: Pick<Needs, 'words'>): Finding {
  return words === '' ? finding : { ...finding, summary: finding.summary + words };
}

/**
 * A name that does not resolve, or that the pod's own /etc/hosts leads elsewhere, says nothing of the Service; only a
 * headless one without ready pods has no name.
 */
function mayBeAway(index: ClusterIndex, { pod }: ServicePod, { namespace, name }: Ref, unresolved: boolean): boolean {
  const service = index.get('Service', namespace, name);
  const aliases = (pod.spec?.hostAliases ?? []).flatMap(({ hostnames = [] }) => hostnames);
  return !aliases.includes(name) && (!unresolved || service?.spec?.clusterIP === 'None');
}

/** The kubelet's word for the answer of a server that could not serve (RFC 9110, 15.6). */
const SAYS_NO = /statuscode: 50[0-4]/;

/** What programs write of a peer that does not answer: the Service deserves a look, whatever its objects say. */
const GOT_NONE = /refused|timed?[- ]?out|unreachable|no route|reset by peer|cannot (?:reach|connect)|unavailable/i;

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
  const bare = bareHosts(values).filter(({ host }) => meaningOf(index, own, host)?.service !== undefined);
  return eachOnce(own, [...[...values.values()].flatMap(hostsIn), ...hostVariables(values), ...bare]);
}

/** The Services among the hosts that a pod asks for; its own are none. */
function servicesAsked(
  index: ClusterIndex,
  own: string,
  { pod }: ServicePod,
  hosts: readonly NamedHost[],
): readonly Ref[] {
  const found = new Map<string, Ref>();
  for (const { host } of hosts) {
    const { namespace = '', name = '', service } = meaningOf(index, own, host) ?? {};
    const selector = service === undefined ? undefined : selectorOf(service);
    const itself = namespace === own && selector !== undefined && matchesLabels(selector, pod.metadata?.labels);
    if (service !== undefined && !itself) found.set(`${namespace}/${name}`, { kind: 'Service', namespace, name });
  }
  return [...found.values()];
}

/** What keeps a pod's questions from the cluster's DNS: its own dnsPolicy, or a network policy. */
function trapOf(
  index: ClusterIndex,
  entry: ServicePod,
  unresolved: boolean,
  said: string,
): (Gap & { readonly weak?: boolean }) | undefined {
  const { pod, owner } = entry;
  const trap = dnsTrap(index, pod.spec, unresolved ? 'failing' : undefined);
  if (trap === undefined) return unresolved ? keptFromDns(index, entry, said) : undefined;
  return {
    evidence: { fact: trap.why, source: `${podSource(entry)} spec.dnsPolicy` },
    fixes: unresolved ? dnsPolicyFix(owner, pod.spec, trap.better) : [],
  };
}
