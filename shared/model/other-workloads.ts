import type { KubeObject } from './objects.ts';
import type { Workload } from './objects-workload.ts';

/** An object of a kind that has no name here and that makes pods, as `spec.template` tells. */
export interface OtherWorkload {
  readonly kind: string;
  readonly object: Workload;
}

/**
 * What operators make pods of by a template in the usual place: DeploymentConfig, Rollout, CloneSet, VirtualMachine. All
 * that may bear the labels of the template.
 */
export function otherPodMakers(others: Readonly<Record<string, readonly KubeObject[]>>): readonly OtherWorkload[] {
  return Object.entries(others).flatMap(([key, objects]) => {
    const kind = key.slice(key.indexOf('/') + 1);
    return (objects as readonly Workload[])
      .filter((object) => object.spec?.template?.metadata?.labels !== undefined)
      .filter((object) => hasContainers(object) || kind === 'VirtualMachine')
      .map((object) => ({ kind, object }));
  });
}

/**
 * Of these the ones whose pods stay: they have a selector (which in a DeploymentConfig is a plain map and may be left out)
 * or a number of replicas, and containers.
 */
export function otherWorkloads(others: Readonly<Record<string, readonly KubeObject[]>>): readonly OtherWorkload[] {
  return otherPodMakers(others).filter(({ object }) => {
    const { selector, replicas } = object.spec ?? {};
    return hasContainers(object) && (typeof selector === 'object' || typeof replicas === 'number');
  });
}

function hasContainers({ spec }: Workload): boolean {
  return Array.isArray(spec?.template?.spec?.containers);
}
