import { ADDRESSES_FAULTS } from './addresses.ts';
import { AGENTS_FAULTS } from './agents.ts';
import { ANY_FAULTS } from './any.ts';
import { CALICO_FAULTS } from './calico.ts';
import { CALICO_POOLS_FAULTS } from './calico-pools.ts';
import { CILIUM_FAULTS } from './cilium.ts';
import { CLOUDS_FAULTS } from './clouds.ts';
import { CONTROLLERS_FAULTS } from './controllers.ts';
import type { NetworkFaults } from './fault.ts';
import { FLANNEL_FAULTS } from './flannel.ts';
import { FLANNEL_PODS_FAULTS } from './flannel-pods.ts';
import { IDENTITIES_FAULTS } from './identities.ts';
import { KUBE_PROXY_FAULTS } from './kube-proxy.ts';
import { NODES_FAULTS } from './nodes.ts';
import { OTHERS_FAULTS } from './others.ts';
import { START_TAINTS_FAULTS } from './start-taints.ts';

/** At least two faults for every network. */
export const NETWORK_FAULTS: NetworkFaults = {
  ...FLANNEL_FAULTS,
  ...FLANNEL_PODS_FAULTS,
  ...CALICO_FAULTS,
  ...CALICO_POOLS_FAULTS,
  ...CILIUM_FAULTS,
  ...CLOUDS_FAULTS,
  ...CONTROLLERS_FAULTS,
  ...OTHERS_FAULTS,
  ...ANY_FAULTS,
  ...AGENTS_FAULTS,
  ...KUBE_PROXY_FAULTS,
  ...NODES_FAULTS,
  ...ADDRESSES_FAULTS,
  ...IDENTITIES_FAULTS,
  ...START_TAINTS_FAULTS,
};
