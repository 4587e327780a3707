import { isWhollyRead } from '../../model/absence.ts';
import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { Container, Pod } from '../../model/objects-pod.ts';
import { isFinished } from '../../model/pods.ts';
import { nameOf, namespaceOf } from '../../model/refs.ts';
import { matchesLabels } from '../../model/selectors.ts';
import { selectorOf } from '../../model/services.ts';
import { clusterDnsOf } from '../cluster-dns.ts';
import { runsOnMusl } from '../musl.ts';
import { type LintFacts, NO_FACTS } from './lint/problem.ts';
import type { CorefileSource } from './sources.ts';

/** What the objects of the cluster tell about a Corefile's surroundings. */
export function lintFactsOf(
  index: ClusterIndex,
  source: CorefileSource,
  domain?: { readonly domain: string; readonly source: string },
): LintFacts {
  if (source.program === 'node-cache') return { ...NO_FACTS, program: 'node-cache' };
  const namespace = source.ref.namespace ?? '';
  const template = source.workload?.object.spec?.template;
  const pods = podsOf(index, namespace, source);
  const spec = template?.spec ?? pods[0]?.spec;
  const containers = spec?.containers ?? [];
  const server = containers.find(({ image }) => /coredns/.test(image ?? '')) ?? containers[0];
  const labels = template?.metadata?.labels ?? pods[0]?.metadata?.labels;
  const selecting = index.list('Service', namespace).filter((service) => {
    const selector = selectorOf(service);
    return selector !== undefined && labels !== undefined && matchesLabels(selector, labels);
  });
  // Where it was not read who mounts the Corefile, the DNS Service is known by its name.
  const known = labels === undefined ? clusterDnsOf(index)?.service : undefined;
  const services = known !== undefined && namespaceOf(known) === namespace ? [known] : selecting;
  const ports = services.flatMap((service) => (service.spec?.ports ?? []).filter(({ port }) => port === 53));
  const musl = index.list('Pod').find((pod) => !isFinished(pod) && runsOnMusl(pod));
  return {
    program: 'coredns',
    cluster: source.workload !== undefined || services.length > 0,
    ...(domain === undefined ? {} : { domain: { zone: `${domain.domain}.`, source: domain.source } }),
    serviceAddresses: services
      .flatMap(({ spec: of }) => of?.clusterIPs ?? (of?.clusterIP === undefined ? [] : [of.clusterIP]))
      .filter((address) => address !== 'None'),
    podAddresses:
      spec?.hostNetwork === true
        ? []
        : pods.flatMap(({ status }) => (status?.podIP === undefined ? [] : [status.podIP])),
    targetPorts: ports.flatMap(({ targetPort, port, protocol }) => {
      const number = portNumber(containers, targetPort ?? port ?? 53);
      return number === undefined ? [] : [{ port: String(number), protocol: protocol ?? 'TCP' }];
    }),
    probes: probesOf(server, containers),
    podRanges: index.list('Node').flatMap(({ spec }) => spec?.podCIDRs ?? spec?.podCIDR ?? []),
    ...(musl === undefined ? {} : { musl: keyOf(musl) }),
    ...(isWhollyRead(index, 'Service') ? { services: new Set(index.list('Service').map(keyOf)) } : {}),
    seenServices: index.list('Service').map(keyOf),
    ...(isWhollyRead(index, 'Pod') ? { pods: index.list('Pod').filter((pod) => !isFinished(pod)).length } : {}),
  };
}

function keyOf(object: KubeObject): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}

function podsOf(index: ClusterIndex, namespace: string, source: CorefileSource): readonly Pod[] {
  const selector = source.workload?.object.spec?.selector?.matchLabels;
  return index.list('Pod', namespace).filter((pod) => {
    if (isFinished(pod)) return false;
    if (selector !== undefined) return matchesLabels(selector, pod.metadata?.labels);
    return (pod.spec?.volumes ?? []).some((volume) => volume.configMap?.name === source.ref.name);
  });
}

function portNumber(containers: readonly Container[], port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port)?.containerPort;
}

function probesOf(server: Container | undefined, containers: readonly Container[]): LintFacts['probes'] {
  const probes = [
    { kind: 'readiness' as const, probe: server?.readinessProbe },
    { kind: 'liveness' as const, probe: server?.livenessProbe },
  ];
  return probes.flatMap(({ kind, probe }) => {
    const get = probe?.httpGet;
    const port = get?.port === undefined ? undefined : portNumber(containers, get.port);
    return get === undefined || port === undefined ? [] : [{ kind, port: String(port), path: get.path ?? '/' }];
  });
}

/** Whether the servers' own resolv.conf names the DNS Service: dnsPolicy ClusterFirst, and the Corefile forwards to it. */
export function asksItself(source: CorefileSource): string | undefined {
  const spec = source.workload?.object.spec?.template?.spec;
  if (spec === undefined || source.program === 'node-cache') return undefined;
  const policy = spec.dnsPolicy;
  if (policy === undefined) return undefined;
  const cluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && spec.hostNetwork !== true);
  return cluster && /^[ \t]*forward[ \t]+\S+.*\/etc\/resolv\.conf/m.test(source.text) ? policy : undefined;
}
