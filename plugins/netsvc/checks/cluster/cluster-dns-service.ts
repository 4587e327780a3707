import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { clusterDnsOf } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { endpointRows, podsMatching, selectorOf, slicesOf } from '../../../../shared/model/services.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { asksForDns, beforeApps, type ClusterDns, dnsOf } from './dns-servers.ts';

/** DNS servers are ready, but the Service in front of them leads to none, or is not there. */
export const clusterDnsService = defineCheck<ServiceSubject>({
  id: 'netsvc/cluster-dns-service',
  group: 'cluster',
  needs: [],
  uses: ['Deployment', 'DaemonSet', 'Pod', 'Service', 'EndpointSlice', 'ConfigMap', 'Node'],
  run: (subject, { index }) => {
    const dns = dnsOf(index) ?? unseenServers(index);
    if (dns === undefined || dns.service === subject.service || asksForDns(index, subject)) return [];
    if (dns.ready === 0 && dnsOf(index) !== undefined) return [];
    const { service, namespace } = dns;
    const raise = (what: string, evidence: readonly Evidence[], fixes: readonly Fix[] = []): Finding => {
      const finding = raiseService(dns, what, evidence);
      return beforeApps(index, subject, { ...finding, fixes: [...fixes, ...finding.fixes] });
    };
    if (service === undefined) {
      const selecting = index.list('Service', namespace).some((entry) => {
        const selector = selectorOf(entry);
        return selector !== undefined && dns.pods.some((pod) => matchesLabels(selector, pod.metadata?.labels));
      });
      if (selecting || !isProvenAbsent(index, 'Service', namespace, 'kube-dns')) return [];
      return [
        raise('does not exist', [
          { fact: 'there is no Service kube-dns', source: `Services of namespace ${namespace}` },
        ]),
      ];
    }
    const { status } = index.seen('EndpointSlice', namespaceOf(service));
    const selector = selectorOf(service) ?? {};
    const [first] = dns.pods;
    // Where the slices were not read, the selector and all pods of the namespace tell whether it leads to one.
    const unread = status !== 'ok' || slicesOf(index, service).length === 0;
    if (unread && (first === undefined || !isWhollyRead(index, 'Pod', namespaceOf(service)))) return [];
    if (unread && podsMatching(index, namespaceOf(service), selector).length > 0) return [];
    const rows = endpointRows(index, service);
    if (rows.some((row) => row.ready)) return [];
    const labels = Object.entries(first?.metadata?.labels ?? {}).filter(([key]) => key in selector);
    const misses = first !== undefined && rows.length === 0 && !matchesLabels(selector, first.metadata?.labels);
    const what = misses
      ? `selects ${formatLabels(selector)}, which the DNS pods do not carry${labels.length === 0 ? '' : ` (they have ${formatLabels(Object.fromEntries(labels))})`}`
      : 'has no ready endpoint';
    return [
      raise(
        what,
        [
          unread
            ? {
                fact: `selector ${formatLabels(selector)} matches no pod`,
                source: formatRef(refOf(service, 'Service')),
              }
            : {
                fact: `0 of ${rows.length} endpoints ready`,
                source: `EndpointSlices of ${formatRef(refOf(service, 'Service'))}`,
              },
        ],
        misses && labels.length > 0 ? [selectorFix(service, Object.fromEntries(labels))] : [],
      ),
    ];
  },
});

/** Writes what the DNS pods carry into the selector of their Service. */
function selectorFix(service: Service, found: Labels): Fix {
  const patch = (selector: Labels): string =>
    patchLine('service', namespaceOf(service), nameOf(service), { spec: { selector } });
  const old = Object.entries(selectorOf(service) ?? {}).filter(([key]) => key in found);
  return {
    title: 'point it at the DNS pods',
    command: patch(found),
    risk: 'low',
    undo: patch(Object.fromEntries(old)),
  };
}

/** The DNS servers of a dump that holds their Service alone. */
function unseenServers(index: ClusterIndex): ClusterDns | undefined {
  const dns = clusterDnsOf(index);
  if (dns?.service === undefined || /^(clouddns|eks-auto)$/.test(dns.flavour)) return undefined;
  return { ...dns, deployment: undefined, ready: 0, all: 0 };
}

function raiseService(dns: ClusterDns, what: string, evidence: readonly Evidence[]) {
  const name = dns.service === undefined ? 'kube-dns' : nameOf(dns.service);
  const namespace = dns.service === undefined ? dns.namespace : namespaceOf(dns.service);
  return clusterMessages.SVC804.raise({
    subject: { kind: 'Service', namespace, name },
    args: { name, namespace, what, ready: dns.ready },
    confidence: dns.service === undefined ? 'likely' : 'proven',
    impact: 0.9,
    evidence: [
      ...evidence,
      ...(dns.ready === 0
        ? []
        : [{ fact: `${dns.ready} DNS pods are ready`, source: `pods of namespace ${dns.namespace}` }]),
    ],
  });
}
