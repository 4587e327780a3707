import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { andOrTrap } from './and-or-trap.ts';
import { peerIsOnTheHostNetwork, selectsHostNetworkPods } from './host-network.ts';
import { farPeerSelectsNothing, namespaceSelectorMatchesNone, ownPeerSelectsNothing } from './peer-selects-nothing.ts';
import { policySelectsNothing } from './policy-selects-nothing.ts';
import { ruleSplitInTwo } from './rule-split-in-two.ts';

/** In reading order. Those of the second list look at pods and namespaces everywhere. */
export const ownSelectorChecks: readonly PolicyCheck[] = [
  policySelectsNothing,
  ownPeerSelectsNothing,
  ruleSplitInTwo,
  selectsHostNetworkPods,
  peerIsOnTheHostNetwork,
];

export const farSelectorChecks: readonly PolicyCheck[] = [
  farPeerSelectsNothing,
  namespaceSelectorMatchesNone,
  andOrTrap,
];
