import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd, shorten } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** Reasons of warnings by which controllers say that they could not give an address. */
const REFUSALS =
  /^(SyncLoadBalancerFailed|CreatingLoadBalancerFailed|UnAvailableLoadBalancer|UpdateLoadBalancerFailed|AllocationFailed|LoadBalancerFailed|FailedBuildModel|FailedDeployModel|FailedAddFinalizer|nolbIPsIPFamily|AdditionalAssignFailed|announceFailed|LoadBalancerMixedProtocolNotSupported)$/;
const SUCCESSES = /^(EnsuredLoadBalancer|UpdatedLoadBalancer|IPAllocated|nodeAssigned|SuccessfullyReconciled)$/;

interface Refusal {
  readonly reason: string;
  readonly message: string;
  readonly fact: string;
  readonly source: string;
  readonly since: string;
}

/** The newest refusal that no success has followed: an event, or a condition of the Service. */
export function refusalOf(index: ClusterIndex, subject: ServiceSubject): Refusal | undefined {
  const events = index.events(subject.service, 'Service');
  const last = events.findLast((event) => REFUSALS.test(event.reason));
  const success = events.findLast((event) => SUCCESSES.test(event.reason));
  if (last !== undefined && !(success !== undefined && Date.parse(success.lastSeen) > Date.parse(last.lastSeen))) {
    return {
      reason: last.reason,
      message: last.message,
      fact: `${last.reason} ×${last.count}: ${shorten(last.message, 200)}`,
      source: `Event on ${formatRef(subject.ref)}${last.source === '' ? '' : ` by ${last.source}`}`,
      since: last.lastSeen,
    };
  }
  if (addressesOf(subject).length > 0) return undefined;
  const condition = (subject.service.status?.conditions ?? []).find(
    ({ type = '', status }) =>
      (type === 'LoadBalancerPortsError' && status === 'True') ||
      (type === 'cilium.io/IPAMRequestSatisfied' && status === 'False'),
  );
  if (condition === undefined) return undefined;
  const { type = '', reason = '', message = '' } = condition;
  return {
    reason: reason === '' ? type : reason,
    message,
    fact: `${type} ${condition.status ?? ''}: ${reason} ${shorten(message, 200)}`,
    source: `${formatRef(subject.ref)} status.conditions`,
    since: condition.lastTransitionTime ?? '',
  };
}

/** The addresses that a controller has written into the status. */
export function addressesOf({ service }: ServiceSubject): readonly string[] {
  return (service.status?.loadBalancer?.ingress ?? []).flatMap((entry) => entry.ip ?? entry.hostname ?? []);
}

/** What the Service asks of its controller, as evidence. */
export function wishes({ service, ref }: ServiceSubject): readonly Evidence[] {
  const wanted = service.spec?.loadBalancerClass;
  return wanted === undefined
    ? []
    : [{ fact: `loadBalancerClass is ${wanted}`, source: `${formatRef(ref)} spec.loadBalancerClass` }];
}

/** That callers inside the cluster are not concerned, as evidence. */
export function insideStillWorks({ service, ref, ports }: ServiceSubject): readonly Evidence[] {
  const address = service.spec?.clusterIP ?? '';
  if (address === '' || address === 'None') return [];
  const nodePorts = ports.flatMap((port) => (port.nodePort === undefined ? [] : [port.nodePort]));
  const beside = nodePorts.length === 0 ? '' : `, and node port ${joinAnd(nodePorts.map(String))} on every node`;
  return [{ fact: `inside the cluster ${address} is not affected${beside}`, source: `${formatRef(ref)} spec` }];
}
