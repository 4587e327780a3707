import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import { type DeadIn, deadPortCheck } from './dead-port-check.ts';
import { configFileFix, configMapFix, envFix, type PatchTarget, patchTarget, wordFix } from './port-fixes.ts';

/** The socket is bound to the pod's loopback address: exec probes pass, requests through the Service are refused. */
export const listensOnLoopback = deadPortCheck(
  'netsvc/listens-on-loopback',
  'loopback',
  (group, { index, facts, args, pods }) => {
    const { container, sign } = group.fault;
    const words = `${sign.via === 'log' ? 'its log: ' : ''}${shorten(sign.listener.words, 80)}`;
    return portsMessages.SVC403.raise({
      ...facts,
      args: { ...args, container, words },
      fixes: fixesOf(index, group),
      ...pods,
    });
  },
);

/** What sets the address of programs whose default is 127.0.0.1. */
const DEFAULTS: readonly { readonly program: RegExp; readonly variable: string; readonly value: string }[] = [
  { program: /\bflask\b/, variable: 'FLASK_RUN_HOST', value: '0.0.0.0' },
  { program: /\buvicorn\b/, variable: 'UVICORN_HOST', value: '0.0.0.0' },
  { program: /\bgunicorn\b/, variable: 'GUNICORN_CMD_ARGS', value: '--bind=0.0.0.0:PORT' },
];

function fixesOf(index: ClusterIndex, { fault, backends, number }: DeadIn<'loopback'>): readonly Fix[] {
  const target = patchTarget(index, backends[0], fault.container);
  if (target === undefined) return [];
  const { hostText, words } = fault.sign.listener;
  const title = `make ${fault.container} listen on all addresses (restarts the pods)`;
  const { configMap } = fault.sign;
  if (configMap !== undefined) return [configFileFix(target, configMap, 'the address', '0.0.0.0')];
  if (hostText === undefined) {
    // What a log tells was set by words that the image holds, so that a variable may not be heard.
    const known = fault.sign.via === 'log' ? undefined : DEFAULTS.find(({ program }) => program.test(words));
    if (known === undefined) return [byHand(target, fault.container, 'the address that', '0.0.0.0')];
    const value = known.value.replace('PORT', String(number));
    return [envFix(target, { [known.variable]: value }, { [known.variable]: null }, title)];
  }
  const open = hostText === '::1' ? '::' : '0.0.0.0';
  const inWords =
    wordFix(target, hostText, open, title) ?? configMapFix(index, target, fault.sign, hostText, open, title);
  if (inWords !== undefined) return [inWords];
  const variable = target.container.env?.find((entry) => entry.value?.includes(hostText) === true);
  if (variable?.name === undefined || variable.value === undefined)
    return [byHand(target, fault.container, hostText, open)];
  const value = variable.value.replace(hostText, open);
  return [envFix(target, { [variable.name]: value }, { [variable.name]: variable.value }, title)];
}

/** Where the words that set the address are not in sight: in the image, or in a file. */
function byHand({ workload }: PatchTarget, container: string, from: string, to: string): Fix {
  const { kind, ref } = workload;
  const title =
    from === 'the address that'
      ? `tell ${container} to listen on ${to}, by the option or setting of its program`
      : `change ${from} to ${to} where container ${container} is told to listen`;
  return { title, command: `kubectl edit ${kind.toLowerCase()}/${ref.name} -n ${ref.namespace ?? ''}`, risk: 'low' };
}
