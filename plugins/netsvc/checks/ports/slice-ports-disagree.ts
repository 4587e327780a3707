import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { lastChange } from '../../../../shared/model/managed-fields.ts';
import type { ServicePort, SlicePort } from '../../../../shared/model/objects-network.ts';
import { formatServicePort, resolveTargetPort } from '../../../../shared/model/pods.ts';
import { formatRef, refOf } from '../../../../shared/model/refs.ts';
import { type EndpointRow, endpointRows, isControllerSlice } from '../../../../shared/model/services.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { PORT_USES } from './port-uses.ts';
import { changeEvidence, portWords } from './port-words.ts';

/** What the endpoint controller may take after a change before it is late. */
const LAG_MS = 30_000;

/** Slices that the endpoint controller wrote carry a port that the Service no longer resolves to. */
export const slicePortsDisagree = defineCheck<ServiceSubject>({
  id: 'netsvc/slice-ports-disagree',
  group: 'ports',
  needs: ['Pod', 'EndpointSlice'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) => {
    if (changedJustNow(subject, now)) return [];
    // Slices of other writers are deliberate and are judged elsewhere.
    const rows = endpointRows(index, subject.service).filter((row) => !row.terminating && isControllerSlice(row.slice));
    return subject.ports.flatMap((port) => {
      const wrong = rows.flatMap((row) => disagreement(row, port));
      const [first] = wrong;
      if (first === undefined) return [];
      const every = wrong.length === rows.length && subject.ports.length === 1;
      const slices = [...new Set(wrong.map(({ row }) => row.slice.metadata?.name ?? ''))].sort();
      return [
        portsMessages.SVC414.raise({
          subject: refOf(first.row.slice, 'EndpointSlice'),
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, port),
            found: first.found,
            wanted: first.wanted,
            slice: joinNames(slices, 2),
            count: `${wrong.length} of ${plural(rows.length, 'endpoint')}`,
          },
          severity: every ? 'critical' : 'warning',
          impact: wrong.length / rows.length / subject.ports.length,
          evidence: [
            { fact: formatServicePort(port), source: `${formatRef(subject.ref)} spec.ports` },
            ...slices.slice(0, 3).map((name) => ({
              fact: `ports ${portsOf(wrong.find(({ row }) => row.slice.metadata?.name === name)?.row)}`,
              source: `EndpointSlice ${subject.namespace}/${name}`,
            })),
            ...changeEvidence(subject, now),
          ],
          fixes: slices.slice(0, 3).map((name) => ({
            title: `let the controller write ${name} anew`,
            command: `kubectl delete endpointslice ${name} -n ${subject.namespace}`,
            risk: 'low' as const,
          })),
        }),
      ];
    });
  },
});

function changedJustNow(subject: ServiceSubject, now: number): boolean {
  const times = [subject.service.metadata?.creationTimestamp, lastChange(subject.service, ['spec', 'ports'])?.time];
  return times.some((time) => time !== undefined && now - Date.parse(time) < LAG_MS);
}

function disagreement(
  row: EndpointRow,
  port: ServicePort,
): readonly { row: EndpointRow; found: string; wanted: string }[] {
  if (row.pod === undefined) return [];
  const wanted = resolveTargetPort(row.pod.spec, port);
  const found = row.ports.find((entry) => (entry.name ?? '') === (port.name ?? ''));
  const protocol = port.protocol ?? 'TCP';
  if (wanted === undefined) return [];
  if (found?.port === wanted && (found.protocol ?? 'TCP') === protocol) return [];
  return [{ row, found: found === undefined ? 'no port' : slicePort(found), wanted: `${wanted}/${protocol}` }];
}

function slicePort({ port, protocol }: SlicePort): string {
  return `${port ?? 'any port'}/${protocol ?? 'TCP'}`;
}

function portsOf(row: EndpointRow | undefined): string {
  const ports = (row?.ports ?? []).map(
    (port) =>
      `${port.name === null || port.name === undefined || port.name === '' ? '' : `${port.name}=`}${slicePort(port)}`,
  );
  return ports.length === 0 ? '(none)' : ports.join(', ');
}
