import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterDns } from '../../../../shared/dns/cluster-dns.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { Service, ServicePort } from '../../../../shared/model/objects-network.ts';
import { declaredPorts, formatServicePort, resolveTargetPort, targetPortOf } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
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
    const ports = service.spec?.ports ?? [];
    const judged = ['UDP', 'TCP'].map((protocol) => {
      const port = ports.find((entry) => entry.port === 53 && (entry.protocol ?? 'TCP') === protocol);
      return port === undefined ? absent(service, protocol) : { port, strays: astray(dns, port, protocol) };
    });
    const [first, second] = judged.flatMap((one) =>
      'code' in one ? [] : one.strays.map((right) => ({ port: one.port, at: ports.indexOf(one.port), right })),
    );
    const missing = judged.filter((one) => 'code' in one);
    if (first === undefined) return missing;
    // One edit of both is one fault, mended by one patch.
    const rest = second === undefined ? [] : [second];
    const strays =
      second !== undefined && sameWay(first, second) ? [[first, second]] : [[first], ...rest.map((one) => [one])];
    return [...missing, ...strays.map((group) => strayed(service, group))];
  },
});

interface Stray {
  readonly port: ServicePort;
  /** Its place in the list. */
  readonly at: number;
  readonly right: number;
}

function sameWay(a: Stray, b: Stray): boolean {
  return (
    a.right === b.right && typeof targetPortOf(a.port) === 'number' && targetPortOf(a.port) === targetPortOf(b.port)
  );
}

/** The port to which it should lead, when it leads to another one. */
function astray(dns: ClusterDns, port: ServicePort, protocol: string): readonly number[] {
  const spec = dns.pods[0]?.spec ?? dns.workload?.object.spec?.template?.spec;
  const declared = declaredPorts(spec).filter((entry) => entry.protocol === protocol);
  if (spec === undefined || declared.length === 0) return [];
  const target = resolveTargetPort(spec, port);
  if (target !== undefined && declared.some((entry) => entry.port === target)) return [];
  // CoreDNS may listen on more than its manifest declares; the Corefile then says so.
  if (target !== undefined && listens(dns, target)) return [];
  return [declared[0]?.port ?? 53];
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
    undo: patch([{ op: 'remove', path: `/spec/ports/${ports.length}` }]),
  };
}

function strayed(service: Service, group: readonly Stray[]): Finding {
  const ref = refOf(service, 'Service');
  const [{ port, right }] = group as [Stray, ...Stray[]];
  const patch = (targetPort: number | string): string =>
    patchLine(
      'service',
      ref.namespace,
      ref.name,
      group.map(({ at }) => ({ op: 'replace', path: `/spec/ports/${at}/targetPort`, value: targetPort })),
      'json',
    );
  const protocols = group.map((one) => one.port.protocol ?? 'TCP');
  const ways = joinAnd(protocols);
  return serversMessages.DNS107.raise({
    subject: ref,
    severity: protocols.includes('UDP') ? 'critical' : 'warning',
    confidence: typeof targetPortOf(port) === 'string' ? 'proven' : 'likely',
    args: {
      namespace: namespaceOf(service),
      name: nameOf(service),
      what: `sends port 53 over ${ways} to ${targetPortOf(port)}, but the DNS servers listen on ${right}`,
    },
    evidence: [
      ...group.map((one) => ({
        fact: formatServicePort(one.port),
        source: `${formatRef(ref)} spec.ports[${one.at}]`,
      })),
      { fact: `the servers declare port ${right} over ${ways}`, source: 'containers of the DNS pods' },
    ],
    fixes: [{ title: `send it to ${right}`, command: patch(right), risk: 'low', undo: patch(targetPortOf(port)) }],
  });
}

function listens({ configMap }: ClusterDns, port: number): boolean {
  const corefile = configMap?.data?.Corefile ?? '';
  return new RegExp(`^[^\\s#{}][^\\n#{]*:${port}(?=[\\s,{])`, 'm').test(corefile);
}
