import {
  iptablesChains,
  iptablesEndpointChain,
  nftablesServiceChain,
  type ProxyPort,
} from '../../../shared/datapath/kube-proxy-names.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service, ServicePort } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { declaredPorts, formatServicePort, podAddresses } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import { type EndpointRow, endpointRows, isHeadless, podsOf } from '../../../shared/model/services.ts';
import type { Hop, Report } from '../../../shared/report/report.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import type { Caller } from '../targets/caller.ts';
import { podWord } from './pod-word.ts';

/** One part of the way with a title: what all ports share, then each port. */
export interface PathPart {
  readonly title: string;
  readonly hops: readonly Hop[];
}

/** Endpoints that are shown one by one. */
const MAX_ENDPOINTS = 8;

/** The way of a request to a Service, from objects alone; the report of its diagnosis tells what policy makes of it. */
export function pathOf(
  index: ClusterIndex,
  service: Service,
  report: Report,
  caller: Caller | undefined,
): readonly PathPart[] {
  const shared = [...callerHops(index, caller), nameHop(index, service, caller)];
  const title = `Service ${namespaceOf(service)}/${nameOf(service)}`;
  if (service.spec?.type === 'ExternalName') return [{ title, hops: shared }];
  const ports = service.spec?.ports ?? [];
  return [
    { title, hops: [...shared, policyHop(index, service, report)] },
    ...ports.map((port) => ({
      title: `Port ${formatServicePort(port)}`,
      hops: [...virtualHops(index, service, port, caller), ...endpointHops(index, service, port)],
    })),
  ];
}

function callerHops(index: ClusterIndex, caller: Caller | undefined): readonly Hop[] {
  if (caller === undefined) return [];
  const pod = index.get('Pod', caller.namespace, caller.pod);
  const name = `pod ${caller.namespace}/${caller.pod}`;
  if (pod === undefined) return [{ name: 'caller', result: 'unknown', lines: [`${name}: not seen`] }];
  const where = pod.spec?.nodeName === undefined ? '' : ` on node ${pod.spec.nodeName}`;
  const word = podWord(index, pod);
  return [
    {
      name: 'caller',
      result: word === '' ? 'pass' : 'warn',
      lines: [`${name} ${podAddresses(pod).join(', ')}${where}`, ...(word === '' ? [] : [word])],
    },
  ];
}

function nameHop(index: ClusterIndex, service: Service, caller: Caller | undefined): Hop {
  const namespace = namespaceOf(service);
  const full = `${nameOf(service)}.${namespace}.svc.cluster.local`;
  const near = caller === undefined || caller.namespace === namespace;
  const short = near ? nameOf(service) : `${nameOf(service)}.${namespace}`;
  const dns = dnsState(index);
  return {
    name: 'name',
    result: dns.result,
    lines: [`${full} (short: ${short}) → ${resolvesTo(service)}`, dns.text],
  };
}

function resolvesTo(service: Service): string {
  if (service.spec?.type === 'ExternalName') return `${service.spec.externalName ?? '?'} (CNAME)`;
  if (isHeadless(service)) return 'the addresses of its ready pods (headless)';
  return (service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? '?']).join(', ');
}

function dnsState(index: ClusterIndex): { readonly result: Hop['result']; readonly text: string } {
  const dns = index.get('Service', 'kube-system', 'kube-dns');
  if (dns === undefined || index.seen('EndpointSlice', 'kube-system').status !== 'ok') {
    return { result: 'unknown', text: 'cluster DNS not seen' };
  }
  const rows = endpointRows(index, dns);
  const ready = rows.filter((row) => row.ready).length;
  const text = `cluster DNS: ${ready} of ${plural(rows.length, 'endpoint')} ready`;
  return { result: ready > 0 ? 'pass' : 'fail', text };
}

function policyHop(index: ClusterIndex, service: Service, report: Report): Hop {
  const cause = report.causes.find((candidate) => candidate.code.startsWith('SVC6'));
  if (cause !== undefined) {
    return { name: 'policy', result: cause.severity === 'critical' ? 'fail' : 'warn', lines: [cause.summary] };
  }
  const { status, reason } = index.seen('NetworkPolicy', namespaceOf(service));
  if (status !== 'ok') return { name: 'policy', result: 'unknown', lines: [reason] };
  const pods = podsOf(index, service);
  const names = index
    .list('NetworkPolicy', namespaceOf(service))
    .filter((policy) => pods.some((pod) => matchesSelector(policy.spec?.podSelector ?? {}, pod.metadata?.labels)))
    .map(nameOf);
  const text =
    names.length === 0
      ? 'no NetworkPolicy selects these pods'
      : `${names.length === 1 ? 'NetworkPolicy' : 'NetworkPolicies'} ${joinNames(names)}: no fault found`;
  return { name: 'policy', result: 'pass', lines: [text] };
}

