import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { addressGivenTwice } from './address-given-twice.ts';
import { affinitiesDiffer, handlesLeaked } from './affinities.ts';
import { dualStackHalves } from './dual-stack.ts';
import { nodeOutOfAddresses, nodeShortOfAddresses, rangeSmallerThanMaxPods } from './node-addresses.ts';
import { rangesOverlap } from './overlaps.ts';
import { podRangeMissing, podRangeOutside } from './pod-ranges.ts';
import { podRangesOverlap } from './pod-ranges-overlap.ts';
import { podsNotRemoved } from './pods-not-removed.ts';
import { addressesLeaked, noPoolForNode, poolUsedUp, staleBlocks } from './pools.ts';
import { subnetsUsedUp } from './subnets.ts';
import { podsHang, podsWithoutNetwork } from './waiting-pods.ts';

/** Ranges, pools, addresses and the pods that wait for one. */
export const addressChecks: readonly Check<ClusterSubject>[] = [
  podRangeMissing,
  podRangesOverlap,
  podRangeOutside,
  rangesOverlap,
  dualStackHalves,
  nodeOutOfAddresses,
  nodeShortOfAddresses,
  rangeSmallerThanMaxPods,
  poolUsedUp,
  noPoolForNode,
  subnetsUsedUp,
  addressesLeaked,
  staleBlocks,
  affinitiesDiffer,
  handlesLeaked,
  addressGivenTwice,
  podsWithoutNetwork,
  podsHang,
  podsNotRemoved,
];
