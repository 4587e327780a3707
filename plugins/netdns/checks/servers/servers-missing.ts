import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isServedElsewhere } from '../../../../shared/dns/cluster-dns.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import { nameOf, type Ref } from '../../../../shared/model/refs.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** Nothing makes DNS servers: the Deployment was deleted, or never installed. */
export const serversMissing = defineCheck<DnsSubject>({
  id: 'netdns/servers-missing',
  group: 'servers',
  needs: [],
  uses: [...SERVER_KINDS, 'Namespace'],
  applies: ({ dns }) => dns === undefined || !isServedElsewhere(dns),
  run: ({ dns, namespace }, { index }) => {
    if (dns?.workload !== undefined || (dns?.pods.length ?? 0) > 0) return [];
    const read = (['Deployment', 'DaemonSet', 'Pod', 'Service'] as const).every((kind) =>
      isWhollyRead(index, kind, namespace),
    );
    // Without any pod of the system, or on OpenShift, the servers may stand somewhere that was not read.
    if (!read || index.list('Pod', namespace).length === 0 || isOpenShift(index.list('Namespace').map(nameOf)))
      return [];
    // A Service without a selector stands for servers outside of the cluster.
    if (dns?.service !== undefined && selectorOf(dns.service) === undefined) return [];
    const service = dns?.service;
    const ref: Ref =
      service === undefined
        ? { kind: 'Namespace', name: namespace }
        : { kind: 'Service', namespace, name: nameOf(service) };
    return [
      serversMessages.DNS101.raise({
        subject: ref,
        confidence: service === undefined || index.list('Node').length === 0 ? 'likely' : 'proven',
        args: {
          dns: service === undefined ? `namespace ${namespace}` : `Service ${namespace}/${nameOf(service)}`,
          why:
            service === undefined
              ? 'there is neither a DNS Service nor a DNS server'
              : 'no Deployment, DaemonSet or pod of DNS servers is there for it',
        },
        evidence: [
          {
            fact: `no coredns or kube-dns among ${index.list('Deployment', namespace).length} Deployments and ${index.list('DaemonSet', namespace).length} DaemonSets`,
            source: `namespace ${namespace}`,
          },
        ],
        fixes: [
          {
            title: 'on a kubeadm cluster, install it again (on a control plane node)',
            command: 'kubeadm init phase addon coredns --kubeconfig /etc/kubernetes/admin.conf',
            risk: 'low',
            undo: 'kubectl delete deployment coredns -n kube-system',
          },
        ],
      }),
    ];
  },
});

function isOpenShift(namespaces: readonly string[]): boolean {
  return namespaces.some((name) => name.startsWith('openshift-'));
}
