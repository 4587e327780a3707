import type { ClusterIndex } from '../model/cluster-index.ts';
import type { ConfigMap } from '../model/objects.ts';
import type { Service } from '../model/objects-network.ts';
import type { Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { isFinished } from '../model/pods.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';
import { matchesLabels } from '../model/selectors.ts';
import { selectorOf } from '../model/services.ts';

/**
 * Who answers DNS in a cluster. `clouddns`: Google's, outside of the cluster; `eks-auto`: a service of each node of EKS
 * Auto Mode. Of these two no pod tells anything.
 */
export type DnsFlavour = 'coredns' | 'kube-dns' | 'openshift' | 'k3s' | 'clouddns' | 'eks-auto';

/** The DNS servers of the cluster, as far as they were read. */
export interface ClusterDns {
  readonly flavour: DnsFlavour;
  readonly namespace: string;
  /** The Service whose address stands in resolv.conf of pods. */
  readonly service: Service | undefined;
  readonly workload: { readonly kind: 'Deployment' | 'DaemonSet'; readonly object: Workload } | undefined;
  /** Its pods that have not ended, ordered by name. */
  readonly pods: readonly Pod[];
  /** The ConfigMap that holds the Corefile. */
  readonly configMap: ConfigMap | undefined;
}

/** Names under which distributions run their DNS servers; the rest of a chart's name comes before or after. */
const SERVER_NAME = /^(?:[a-z0-9-]+-)?(?:coredns|kube-dns|dns-default)(?:-[a-z0-9-]+-coredns|-coredns)?$/;

/** Helpers that carry similar names or the same labels. */
const HELPER = /autoscaler|upstream|external|metrics|node-local|nodelocal|resolver|operator/;

/** The cluster's DNS servers; undefined when nothing of them was read. */
export function clusterDnsOf(index: ClusterIndex): ClusterDns | undefined {
  return index.memo('dns/cluster-dns', () => find(index));
}

function find(index: ClusterIndex): ClusterDns | undefined {
  const service = best(index.list('Service').filter(isDnsService));
  const sets = [
    ...index.list('Deployment').map((object) => ({ kind: 'Deployment' as const, object })),
    ...index.list('DaemonSet').map((object) => ({ kind: 'DaemonSet' as const, object })),
  ].filter(({ object }) => isServer(object) && (service === undefined || namespaceOf(object) === namespaceOf(service)));
  const selector = service === undefined ? undefined : selectorOf(service);
  const workload =
    sets.find(
      ({ object }) => selector !== undefined && matchesLabels(selector, object.spec?.template?.metadata?.labels),
    ) ?? sets.find(({ object }) => SERVER_NAME.test(nameOf(object)));
  const scope = namespaceOf(service ?? workload?.object ?? {});
  const pods = podsOfServers(index, scope, workload?.object, service);
  const namespace = scope !== '' ? scope : namespaceOf(pods[0] ?? {});
  const configMap = configMapOf(index, namespace, workload?.object ?? undefined, pods);
  const nothing = service === undefined && workload === undefined && pods.length === 0;
  if (nothing && configMap === undefined && !isEksAuto(index)) return undefined;
  const where = namespace === '' ? namespaceOf(configMap ?? {}) : namespace;
  return {
    flavour: flavourOf(index, where, workload?.object, pods, service),
    namespace: where,
    service,
    workload,
    pods,
    configMap,
  };
}

/** A Service for port 53 that carries a DNS server's label or name. */
function isDnsService(service: Service): boolean {
  const name = nameOf(service);
  if (HELPER.test(name) || service.spec?.type === 'ExternalName') return false;
  const named = /^(kube-dns|coredns|dns-default)$/.test(name);
  const labels = service.metadata?.labels;
  const labelled = isServerLabel(labels) || labels?.['dns.operator.openshift.io/owning-dns'] === 'default';
  const serves = (service.spec?.ports ?? []).some(({ port }) => port === 53);
  return isSystem(namespaceOf(service)) && (named || (serves && (labelled || SERVER_NAME.test(name))));
}

/** The usual name first; a headless Service beside it (for metrics) last. */
function best(services: readonly Service[]): Service | undefined {
  const weight = (service: Service): number =>
    (service.spec?.clusterIP === 'None' ? 4 : 0) +
    (nameOf(service) === 'kube-dns' ? 0 : nameOf(service) === 'dns-default' ? 1 : 2);
  return [...services].sort((a, b) => weight(a) - weight(b))[0];
}

function isServer(object: Workload): boolean {
  if (HELPER.test(nameOf(object)) || !isSystem(namespaceOf(object))) return false;
  return isServerLabel(object.metadata?.labels) || SERVER_NAME.test(nameOf(object));
}

function isServerLabel(labels: Readonly<Record<string, string>> | undefined): boolean {
  const value = labels?.['k8s-app'] ?? '';
  if (value === 'kube-dns' || value === 'coredns') return true;
  return labels?.['app.kubernetes.io/name'] === 'coredns' || labels?.app === 'coredns';
}

/** A team's own CoreDNS in a namespace of its own answers nobody's resolv.conf. */
function isSystem(namespace: string): boolean {
  return /^(kube-system|openshift-dns|kube-dns|coredns|dns|cattle-system|gke-system|)$/.test(namespace);
}

function podsOfServers(
  index: ClusterIndex,
  namespace: string,
  workload: Workload | undefined,
  service: Service | undefined,
): readonly Pod[] {
  const selector = workload?.spec?.selector?.matchLabels;
  const selected = service === undefined ? undefined : selectorOf(service);
  return index.list('Pod', namespace === '' ? undefined : namespace).filter((pod) => {
    if (isFinished(pod) || HELPER.test(nameOf(pod))) return false;
    const { labels } = pod.metadata ?? {};
    if (workload !== undefined && selector !== undefined && matchesLabels(selector, labels)) return true;
    if (selected !== undefined && matchesLabels(selected, labels)) return true;
    return isServerLabel(labels) && isSystem(namespaceOf(pod));
  });
}

/** The ConfigMap that the servers mount, or the one with the usual name. */
function configMapOf(
  index: ClusterIndex,
  namespace: string,
  workload: Workload | undefined,
  pods: readonly Pod[],
): ConfigMap | undefined {
  const spec = workload?.spec?.template?.spec ?? pods[0]?.spec;
  const mounted = (spec?.volumes ?? []).flatMap((volume) => volume.configMap?.name ?? []);
  const scope = namespace === '' ? undefined : namespace;
  const maps = index.list('ConfigMap', scope).filter(({ data }) => data?.Corefile !== undefined);
  return (
    maps.find((map) => mounted.includes(nameOf(map))) ??
    maps.find((map) => /^(coredns|dns-default|rke2-coredns.*)$/.test(nameOf(map)) && isSystem(namespaceOf(map)))
  );
}

function flavourOf(
  index: ClusterIndex,
  namespace: string,
  workload: Workload | undefined,
  pods: readonly Pod[],
  service: Service | undefined,
): DnsFlavour {
  if (namespace === 'openshift-dns') return 'openshift';
  const containers = workload?.spec?.template?.spec?.containers ?? pods[0]?.spec?.containers ?? [];
  if (containers.some(({ name, image }) => name === 'kubedns' || /k8s-dns-kube-dns/.test(image ?? '')))
    return 'kube-dns';
  if (index.list('Node').some(({ status }) => /\+k3s|\+rke2/.test(status?.nodeInfo?.kubeletVersion ?? ''))) {
    if (containers.some(({ image }) => /rancher\/mirrored-coredns|coredns/.test(image ?? ''))) return 'k3s';
  }
  const named = service === undefined ? undefined : nameOf(service);
  if (workload === undefined && pods.length === 0) {
    if (named === 'kube-dns' && isGoogle(index)) return 'clouddns';
    if (isEksAuto(index)) return 'eks-auto';
  }
  return 'coredns';
}

function isGoogle(index: ClusterIndex): boolean {
  return index.list('Node').some(({ spec, status }) => {
    return spec?.providerID?.startsWith('gce://') === true || /-gke\./.test(status?.nodeInfo?.kubeletVersion ?? '');
  });
}

/** EKS Auto Mode runs CoreDNS beside the kubelet; where other nodes are too, the add-on may be there as well. */
function isEksAuto(index: ClusterIndex): boolean {
  return index.list('Node').some(({ metadata }) => metadata?.labels?.['eks.amazonaws.com/compute-type'] === 'auto');
}

/** Whether no pod of the cluster answers DNS, so that servers cannot be missed. */
export function isServedElsewhere({ flavour }: Pick<ClusterDns, 'flavour'>): boolean {
  return flavour === 'clouddns' || flavour === 'eks-auto';
}

/** The addresses of the DNS Service, both families. */
export function dnsAddresses({ service }: Pick<ClusterDns, 'service'>): readonly string[] {
  const { clusterIP, clusterIPs } = service?.spec ?? {};
  const all = clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP]);
  return all.filter((address) => address !== '' && address !== 'None');
}

/** `Deployment coredns`, or whatever of the servers was seen. */
export function dnsServersRef(dns: ClusterDns): {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
} {
  if (dns.workload !== undefined) {
    return { kind: dns.workload.kind, namespace: dns.namespace, name: nameOf(dns.workload.object) };
  }
  const [pod] = dns.pods;
  if (pod !== undefined) return { kind: 'Pod', namespace: dns.namespace, name: nameOf(pod) };
  if (dns.service !== undefined) return { kind: 'Service', namespace: dns.namespace, name: nameOf(dns.service) };
  return { kind: 'ConfigMap', namespace: dns.namespace, name: nameOf(dns.configMap ?? {}) };
}
