import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { UnreadyContainer } from '../../../../shared/model/pod-state.ts';
import { probeOf, probePortNumber } from '../../../../shared/model/pod-state-probe.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type PodIn, podsIn, servicePods } from '../pods/service-pods.ts';
import { type FailingProbe, failingProbe } from './failing-probes.ts';

/** The probe that keeps a pod from being ready, and the container as the pod's state has it. */
export type BlamedProbe = FailingProbe & PodIn<'unready'> & { readonly blamed: UnreadyContainer };

/** A pod that runs and is not ready, with the container to blame for it. */
export interface BlamedPod {
  readonly entry: PodIn<'unready'>;
  readonly first: UnreadyContainer;
  /** Undefined for a container without a probe to pass. */
  readonly failing: BlamedProbe | undefined;
}

/** The pods of a Service that run and are not ready. */
export function blamedPods(index: ClusterIndex, subject: ServiceSubject): readonly BlamedPod[] {
  return index.memoOf(subject.service, 'netsvc/blamed-pods', () =>
    podsIn(servicePods(index, subject), 'unready').flatMap((entry) => {
      const first = toBlame(entry);
      if (first === undefined) return [];
      const failing = failingProbe(index, entry, first);
      return [{ entry, first, failing: failing && { ...failing, state: entry.state, blamed: first } }];
    }),
  );
}

/**
 * The first container that is not ready by its own doing. A mesh answers the app's probe in its sidecar (Istio rewrites
 * it to `/app-health/…` on the agent's port): while the sidecar is not ready, the app's probe tells nothing of the app.
 */
function toBlame(entry: PodIn<'unready'>): UnreadyContainer | undefined {
  const { containers } = entry.state;
  return (
    containers.find((one) => !containers.some((other) => other !== one && answersFor(other, one))) ?? containers[0]
  );
}

function answersFor({ container: other }: UnreadyContainer, { container, waitsFor }: UnreadyContainer): boolean {
  const probe = waitsFor === undefined ? undefined : probeOf(container.spec, waitsFor);
  const port = probe === undefined ? undefined : probePortNumber(probe, container.spec);
  if (port === undefined) return false;
  const declares = ({ spec }: typeof other): boolean => (spec.ports ?? []).some((one) => one.containerPort === port);
  if (declares(container)) return false;
  return declares(other) || (other.name === 'istio-proxy' && (probe?.httpGet?.path ?? '').startsWith('/app-health/'));
}
