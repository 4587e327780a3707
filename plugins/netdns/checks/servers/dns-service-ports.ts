import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterDns } from '../../../../shared/dns/cluster-dns.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { Service, ServicePort } from '../../../../shared/model/objects-network.ts';
import { declaredPorts, formatServicePort, resolveTargetPort, targetPortOf } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** Port 53 of the DNS Service: over UDP and TCP, each leading to a port that the servers declare. */
export const dnsServicePorts = defineCheck<DnsSubject>({
  id: 'netdns/dns-service-ports',
  group: 'service',
  needs: ['Service'],
  uses: [...SERVER_KINDS],
  run: ({ dns }) => {
    const service = dns?.service;
    if (dns === undefined || service === undefined) return [];
    return ['UDP', 'TCP'].flatMap((protocol) => judge(dns, service, protocol));
  },
});

function judge(dns: ClusterDns, service: Service, protocol: string): readonly Finding[] {
  const ports = service.spec?.ports ?? [];
  const port = ports.find((entry) => entry.port === 53 && (entry.protocol ?? 'TCP') === protocol);
  if (port === undefined) return [absent(service, protocol)];
  const spec = dns.pods[0]?.spec ?? dns.workload?.object.spec?.template?.spec;
  const declared = declaredPorts(spec).filter((entry) => entry.protocol === protocol);
  if (spec === undefined || declared.length === 0) return [];
  const target = resolveTargetPort(spec, port);
  if (target !== undefined && declared.some((entry) => entry.port === target)) return [];
  // CoreDNS may listen on more than its manifest declares; the Corefile then says so.
  if (target !== undefined && listens(dns, target)) return [];
  return [strayed(service, ports.indexOf(port), port, declared[0]?.port ?? 53)];
}

function absent(service: Service, protocol: string): Finding {
  const ref = refOf(service, 'Service');
  const what =
    protocol === 'UDP'
      ? 'has no port 53 over UDP, by which nearly every question comes'
      : 'has no port 53 over TCP, so answers that do not fit a UDP packet are lost';
  return serversMessages.DNS107.raise({
    subject: ref,
    severity: protocol === 'UDP' ? 'critical' : 'warning',
    args: { namespace: namespaceOf(service), name: nameOf(service), what },
    evidence: [
      {
        fact: `ports: ${(service.spec?.ports ?? []).map(formatServicePort).join(', ') || 'none'}`,
        source: `${formatRef(ref)} spec.ports`,
      },
    ],
    fixes: [portFix(ref, service.spec?.ports ?? [], protocol)],
  });
}

/** The port that was given another number gets 53 again; where there is none of that protocol, one is added. */
function portFix(ref: Ref, ports: readonly ServicePort[], protocol: string): Fix {
  const patch = (steps: readonly object[]): string => patchLine('service', ref.namespace, ref.name, steps, 'json');
  const usual = protocol === 'UDP' ? 'dns' : 'dns-tcp';
  const at = ports.findIndex(
    (port) => (port.protocol ?? 'TCP') === protocol && (port.name === usual || targetPortOf(port) === 53),
  );
  const moved = ports[at];
  if (moved !== undefined) {
    const number = (value: number): string => patch([{ op: 'replace', path: `/spec/ports/${at}/port`, value }]);
    const title = `give it port 53 again instead of ${moved.port}`;
    return { title, command: number(53), risk: 'low', undo: number(moved.port ?? 53) };
  }
  const name = ports.some((port) => port.name === usual) ? `${usual}-${protocol.toLowerCase()}` : usual;
  const value = { name, port: 53, protocol, targetPort: 53 };
  return {
    title: `add port 53 over ${protocol}`,
    command: patch([{ op: 'add', path: '/spec/ports/-', value }]),
    risk: 'low',
  };
}

function strayed(service: Service, at: number, port: ServicePort, right: number): Finding {
  const ref = refOf(service, 'Service');
  const patch = (targetPort: number | string): string =>
    patchLine(
      'service',
      ref.namespace,
      ref.name,
      [{ op: 'replace', path: `/spec/ports/${at}/targetPort`, value: targetPort }],
      'json',
    );
  const protocol = port.protocol ?? 'TCP';
  return serversMessages.DNS107.raise({
    subject: ref,
    severity: protocol === 'UDP' ? 'critical' : 'warning',
    confidence: typeof targetPortOf(port) === 'string' ? 'proven' : 'likely',
    args: {
      namespace: namespaceOf(service),
      name: nameOf(service),
      what: `sends port 53 over ${protocol} to ${targetPortOf(port)}, but the DNS servers listen on ${right}`,
    },
    evidence: [
      { fact: formatServicePort(port), source: `${formatRef(ref)} spec.ports[${at}]` },
      { fact: `the servers declare port ${right}/${protocol}`, source: 'containers of the DNS pods' },
    ],
    fixes: [{ title: `send it to ${right}`, command: patch(right), risk: 'low', undo: patch(targetPortOf(port)) }],
  });
}

function listens({ configMap }: ClusterDns, port: number): boolean {
  const corefile = configMap?.data?.Corefile ?? '';
  return new RegExp(`^[^\\s#{}][^\\n#{]*:${port}(?=[\\s,{])`, 'm').test(corefile);
}
