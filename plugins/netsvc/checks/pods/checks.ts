import type { ServiceCheck } from '../../service-subject.ts';
import { configMissing } from './config-missing.ts';
import { containerCannotStart } from './container-cannot-start.ts';
import { containerCrashes } from './container-crashes.ts';
import { daemonSetFitsNoNode } from './daemonset-fits-no-node.ts';
import { deploymentPaused } from './deployment-paused.ts';
import { imageNotPulled } from './image-not-pulled.ts';
import { initContainer } from './init-container.ts';
import { jobHasNoPod } from './job-has-no-pod.ts';
import { manifestRefused } from './manifest-refused.ts';
import { needsNotWritten } from './needs-not-written.ts';
import { noPodByEvents } from './no-pod-by-events.ts';
import { nodeNotReady } from './node-not-ready.ts';
import { outOfMemory } from './out-of-memory.ts';
import { podsCannotBeCreated } from './pods-cannot-be-created.ts';
import { podsHaveEnded } from './pods-have-ended.ts';
import { podsPending } from './pods-pending.ts';
import { podsPreparing } from './pods-preparing.ts';
import { podsTerminating } from './pods-terminating.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { workloadHasNoPods } from './workload-has-no-pods.ts';
import { workloadNotObserved } from './workload-not-observed.ts';

/** In reading order: the way of a pod from its workload to a running container. */
export const podsChecks: readonly ServiceCheck[] = [
  manifestRefused,
  scaledToZero,
  deploymentPaused,
  daemonSetFitsNoNode,
  jobHasNoPod,
  workloadNotObserved,
  podsCannotBeCreated,
  noPodByEvents,
  workloadHasNoPods,
  podsPending,
  nodeNotReady,
  podsPreparing,
  imageNotPulled,
  configMissing,
  needsNotWritten,
  initContainer,
  containerCannotStart,
  outOfMemory,
  containerCrashes,
  podsHaveEnded,
  podsTerminating,
];
