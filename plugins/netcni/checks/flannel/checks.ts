import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { flannelAddressShared } from './address-shared.ts';
import { flannelAddressStale } from './address-stale.ts';
import { flannelAnnotationsMissing } from './annotations-missing.ts';
import { flannelBackendsDiffer } from './backends-differ.ts';
import { flannelConfigurationBroken } from './configuration-broken.ts';
import { flannelNetworkDiffers } from './network-differs.ts';
import { flannelTables } from './tables-differ.ts';
import { flannelTunnelMacShared } from './tunnel-mac-shared.ts';

/** What only Flannel has. */
export const flannelChecks: readonly Check<ClusterSubject>[] = [
  flannelConfigurationBroken,
  flannelNetworkDiffers,
  flannelAnnotationsMissing,
  flannelAddressShared,
  flannelAddressStale,
  flannelTunnelMacShared,
  flannelBackendsDiffer,
  flannelTables,
];
