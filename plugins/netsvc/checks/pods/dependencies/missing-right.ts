import type { ServicePod } from '../service-pods.ts';
import type { Gap } from './host-gaps.ts';

/** How the API server refuses (`ForbiddenStatusError` in apiserver's responsewriters). */
const FORBIDDEN =
  /User \\?"system:serviceaccount:([-\w.]+):([-\w.]+)\\?" cannot (\w+) resource \\?"([-\w./]+)\\?"(?: in API group \\?"([-\w.]*)\\?")?(?: in the namespace \\?"([-\w.]+))?/;
const READING = ['get', 'list', 'watch'];

/** What the API server does not let a container's service account do, by the container's own words. */
export function missingRight({ key }: ServicePod, container: string, said: string): Gap | undefined {
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
