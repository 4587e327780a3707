import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { ago, formatDuration } from '../../../../shared/util/duration.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { balancersIn } from './load-balancer-controllers.ts';
import { addressesOf, insideStillWorks, refusalOf, wishes } from './load-balancer-facts.ts';
import { stuckServiceLb } from './service-lb.ts';

/** A cloud needs so long for a load balancer, in milliseconds. */
const PATIENCE = 120_000;

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
    const stuck = stuckServiceLb(index, subject);
    return [
      exposureMessages.SVC552.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          age: formatDuration(index.orLater && age < 60_000 ? 0 : age),
          reason: stuck?.reason ?? whyUnanswered(wanted, controllers, cloud, sight, busy),
          fixes: [asNodePort(subject)],
        },
        severity: expected && age < PATIENCE ? 'info' : 'warning',
        confidence: stuck !== undefined || (sight === 'whole' && !expected) ? 'proven' : 'likely',
        impact: 0.5,
        evidence: [
          { fact: 'status.loadBalancer is empty', source: `${formatRef(subject.ref)} status.loadBalancer` },
          ...wishes(subject),
          ...(stuck?.evidence ?? []),
          ...(busy === undefined
            ? index.seen('Event', subject.namespace).whole
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
