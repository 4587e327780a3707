import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ProbeFailure } from '../../../../shared/model/pod-state-probe.ts';
import { type RunningContainer, runningContainers } from '../../../../shared/model/pods.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isInTemplate, patchContainer } from '../pods/containers/workload-commands.ts';
import { formatCores } from '../pods/pending/resource-amounts.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { podsIn, type ServicePod, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { probeFailureOf, TINY_CPU } from '../readiness/failing-probes.ts';
import { usages } from './container-usage.ts';

const RECENT = 15 * 60_000;

interface Starved extends ServicePod {
  readonly container: RunningContainer;
  readonly limit: string;
  readonly cores: number;
  readonly used: number | undefined;
  readonly failure: ProbeFailure;
}

/**
 * Pods whose probes time out while their CPU limit is used up, or is tiny and nobody measured. Pods that are not ready are
 * told only where the measure proves it.
 */
export const cpuLimitTooSmall = defineCheck<ServiceSubject>({
  id: 'netsvc/cpu-limit-too-small',
  group: 'pressure',
  needs: ['Pod'],
  uses: [...POD_USES, 'PodMetrics'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy(starved(index, subject), (entry) => `${ownerKey(entry)} ${entry.container.name}`).map((group) =>
      raise(index, subject, group),
    ),
});

function starved(index: ClusterIndex, subject: ServiceSubject): readonly Starved[] {
  const samples = usages(index, subject, 'cpu');
  const running = [...podsIn(servicePods(index, subject), 'ready'), ...podsIn(servicePods(index, subject), 'unready')];
  return running.flatMap((entry) =>
    runningContainers(entry.pod).flatMap((container): Starved[] => {
      const limit = container.spec.resources?.limits?.cpu;
      const cores = parseQuantity(limit);
      if (limit === undefined || cores === undefined) return [];
      const events = index.events(entry.pod, 'Pod');
      const failure = (['readiness', 'liveness'] as const)
        .map((type) => probeFailureOf(events, entry, container, type))
        .find((found) => found?.kind === 'timeout' || found?.kind === 'exec-timeout');
      if (failure === undefined || failure.count < 3 || !(index.now - Date.parse(failure.lastSeen) < RECENT)) return [];
      const used = samples.find((sample) => sample.key === entry.key && sample.container.name === container.name)?.used;
      const short = used === undefined ? entry.state.is === 'ready' && cores < TINY_CPU : used >= cores * 0.9;
      return short ? [{ ...entry, container, limit: String(limit), cores, used, failure }] : [];
    }),
  );
}

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Starved, ...Starved[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const { container, limit, cores, used, failure } = first;
  const percent = used === undefined ? '' : ` (uses ${formatCores(used)}, ${Math.round((used / cores) * 100)} %)`;
  const patch = (cpu: string): string =>
    patchContainer(first.owner, container.name, { resources: { limits: { cpu } } }, container.nativeSidecar);
  return pressureMessages.SVC903.raise({
    subject: first.owner,
    args: {
      pods: thePods(group, all),
      container: `container ${container.name}`,
      limit,
      usage: percent,
      probe: `its ${failure.type} probe timed out ${failure.count} times`,
    },
    // Without a measure it explains nothing else that is seen on these pods.
    ...(used === undefined
      ? { severity: 'info' as const, impact: 0.1 }
      : { pods: podKeys(group), severity: 'warning' as const, impact: 0.1 }),
    evidence: [
      {
        fact: `resources.limits.cpu is ${limit}${percent}`,
        source: `Pod ${first.key} spec${used === undefined ? '' : ', PodMetrics'}`,
      },
      { fact: `"${failure.message}" (${failure.count} times)`, source: `Event Unhealthy on Pod ${first.key}` },
    ],
    fixes: isInTemplate(first, container.name)
      ? [
          {
            title: 'give it more CPU (adjust to what it needs)',
            command: patch(formatCores(Math.max(0.5, cores * 2))),
            risk: 'low',
            undo: patch(limit),
          },
        ]
      : [],
  });
}
