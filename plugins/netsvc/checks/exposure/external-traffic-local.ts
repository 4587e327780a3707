import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { placeName, placesOf, placesSeen, placesSource, unreadNodes } from './places.ts';

/** Nodes that a load balancer must not send to (well-known labels). */
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

/**
 * externalTrafficPolicy Local: a node without an endpoint of its own drops what comes from outside. A load balancer asks
 * healthCheckNodePort and leaves such nodes out; whoever dials a node port of such a node gets no answer.
 */
export const externalTrafficLocal = defineCheck<ServiceSubject>({
  id: 'netsvc/external-traffic-local',
  group: 'exposure',
  // Slices, or pods where a dump has no slices.
  needs: [],
  uses: ['Node', 'Pod', 'EndpointSlice'],
  applies: (subject, { index }) =>
    subject.service.spec?.externalTrafficPolicy === 'Local' &&
    (subject.type === 'NodePort' || subject.type === 'LoadBalancer') &&
    placesSeen(index, subject),
  run: (subject, { index }) => {
    const places = placesOf(index, subject).filter((place) => place.node?.metadata?.labels?.[EXCLUDED] === undefined);
    const covered = places.filter((place) => place.endpoints > 0);
    const bare = places.filter((place) => place.endpoints === 0);
    if (covered.length === 0 || bare.length === 0) return [];
    const balanced = subject.type === 'LoadBalancer';
    const ports = subject.ports.flatMap((port) => (port.nodePort === undefined ? [] : [port.nodePort]));
    const health = subject.service.spec?.healthCheckNodePort;
    return [
      exposureMessages.SVC569.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          name: subject.name,
          bare: joinNames(bare.map(placeName), 4),
          covered: joinNames(covered.map(placeName), 4),
          ports: joinNames(ports.map(String), 4),
          balanced,
        },
        severity: balanced ? 'info' : 'warning',
        impact: balanced ? 0 : bare.length / places.length,
        evidence: [
          { fact: 'externalTrafficPolicy is Local', source: `${formatRef(subject.ref)} spec.externalTrafficPolicy` },
          ...covered.slice(0, 4).map((place) => ({
            fact: `${placeName(place)} has ${plural(place.endpoints, 'ready endpoint')}`,
            source: placesSource(index, subject),
          })),
          ...bare.slice(0, 4).map((place) => ({
            fact: `${placeName(place)} has none and drops requests from outside`,
            source: place.node === undefined ? 'pods, by nodeName' : `Node ${place.name}`,
          })),
          ...(health === undefined || health === 0
            ? []
            : [
                {
                  fact: `healthCheckNodePort ${health} answers 503 on those nodes, by which a load balancer leaves them out`,
                  source: `${formatRef(subject.ref)} spec.healthCheckNodePort`,
                },
              ]),
        ],
      }),
    ];
  },
  undecided: ({ type }, { index }) => (type === 'NodePort' ? unreadNodes(index) : undefined),
});
