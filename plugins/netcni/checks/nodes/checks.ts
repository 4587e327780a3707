import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { heartbeats } from './heartbeats.ts';
import { hostPortTaken } from './host-port-taken.ts';
import { identityShared } from './identity-shared.ts';
import { kernelTooOld } from './kernel-too-old.ts';
import { kubeProxyBesideReplacement, nobodyServesServices } from './kube-proxy.ts';
import { kubeProxyHangs } from './kube-proxy-hangs.ts';
import { kubeletSilent } from './kubelet-silent.ts';
import { nodeNetworkNotReady } from './node-network-not-ready.ts';
import { nodeNotReady } from './node-not-ready.ts';
import { reportedProblems } from './reported-problems.ts';
import { startTaintStays } from './start-taint-stays.ts';

/** The nodes, what runs on each of them, and kube-proxy. */
export const nodeChecks: readonly Check<ClusterSubject>[] = [
  kubeletSilent,
  nodeNotReady,
  nodeNetworkNotReady,
  identityShared,
  startTaintStays,
  reportedProblems,
  heartbeats,
  kernelTooOld,
  nobodyServesServices,
  kubeProxyBesideReplacement,
  kubeProxyHangs,
  hostPortTaken,
];
