import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type ClusterDns, dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { metricsOf } from '../../../../shared/dns/metrics/pages.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { isFinished, isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { metricsMessages as words } from '../../messages/metrics.ts';
import { SERVER_KINDS } from '../servers/server-facts.ts';

const MB = 1_000_000;
/** A limit is short when that share of it is used, or needed. */
const FULL = 0.9;

/** Load against limits: memory by use and by the size of the cluster, processor time, number of servers, autoscalers. */
export const serverLoad = defineCheck<DnsSubject>({
  id: 'netdns/server-load',
  group: 'load',
  needs: [],
  uses: [...SERVER_KINDS, 'Node', 'PodMetrics', 'HorizontalPodAutoscaler'],
  applies: ({ dns }) => dns !== undefined && dns.pods.length > 0,
  run: ({ dns }, { index }) =>
    dns === undefined
      ? []
      : [...memory(index, dns), ...processor(index, dns), ...replicas(index, dns), ...autoscaler(index, dns)],
});

function serverContainer(dns: ClusterDns): Container | undefined {
  const containers = dns.workload?.object.spec?.template?.spec?.containers ?? dns.pods[0]?.spec?.containers ?? [];
  return (
    containers.find(({ name, image }) => name === 'coredns' || name === 'dns' || /coredns/.test(image ?? '')) ??
    containers[0]
  );
}

function memory(index: ClusterIndex, dns: ClusterDns): readonly Finding[] {
  const limit = parseQuantity(serverContainer(dns)?.resources?.limits?.memory);
  if (limit === undefined || limit <= 0) return [];
  const used = usage(index, dns, 'memory').concat(
    metricsOf(index).flatMap(({ pod, program, metrics }) =>
      program === 'coredns' && metrics.memory !== undefined ? [{ pod, value: metrics.memory }] : [],
    ),
  );
  const full = used.filter(({ value }) => value >= limit * FULL);
  const need = memoryNeed(index, dns);
  if (full.length === 0 && (need === undefined || need.bytes < limit * FULL)) return [];
  const [first] = full;
  const what =
    first === undefined
      ? `a cluster of this size needs about ${inMb(need?.bytes ?? 0)}`
      : `${first.pod} uses ${inMb(first.value)}`;
  const evidence: Evidence[] = [
    { fact: `limits.memory ${inMb(limit)}`, source: formatRef(dnsServersRef(dns)) },
    ...full
      .slice(0, 3)
      .map(({ pod, value }) => ({ fact: `uses ${inMb(value)}`, source: `Pod ${dns.namespace}/${pod}` })),
    ...(need === undefined ? [] : [{ fact: need.fact, source: 'Scaling CoreDNS (coredns/deployment)' }]),
  ];
  return [
    words.DNS280.raise({
      subject: dnsServersRef(dns),
      confidence: first === undefined ? 'likely' : 'proven',
      args: { pods: '', what, number: inMb(limit) },
      evidence,
    }),
  ];
}

/** The formula of Scaling_CoreDNS.md; only where all pods and Services were read. */
function memoryNeed(
  index: ClusterIndex,
  dns: ClusterDns,
): { readonly bytes: number; readonly fact: string } | undefined {
  if (!isWhollyRead(index, 'Pod') || !isWhollyRead(index, 'Service')) return undefined;
  const pods = index.list('Pod').filter((pod) => !isFinished(pod)).length;
  const services = index.list('Service').length;
  const corefile = dns.configMap?.data?.Corefile ?? '';
  const all = /^\s*pods\s+verified/m.test(corefile) || /^\s*autopath\s/m.test(corefile);
  const megabytes = all ? (pods + services) / 250 + 56 : (pods + services) / 1000 + 54;
  const formula = all ? '/ 250 + 56 MB, as it watches all pods' : '/ 1000 + 54 MB';
  return {
    bytes: megabytes * MB,
    fact: `(${pods} pods + ${services} Services) ${formula} = ${Math.round(megabytes)} MB`,
  };
}

