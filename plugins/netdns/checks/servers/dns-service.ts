import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type ClusterDns, dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { kubeletDnsOf } from '../../../../shared/dns/cluster-domain.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { conditionOf, isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { type EndpointRow, endpointRows, selectorOf } from '../../../../shared/model/services.ts';
import { applyLine, patchLine } from '../../../../shared/util/kubectl.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** The Service in front of the servers: there, selecting them, with endpoints. */
export const dnsService = defineCheck<DnsSubject>({
  id: 'netdns/dns-service',
  group: 'service',
  needs: ['Service'],
  uses: [...SERVER_KINDS],
  run: ({ dns }, { index, now }) => {
    if (dns === undefined) return [];
    const ready = dns.pods.filter(isReady);
    if (dns.service === undefined) return missing(index, dns, ready.length);
    const selecting = wrongSelector(dns.service, dns, ready);
    return selecting.length > 0 ? selecting : withoutEndpoints(index, dns.service, dns, now);
  },
});

function missing(index: ClusterIndex, dns: ClusterDns, ready: number): readonly Finding[] {
  const name = dns.flavour === 'openshift' ? 'dns-default' : 'kube-dns';
  const selecting = index.list('Service', dns.namespace).some((entry) => {
    const selector = selectorOf(entry);
    return selector !== undefined && dns.pods.some((pod) => matchesLabels(selector, pod.metadata?.labels));
  });
  if (selecting || dns.pods.length === 0 || !isProvenAbsent(index, 'Service', dns.namespace, name)) return [];
  if (!index.seen('Service', dns.namespace).whole) return [];
  return [
    serversMessages.DNS104.raise({
      subject: { kind: 'Service', namespace: dns.namespace, name },
      args: { namespace: dns.namespace, name, ready },
      evidence: [
        { fact: `there is no Service ${name}`, source: `Services of namespace ${dns.namespace}` },
        { fact: `${dns.pods.length} pods, ${ready} ready`, source: formatRef(dnsServersRef(dns)) },
      ],
      fixes: createAnew(index, dns, name),
    }),
  ];
}

