import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type DeadIn, deadPortCheck } from './dead-port-check.ts';
import { bestPort, configFileFix, configMapFix, envFix, patchTarget, targetPortFix, wordFix } from './port-fixes.ts';
import { elsewhereWords } from './port-words.ts';

/** The container declares the targetPort, but its command line, environment or log shows another port. */
export const appListensElsewhere = deadPortCheck(
  'netsvc/app-listens-elsewhere',
  'elsewhere',
  (group, { index, subject, facts, args, pods }) => {
    const { fault } = group;
    if (!fault.declared) return undefined;
    return portsMessages.SVC402.raise({
      ...facts,
      args: { ...args, container: fault.container, instead: elsewhereWords(fault) },
      // Somebody wrote the port down; only what the app was told, or says, weighs more than that.
      ...(fault.image ? { confidence: 'possible' as const } : {}),
      fixes: fixesOf(index, subject, group, pods.pods !== undefined),
      ...pods,
    });
  },
);

/** The Service can follow the app at once, unless a probe on the declared port keeps the pods out. */
function fixesOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: DeadIn<'elsewhere'>,
  probeFails: boolean,
): readonly Fix[] {
  const { fault, port, number } = group;
  const to = bestPort(port, fault.ports);
  const partial = group.backends.length < group.all.length;
  const service = to === undefined || partial || probeFails ? [] : [targetPortFix(subject, port, to)];
  return [...service, ...appFix(index, group, number)];
}

/** Makes the app listen where the container declares: the flag, or the variable, that names the other port. */
function appFix(index: ClusterIndex, { fault, backends }: DeadIn<'elsewhere'>, number: number): readonly Fix[] {
  const target = patchTarget(index, backends[0], fault.container);
  const sign = fault.signs.find(({ via, listener }) => via !== 'log' && listener.port !== undefined);
  const from = sign?.listener.port;
  if (target === undefined || sign === undefined || from === undefined) return [];
  const title = `make ${fault.container} listen on ${number} (restarts the pods)`;
  const inWords = sign.via === 'args' ? wordFix(target, String(from), String(number), title) : undefined;
  if (inWords !== undefined) return [inWords];
  if (sign.configMap !== undefined) return [configFileFix(target, sign.configMap, `port ${from}`, String(number))];
  const inConfigMap = configMapFix(index, target, sign, String(from), String(number), title);
  if (inConfigMap !== undefined) return [inConfigMap];
  const variable = target.container.env?.find((entry) => entry.value?.includes(String(from)) === true);
  if (variable?.name === undefined || variable.value === undefined) return [];
  const value = variable.value.replace(String(from), String(number));
  return [envFix(target, { [variable.name]: value }, { [variable.name]: variable.value }, title)];
}
