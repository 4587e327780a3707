import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { deadGroups, impactOf, severityOf } from './dead-port.ts';
import { PORT_USES } from './port-uses.ts';
import { evidenceOf, ownersWords, portWords } from './port-words.ts';

/** The targetPort number is declared, but for UDP where the Service says TCP, or the other way round. */
export const targetPortProtocol = defineCheck<ServiceSubject>({
  id: 'netsvc/target-port-protocol',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) =>
    deadGroups(index, subject).flatMap((group) => {
      const { fault, port, number, backends, all } = group;
      if (fault.state !== 'otherProtocol') return [];
      return [
        portsMessages.SVC408.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, port),
            number,
            wanted: port.protocol ?? 'TCP',
            found: fault.declared.protocol,
            owners: ownersWords(backends, all),
            container: fault.declared.container,
          },
          severity: fault.sure ? severityOf(index, subject, group) : 'warning',
          confidence: fault.sure ? 'likely' : 'possible',
          impact: impactOf(subject, group),
          evidence: evidenceOf(index, subject, group, now),
          fixes: [protocolFix(subject, port, fault.declared.protocol)],
        }),
      ];
    }),
});

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
