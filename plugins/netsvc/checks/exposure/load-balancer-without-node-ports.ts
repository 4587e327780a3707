import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** allocateLoadBalancerNodePorts false: fine for load balancers that reach pods directly, fatal for all others. */
export const withoutNodePorts = defineCheck<ServiceSubject>({
  id: 'netsvc/load-balancer-without-node-ports',
  group: 'exposure',
  needs: [],
  applies: ({ type, service }) => type === 'LoadBalancer' && service.spec?.allocateLoadBalancerNodePorts === false,
  run: (subject) => {
    if (subject.ports.some((port) => (port.nodePort ?? 0) > 0)) return [];
    return [
      exposureMessages.SVC555.raise({
        subject: subject.ref,
        args: { service: `${subject.namespace}/${subject.name}` },
        evidence: [
          {
            fact: 'allocateLoadBalancerNodePorts is false and no port has a node port',
            source: `${formatRef(subject.ref)} spec`,
          },
        ],
      }),
    ];
  },
});
