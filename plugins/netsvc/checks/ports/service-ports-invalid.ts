import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatServicePort, targetPortOf } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * Port lists that the API server refuses, met in manifests that were never applied.
 * Source: ValidateService in kubernetes/kubernetes pkg/apis/core/validation.
 */
export const servicePortsInvalid = defineCheck<ServiceSubject>({
  id: 'netsvc/service-ports-invalid',
  group: 'ports',
  needs: [],
  applies: (subject) => subject.type !== 'ExternalName',
  run: (subject) => {
    const faults = faultsOf(subject);
    if (faults.length === 0) return [];
    const source = `${formatRef(subject.ref)} spec.ports`;
    return faults.map((what) =>
      portsMessages.SVC413.raise({
        subject: subject.ref,
        args: { service: `${subject.namespace}/${subject.name}`, what },
        evidence: subject.ports.map((port) => ({ fact: formatServicePort(port), source })),
      }),
    );
  },
});

function faultsOf({ ports, headless }: ServiceSubject): readonly string[] {
  const faults: string[] = [];
  if (ports.length === 0 && !headless) faults.push('has no ports, and only a headless Service may go without');
  const numbers = new Set<string>();
  const names = new Set<string>();
  for (const port of ports) {
    const number = port.port ?? 0;
    if (!Number.isInteger(number) || number < 1 || number > 65_535)
      faults.push(`has port ${number}, which is not within 1 to 65535`);
    const target = targetPortOf(port);
    if (typeof target === 'number' && number > 0 && (target < 1 || target > 65_535))
      faults.push(`has targetPort ${target}, which is not within 1 to 65535`);
    const key = `${number}/${port.protocol ?? 'TCP'}`;
    if (numbers.has(key)) faults.push(`has port ${key} twice`);
    numbers.add(key);
    const name = port.name ?? '';
    if (name === '' && ports.length > 1) faults.push(`has several ports, and ${number} has no name`);
    if (name !== '' && names.has(name)) faults.push(`has the port name "${name}" twice`);
    names.add(name);
  }
  return [...new Set(faults)];
}
