import { isPatchable, patchTemplateSpec } from '../containers/workload-commands.ts';
import type { ServicePod } from '../service-pods.ts';
import type { Gap } from './host-gaps.ts';

/** How the API server refuses (`ForbiddenStatusError` in apiserver's responsewriters). */
const FORBIDDEN =
  /User \\?"system:serviceaccount:([-\w.]+):([-\w.]+)\\?" cannot (\w+) resource \\?"([-\w./]+)\\?"(?: in API group \\?"([-\w.]*)\\?")?(?: in the namespace \\?"([-\w.]+))?/;
const READING = ['get', 'list', 'watch'];

/** What keeps a container from the API server, by its own words: no token, or a right that its service account lacks. */
export function missingRight(entry: ServicePod, container: string, said: string): Gap | undefined {
  return withoutToken(entry, said) ?? forbidden(entry, container, said);
}

/** An app that asks the API server and finds no token. */
function withoutToken({ pod, key, owner }: ServicePod, said: string): Gap | undefined {
  if (pod.spec?.automountServiceAccountToken !== false || !/serviceaccount\/token|in-cluster config/.test(said)) return;
  const patch = (on: boolean): string => patchTemplateSpec(owner, { automountServiceAccountToken: on });
  return {
    evidence: {
      fact: 'it looks for the token of its service account, and automountServiceAccountToken is false',
      source: `Pod ${key} spec`,
    },
    fixes: isPatchable(owner)
      ? [{ title: 'let the pods have the token', command: patch(true), risk: 'low', undo: patch(false) }]
      : [],
  };
}

function forbidden({ key }: ServicePod, container: string, said: string): Gap | undefined {
  const found = FORBIDDEN.exec(said);
  if (found === null) return undefined;
  const [, home = '', account = '', verb = '', resource = '', group = '', namespace = ''] = found;
  const kind = group === '' ? resource : `${resource}.${group}`;
  const name = `${account}-${resource.replace('/', '-')}`;
  const role = namespace === '' ? 'clusterrole' : 'role';
  const place = namespace === '' ? '' : ` -n ${namespace}`;
  const verbs = READING.includes(verb) ? READING.join(',') : verb;
  return {
    evidence: {
      fact: `ServiceAccount ${home}/${account} may not ${verb} ${kind} ${namespace === '' ? 'of all namespaces' : `in namespace ${namespace}`}`,
      source: `log of Pod ${key} container ${container}`,
    },
    fixes: [
      {
        title: `give ServiceAccount ${account} that right, if the app is to have it`,
        command:
          `kubectl create ${role} ${name} --verb=${verbs} --resource=${kind}${place} && ` +
          `kubectl create ${role}binding ${name} --${role}=${name} --serviceaccount=${home}:${account}${place}`,
        risk: 'low',
        undo: `kubectl delete ${role},${role}binding ${name}${place}`,
      },
    ],
  };
}
