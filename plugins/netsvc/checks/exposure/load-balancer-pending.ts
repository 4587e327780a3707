import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { ago, formatDuration } from '../../../../shared/util/duration.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinAnd, shorten } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { balancersIn } from './load-balancer-controllers.ts';

/** A cloud needs so long for a load balancer, in milliseconds. */
const PATIENCE = 120_000;

/** Reasons of warnings by which controllers say that they could not give an address. */
const REFUSALS =
  /^(SyncLoadBalancerFailed|CreatingLoadBalancerFailed|UnAvailableLoadBalancer|UpdateLoadBalancerFailed|AllocationFailed|LoadBalancerFailed|FailedBuildModel|FailedDeployModel|FailedAddFinalizer|nolbIPsIPFamily|AdditionalAssignFailed|announceFailed|LoadBalancerMixedProtocolNotSupported)$/;
const SUCCESSES = /^(EnsuredLoadBalancer|UpdatedLoadBalancer|IPAllocated|nodeAssigned|SuccessfullyReconciled)$/;

/** A Service of type LoadBalancer whose controller says why it gave no address, or could not keep it. */
export const loadBalancerRefused = defineCheck<ServiceSubject>({
  id: 'netsvc/load-balancer-refused',
  group: 'exposure',
  needs: [],
  uses: ['Event'],
  applies: ({ type }) => type === 'LoadBalancer',
  run: (subject, { index, now }) => {
    const refusal = refusalOf(index, subject);
    if (refusal === undefined) return [];
    const { spec } = subject.service;
    const pending = addressesOf(subject).length === 0;
    return [
      exposureMessages.SVC551.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          name: subject.name,
          pending,
          reason: refusal.reason,
          message: shorten(refusal.message, 200),
          meaning: meaningOf(refusal.message),
        },
        severity: 'warning',
        impact: pending ? 0.5 : 0.2,
        evidence: [
          { fact: refusal.fact, source: refusal.source },
          ...wishes(subject),
          ...(refusal.since === '' ? [] : [{ fact: `last seen ${ago(refusal.since, now)}`, source: refusal.source }]),
          ...insideStillWorks(subject),
          ...(spec?.loadBalancerIP === undefined
            ? []
            : [{ fact: `asks for ${spec.loadBalancerIP}`, source: `${formatRef(subject.ref)} spec.loadBalancerIP` }]),
        ],
      }),
    ];
  },
});

/** A Service of type LoadBalancer that no controller answers for. */
export const loadBalancerUnanswered = defineCheck<ServiceSubject>({
  id: 'netsvc/load-balancer-unanswered',
  group: 'exposure',
  needs: [],
  uses: ['Event', 'Deployment', 'DaemonSet', 'Pod', 'Node'],
  // Nobody can have answered a manifest that was never applied.
  applies: ({ type, service }) => type === 'LoadBalancer' && service.metadata?.creationTimestamp !== undefined,
  run: (subject, { index, now }): readonly Finding[] => {
    if (addressesOf(subject).length > 0 || refusalOf(index, subject) !== undefined) return [];
    const { controllers, cloud, sight } = balancersIn(index, subject.namespace);
    const age = now - Date.parse(subject.service.metadata?.creationTimestamp ?? '');
    const events = index.events(subject.service, 'Service');
    const busy = events.findLast((event) => event.reason === 'EnsuringLoadBalancer');
    const expected = controllers.length > 0 || cloud !== undefined || busy !== undefined;
    const wanted = subject.service.spec?.loadBalancerClass;
    return [
      exposureMessages.SVC552.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          age: formatDuration(age),
          reason: whyUnanswered(wanted, controllers, cloud, sight, busy),
          fixes: [asNodePort(subject)],
        },
        severity: expected && age < PATIENCE ? 'info' : 'warning',
        confidence: sight === 'whole' && !expected ? 'proven' : 'likely',
        impact: 0.5,
        evidence: [
          { fact: 'status.loadBalancer is empty', source: `${formatRef(subject.ref)} status.loadBalancer` },
          ...wishes(subject),
          ...(busy === undefined
            ? index.seen('Event', subject.namespace).status === 'ok'
              ? [{ fact: 'no event of a load balancer controller', source: `Events on ${formatRef(subject.ref)}` }]
              : []
            : [
                {
                  fact: `EnsuringLoadBalancer ${ago(busy.lastSeen, now)}, and no result since`,
                  source: `Event on ${formatRef(subject.ref)}`,
                },
              ]),
          ...(sight !== 'none'
            ? [
                {
                  fact:
                    controllers.length === 0
                      ? 'no cloud controller, MetalLB, kube-vip or ServiceLB in sight'
                      : `${joinAnd(controllers)}`,
                  source: 'Deployments, DaemonSets and pods that were read',
                },
              ]
            : []),
          ...insideStillWorks(subject),
        ],
      }),
    ];
  },
});