function processor(index: ClusterIndex, dns: ClusterDns): readonly Finding[] {
  const limit = parseQuantity(serverContainer(dns)?.resources?.limits?.cpu);
  if (limit === undefined || limit <= 0) return [];
  const full = usage(index, dns, 'cpu').filter(({ value }) => value >= limit * FULL);
  if (full.length === 0) return [];
  const [first] = full;
  return [
    words.DNS283.raise({
      subject: dnsServersRef(dns),
      args: {
        pods: joinNames(full.map(({ pod }) => pod)),
        what: `${Math.round(((first?.value ?? 0) / limit) * 100)} of 100`,
        number: '',
      },
      evidence: full.slice(0, 3).map(({ pod, value }) => ({
        fact: `${Math.round(value * 1000)}m of ${Math.round(limit * 1000)}m CPU`,
        source: `PodMetrics ${dns.namespace}/${pod}`,
      })),
    }),
  ];
}

function usage(
  index: ClusterIndex,
  dns: ClusterDns,
  what: 'cpu' | 'memory',
): { readonly pod: string; readonly value: number }[] {
  const name = serverContainer(dns)?.name;
  return dns.pods.flatMap((pod) => {
    const metrics = index.get('PodMetrics', dns.namespace, nameOf(pod));
    const container = metrics?.containers?.find((one) => one.name === name);
    const value = parseQuantity(container?.usage?.[what]);
    return value === undefined ? [] : [{ pod: nameOf(pod), value }];
  });
}

/** cluster-proportional-autoscaler's usual measure; a note only, since what counts is how busy they are. */
function replicas(index: ClusterIndex, dns: ClusterDns): readonly Finding[] {
  if (dns.workload?.kind !== 'Deployment' || !isWhollyRead(index, 'Node')) return [];
  const nodes = index.list('Node');
  const cores = nodes.reduce((sum, { status }) => sum + (parseQuantity(status?.capacity?.cpu) ?? 0), 0);
  const wanted = Math.max(Math.ceil(cores / 256), Math.ceil(nodes.length / 16), 2);
  const ready = dns.pods.filter(isReady).length;
  if (nodes.length < 33 || ready === 0 || ready * 2 > wanted) return [];
  return [
    words.DNS281.raise({
      subject: dnsServersRef(dns),
      args: {
        pods: '',
        what: `${nodes.length} nodes with ${Math.round(cores)} cores (usual: ${wanted})`,
        number: String(ready),
      },
      evidence: [
        {
          fact: `${ready} servers ready, ${nodes.length} nodes, ${Math.round(cores)} cores`,
          source: formatRef(dnsServersRef(dns)),
        },
      ],
    }),
  ];
}

function autoscaler(index: ClusterIndex, dns: ClusterDns): readonly Finding[] {
  const { workload } = dns;
  if (workload === undefined) return [];
  const scaler = index
    .list('HorizontalPodAutoscaler', dns.namespace)
    .find(
      ({ spec }) =>
        spec?.scaleTargetRef?.kind === workload.kind && spec.scaleTargetRef.name === nameOf(workload.object),
    );
  const limited = scaler?.status?.conditions?.find(
    ({ type, status }) => type === 'ScalingLimited' && status === 'True',
  );
  if (scaler === undefined || limited?.reason !== 'TooManyReplicas') return [];
  const most = String(scaler.spec?.maxReplicas ?? 0);
  return [
    words.DNS282.raise({
      subject: { kind: 'HorizontalPodAutoscaler', namespace: dns.namespace, name: nameOf(scaler) },
      args: { pods: '', what: `HorizontalPodAutoscaler ${nameOf(scaler)}`, number: most },
      evidence: [
        {
          fact: limited.message ?? `maxReplicas: ${most}`,
          source: `HorizontalPodAutoscaler ${dns.namespace}/${nameOf(scaler)} status`,
        },
      ],
    }),
  ];
}

function inMb(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
