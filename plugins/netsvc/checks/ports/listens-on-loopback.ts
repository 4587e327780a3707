import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type DeadGroup, deadGroups, failingPods, impactOf, severityOf } from './dead-port.ts';
import { envFix, patchTarget, wordFix } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { evidenceOf, ownersWords, portWords } from './port-words.ts';

/** The socket is bound to the pod's loopback address: exec probes pass, requests through the Service are refused. */
export const listensOnLoopback = defineCheck<ServiceSubject>({
  id: 'netsvc/listens-on-loopback',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) =>
    deadGroups(index, subject).flatMap((group) => {
      const { fault, port, number, backends, all } = group;
      if (fault.state !== 'loopback') return [];
      const pods = failingPods(index, group);
      return [
        portsMessages.SVC403.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            port: portWords(subject, port),
            number,
            owners: ownersWords(backends, all),
            container: fault.container,
            words: `${fault.sign.via === 'log' ? 'its log: ' : ''}${shorten(fault.sign.listener.words, 80)}`,
          },
          severity: severityOf(index, subject, group),
          impact: impactOf(subject, group),
          evidence: evidenceOf(index, subject, group, now),
          fixes: fixesOf(index, group),
          ...(pods === undefined ? {} : { pods }),
        }),
      ];
    }),
});

/** What sets the address of programs whose default is 127.0.0.1. */
const DEFAULTS: readonly { readonly program: RegExp; readonly variable: string; readonly value: string }[] = [
  { program: /\bflask\b/, variable: 'FLASK_RUN_HOST', value: '0.0.0.0' },
  { program: /\buvicorn\b/, variable: 'UVICORN_HOST', value: '0.0.0.0' },
  { program: /\bgunicorn\b/, variable: 'GUNICORN_CMD_ARGS', value: '--bind=0.0.0.0:PORT' },
];

function fixesOf(index: ClusterIndex, { fault, backends, number }: DeadGroup): readonly Fix[] {
  if (fault.state !== 'loopback') return [];
  const target = patchTarget(index, backends[0], fault.container);
  if (target === undefined) return [];
  const { hostText, words } = fault.sign.listener;
  const title = `make ${fault.container} listen on all addresses (restarts the pods)`;
  if (hostText === undefined) {
    const known = DEFAULTS.find(({ program }) => program.test(words));
    if (known === undefined) return [];
    const value = known.value.replace('PORT', String(number));
    return [envFix(target, { [known.variable]: value }, { [known.variable]: null }, title)];
  }
  const open = hostText === '::1' ? '::' : '0.0.0.0';
  const inWords = wordFix(target, hostText, open, title);
  if (inWords !== undefined) return [inWords];
  const variable = target.container.env?.find((entry) => entry.value?.includes(hostText) === true);
  if (variable?.name === undefined || variable.value === undefined) {
    const { kind, ref } = target.workload;
    const command = `kubectl edit ${kind.toLowerCase()}/${ref.name} -n ${ref.namespace ?? ''}`;
    return [
      {
        title: `change ${hostText} to ${open} where container ${fault.container} is told to listen`,
        command,
        risk: 'low',
      },
    ];
  }
  const value = variable.value.replace(hostText, open);
  return [envFix(target, { [variable.name]: value }, { [variable.name]: variable.value }, title)];
}
