import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { calicoApiAddress } from './api-address.ts';
import { bgpNotEstablished, bgpPeerSelectsNothing, noBgpSession } from './bgp.ts';
import { datastoreLocked, noTunnelAcrossSubnets, operatorReports, poolNotAllocatable } from './state.ts';
import { ipipNotCarried } from './wrapping.ts';
import { wrongAddress } from './wrong-address.ts';

/** What only Calico has. */
export const calicoChecks: readonly Check<ClusterSubject>[] = [
  datastoreLocked,
  operatorReports,
  calicoApiAddress,
  poolNotAllocatable,
  wrongAddress,
  bgpNotEstablished,
  noBgpSession,
  bgpPeerSelectsNothing,
  noTunnelAcrossSubnets,
  ipipNotCarried,
];
