import type { ServiceCheck } from '../../service-subject.ts';
import { allocationEvents } from './allocation-events.ts';
import { clusterDnsDown } from './cluster-dns-down.ts';
import { clusterDnsService } from './cluster-dns-service.ts';
import { clusterIpTaken } from './cluster-ip-taken.ts';
import { controllerManagerDown } from './controller-manager.ts';
import { cordonedNodes } from './cordoned-nodes.ts';
import { kubeProxyMissing } from './kube-proxy-missing.ts';
import { kubeProxySick } from './kube-proxy-sick.ts';
import { namespaceLeaving } from './namespace-leaving.ts';
import { networkAgentSick } from './network-agent.ts';
import { outsideServiceRange } from './outside-service-range.ts';
import { rangeOverlap } from './range-overlap.ts';

/** In reading order. */
export const clusterChecks: readonly ServiceCheck[] = [
  namespaceLeaving,
  controllerManagerDown,
  kubeProxySick,
  kubeProxyMissing,
  networkAgentSick,
  clusterDnsDown,
  clusterDnsService,
  rangeOverlap,
  outsideServiceRange,
  clusterIpTaken,
  allocationEvents,
  cordonedNodes,
];
