import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ServicePort, SlicePort } from '../../../../shared/model/objects-network.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type Holder, holdersOf, isSelectorless, manualEndpoints } from './manual-endpoints.ts';

/**
 * Hand-made endpoints whose port is not named as the Service's port. kube-proxy joins the two by name and protocol; a
 * port without a partner has no endpoints. Headless names answer with addresses alone, so that ports do not matter there.
 */
export const slicePortName = defineCheck<ServiceSubject>({
  id: 'netsvc/slice-port-name',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Endpoints'],
  applies: (subject) => isSelectorless(subject) && !subject.headless,
  run: (subject, { index }) => {
    if (manualEndpoints(index, subject).length === 0) return [];
    const holders = holdersOf(index, subject).filter((holder) => holder.addressType !== 'FQDN');
    const first = holders[0];
    if (first === undefined) return [];
    const dead = subject.ports.filter((port) => !holders.some((holder) => serves(holder, port)));
    return dead.map((port) => {
      const { difference, fixes } = compare(port, first, subject);
      return endpointsMessages.SVC504.raise({
        subject: first.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          port: `port ${port.port ?? 0}${port.name === undefined || port.name === '' ? ' (unnamed)' : ` "${port.name}"`}`,
          holder: formatRef(first.ref),
          difference,
          fixes,
        },
        severity: dead.length === subject.ports.length ? 'critical' : 'warning',
        impact: dead.length / subject.ports.length,
        evidence: [
          {
            fact: `ports are ${describeAll(subject.ports.map(fromService))}`,
            source: `${formatRef(subject.ref)} spec.ports`,
          },
          ...holders.map((holder) => ({
            fact: `ports are ${describeAll(holder.ports)}`,
            source: `${formatRef(holder.ref)} ports`,
          })),
        ],
      });
    });
  },
});

function serves(holder: Holder, port: ServicePort): boolean {
  return holder.ports.some(
    (own) =>
      (own.name ?? '') === (port.name ?? '') &&
      (own.protocol ?? 'TCP') === (port.protocol ?? 'TCP') &&
      typeof own.port === 'number',
  );
}

/** What stands in the way of this port in one slice, and how to mend it there. */
function compare(
  port: ServicePort,
  holder: Holder,
  subject: ServiceSubject,
): { readonly difference: string; readonly fixes: readonly Fix[] } {
  const name = port.name ?? '';
  const protocol = port.protocol ?? 'TCP';
  const number = typeof port.targetPort === 'number' && port.targetPort > 0 ? port.targetPort : (port.port ?? 0);
  const kind = holder.ref.kind.toLowerCase();
  const patch = (patches: readonly unknown[]): string =>
    patchLine(kind, holder.ref.namespace, holder.ref.name, patches, 'json');
  const whole = [{ op: 'add', path: holder.portsPath, value: [{ name, port: number, protocol }] }];
  if (holder.ports.length === 0) {
    const fix = {
      title: `write the port into ${formatRef(holder.ref)}`,
      command: patch(whole),
      risk: 'low',
      undo: patch([{ op: 'remove', path: holder.portsPath }]),
    } as const;
    return { difference: 'lists no ports', fixes: [fix] };
  }
  const same = holder.ports.findIndex((own) => (own.name ?? '') === name);
  const own = holder.ports[same];
  if (own !== undefined) {
    const numberless = typeof own.port !== 'number';
    const field = numberless ? 'port' : 'protocol';
    const path = `${holder.portsPath}/${same}/${field}`;
    const fix = {
      title: `set the ${field} in ${formatRef(holder.ref)}`,
      command: patch([{ op: 'add', path, value: numberless ? number : protocol }]),
      risk: 'low',
      undo: patch([numberless ? { op: 'remove', path } : { op: 'add', path, value: own.protocol ?? 'TCP' }]),
    } as const;
    const difference = numberless
      ? `gives port ${quoted(name)} no number`
      : `has it as ${own.protocol ?? 'TCP'} instead of ${protocol}`;
    return { difference, fixes: [fix] };
  }
  const at = Math.max(
    0,
    holder.ports.findIndex((other) => other.port === number),
  );
  const fix: Fix = {
    title: `name the port in ${formatRef(holder.ref)} as the Service does`,
    command: patch([{ op: 'add', path: `${holder.portsPath}/${at}/name`, value: name }]),
    risk: 'low',
    undo: patch([{ op: 'add', path: `${holder.portsPath}/${at}/name`, value: holder.ports[at]?.name ?? '' }]),
  };
  const taken = subject.ports.some((other) => (other.name ?? '') === (holder.ports[at]?.name ?? ''));
  return {
    difference: `names its ports ${joinAnd(holder.ports.map((other) => quoted(other.name ?? '')))}`,
    // Renaming a port that another Service port uses would only move the fault.
    fixes: taken
      ? [
          {
            title: `add the port to ${formatRef(holder.ref)}`,
            command: patch([{ op: 'add', path: `${holder.portsPath}/-`, value: { name, port: number, protocol } }]),
            risk: 'low',
            undo: patch([{ op: 'remove', path: `${holder.portsPath}/${holder.ports.length}` }]),
          },
        ]
      : [fix],
  };
}

function fromService(port: ServicePort): SlicePort {
  return { name: port.name ?? '', port: port.port ?? 0, protocol: port.protocol ?? 'TCP' };
}

function describeAll(ports: readonly SlicePort[]): string {
  if (ports.length === 0) return 'none';
  return joinAnd(
    ports.map((port) => `${quoted(port.name ?? '')} ${port.port ?? 'without number'}/${port.protocol ?? 'TCP'}`),
  );
}

function quoted(name: string): string {
  return name === '' ? '(unnamed)' : `"${name}"`;
}
