import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type DeadGroup, deadGroups, impactOf, severityOf } from './dead-port.ts';
import { bestPort, targetPortFix } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { elsewhereWords, evidenceOf, ownersWords, sendsWords } from './port-words.ts';

/**
 * The targetPort is a number that no container declares, and the containers listen elsewhere. Declaring is optional, so
 * it takes more than a missing declaration: another declared port, a probe that passes, a command line, a log.
 */
export const targetPortNotServed = defineCheck<ServiceSubject>({
  id: 'netsvc/target-port-not-served',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) =>
    deadGroups(index, subject).flatMap((group) => {
      const { fault, port, number, backends, all } = group;
      if (fault.state !== 'elsewhere' || fault.declared || isWeakForHeadless(subject, group)) return [];
      const to = bestPort(port, fault.ports);
      return [
        portsMessages.SVC401.raise({
          subject: subject.ref,
          args: {
            sends: sendsWords(subject, port, number),
            owners: ownersWords(backends, all),
            container: fault.container,
            instead: elsewhereWords(fault),
          },
          severity: subject.headless ? 'warning' : severityOf(index, subject, group),
          impact: impactOf(subject, group),
          evidence: evidenceOf(index, subject, group, now),
          fixes: to === undefined ? [] : [targetPortFix(subject, port, to)],
        }),
      ];
    }),
});

/** Clients of a headless Service dial the pods themselves, so a port that is merely undeclared misleads nobody. */
function isWeakForHeadless(subject: ServiceSubject, { fault }: DeadGroup): boolean {
  return subject.headless && fault.state === 'elsewhere' && fault.signs.length === 0;
}
