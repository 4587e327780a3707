import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Report } from '../../../shared/report/report.ts';
import { deployment, node, service } from '../../../shared/testing/builders.ts';
import { diagnoseObjects } from './diagnose-objects.ts';

/** How the scheduler's message ends when nobody can be preempted. */
export const TAIL =
  ' no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

/** The report on Service `web`, whose only pod, of Deployment `web`, waits for a node. */
export function ask(made: Pod, ...more: KubeObject[]): Report {
  return diagnoseObjects([service('web'), deployment('web'), made, ...more], 'web');
}

/** A node with this much to give. */
export const allocatable = (name: string, cpu: string): Node => ({
  ...node(name),
  status: { ...node(name).status, allocatable: { cpu, memory: '8Gi' } },
});
