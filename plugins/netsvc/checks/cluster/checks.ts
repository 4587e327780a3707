import type { ServiceCheck } from '../../service-subject.ts';
import { clusterIpTaken, outsideServiceRange, rangeOverlap } from './address-ranges.ts';
import { allocationEvents } from './allocation-events.ts';
import { clusterDnsDown, clusterDnsService } from './cluster-dns.ts';
import { controllerManagerDown } from './controller-manager.ts';
import { cordonedNodes } from './cordoned-nodes.ts';
import { kubeProxyMissing, kubeProxySick } from './kube-proxy.ts';
import { namespaceLeaving } from './namespace-leaving.ts';
import { networkAgentSick } from './network-agent.ts';

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
