import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isInTemplate, patchContainer } from '../pods/containers/workload-commands.ts';
import { formatBytes } from '../pods/pending/resource-amounts.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { percentOf, type Usage, usages } from './container-usage.ts';

/** From here on it is worth a note; nothing fails. */
const NEAR = 90;
/** From here on the next request may be the one too many. */
const AT = 97;

const UNSERVED: readonly string[] = ['absent', 'notCollected'];

/** Containers that use nearly all the memory they may use, as far as metrics are at hand. */
export const memoryNearLimit = defineCheck<ServiceSubject>({
  id: 'netsvc/memory-near-limit',
  group: 'pressure',
  needs: ['Pod', 'PodMetrics'],
  uses: POD_USES,
  // A cluster without a metrics server is how many are; only a refusal is worth a line under "not checked".
  applies: (subject, { index }) =>
    subject.selector !== undefined && !UNSERVED.includes(index.seen('PodMetrics', subject.namespace).status),
  run: (subject, { index }) =>
    groupBy(
      usages(index, subject, 'memory').filter((usage) => percentOf(usage) >= NEAR),
      (usage) => `${ownerKey(usage)} ${usage.container.name}`,
    ).map((group) => raise(index, subject, group)),
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Usage, ...Usage[]]): Finding {
  const worst = [...group].sort((a, b) => percentOf(b) - percentOf(a))[0] ?? group[0];
  const all = servicePods(index, subject);
  const killed = group.some((usage) => usage.container.status?.lastState?.terminated?.reason === 'OOMKilled');
  const patch = (memory: string): string =>
    patchContainer(
      worst.owner,
      worst.container.name,
      { resources: { limits: { memory } } },
      worst.container.nativeSidecar,
    );
  return pressureMessages.SVC901.raise({
    subject: worst.owner,
    args: {
      pods: thePods(group, all),
      container: `container ${worst.container.name}`,
      used: formatBytes(worst.used),
      limit: worst.limit,
      percent: percentOf(worst),
    },
    pods: podKeys(group),
    severity: percentOf(worst) >= AT || killed ? 'warning' : 'info',
    impact: 0.05,
    evidence: group.slice(0, 3).map((usage) => ({
      fact: `container ${usage.container.name} uses ${formatBytes(usage.used)} of ${usage.limit} (${percentOf(usage)} %)`,
      source: `PodMetrics ${usage.key}`,
    })),
    fixes: isInTemplate(worst, worst.container.name)
      ? [
          {
            title: 'raise the memory limit by half (adjust to what it needs)',
            command: patch(formatBytes(worst.allowed * 1.5)),
            risk: 'low',
            undo: patch(worst.limit),
          },
        ]
      : [],
  });
}
