import { clusterDomainOf } from '../../../../../shared/dns/cluster-domain.ts';
import { shortestName } from '../../../../../shared/dns/service-names.ts';
import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../../shared/model/objects-network.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { type OwnedWorkload, ownerWorkload } from '../../../../../shared/model/owners.ts';
import { isFinished, isReady } from '../../../../../shared/model/pods.ts';
import { nameOf } from '../../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../../shared/model/selectors.ts';
import { podsMatching, selectorOf } from '../../../../../shared/model/services.ts';
import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { patchLine } from '../../../../../shared/util/kubectl.ts';
import { plural } from '../../../../../shared/util/text.ts';
import type { NamedHost } from '../../names/host-references.ts';
import { ALIKE, insteadOf } from '../../names/instead-of.ts';
import { exposeFix } from '../../names/name-fixes.ts';
import { type HostMeaning, meaningOf } from '../../names/service-of-host.ts';
import { likeness } from '../../selector/label-distance.ts';
import { isPatchable, patchTemplateSpec, setEnv } from '../containers/workload-commands.ts';
import { podSource } from '../pod-evidence.ts';
import type { ServicePod } from '../service-pods.ts';
import { lookAt } from './look-at.ts';
import { keptFrom } from './policy-gap.ts';
import { portGap } from './port-gap.ts';

/** Why a host that a pod asks for gives it nothing. */
export interface Gap {
  readonly evidence: Evidence;
  readonly fixes: readonly Fix[];
}

/** Who asks, and whether its own words tell of names that do not resolve. */
export interface Asking {
  readonly entry: ServicePod;
  readonly container: Container | undefined;
  readonly said: string;
  readonly unresolved: boolean;
}

/** Why a host that is a Service cannot answer, or is the name of none; undefined when nothing speaks against it. */
export function gapOf(index: ClusterIndex, asking: Asking, { host: asked, port }: NamedHost): Gap | undefined {
  const own = asking.entry.pod.metadata?.namespace ?? '';
  // What a program tells of an alias is often its address.
  const alias = asking.entry.pod.spec?.hostAliases?.find(({ ip }) => ip === asked);
  const host = alias?.hostnames?.find((one) => meaningOf(index, own, one)?.service !== undefined) ?? asked;
  const meant = meaningOf(index, own, host);
  if (meant === undefined) return undefined;
  const { namespace, name, service } = meant;
  const place = namespace === own ? name : `${namespace}/${name}`;
  const told = (fact: string, source: string, fixes: readonly Fix[]): Gap => ({ evidence: { fact, source }, fixes });
  if (service === undefined) {
    const wrong = wrongName(index, asking, host, meant, port);
    if (wrong === undefined) return undefined;
    return told(
      `it asks for ${host}: ${wrong.why}`,
      `Services of namespace ${namespace}`,
      wrong.unexposed === undefined ? renamed(asking, host, wrong) : exposeFix(wrong.unexposed, port),
    );
  }
  const astray = aliasGap(asking.entry, host, service);
  if (astray !== undefined) return astray;
  const wrong = asking.unresolved ? withoutRecord(index, own, meant, service) : undefined;
  if (wrong !== undefined)
    return told(`it asks for ${host}: ${wrong.why}`, `Service ${namespace}/${name}`, renamed(asking, host, wrong));
  const wrongPort = portGap(index, service, port, asking);
  const why = wrongPort?.why ?? whyNot(index, namespace, service) ?? keptFrom(index, asking, service, port);
  if (why === undefined) return undefined;
  const selector = selectorOf(service);
  const itself =
    namespace === own && selector !== undefined && matchesLabels(selector, asking.entry.pod.metadata?.labels);
  if (itself)
    return told(
      `it asks for its own Service ${name}, which leads to no pod before one is Ready: it waits for itself`,
      `Service ${namespace}/${name}`,
      isInit(asking) ? [] : publishing(namespace, name),
    );
  return told(`it asks for Service ${place}, ${why}`, `Service ${namespace}/${name}`, [
    ...(wrongPort?.fixes ?? []),
    lookAt(namespace, name),
  ]);
}

/** Where an init container waits nothing listens yet. */
function isInit({ entry, container }: Asking): boolean {
  const inits = entry.pod.spec?.initContainers ?? [];
  return inits.some(({ name, restartPolicy }) => name === container?.name && restartPolicy !== 'Always');
}

/** Makes a Service lead to pods before they are Ready. */
function publishing(namespace: string, name: string): readonly Fix[] {
  const patch = (to: boolean): string =>
    patchLine('service', namespace, name, { spec: { publishNotReadyAddresses: to } });
  return [
    {
      title: 'let the Service lead to pods that are not Ready yet, if they answer',
      command: patch(true),
      risk: 'low',
      undo: patch(false),
    },
  ];
}

/** What is wrong with a name, and the name that would do where it is known. */
interface WrongName {
  readonly why: string;
  readonly better?: string;
  /** The workload that the name belongs to, to which no Service leads. */
  readonly unexposed?: OwnedWorkload;
}