/** Type NodePort allows no field that belongs to load balancers alone. */
function asNodePort({ service, namespace, name }: ServiceSubject): Fix {
  const { loadBalancerClass, loadBalancerSourceRanges, allocateLoadBalancerNodePorts } = service.spec ?? {};
  const only = { loadBalancerClass, loadBalancerSourceRanges, allocateLoadBalancerNodePorts };
  const given = Object.fromEntries(Object.entries(only).filter(([, value]) => value !== undefined));
  const cleared = Object.fromEntries(Object.keys(given).map((field) => [field, null]));
  const patch = (spec: object): string => patchLine('service', namespace, name, { spec });
  return {
    title: 'live without a load balancer: use the node ports',
    command: patch({ type: 'NodePort', ...cleared }),
    risk: 'low',
    undo: patch({ type: 'LoadBalancer', ...given }),
  };
}

function whyUnanswered(
  wanted: string | undefined,
  controllers: readonly string[],
  cloud: string | undefined,
  sight: 'whole' | 'part' | 'none',
  busy: ClusterEvent | undefined,
): string {
  if (busy !== undefined) return 'its controller has begun and not finished';
  if (wanted !== undefined) return `no controller has answered for loadBalancerClass ${wanted}`;
  if (controllers.length > 0) return `${joinAnd(controllers)} has not answered`;
  if (cloud !== undefined) return `the load balancer of ${cloud} has not answered`;
  if (sight === 'whole') return 'nothing in this cluster gives out load balancer addresses';
  if (sight === 'part') return 'no controller has answered, and none that gives out addresses is in sight';
  return 'no controller has answered';
}

interface Refusal {
  readonly reason: string;
  readonly message: string;
  readonly fact: string;
  readonly source: string;
  readonly since: string;
}

function refusalOf(index: ClusterIndex, subject: ServiceSubject): Refusal | undefined {
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

/** What the known messages of clouds and MetalLB come down to; empty for others. */
function meaningOf(message: string): string {
  if (/no available IPs|exhausted/i.test(message)) return 'the address pool is used up';
  if (/unknown pool/i.test(message)) return 'the pool that the Service names does not exist';
  if (/not allowed in config/i.test(message)) return 'the address it asks for lies in no pool';
  if (/sharing key/i.test(message)) return 'the address is taken by another Service';
  if (/quota|limit ?exceeded|LimitExceeded/i.test(message)) return 'the quota of the cloud account is used up';
  if (/unable to resolve at least one subnet|could not find any suitable subnets/i.test(message)) {
    return 'no subnet carries the tags by which the controller finds it';
  }
  if (/no available nodes/i.test(message)) return 'no node can take traffic';
  if (/unauthori[sz]ed|forbidden|AccessDenied|AuthFailure|403/i.test(message)) return 'the controller lacks rights';
  return '';
}

function addressesOf({ service }: ServiceSubject): readonly string[] {
  return (service.status?.loadBalancer?.ingress ?? []).flatMap((entry) => entry.ip ?? entry.hostname ?? []);
}

function wishes({ service, ref }: ServiceSubject): readonly Evidence[] {
  const wanted = service.spec?.loadBalancerClass;
  return wanted === undefined
    ? []
    : [{ fact: `loadBalancerClass is ${wanted}`, source: `${formatRef(ref)} spec.loadBalancerClass` }];
}

function insideStillWorks({ service, ref, ports }: ServiceSubject): readonly Evidence[] {
  const address = service.spec?.clusterIP ?? '';
  if (address === '' || address === 'None') return [];
  const nodePorts = ports.flatMap((port) => (port.nodePort === undefined ? [] : [port.nodePort]));
  const beside = nodePorts.length === 0 ? '' : `, and node port ${joinAnd(nodePorts.map(String))} on every node`;
  return [{ fact: `inside the cluster ${address} is not affected${beside}`, source: `${formatRef(ref)} spec` }];
}
