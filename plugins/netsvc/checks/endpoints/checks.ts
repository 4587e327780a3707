import type { ServiceCheck } from '../../service-subject.ts';
import { duplicateEndpoints } from './duplicate-endpoints.ts';
import { endpointsMisnamed } from './endpoints-misnamed.ts';
import { endpointsNotMirrored } from './endpoints-not-mirrored.ts';
import { foreignSlice } from './foreign-slice.ts';
import { manualAddressStale } from './manual-address-stale.ts';
import { manualAddressUnusable } from './manual-address-unusable.ts';
import { manualAllNotReady } from './manual-all-not-ready.ts';
import { manualPodNotReady } from './manual-pod-not-ready.ts';
import { manualPortNotServed } from './manual-port-not-served.ts';
import { manyEndpoints } from './many-endpoints.ts';
import { noReadyEndpoint } from './no-ready-endpoint.ts';
import { selectorlessWithoutEndpoints } from './selectorless-without-endpoints.ts';
import { slicePortName } from './slice-port-name.ts';
import { sliceTypeFqdn } from './slice-type-fqdn.ts';
import { sliceWithoutLabel } from './slice-without-label.ts';
import { slicesStale } from './slices-stale.ts';
import { terminatingOnly } from './terminating-only.ts';

/** In reading order. */
export const endpointsChecks: readonly ServiceCheck[] = [
  selectorlessWithoutEndpoints,
  sliceWithoutLabel,
  endpointsMisnamed,
  endpointsNotMirrored,
  sliceTypeFqdn,
  slicePortName,
  manualAddressUnusable,
  manualAddressStale,
  manualAllNotReady,
  manualPodNotReady,
  manualPortNotServed,
  slicesStale,
  terminatingOnly,
  noReadyEndpoint,
  foreignSlice,
  duplicateEndpoints,
  manyEndpoints,
];
