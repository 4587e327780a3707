import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

interface PodsArgs {
  /** `all 3 pods of Deployment web`. */
  readonly pods: string;
}

/** SVC901 to SVC949: resources, restarts and flapping. */
export const pressureMessages = defineMessages({
  SVC901: message<PodsArgs & { container: string; used: string; limit: string; percent: number }>({
    slug: 'memory-near-limit',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    title: 'a container is close to its memory limit',
    summary: ({ pods, container, used, limit, percent }) =>
      `${container} uses ${percent} % of its memory limit (${used} of ${limit}) in ${pods}`,
    explain:
      'At the limit the kernel kills the process (OOMKilled) and the requests in it are lost. The figure is a sample of the ' +
      'last minute; caches that the kernel can take back are not counted.\nRaise the limit, or find what grows.',
  }),
  SVC902: message<PodsArgs & { container: string; limit: string; when: string; restarts: string }>({
    slug: 'out-of-memory-lately',
    severity: 'warning',
    rung: 55,
    title: 'a container was killed for want of memory lately',
    summary: ({ pods, container, limit, when, restarts }) =>
      `${container} was OOMKilled ${when} in ${pods}${limit}${restarts}; it runs now and will likely be killed again`,
    explain:
      'The container reached its memory limit and was restarted; every such restart loses the requests in it. Under the same ' +
      'load it will happen again.\nRaise the limit, or find what grows.',
  }),
  SVC903: message<PodsArgs & { container: string; limit: string; usage: string; probe: string }>({
    slug: 'cpu-limit-too-small',
    severity: 'warning',
    confidence: 'likely',
    rung: 43,
    title: 'a container is held back by its CPU limit',
    summary: ({ pods, container, limit, usage, probe }) =>
      `${container} in ${pods} is held back by its CPU limit ${limit}${usage}; ${probe}`,
    explain:
      'A container may use its CPU limit in every period of 100 ms and is stopped for the rest of it. With a small limit, ' +
      'requests and probes wait although the node is idle, and time out.\nRaise or drop the limit; requests alone share the ' +
      'CPU fairly.',
  }),
  SVC904: message<PodsArgs & { node: string; pressure: string; message: string }>({
    slug: 'node-under-pressure',
    severity: 'warning',
    rung: 7,
    title: 'a node under the pods runs short of something',
    summary: ({ node, pressure, message: said, pods }) =>
      `node ${node} reports ${pressure}${said === '' ? '' : ` (${said})`}; it holds ${pods}`,
    explain:
      'The kubelet evicts pods from a node that is short of memory, disk space or process numbers, those that use more than ' +
      'they requested first, and takes no new ones.\nFree what is short, or move work to other nodes.',
  }),
  SVC905: message<PodsArgs & { count: number; when: string; reason: string }>({
    slug: 'pods-were-evicted',
    severity: 'info',
    role: 'note',
    rung: 60,
    title: 'pods were evicted lately',
    summary: ({ pods, count, when, reason }) =>
      `${count === 1 ? '1 pod was' : `${count} pods were`} Evicted (last ${when}) and replaced${pods === '' ? '' : `: ${pods}`}${reason}`,
    explain:
      'A node that ran short of memory or disk space ended pods; their controller made new ones elsewhere. What remains are ' +
      'records in phase Failed, which serve nobody and can be deleted.',
  }),
  SVC906: message<PodsArgs & { probe: string; failure: string; share: string }>({
    slug: 'readiness-flaps',
    severity: 'warning',
    confidence: 'likely',
    rung: 49,
    title: 'pods lose readiness now and then',
    summary: ({ pods, probe, failure, share }) => `${probe} fails now and then in ${pods}: ${failure}; ${share}`,
    explain:
      'The pods are Ready at this moment, but their readiness probe has failed since they became so. Each time it fails ' +
      'failureThreshold times in a row the pod leaves the rotation; the others get its share and may follow.\n' +
      'Look at what happens at those times: load, garbage collection, a dependency. A probe that allows one second and calls ' +
      'other services flaps first.',
  }),
  SVC907: message<PodsArgs & { container: string; restarts: string; end: string; when: string }>({
    slug: 'container-restarts',
    severity: 'warning',
    rung: 55,
    title: 'a container restarts now and then',
    summary: ({ pods, container, restarts, end, when }) =>
      restarts === '1 restart'
        ? `${container} restarted once in ${pods}, ${when} (${end})`
        : `${container} restarts now and then in ${pods}: ${restarts}, last ${when} (${end})`,
    explain:
      'The container runs at this moment and has ended several times lately; requests in it are lost each time, and callers ' +
      'see connections reset or refused for some seconds.\nThe log of the run before says why it ended.',
  }),
  SVC908: message<{ workload: string; versions: string }>({
    slug: 'mixed-versions',
    severity: 'info',
    role: 'note',
    rung: 60,
    title: 'old and new pods answer side by side',
    summary: ({ workload, versions }) => `${workload} answers with pods of different revisions: ${versions}`,
    explain:
      'While a rollout is under way, old and new pods take requests side by side, and answers may differ from one request to ' +
      'the next. That is normal for a while; a rollout that is paused or stuck stays like this.',
  }),
  SVC909: message<PodsArgs & { count: number; when: string; reason: string }>({
    slug: 'pods-evicted-again',
    severity: 'warning',
    rung: 48,
    title: 'one pod after the other is evicted',
    summary: ({ count, when, reason }) =>
      `the pods are evicted${count === 1 ? '' : ` one after the other, ${count} so far`}, the last ${when}${reason}`,
    explain:
      'The kubelet ends a pod that uses more than its limits of local storage, or that it chose when its node ran short. Here ' +
      'the new pod meets the same end, so that the Service has nobody each time until the next one is Ready. Pods whose ' +
      'containers exit with 0 are then Completed: only the events say that they were evicted.\n' +
      'Raise the limit that the message names (sizeLimit of the emptyDir volume, limits.ephemeral-storage), or find what ' +
      'fills the disk.',
  }),
});