/** ClusterIP and kube-proxy; a headless name leads to the pods directly. */
function virtualHops(
  index: ClusterIndex,
  service: Service,
  port: ServicePort,
  caller: Caller | undefined,
): readonly Hop[] {
  if (isHeadless(service)) {
    return [{ name: 'ClusterIP', result: 'pass', lines: ['none (headless): callers connect to the pods themselves'] }];
  }
  const protocol = port.protocol ?? 'TCP';
  const addresses = service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? ''];
  return [
    {
      name: 'ClusterIP',
      result: 'pass',
      lines: addresses.map((address) => `${bracketed(address)}:${port.port ?? 0}/${protocol}`),
    },
    proxyHop(index, service, port, caller),
  ];
}

function proxyHop(index: ClusterIndex, service: Service, port: ServicePort, caller: Caller | undefined): Hop {
  const named = proxyPort(service, port);
  const chains = iptablesChains(named);
  const local = service.spec?.internalTrafficPolicy === 'Local';
  const node = caller === undefined ? undefined : index.get('Pod', caller.namespace, caller.pod)?.spec?.nodeName;
  const where = node === undefined ? "the caller's node" : `node ${node}`;
  const daemon = index.get('DaemonSet', 'kube-system', 'kube-proxy')?.status;
  const ready = daemon?.numberReady ?? 0;
  const wanted = daemon?.desiredNumberScheduled ?? 0;
  const known = daemon !== undefined && wanted > 0;
  return {
    name: 'kube-proxy',
    result: !known ? 'unknown' : ready === wanted ? 'pass' : 'warn',
    lines: [
      `on ${where}: chain ${local ? chains.local : chains.service} (iptables), ${nftablesServiceChain(named)} (nftables)`,
      ...(local ? ['internalTrafficPolicy Local: only endpoints on that node'] : []),
      known
        ? `kube-proxy ready on ${ready} of ${plural(wanted, 'node')}`
        : 'kube-proxy not seen; another program may do its work',
    ],
  };
}

function proxyPort(service: Service, port: ServicePort): ProxyPort {
  return {
    namespace: namespaceOf(service),
    service: nameOf(service),
    port: port.name,
    protocol: port.protocol ?? 'TCP',
  };
}

function endpointHops(index: ClusterIndex, service: Service, port: ServicePort): readonly Hop[] {
  const rows = endpointRows(index, service);
  const seen = index.seen('EndpointSlice', namespaceOf(service));
  if (rows.length === 0) {
    return seen.status === 'ok'
      ? [{ name: 'endpoint', result: 'fail', lines: ['none: there is nowhere to send requests'] }]
      : [{ name: 'endpoint', result: 'unknown', lines: [seen.reason] }];
  }
  const sorted = [...rows].sort((a, b) => Number(b.ready) - Number(a.ready));
  const shown = sorted.slice(0, MAX_ENDPOINTS);
  const hidden = sorted.slice(MAX_ENDPOINTS);
  const more: readonly Hop[] =
    hidden.length === 0
      ? []
      : [
          {
            name: 'endpoint',
            result: hidden.some((row) => row.ready) ? 'pass' : 'fail',
            lines: [`and ${hidden.length} more, ${hidden.filter((row) => row.ready).length} of them ready`],
          },
        ];
  return [...shown.map((row) => endpointHop(index, service, port, row)), ...more];
}

function endpointHop(index: ClusterIndex, service: Service, port: ServicePort, row: EndpointRow): Hop {
  const address = row.addresses[0] ?? '';
  const pod = row.pod;
  const name = row.endpoint.targetRef?.name;
  const who = name === undefined ? 'no pod: written by hand' : `pod ${name}`;
  const node = row.endpoint.nodeName ?? pod?.spec?.nodeName;
  const target = row.ports.find((entry) => (entry.name ?? '') === (port.name ?? ''))?.port ?? undefined;
  if (target === undefined) {
    return {
      name: 'endpoint',
      result: 'fail',
      lines: [`${address}  ${who}: its slice has no port for this Service port`],
    };
  }
  const chain = isHeadless(service)
    ? ''
    : ` (${iptablesEndpointChain(proxyPort(service, port), { address, port: target })})`;
  const why = row.ready ? '' : pod === undefined ? 'not ready' : podWord(index, pod) || 'not ready';
  return {
    name: 'endpoint',
    result: row.ready ? 'pass' : row.terminating ? 'warn' : 'fail',
    lines: [
      `${bracketed(address)}:${target}  ${who}${node === undefined ? '' : ` on ${node}`}${chain}`,
      ...(why === '' ? [] : [why]),
      ...(pod === undefined ? [] : [containerText(pod, target, port.protocol ?? 'TCP')]),
    ],
  };
}

/** Which container declares the port; declaring is optional, so that nothing is proven by its absence. */
function containerText(pod: Pod, target: number, protocol: string): string {
  const declared = declaredPorts(pod.spec);
  const holder = declared.find((entry) => entry.port === target && entry.protocol === protocol);
  if (holder !== undefined) {
    return `container ${holder.container} declares ${holder.name === undefined ? '' : `${holder.name} `}${target}/${protocol}`;
  }
  const others = declared.map((entry) => `${entry.port}/${entry.protocol}`);
  return others.length === 0
    ? `no container declares any port: whether ${target} listens is not seen`
    : `no container declares ${target}/${protocol} (they declare ${joinNames(others)})`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
