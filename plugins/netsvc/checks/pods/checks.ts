import type { ServiceCheck } from '../../service-subject.ts';
import { configMissing } from './config/config-missing.ts';
import { needsNotWritten } from './config/needs-not-written.ts';
import { containerCannotStart } from './containers/container-cannot-start.ts';
import { containerCrashes } from './containers/container-crashes.ts';
import { imageNotPulled } from './containers/image-not-pulled.ts';
import { initContainer } from './containers/init-container.ts';
import { outOfMemory } from './containers/out-of-memory.ts';
import { deploymentPaused } from './creation/deployment-paused.ts';
import { jobHasNoPod } from './creation/job-has-no-pod.ts';
import { manifestRefused } from './creation/manifest-refused.ts';
import { noPodByEvents } from './creation/no-pod-by-events.ts';
import { podsCannotBeCreated } from './creation/pods-cannot-be-created.ts';
import { scaledToZero } from './creation/scaled-to-zero.ts';
import { workloadHasNoPods } from './creation/workload-has-no-pods.ts';
import { workloadNotObserved } from './creation/workload-not-observed.ts';
import { refusedByPeer } from './dependencies/refused-by-peer.ts';
import { daemonSetFitsNoNode } from './pending/daemonset-fits-no-node.ts';
import { podsPending } from './pending/pods-pending.ts';
import { nodeNotReady } from './states/node-not-ready.ts';
import { podsHaveEnded } from './states/pods-have-ended.ts';
import { podsPreparing } from './states/pods-preparing.ts';
import { podsTerminating } from './states/pods-terminating.ts';

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
  refusedByPeer,
];
