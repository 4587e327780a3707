import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type DeadGroup, deadGroups, failingPods, impactOf, severityOf } from './dead-port.ts';
import { bestPort, envFix, patchTarget, targetPortFix, wordFix } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { elsewhereWords, evidenceOf, ownersWords, portWords } from './port-words.ts';

/** The container declares the targetPort, but its command line, environment or log shows another port. */
export const appListensElsewhere = defineCheck<ServiceSubject>({
  id: 'netsvc/app-listens-elsewhere',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) =>
    deadGroups(index, subject).flatMap((group) => {
      const { fault, port, number, backends, all } = group;
      if (fault.state !== 'elsewhere' || !fault.declared) return [];
      const pods = failingPods(index, group);
      return [
        portsMessages.SVC402.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, port),
            number,
            owners: ownersWords(backends, all),
            container: fault.container,
            instead: elsewhereWords(fault),
          },
          severity: severityOf(index, subject, group),
          impact: impactOf(subject, group),
          evidence: evidenceOf(index, subject, group, now),
          fixes: fixesOf(index, subject, group, pods !== undefined),
          ...(pods === undefined ? {} : { pods }),
        }),
      ];
    }),
});

/** The Service can follow the app at once, unless a probe on the declared port keeps the pods out. */
function fixesOf(index: ClusterIndex, subject: ServiceSubject, group: DeadGroup, probeFails: boolean): readonly Fix[] {
  const { fault, port, number } = group;
  if (fault.state !== 'elsewhere') return [];
  const to = bestPort(port, fault.ports);
  const partial = group.backends.length < group.all.length;
  const service = to === undefined || partial || probeFails ? [] : [targetPortFix(subject, port, to)];
  return [...service, ...appFix(index, group, number)];
}

/** Makes the app listen where the container declares: the flag, or the variable, that names the other port. */
function appFix(index: ClusterIndex, { fault, backends }: DeadGroup, number: number): readonly Fix[] {
  if (fault.state !== 'elsewhere') return [];
  const target = patchTarget(index, backends[0], fault.container);
  const sign = fault.signs.find(({ via, listener }) => via !== 'log' && listener.port !== undefined);
  const from = sign?.listener.port;
  if (target === undefined || sign === undefined || from === undefined) return [];
  const title = `make ${fault.container} listen on ${number} (restarts the pods)`;
  const inWords = sign.via === 'args' ? wordFix(target, String(from), String(number), title) : undefined;
  if (inWords !== undefined) return [inWords];
  const variable = target.container.env?.find((entry) => entry.value?.includes(String(from)) === true);
  if (variable?.name === undefined || variable.value === undefined) return [];
  const value = variable.value.replace(String(from), String(number));
  return [envFix(target, { [variable.name]: value }, { [variable.name]: variable.value }, title)];
}
