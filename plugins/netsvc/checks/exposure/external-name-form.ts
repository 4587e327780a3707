import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { parseAddress } from '../../../../shared/util/addresses.ts';
import { applyLine, patchLine } from '../../../../shared/util/kubectl.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { externalNameOf, malformed, retarget, sourceOf } from './alias-target.ts';

/** An alias: the name must be a host name, neither an address nor a URL. */
export const externalNameForm = defineCheck<ServiceSubject>({
  id: 'netsvc/external-name-form',
  group: 'exposure',
  needs: [],
  applies: ({ type }) => type === 'ExternalName',
  run: (subject) => {
    const target = externalNameOf(subject);
    const facts = {
      subject: subject.ref,
      evidence: [{ fact: `externalName is ${target === '' ? 'empty' : target}`, source: sourceOf(subject) }],
    };
    const args = { service: `${subject.namespace}/${subject.name}`, target };
    if (parseAddress(target) !== undefined) {
      return [
        exposureMessages.SVC558.raise({
          ...facts,
          args: { ...args, fixes: addressFixes(subject, target) },
        }),
      ];
    }
    const fault = malformed(target);
    if (fault === undefined) return [];
    const better = target
      .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
      .replace(/[:/].*$/, '')
      .toLowerCase();
    const fixes = better !== '' && malformed(better) === undefined ? [retarget(subject, better)] : [];
    return [exposureMessages.SVC559.raise({ ...facts, args: { ...args, fault, fixes } })];
  },
});

/** Turns the alias into a Service without selector whose endpoint is the address. */
function addressFixes(subject: ServiceSubject, address: string): readonly Fix[] {
  const { namespace, name } = subject;
  // An alias needs no ports, a ClusterIP does: without any the reader must say which.
  const ports = subject.ports.length > 0 ? subject.ports : [{ name: '', port: 'PORT', protocol: 'TCP' }];
  const placeholder = subject.ports.length > 0 ? '' : ' (replace PORT)';
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: address.includes(':') ? 'IPv6' : 'IPv4',
    ports: ports.map((port) => ({ name: port.name ?? '', port: port.port, protocol: port.protocol ?? 'TCP' })),
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  };
  const service = { spec: { type: 'ClusterIP', externalName: null, ports } };
  return [
    {
      title: `give the Service that address as its endpoint${placeholder}`,
      command: unquoted(applyLine(slice)),
      risk: 'low',
      undo: `kubectl delete endpointslice ${name}-1 -n ${namespace}`,
    },
    {
      title: `and make it a Service with a ClusterIP${placeholder}`,
      command: unquoted(patchLine('service', namespace, name, service)),
      risk: 'low',
      undo: patchLine('service', namespace, name, { spec: { type: 'ExternalName', externalName: address } }),
    },
  ];
}

/** A number that the reader must fill in stands without quotes, so that it is a number afterwards. */
function unquoted(line: string): string {
  return line.replaceAll('"PORT"', 'PORT');
}
