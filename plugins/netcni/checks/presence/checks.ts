import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { agentInPodNetwork } from './agent-in-pod-network.ts';
import { agentMissing } from './agent-missing.ts';
import { agentRestarts, agentVersions } from './agent-rollouts.ts';
import { agentNotReady } from './agents.ts';
import { addressesOutside, configurationMissing, foreignConfiguration, networkUnavailable } from './configuration.ts';
import { controllerDown } from './controllers.ts';
import { agentsGone, noNetworkPlugin, twoNetworkPlugins } from './plugins.ts';

/** Which plugin is there, and whether its agents and their configuration are on every node. */
export const presenceChecks: readonly Check<ClusterSubject>[] = [
  noNetworkPlugin,
  twoNetworkPlugins,
  agentsGone,
  agentMissing,
  agentInPodNetwork,
  agentNotReady,
  agentRestarts,
  agentVersions,
  controllerDown,
  configurationMissing,
  foreignConfiguration,
  addressesOutside,
  networkUnavailable,
];
