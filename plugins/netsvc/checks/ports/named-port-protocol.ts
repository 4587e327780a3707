import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { declaredPorts } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { namedPorts } from './named-ports.ts';
import { PORT_USES } from './port-uses.ts';
import { changeEvidence, ownersWords, portEvidence, portWords } from './port-words.ts';
import { protocolFix } from './target-port-protocol.ts';

/** The name is declared, for another protocol: names are looked up together with the protocol. */
export const namedPortProtocol = defineCheck<ServiceSubject>({
  id: 'netsvc/named-port-protocol',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) =>
    namedPorts(index, subject)
      .filter(({ otherProtocol }) => otherProtocol.length > 0)
      .map(({ port, name, all, otherProtocol }) => {
        const declared = otherProtocol.flatMap(({ pod }) =>
          declaredPorts(pod.spec).filter((entry) => entry.name === name),
        );
        const found = [...new Set(declared.map((entry) => entry.protocol))].sort();
        const everyPod = otherProtocol.length === all.length;
        return portsMessages.SVC407.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, port),
            name,
            wanted: port.protocol ?? 'TCP',
            found: joinAnd(found),
            owners: everyPod ? `the pods of ${ownersWords(otherProtocol)}` : ownersWords(otherProtocol, all),
          },
          severity: everyPod && subject.ports.length === 1 && !subject.headless ? 'critical' : 'warning',
          impact: (everyPod ? 1 : 0.1) / subject.ports.length,
          evidence: [
            ...portEvidence(subject, port),
            ...declared.slice(0, 1).map((entry) => ({
              fact: `containerPort ${entry.port}/${entry.protocol} named ${name}`,
              source: `${formatRef(otherProtocol[0]?.owner ?? subject.ref)} container ${entry.container} ports`,
            })),
            ...changeEvidence(subject, now),
          ],
          fixes: found[0] === undefined ? [] : [protocolFix(subject, port, found[0])],
        });
      }),
});
