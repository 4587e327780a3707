import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { ownerOrPod } from '../../../../shared/model/owners.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { type Ref, refKey } from '../../../../shared/model/refs.ts';
import { podsMatching } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { compareText, joinNames, shorten } from '../../../../shared/util/text.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isPatchable, patchContainer, patchTemplateSpec } from '../pods/containers/workload-commands.ts';
import { groupBy } from '../pods/pod-groups.ts';
import { type Eviction, evictionOf } from '../pods/states/eviction.ts';
import { stayingPods, WORKLOAD_USES } from '../pods/workloads-behind.ts';

const RECENT = 6 * 3_600_000;
/** Evictions of one cause come in a row: twice within this time, and the next is to be expected. */
const AGAIN = 3_600_000;
/** A node that runs short evicts several pods at once; that is one eviction. */
const AT_ONCE = 10_000;

/** Of the kubelet's sentences those that name a limit of the pod (pkg/kubelet/eviction/eviction_manager.go). */
const OWN_LIMIT = /exceeds the (?:total )?limit|exceeded its local ephemeral storage limit/;

interface Evicted extends Eviction {
  readonly pod: Pod;
  readonly owner: Ref;
}

/** Evicted pods that were replaced: worth knowing while fresh, a fault when the new ones are evicted as well. */
export const podsWereEvicted = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-were-evicted',
  group: 'pressure',
  needs: ['Pod'],
  uses: WORKLOAD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    // Where no other pod is left, the pods topic tells it as the cause.
    const staying = stayingPods(index, subject);
    if (staying.length === 0) return [];
    const evicted = podsMatching(index, subject.namespace, subject.selector ?? {})
      .flatMap((pod): Evicted[] => {
        const eviction = evictionOf(index, pod);
        const owner = ownerOrPod(index, pod);
        return eviction === undefined ? [] : [{ ...eviction, pod, owner }];
      })
      .filter(({ time }) => now - Date.parse(time) < RECENT)
      .sort((a, b) => compareText(b.time, a.time));
    return groupBy(evicted, ({ owner }) => refKey(owner)).map((group) =>
      happensAgain(index, group, staying, now) ? again(subject, group, now) : lately(subject, group, now),
    );
  },
});

/**
 * Two evictions or more within the hour, and no pod of the workload has outlived the last; one that a limit of the pod's
 * own brought about is enough while none is Ready.
 */
function happensAgain(
  index: ClusterIndex,
  [latest, ...earlier]: readonly [Evicted, ...Evicted[]],
  staying: readonly Pod[],
  now: number,
): boolean {
  const last = Date.parse(latest.time);
  const twice = earlier.some(({ time }) => last - Date.parse(time) > AT_ONCE && now - Date.parse(time) < AGAIN);
  const survivors = staying.filter(
    (pod) =>
      isReady(pod) &&
      refKey(ownerOrPod(index, pod)) === refKey(latest.owner) &&
      Date.parse(pod.metadata?.creationTimestamp ?? '') < last - AT_ONCE,
  );
  const own = OWN_LIMIT.test(latest.message) && now - last < AGAIN && !staying.some(isReady);
  return (twice || own) && survivors.length === 0;
}

function lately(subject: ServiceSubject, group: readonly [Evicted, ...Evicted[]], now: number): Finding {
  return pressureMessages.SVC905.raise({
    subject: subject.ref,
    args: argsOf(group, now),
    evidence: evidenceOf(group, now),
    fixes: group.some(({ pod }) => pod.status?.phase === 'Failed')
      ? [
          {
            title: 'clear the records away',
            command: `kubectl delete pods -n ${subject.namespace} --field-selector=status.phase=Failed`,
            risk: 'none',
          },
        ]
      : [],
  });
}

function again(subject: ServiceSubject, group: readonly [Evicted, ...Evicted[]], now: number): Finding {
  const [latest] = group;
  return pressureMessages.SVC909.raise({
    subject: latest.owner.kind === 'Pod' ? subject.ref : latest.owner,
    args: argsOf(group, now),
    impact: 0.4,
    pods: group.map(({ pod }) => podKey(pod)),
    evidence: evidenceOf(group, now),
    fixes: moreRoom(latest),
  });
}

function argsOf(group: readonly [Evicted, ...Evicted[]], now: number) {
  const [latest] = group;
  const message = shorten(latest.message, 160);
  return {
    pods: joinNames(
      group.map(({ pod }) => pod.metadata?.name ?? ''),
      3,
    ),
    count: group.length,
    when: ago(latest.time, now),
    reason: message === '' ? '' : ` (${message})`,
  };
}

function evidenceOf(group: readonly Evicted[], now: number) {
  return group.slice(0, 3).map(({ pod, time, message }) => ({
    fact: `Evicted ${ago(time, now)}: "${shorten(message, 200)}"`,
    source: `Pod ${podKey(pod)}`,
  }));
}

/** The limit that the kubelet names, doubled (pkg/kubelet/eviction/eviction_manager.go holds its sentences). */
function moreRoom({ owner, message }: Evicted): readonly Fix[] {
  const volume = /EmptyDir volume "([^"]+)" exceeds the limit "(\d+)(\D*)"/.exec(message);
  const container = /Container (\S+) exceeded its local ephemeral storage limit "(\d+)(\D*)"/.exec(message);
  const found = volume ?? container;
  if (found === null || !isPatchable(owner)) return [];
  const [, name = '', size = '', unit = ''] = found;
  const patch = (limit: string): string =>
    found === volume
      ? patchTemplateSpec(owner, { volumes: [{ name, emptyDir: { sizeLimit: limit } }] })
      : patchContainer(owner, name, { resources: { limits: { 'ephemeral-storage': limit } } });
  return [
    {
      title: `give ${found === volume ? `volume ${name}` : `container ${name}`} more room, if what it writes is meant to be there`,
      command: patch(`${Number(size) * 2}${unit}`),
      risk: 'low',
      undo: patch(`${size}${unit}`),
    },
  ];
}
