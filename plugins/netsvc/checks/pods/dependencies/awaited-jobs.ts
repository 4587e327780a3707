import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../../../shared/model/owners.ts';
import { conditionOf } from '../../../../../shared/model/pods.ts';
import { formatRef, nameOf, refOf } from '../../../../../shared/model/refs.ts';
import { conditionOfWorkload } from '../../../../../shared/model/rollouts.ts';
import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { QUOTE } from '../pod-evidence.ts';

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
  const done = (type: string) => conditionOfWorkload(job, type)?.status === 'True';
  if (done('Complete')) return undefined;
  const name = nameOf(job);
  const failed = conditionOfWorkload(job, 'Failed');
  const state = !done('Failed')
    ? 'has not completed'
    : `has Failed (${failed?.reason ?? ''}: ${failed?.message ?? ''})`;
  // By name: files that somebody trimmed have no uid.
  const own = index.list('Pod', namespace).filter((pod) => {
    const owner = controllerOf(pod);
    return owner?.kind === 'Job' && owner.name === name;
  });
  return {
    words: `; it waits for Job ${name}, which ${state}`,
    evidence: [
      { fact: `Job ${name} ${state}`, source: `${formatRef(refOf(job, 'Job'))} status` },
      ...own.slice(-1).flatMap((pod) => lastOf(index, namespace, pod)),
    ],
    fixes: [
      {
        title: `see why Job ${name} does not complete`,
        command: `kubectl describe job ${name} -n ${namespace}; kubectl logs job/${name} -n ${namespace} --all-containers --tail=50`,
        risk: 'none',
      },
    ],
  };
}

/** Why a pod of the Job does not run, or what it wrote last. */
function lastOf(index: ClusterIndex, namespace: string, pod: Pod): readonly Evidence[] {
  const [status] = pod.status?.containerStatuses ?? [];
  const { reason = '', message = '' } = status?.state?.waiting ?? {};
  const written = index
    .log(namespace, nameOf(pod), status?.name ?? '', false)
    ?.trim()
    .split('\n')
    .at(-1);
  return [conditionOf(pod, 'PodScheduled')?.message ?? '', `${reason} ${message}`, written ?? '']
    .map((fact) => shorten(hideSecrets(fact.trim()), QUOTE))
    .filter((fact) => fact !== '')
    .map((fact) => ({ fact, source: formatRef(refOf(pod, 'Pod')) }));
}
