import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import { resolverOf } from '../../../../shared/dns/resolver-of.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { podsMessages } from '../../messages/pods.ts';

/**
 * internalTrafficPolicy Local of the DNS Service: kube-proxy of a node passes questions on to servers of that node only,
 * and drops them where there is none. A node cache asks through a Service of its own.
 */
export const localTraffic = defineCheck<DnsSubject>({
  id: 'netdns/local-traffic',
  group: 'pods',
  needs: ['Pod', 'EndpointSlice'],
  uses: ['Service', 'ConfigMap', 'DaemonSet', 'Deployment', 'Node'],
  applies: ({ dns }) => dns?.service?.spec?.internalTrafficPolicy === 'Local',
  run: ({ dns, callers }, { index }) => {
    const service = dns?.service;
    if (service === undefined || nodeCacheOf(index) !== undefined) return [];
    const rows = endpointRows(index, service).filter(({ ready }) => ready);
    const served = new Set(rows.map(({ endpoint, pod }) => endpoint.nodeName ?? pod?.spec?.nodeName ?? ''));
    // Without any endpoint other checks say why.
    if (rows.length === 0 || served.has('')) return [];
    const lost = index.list('Pod', callers).filter((pod) => {
      const node = pod.spec?.nodeName ?? '';
      return node !== '' && !served.has(node) && !isFinished(pod) && resolverOf(index, pod).asks === 'cluster';
    });
    if (lost.length === 0) return [];
    const ref = refOf(service, 'Service');
    const nodes = [...new Set(lost.map(({ spec }) => spec?.nodeName ?? ''))].sort();
    const patch = (policy: string): string =>
      patchLine('service', ref.namespace, ref.name, { spec: { internalTrafficPolicy: policy } });
    return [
      podsMessages.DNS310.raise({
        subject: ref,
        args: { service: `${namespaceOf(service)}/${nameOf(service)}`, nodes: joinNames(nodes), count: lost.length },
        evidence: [
          { fact: 'internalTrafficPolicy: Local', source: `${formatRef(ref)} spec` },
          { fact: `ready servers on ${joinNames([...served].sort())}`, source: `EndpointSlices of ${formatRef(ref)}` },
          { fact: `pods that ask it: ${joinNames(lost.map(podKey), 3)}`, source: `pods on ${joinNames(nodes)}` },
        ],
        fixes: [
          { title: 'let every node ask every server', command: patch('Cluster'), risk: 'low', undo: patch('Local') },
        ],
        pods: lost.map(podKey),
      }),
    ];
  },
});
