import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import { formatRef, nameOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { type SickPod, sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { asksForDns, beforeApps, type ClusterDns, dnsOf } from './dns-servers.ts';

/** No DNS server is ready: no name resolves, whatever the state of the Service behind it. */
export const clusterDnsDown = defineCheck<ServiceSubject>({
  id: 'netsvc/cluster-dns-down',
  group: 'cluster',
  needs: [],
  uses: ['Deployment', 'DaemonSet', 'Pod', 'Service', 'EndpointSlice', 'ConfigMap', 'Node'],
  run: (subject, { index, now }) => {
    const dns = dnsOf(index);
    if (dns === undefined || asksForDns(index, subject)) return [];
    const sick = dns.pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []);
    if (dns.ready > 0) return dns.ready < dns.all && sick.length > 0 ? [partly(dns, sick, now)] : [];
    const stopped = dns.deployment?.spec?.replicas === 0;
    // Pods that have only just started are on their way.
    if (!stopped && dns.pods.length > 0 && sick.length === 0) return [];
    const ref = dnsRef(dns);
    const finding = clusterMessages.SVC803.raise({
      subject: ref,
      args: {
        dns: formatRef(ref),
        why: stopped ? 'it is scaled to 0' : `0 of ${dns.all} pods ready${reasonIn(sick)}`,
      },
      impact: 0.9,
      evidence: [...replicaEvidence(dns, ref), ...sick.slice(0, 3).map((pod) => sickEvidence(pod, now))],
      fixes: downFixes(dns, sick, stopped),
    });
    return [beforeApps(index, subject, finding)];
  },
});

function partly(dns: ClusterDns, sick: readonly SickPod[], now: number) {
  const ref = dnsRef(dns);
  return clusterMessages.SVC810.raise({
    subject: ref,
    args: { dns: formatRef(ref), ready: dns.ready, all: dns.all, reason: sick[0]?.reason ?? 'not ready' },
    evidence: sick.slice(0, 3).map((pod) => sickEvidence(pod, now)),
  });
}

function dnsRef(dns: ClusterDns): Ref {
  return dns.deployment === undefined
    ? { kind: 'Pod', namespace: dns.namespace, name: nameOf(dns.pods[0] ?? {}) }
    : refOf(dns.deployment, 'Deployment');
}

function replicaEvidence(dns: ClusterDns, ref: Ref): readonly Evidence[] {
  if (dns.deployment === undefined) return [];
  const { replicas } = dns.deployment.spec ?? {};
  return [
    {
      fact: `${dns.deployment.status?.readyReplicas ?? 0} of ${replicas ?? 1} replicas ready`,
      source: `${formatRef(ref)} status`,
    },
  ];
}

function reasonIn(sick: readonly SickPod[]): string {
  const [first] = sick;
  if (first === undefined) return '';
  return ` (${first.reason}${first.message === '' ? '' : `: ${first.message}`})`;
}

function downFixes(dns: ClusterDns, sick: readonly SickPod[], stopped: boolean): readonly Fix[] {
  const { namespace } = dns;
  if (stopped) {
    const name = nameOf(dns.deployment ?? {});
    return [
      {
        title: 'start the DNS servers again',
        command: `kubectl scale deployment ${name} -n ${namespace} --replicas=2`,
        risk: 'low',
        undo: `kubectl scale deployment ${name} -n ${namespace} --replicas=0`,
      },
    ];
  }
  const [first] = sick;
  if (first === undefined) {
    return [
      {
        title: 'look at the DNS pods',
        command: `kubectl get pods -n ${namespace} -l k8s-app=kube-dns -o wide`,
        risk: 'none',
      },
    ];
  }
  return [
    {
      title: 'read why it stops',
      command: `kubectl logs ${first.name} -n ${namespace} --previous --tail=20`,
      risk: 'none',
    },
    {
      title: 'see what happens to the pod',
      command: `kubectl describe pod ${first.name} -n ${namespace}`,
      risk: 'none',
    },
  ];
}
