import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { Workload } from '../../../../../shared/model/objects-workload.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import type { Ref } from '../../../../../shared/model/refs.ts';
import { shellQuote } from '../../../../../shared/util/text.ts';

const PATCHABLE = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Whether changing the template in place makes the controller replace the pods. */
export function isPatchable(owner: Ref): boolean {
  return PATCHABLE.has(owner.kind);
}

/**
 * Whether a patch of one container in the template reaches the pods. A sidecar that a webhook injects is in the pods alone:
 * patching it would add a container without an image, which the API server refuses.
 */
export function isInTemplate(
  { owner, workload }: { readonly owner: Ref; readonly workload: OwnedWorkload | undefined },
  container: string,
): boolean {
  if (!isPatchable(owner)) return false;
  const spec = workload?.template?.spec;
  if (spec === undefined) return true;
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(({ name }) => name === container);
}

/** `deployment/web -n shop`. */
export function target(owner: Ref): string {
  return `${owner.kind.toLowerCase()}/${owner.name} -n ${owner.namespace ?? ''}`;
}

/** Sets variables of a container in the template; null takes one away. The controller then replaces the pods. */
export function setEnv(owner: Ref, container: string, values: Readonly<Record<string, string | null>>): string {
  const words = Object.entries(values).map(([name, value]) =>
    value === null ? `${name}-` : shellQuote(`${name}=${value}`),
  );
  return `kubectl set env ${target(owner)} -c ${container} ${words.join(' ')}`;
}

/** A strategic merge patch of the pod template's spec. */
export function patchTemplateSpec(owner: Ref, spec: Readonly<Record<string, unknown>>): string {
  return patch(owner, { spec: { template: { spec } } });
}

/** A strategic merge patch of one container in the template; lists of containers merge by name. */
export function patchContainer(
  owner: Ref,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  init = false,
): string {
  return patchTemplateSpec(owner, { [init ? 'initContainers' : 'containers']: [{ name, ...fields }] });
}

/** A patch of the whole object. */
export function patch(owner: Ref, change: Readonly<Record<string, unknown>>): string {
  return `kubectl patch ${owner.kind.toLowerCase()} ${owner.name} -n ${owner.namespace ?? ''} -p ${shellQuote(JSON.stringify(change))}`;
}

/** For a rollout whose new pods need what the old ones hold. */
export function oldPodFirst(owner: Ref, { spec }: Workload): Fix {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {};
  const line = (rollingUpdate: object): string => patch(owner, { spec: { strategy: { rollingUpdate } } });
  return {
    title: 'end the old pod before the new one starts',
    command: line({ maxSurge: 0, maxUnavailable: 1 }),
    risk: 'low',
    undo: line({ maxSurge, maxUnavailable }),
  };
}

/** `kubectl logs …` for a container, of the run before with `--previous`. */
export function logs(namespace: string, pod: string, container: string, previous: boolean): string {
  return `kubectl logs ${pod} -n ${namespace} -c ${container}${previous ? ' --previous' : ''} --tail=50`;
}

/** After many refusals a controller waits up to 16 minutes before it tries again, unless its object changes. */
export function tryAtOnce({ ref }: { readonly ref: Ref }): readonly Fix[] {
  if (!isPatchable(ref)) return [];
  return [
    {
      title: 'then make the controller try at once',
      command: `kubectl rollout restart ${target(ref)}`,
      risk: 'low',
    },
  ];
}
