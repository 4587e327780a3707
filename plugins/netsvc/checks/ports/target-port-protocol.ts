import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { deadPortCheck } from './dead-port-check.ts';

/** The targetPort number is declared, but for UDP where the Service says TCP, or the other way round. */
export const targetPortProtocol = deadPortCheck(
  'netsvc/target-port-protocol',
  'otherProtocol',
  ({ fault, port }, { subject, facts, args }) => {
    const { declared, sure } = fault;
    return portsMessages.SVC408.raise({
      ...facts,
      args: { ...args, wanted: port.protocol ?? 'TCP', found: declared.protocol, container: declared.container },
      ...(sure ? { confidence: 'likely' } : { severity: 'warning', confidence: 'possible' }),
      fixes: [protocolFix(subject, port, declared.protocol)],
    });
  },
);

/** Gives one Service port another protocol. */
export function protocolFix(subject: ServiceSubject, port: ServicePort, to: string): Fix {
  const path = `/spec/ports/${subject.ports.indexOf(port)}/protocol`;
  const patch = (value: string): string =>
    `kubectl patch service ${subject.name} -n ${subject.namespace} --type=json -p ` +
    shellQuote(JSON.stringify([{ op: 'add', path, value }]));
  return {
    title: `make port ${port.port ?? 0} ${to}`,
    command: patch(to),
    risk: 'low',
    undo: patch(port.protocol ?? 'TCP'),
  };
}
