import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { isPatchable, patchTemplateSpec, target } from '../containers/workload-commands.ts';

/** `allowPrivilegeEscalation != false (containers "a", "b" must set …), seccompProfile (pod or container "a" must set …)` */
const CLAUSE = /([\w ]+?)(?: != \w+)? \(((?:[^()"]|"[^"]*")*)\)(?:, |$)/g;

/** What a clause asks of each container that it names. */
const OF_CONTAINERS: Readonly<Record<string, object>> = {
  allowPrivilegeEscalation: { allowPrivilegeEscalation: false },
  'unrestricted capabilities': { capabilities: { drop: ['ALL'] } },
};

/** What it asks of the pod or of each container: the pod is one place. */
const OF_POD: Readonly<Record<string, object>> = {
  runAsNonRoot: { runAsNonRoot: true },
  seccompProfile: { seccompProfile: { type: 'RuntimeDefault' } },
};

/**
 * The fields that the level `restricted` asks for, in the words of the API server
 * (k8s.io/pod-security-admission, policy/check_*.go). None where it forbids something that the app may need.
 */
export function podSecurityFix({ ref, template }: OwnedWorkload, text: string): readonly Fix[] {
  const containers = new Map<string, object>();
  let pod: object = {};
  let read = 0;
  for (const [clause, name = '', words = ''] of text.matchAll(CLAUSE)) {
    const ofPod = words.startsWith('pod or ') ? OF_POD[name] : undefined;
    const ofContainers = words.includes(' must set ') ? OF_CONTAINERS[name] : undefined;
    if (ofPod === undefined && ofContainers === undefined) return [];
    pod = { ...pod, ...ofPod };
    if (ofContainers !== undefined) {
      for (const [, container = ''] of (words.split(' must ')[0] ?? '').matchAll(/"([^"]+)"/g))
        containers.set(container, { ...containers.get(container), ...ofContainers });
    }
    read += clause.length;
  }
  if (read === 0 || read !== text.trim().length || !isPatchable(ref)) return [];
  const of = (names: readonly { readonly name?: string }[] | undefined): readonly object[] =>
    (names ?? []).flatMap(({ name = '' }) => {
      const securityContext = containers.get(name);
      return securityContext === undefined ? [] : [{ name, securityContext }];
    });
  const lists = {
    containers: of(template?.spec?.containers),
    initContainers: of(template?.spec?.initContainers),
  };
  if (lists.containers.length + lists.initContainers.length !== containers.size) return [];
  return [
    {
      title: 'set what the level asks for (the image must run as another user than root)',
      command: patchTemplateSpec(ref, {
        ...(Object.keys(pod).length === 0 ? {} : { securityContext: pod }),
        ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
      }),
      risk: 'low',
      undo: `kubectl rollout undo ${target(ref)}`,
    },
  ];
}
