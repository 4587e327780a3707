import type { Fix } from '../../../../shared/messages/finding.ts';
import type { OwnedWorkload } from '../../../../shared/model/owners.ts';
import { declaredPorts } from '../../../../shared/model/pods.ts';
import { setEnv } from '../pods/containers/workload-commands.ts';
import { callerName, type Reference } from './callers.ts';

/** Sets the variable of a caller anew where its whole value is known and holds no secret. */
export function useName({ caller, container, variable, host }: Reference, better: string): readonly Fix[] {
  if (variable === undefined || caller.ref.kind === 'Pod') return [];
  const line = (text: string): string => setEnv(caller.ref, container, { [variable.name]: text });
  return [
    {
      title: `let ${callerName(caller)} use the name ${better} (restarts its pods)`,
      command: line(variable.value.replace(host, better)),
      risk: 'low',
      undo: line(variable.value),
    },
  ];
}

/**
 * Makes the Service of a workload's name, for the port that callers ask and the one that its pods declare; none where
 * neither is known, or kubectl cannot expose such a workload.
 */
export function exposeFix({ kind, ref, template }: OwnedWorkload, asked: number | undefined): readonly Fix[] {
  const { name, namespace = '' } = ref;
  const ports = declaredPorts(template?.spec).filter(({ protocol }) => protocol === 'TCP');
  const target = (ports.find(({ port }) => port === asked) ?? ports[0])?.port ?? asked;
  const port = asked ?? target;
  if (port === undefined || !/^(?:Deployment|ReplicaSet)$/.test(kind)) return [];
  return [
    {
      title: `create Service ${name}`,
      command: `kubectl expose ${kind.toLowerCase()} ${name} -n ${namespace} --port=${port}${target === port ? '' : ` --target-port=${target}`}`,
      risk: 'low',
      undo: `kubectl delete service ${name} -n ${namespace}`,
    },
  ];
}
