import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { formatBytes } from '../pending/resource-amounts.ts';
import { podSource } from '../pod-evidence.ts';
import { inPods, podKeys } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import {
  containerInWords,
  groupTroubled,
  restartsInWords,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from './troubled-containers.ts';
import { isInTemplate, patchContainer } from './workload-commands.ts';

/** Containers that the kernel kills for want of memory. */
export const outOfMemory = defineCheck<ServiceSubject>({
  id: 'netsvc/out-of-memory',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupTroubled(troubledPods(index, subject, ['oom'])).map((group) => raise(index, subject, group)),
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Troubled, ...Troubled[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const limit = first.trouble.container.spec.resources?.limits?.memory;
  return podsMessages.SVC230.raise({
    subject: first.owner,
    args: {
      container: containerInWords(first.trouble),
      where: inPods(group, all),
      limit: limit === undefined ? 'the node can give (it has no limit)' : `its limit ${limit}`,
      restarts: restartsInWords(group),
      code: first.trouble.ended?.exitCode ?? 137,
    },
    pods: podKeys(group),
    evidence: [
      ...troubleEvidence(index, group, [], true),
      {
        fact: limit === undefined ? 'no memory limit is set' : `resources.limits.memory is ${limit}${fromRange(first)}`,
        source: `${podSource(first)} spec.containers`,
      },
    ],
    ...weigh(subject, all, group),
    fixes: withUndo(rolloutNote(index, group), memoryFixes(first)),
  });
}

/** `LimitRanger plugin set: cpu request for container app; memory limit for container app`, as admission notes it. */
function fromRange({ pod, trouble }: Troubled): string {
  const note = pod.metadata?.annotations?.['kubernetes.io/limit-ranger'] ?? '';
  const sets = note
    .split(';')
    .some((part) => /memory.* limit/.test(part) && part.includes(` ${trouble.container.name}`));
  return sets ? ', the default of a LimitRange of the namespace (the template sets none)' : '';
}

/** Twice the limit: enough to tell a limit that is too low from a leak. */
export function memoryFixes(entry: Troubled): readonly Fix[] {
  const { container, role } = entry.trouble;
  const limit = container.spec.resources?.limits?.memory;
  const bytes = parseQuantity(limit);
  if (limit === undefined || bytes === undefined || !isInTemplate(entry, container.name)) {
    return [
      { title: 'see what uses the memory of the node', command: 'kubectl top pods -A --sort-by=memory', risk: 'none' },
    ];
  }
  const patch = (memory: string): string =>
    patchContainer(entry.owner, container.name, { resources: { limits: { memory } } }, role !== 'app');
  const doubled = formatBytes(Math.max(bytes * 2, 64 * 2 ** 20));
  return [
    {
      title: `raise the memory limit from ${limit} to ${doubled} (adjust to what it needs)`,
      command: patch(doubled),
      risk: 'low',
      undo: patch(String(limit)),
    },
  ];
}