/** The Service again; its address is what the kubelets say, else the tenth of the range, as kubeadm and most others have it. */
function createAnew(index: ClusterIndex, dns: ClusterDns, name: string): readonly Fix[] {
  const { namespace } = dns;
  const labels = dns.pods[0]?.metadata?.labels ?? {};
  const selector = dns.workload?.object.spec?.selector?.matchLabels ?? pick(labels, 'k8s-app');
  const told = kubeletDnsOf(index).flatMap(({ clusterDns }) => clusterDns)[0];
  const first = index.get('Service', 'default', 'kubernetes')?.spec?.clusterIP;
  const clusterIP = told ?? (first?.endsWith('.1') === true ? `${first}0` : undefined);
  // The operator of OpenShift makes it itself.
  if (selector === undefined || clusterIP === undefined || dns.flavour === 'openshift') return [];
  const port = (portName: string, protocol: string) => ({ name: portName, port: 53, protocol, targetPort: 53 });
  return [
    {
      title:
        told === undefined
          ? `create it again; ${clusterIP} is the usual address, clusterDNS of the kubelets must say the same`
          : `create it again with the address that kubelets name, ${clusterIP}`,
      command: applyLine({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace, labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' } },
        spec: { selector, clusterIP, ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')] },
      }),
      risk: 'low',
      undo: `kubectl delete service ${name} -n ${namespace}`,
    },
  ];
}

function wrongSelector(service: Service, dns: ClusterDns, ready: readonly Pod[]): readonly Finding[] {
  const selector = selectorOf(service);
  // Without a selector somebody else keeps the endpoints (an operator, or servers outside of the cluster).
  if (selector === undefined || ready.length === 0) return [];
  if (dns.pods.some((pod) => matchesLabels(selector, pod.metadata?.labels))) return [];
  const ref = refOf(service, 'Service');
  const keys = Object.keys(selector);
  const found = ready[0]?.metadata?.labels ?? {};
  const told = keys.map((key) => `${key}=${found[key] ?? '(none)'}`).join(',');
  const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return [
    serversMessages.DNS106.raise({
      subject: ref,
      args: {
        namespace: namespaceOf(service),
        name: nameOf(service),
        selector: wanted.join(','),
        labels: told,
        ready: ready.length,
      },
      evidence: [
        { fact: `selector ${wanted.join(',')}`, source: `${formatRef(ref)} spec.selector` },
        { fact: told, source: `Pod ${dns.namespace}/${nameOf(ready[0] ?? {})} metadata.labels` },
      ],
      fixes: selectorFix(ref, selector, dns, found),
    }),
  ];
}

/** The label that all servers carry, in the place of the whole selector. */
function selectorFix(
  ref: Ref,
  old: Readonly<Record<string, string>>,
  dns: ClusterDns,
  labels: Readonly<Record<string, string>>,
): Finding['fixes'] {
  const wanted = dns.workload?.object.spec?.selector?.matchLabels ?? pick(labels, 'k8s-app');
  if (wanted === undefined) return [];
  const patch = (to: Readonly<Record<string, string>>, from: Readonly<Record<string, string>>): string =>
    patchLine('service', ref.namespace, ref.name, {
      spec: { selector: { ...Object.fromEntries(Object.keys(from).map((key) => [key, null])), ...to } },
    });
  return [{ title: 'select the servers', command: patch(wanted, old), risk: 'low', undo: patch(old, wanted) }];
}

function pick(labels: Readonly<Record<string, string>>, key: string): Readonly<Record<string, string>> | undefined {
  const value = labels[key];
  return value === undefined ? undefined : { [key]: value };
}

function withoutEndpoints(index: ClusterIndex, service: Service, dns: ClusterDns, now: number): readonly Finding[] {
  const ready = dns.pods.filter(isReady).length;
  const seen = index.seen('EndpointSlice', namespaceOf(service));
  if (seen.status !== 'ok' || !seen.whole || ready === 0) return [];
  // kube-proxy takes endpoints of the family of each address of the Service; those of another family answer nobody.
  const addresses = (service.spec?.clusterIPs ?? []).filter((address) => address !== 'None');
  const families = new Set<string>(addresses.map((address) => (address.includes(':') ? 'IPv6' : 'IPv4')));
  const rows = endpointRows(index, service).filter(({ family }) => families.size === 0 || families.has(family));
  const told = rows.filter((row) => row.ready);
  if (told.length > 0 && !(told.every((row) => isGone(index, row)) && dns.pods.some((pod) => isSettled(pod, now))))
    return [];
  const gone = told.flatMap(({ addresses, endpoint }) =>
    addresses.slice(0, 1).map((address) => `${address} of ${endpoint.targetRef?.name ?? ''}`),
  );
  const lost = selectorOf(service) === undefined;
  const ref = refOf(service, 'Service');
  return [
    serversMessages.DNS105.raise({
      subject: ref,
      args: {
        namespace: namespaceOf(service),
        name: nameOf(service),
        count: rows.length,
        ready,
        gone: joinNames(gone, 2),
        why: lost && gone.length > 0 ? '; it has no selector, so nobody keeps them' : '',
      },
      evidence: [
        ...(gone.length > 0
          ? [{ fact: `pods that do not exist: ${joinNames(gone, 3)}`, source: `EndpointSlices of ${formatRef(ref)}` }]
          : [{ fact: `0 of ${rows.length} endpoints ready`, source: `EndpointSlices of ${formatRef(ref)}` }]),
        ...(lost && gone.length > 0 ? [{ fact: 'no selector', source: `${formatRef(ref)} spec` }] : []),
        { fact: `${ready} DNS servers are ready`, source: `pods of namespace ${namespaceOf(service)}` },
      ],
      ...(lost && gone.length > 0
        ? { fixes: selectorFix(ref, {}, dns, dns.pods.find(isReady)?.metadata?.labels ?? {}) }
        : {}),
    }),
  ];
}

/** It stands for a pod that was deleted. */
function isGone(index: ClusterIndex, { endpoint, pod, slice }: EndpointRow): boolean {
  const { kind, name = '', namespace = namespaceOf(slice) } = endpoint.targetRef ?? {};
  return kind === 'Pod' && pod === undefined && isProvenAbsent(index, 'Pod', namespace, name);
}

/** Ready for longer than endpoints take to follow, and than lists of pods and of endpoints are read apart. */
function isSettled(pod: Pod, now: number): boolean {
  const ready = conditionOf(pod, 'Ready');
  return ready?.status === 'True' && now - Date.parse(ready.lastTransitionTime ?? '') > 60_000;
}
