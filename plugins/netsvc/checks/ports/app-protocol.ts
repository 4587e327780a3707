import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { portWords } from './port-words.ts';

/** What a word says of the protocol spoken; words that mean the same share a family. */
const FAMILIES: Readonly<Record<string, string>> = {
  http: 'http',
  http1: 'http',
  'kubernetes.io/ws': 'http',
  ws: 'http',
  https: 'tls',
  tls: 'tls',
  'kubernetes.io/wss': 'tls',
  wss: 'tls',
  http2: 'http2',
  h2c: 'http2',
  'kubernetes.io/h2c': 'http2',
  grpc: 'http2',
  'grpc-web': 'http',
  tcp: 'tcp',
  udp: 'udp',
  mongo: 'tcp',
  mysql: 'tcp',
  redis: 'tcp',
};

/** appProtocol against the prefix of the port name and the transport: read by meshes and gateways, not by kube-proxy. */
export const appProtocol = defineCheck<ServiceSubject>({
  id: 'netsvc/app-protocol',
  group: 'ports',
  needs: [],
  applies: (subject) => subject.ports.some((port) => port.appProtocol !== undefined && port.appProtocol !== ''),
  run: (subject) =>
    subject.ports.flatMap((port, at) => {
      const says = port.appProtocol ?? '';
      const but = contradiction(port, says.toLowerCase());
      if (but === undefined) return [];
      return [
        portsMessages.SVC412.raise({
          subject: subject.ref,
          args: { service: `${subject.namespace}/${subject.name}`, port: portWords(subject, port), says, but },
          evidence: [
            {
              fact: `name ${port.name ?? '(none)'}, appProtocol ${says}, protocol ${port.protocol ?? 'TCP'}`,
              source: `${formatRef(subject.ref)} spec.ports[${at}]`,
            },
          ],
        }),
      ];
    }),
});

function contradiction(port: ServicePort, says: string): string | undefined {
  const family = FAMILIES[says];
  const transport = port.protocol ?? 'TCP';
  if (family === undefined) return undefined;
  if (transport === 'UDP' && family !== 'udp') return 'its protocol is UDP';
  if (transport === 'TCP' && family === 'udp') return 'its protocol is TCP';
  const name = (port.name ?? '').toLowerCase();
  // The convention of meshes: the name is the protocol, or starts with it and a dash.
  const prefix = Object.keys(FAMILIES).find((word) => name === word || name.startsWith(`${word}-`));
  const named = prefix === undefined ? undefined : FAMILIES[prefix];
  return named === undefined || named === family ? undefined : `its name ${port.name} says ${prefix}`;
}
