import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { callerPod, placeName, placesOf, placesSeen, placesSource, unreadNodes } from './places.ts';

/**
 * internalTrafficPolicy Local: kube-proxy of a node sends to endpoints of that node only, and drops when it has none
 * (API reference, ServiceSpec). Names the nodes whose callers fail.
 */
export const internalTrafficLocal = defineCheck<ServiceSubject>({
  id: 'netsvc/internal-traffic-local',
  group: 'exposure',
  // Slices, or pods where a dump has no slices.
  needs: [],
  uses: ['Node', 'Pod', 'EndpointSlice'],
  // Headless names lead past kube-proxy, so that no policy of it applies.
  applies: (subject, { index }) =>
    subject.service.spec?.internalTrafficPolicy === 'Local' &&
    !subject.headless &&
    subject.type !== 'ExternalName' &&
    placesSeen(index, subject),
  run: (subject, { index, from }) => {
    const places = placesOf(index, subject);
    const covered = places.filter((place) => place.endpoints > 0);
    const bare = places.filter((place) => place.endpoints === 0);
    if (covered.length === 0 || bare.length === 0) return [];
    const node = callerPod(index, from)?.spec?.nodeName;
    const callerIsBare = node !== undefined && bare.some((place) => place.name === node);
    if (node !== undefined && !callerIsBare && !bare.some((place) => place.callers.length > 0)) return [];
    const calling = places.filter((place) => place.callers.length > 0);
    const allCallersBare = calling.length > 0 && calling.every((place) => place.endpoints === 0);
    return [
      exposureMessages.SVC568.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          name: subject.name,
          bare: joinNames((callerIsBare ? bare.filter((place) => place.name === node) : bare).map(placeName), 4),
          covered: joinNames(covered.map(placeName), 4),
          caller: callerIsBare ? `pod ${from?.namespace}/${from?.pod}` : '',
        },
        severity: callerIsBare || allCallersBare ? 'critical' : 'warning',
        impact: callerIsBare || allCallersBare ? 1 : bare.length / places.length,
        evidence: [
          { fact: 'internalTrafficPolicy is Local', source: `${formatRef(subject.ref)} spec.internalTrafficPolicy` },
          ...covered.slice(0, 4).map((place) => ({
            fact: `${placeName(place)} has ${plural(place.endpoints, 'ready endpoint')}`,
            source: placesSource(index, subject),
          })),
          ...bare.slice(0, 4).map((place) => ({
            fact:
              `${placeName(place)} has no ready endpoint` +
              (place.callers.length === 0
                ? ''
                : `; ${joinNames(place.callers, 2)} of this namespace ${place.callers.length === 1 ? 'runs' : 'run'} there`),
            source: place.node === undefined ? 'pods, by nodeName' : `Node ${place.name}`,
          })),
        ],
      }),
    ];
  },
  undecided: (_, { index }) => unreadNodes(index),
});
