import type { ServiceCheck } from '../../service-subject.ts';
import { jobPods } from './job-pods.ts';
import { newPodsNotSelected } from './new-pods-not-selected.ts';
import { oneOffPods } from './one-off-pods.ts';
import { podsRelabelled } from './pods-relabelled.ts';
import { releasedPods } from './released-pods.ts';
import { selectorLeftBehind } from './selector-left-behind.ts';
import { selectorMatchesNoPod } from './selector-matches-no-pod.ts';
import { selectorMissing } from './selector-missing.ts';
import { selectorTooWide } from './selector-too-wide.ts';
import { sharedWorkload } from './shared-workload.ts';
import { templateNotRolledOut } from './template-not-rolled-out.ts';
import { templateOwnSelector } from './template-own-selector.ts';
import { wrongWorkload } from './wrong-workload.ts';

/** In reading order. */
export const selectorChecks: readonly ServiceCheck[] = [
  selectorMatchesNoPod,
  selectorMissing,
  selectorLeftBehind,
  podsRelabelled,
  templateNotRolledOut,
  newPodsNotSelected,
  templateOwnSelector,
  wrongWorkload,
  selectorTooWide,
  oneOffPods,
  jobPods,
  releasedPods,
  sharedWorkload,
];
