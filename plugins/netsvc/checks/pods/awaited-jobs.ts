import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { ownerOrPod } from '../../../../shared/model/owners.ts';
import { conditionOf } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { conditionOfWorkload } from '../../../../shared/model/rollouts.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { hideSecrets } from './last-log-lines.ts';
import { QUOTE } from './pod-evidence.ts';

/** A Job that a container waits for and that does not complete. */
export interface AwaitedJob {
  /** `; it waits for Job migrate, which has Failed (BackoffLimitExceeded)`. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/** `job migrate`, `job/migrate`, `jobs.batch/migrate`: as kubectl and the images that wait for Jobs are told. */
const NAMED = /\bjobs?(?:\.batch|\.v1\.batch)?(?:\/|["',]*\s+["']?)([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)/gi;

/** The Jobs that a text names in the form of a reference. */
export function jobsNamedIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(NAMED)].map(([, name = '']) => name))];
}

/** The first Job named in a text that has not completed, with what stops it; it may also not be there at all. */
export function awaitedJob(index: ClusterIndex, namespace: string, text: string): AwaitedJob | undefined {
  const jobs = index.list('Job', namespace);
  const named = jobsNamedIn(text);
  const job = jobs.find((one) => named.includes(nameOf(one)));
  const [name] = named;
  if (job !== undefined) return stopped(index, namespace, job);
  const asked = name !== undefined && new RegExp(`jobs?[./a-z]*/${name}|condition=complete`).test(text);
  if (!asked || !index.seen('Job', namespace).whole) return undefined;
  return {
    words: `; it waits for Job ${name}, which does not exist`,
    evidence: [{ fact: `there is no Job ${name}`, source: `Jobs of namespace ${namespace}` }],
    fixes: [],
  };
}

function stopped(index: ClusterIndex, namespace: string, job: Workload): AwaitedJob | undefined {
  if (conditionOfWorkload(job, 'Complete')?.status === 'True') return undefined;
  const name = nameOf(job);
  const failed = conditionOfWorkload(job, 'Failed');
  const why = [failed?.reason, failed?.message].filter((part) => (part ?? '') !== '').join(': ');
  const state =
    failed?.status === 'True'
      ? `has Failed${why === '' ? '' : ` (${why})`}`
      : job.spec?.suspend === true
        ? 'is suspended'
        : 'has not completed';
  const own = index.list('Pod', namespace).filter((pod) => {
    const owner = ownerOrPod(index, pod);
    return owner.kind === 'Job' && owner.name === name;
  });
  const evidence = own.slice(-1).flatMap((pod): readonly Evidence[] => {
    const place = conditionOf(pod, 'PodScheduled');
    const waiting = (pod.status?.containerStatuses ?? []).find(({ state: at }) => at?.waiting !== undefined)?.state
      ?.waiting;
    const said = (pod.spec?.containers ?? []).flatMap((one) => {
      const text = index.log(namespace, nameOf(pod), one.name ?? '', false)?.trim() ?? '';
      return text === '' ? [] : text.split('\n').slice(-1);
    });
    const facts = [
      ...(place?.status === 'False' ? [place.message ?? ''] : []),
      ...(waiting?.reason === undefined ? [] : [`${waiting.reason} ${waiting.message ?? ''}`]),
      ...said,
    ];
    return facts
      .slice(0, 2)
      .map((fact) => ({ fact: shorten(hideSecrets(fact.trim()), QUOTE), source: formatRef(refOf(pod, 'Pod')) }));
  });
  return {
    words: `; it waits for Job ${name}, which ${state}`,
    evidence: [{ fact: `Job ${name} ${state}`, source: `${formatRef(refOf(job, 'Job'))} status` }, ...evidence],
    fixes: [
      {
        title: `see why Job ${name} does not complete`,
        command: `kubectl describe job ${name} -n ${namespace}; kubectl logs job/${name} -n ${namespace} --all-containers --tail=50`,
        risk: 'none',
      },
    ],
  };
}
