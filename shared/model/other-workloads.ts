import type { KubeObject } from './objects.ts';
import type { Workload } from './objects-workload.ts';

/** An object of a kind that has no name here and that makes pods, as `spec.template` tells. */
export interface OtherWorkload {
  readonly kind: string;
  readonly object: Workload;
}

/**
 * What operators make pods of by a template in the usual place: DeploymentConfig, Rollout, CloneSet, VirtualMachine. Of
 * these `keepsPods` are those whose pods stay and carry the labels of the template: they have a selector (which in a
 * DeploymentConfig is a plain map and may be left out) or a number of replicas, and containers.
 */
export function otherWorkloads(
  others: Readonly<Record<string, readonly KubeObject[]>>,
  keepsPods = false,
): readonly OtherWorkload[] {
  return Object.entries(others).flatMap(([key, objects]) => {
    const kind = key.slice(key.indexOf('/') + 1);
    return (objects as readonly Workload[]).flatMap((object) => {
      const { selector, replicas, template } = object.spec ?? {};
      const runs = Array.isArray(template?.spec?.containers);
      if (template?.metadata?.labels === undefined) return [];
      if (
        keepsPods
          ? !runs || (typeof selector !== 'object' && typeof replicas !== 'number')
          : !runs && kind !== 'VirtualMachine'
      )
        return [];
      return [{ kind, object }];
    });
  });
}