function wrongName(
  index: ClusterIndex,
  { entry }: Asking,
  host: string,
  { namespace, name, domain }: HostMeaning,
  port: number | undefined,
): WrongName | undefined {
  const own = entry.pod.metadata?.namespace ?? '';
  const known = (entry.pod.spec?.hostAliases ?? []).some(({ hostnames = [] }) => hostnames.includes(host));
  if (known || host === entry.name) return undefined;
  if (domain !== undefined && isProvenAbsent(index, 'Namespace', undefined, namespace)) {
    const spaces = index.list('Namespace').map(nameOf);
    const near = spaces.find(
      (one) => likeness(one, namespace) >= ALIKE && index.get('Service', one, name) !== undefined,
    );
    const better = near === undefined ? {} : { better: shortestName(name, near, own) };
    return { why: `there is no namespace ${namespace}${near === undefined ? '' : `; nearest: ${near}`}`, ...better };
  }
  if (!isWhollyRead(index, 'Service', namespace)) return undefined;
  const why = `there is no Service ${name} in namespace ${namespace}`;
  const instead = insteadOf(index, namespace, name, port);
  if (instead?.kind === 'unexposed') {
    const { kind, ref } = instead.workload;
    return { why: `${why}, only a ${kind} ${ref.name} to which none leads`, unexposed: instead.workload };
  }
  if (instead?.kind === 'behind') {
    const { kind, ref } = instead.workload;
    const better = shortestName(instead.service, namespace, own);
    return { why: `${why}; ${kind} ${ref.name} is behind Service ${instead.service}`, better };
  }
  const [elsewhere, ...more] = index.list('Service').filter((one) => nameOf(one) === name);
  if (elsewhere !== undefined) {
    const other = elsewhere.metadata?.namespace ?? '';
    const better = more.length > 0 ? {} : { better: shortestName(name, other, own) };
    return { why: `${why}; Service ${name} is in namespace ${other}`, ...better };
  }
  if (instead === undefined) return { why };
  return { why: `${why}; nearest: ${instead.service}`, better: shortestName(instead.service, namespace, own) };
}

/** Why a name does not resolve although its Service exists. */
function withoutRecord(
  index: ClusterIndex,
  own: string,
  { namespace, name, pod, bare, domain = '' }: HostMeaning,
  { spec }: Service,
): WrongName | undefined {
  const { domain: right, source } = clusterDomainOf(index);
  if (domain !== '' && domain !== right)
    return {
      why: `its end is not the cluster's domain, ${right}${source === undefined ? ' (the usual one)' : ''}`,
      better: shortestName(name, namespace, own),
    };
  if (bare === true) return { why: 'the namespace is left out', better: shortestName(name, namespace, own) };
  if (spec?.externalName !== undefined) return { why: `Service ${name} is an alias of ${spec.externalName}` };
  if (pod === undefined) return undefined;
  if (isProvenAbsent(index, 'Pod', namespace, pod)) {
    const better = shortestName(name, pod, own);
    return index.get('Service', pod, name) !== undefined
      ? { why: `the namespace stands first; Service ${name} is in namespace ${pod}`, better }
      : { why: `Service ${name} has no pod ${pod}` };
  }
  const made = index.get('Pod', namespace, pod);
  const set = made === undefined ? undefined : ownerWorkload(index, made);
  const governing = set?.object.spec?.serviceName;
  if (set?.kind !== 'StatefulSet' || governing === undefined || governing === name) return undefined;
  return {
    why: `StatefulSet ${set.ref.name} has serviceName ${governing}, so its pods have no name under ${name}`,
    better: `${pod}.${shortestName(governing, namespace, own)}`,
  };
}

/** Sets the variable anew that holds the host, where its whole value is known and no secret. */
function renamed({ entry, container }: Asking, host: string, { better }: WrongName): readonly Fix[] {
  const variable = container?.env?.find(({ value = '' }) => value.split(/[^\w.-]+/).includes(host));
  const { name = '', value = '' } = variable ?? {};
  if (better === undefined || name === '' || hideSecrets(value) !== value || !isPatchable(entry.owner)) return [];
  const line = (text: string): string => setEnv(entry.owner, container?.name ?? '', { [name]: text });
  return [
    {
      title: `use the name ${better} (restarts the pods)`,
      command: line(value.replace(host, better)),
      risk: 'low',
      undo: line(value),
    },
  ];
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

function whyNot(index: ClusterIndex, place: string, service: Service): string | undefined {
  const selector = selectorOf(service);
  if (selector === undefined || !isWhollyRead(index, 'Pod', place)) return undefined;
  const pods = podsMatching(index, place, selector).filter((pod) => !isFinished(pod));
  if (pods.length === 0) return `which selects ${formatLabels(selector)}: no pod has that`;
  if (pods.some(isReady) || service.spec?.publishNotReadyAddresses === true) return undefined;
  return `of which ${pods.length === 1 ? 'the one pod is' : `all ${plural(pods.length, 'pod')} are`} not Ready`;
}
