import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { besideOrBelow } from '../../../shared/report/next-lines.ts';
import type { Report, Section } from '../../../shared/report/report.ts';
import { type EndpointEntry, endpointEntries, stateWord } from '../diagnose/endpoint-table.ts';
import { describeServices } from './each-service.ts';

/** `endpoints`: one line for each address behind a Service. */
export async function runEndpoints(request: Request): Promise<CommandResult> {
  const report = await describeServices(request, 'endpoints', (services, { index }, reports) => {
    const tables = services.map((service) => ({ service, entries: endpointEntries(index, service) }));
    return {
      sections: [
        ...tables.map(({ service, entries }) => tableOf(index, service, entries, tables.length > 1)),
        ...hintOf(reports),
      ],
      data: {
        services: tables.map(({ service, entries }) => ({
          namespace: namespaceOf(service),
          name: nameOf(service),
          endpoints: entries,
        })),
      },
    };
  });
  return { type: 'report', report };
}

function tableOf(index: ClusterIndex, service: Service, entries: readonly EndpointEntry[], titled: boolean): Section {
  const title = titled ? { title: `Service ${nameOf(service)}` } : {};
  if (entries.length === 0) return { type: 'text', ...title, lines: [emptyWord(index, service)] };
  const zones = entries.some((entry) => entry.zone !== '');
  const why = entries.some((entry) => entry.why !== '');
  return {
    type: 'table',
    ...title,
    head: ['POD', 'ADDRESS', 'NODE', ...(zones ? ['ZONE'] : []), 'STATE', 'PORTS', ...(why ? ['WHY NOT'] : [])],
    rows: entries.map((entry) => [
      entry.pod || '-',
      entry.address || '-',
      entry.node || '-',
      ...(zones ? [entry.zone || '-'] : []),
      stateWord(entry),
      portsOf(entry),
      ...(why ? [entry.why] : []),
    ]),
  };
}

function portsOf(entry: EndpointEntry): string {
  if (entry.ports.length === 0) return '-';
  return entry.ports
    .map(
      ({ name, port, protocol }) =>
        `${name === '' ? '' : `${name}=`}${port}${protocol === 'TCP' ? '' : `/${protocol}`}`,
    )
    .join(' ');
}

function emptyWord(index: ClusterIndex, service: Service): string {
  if (service.spec?.type === 'ExternalName')
    return `an alias for ${service.spec.externalName ?? ''}: it has no endpoints`;
  const { status, reason } = index.seen('EndpointSlice', namespaceOf(service));
  return status === 'ok' ? 'no endpoints and no pods' : `endpoints not seen: ${reason}`;
}

function hintOf(reports: readonly Report[]): readonly Section[] {
  const bad = reports.find((report) => report.causes.length > 0);
  if (bad?.target === undefined) return [];
  const { namespace = '', name } = bad.target;
  return [{ type: 'text', lines: besideOrBelow('Evidence and fix:', `kubectl netsvc svc/${name} -n ${namespace}`) }];
}
