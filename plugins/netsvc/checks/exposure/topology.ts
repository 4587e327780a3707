import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { type EndpointRow, endpointRows } from '../../../../shared/model/services.ts';
import { joinNames, plural, shorten } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { placesOf } from './places.ts';

const MODE = ['service.kubernetes.io/topology-mode', 'service.kubernetes.io/topology-aware-hints'];

/** How the Service asks that requests stay near, or undefined. */
function wishOf({ service }: ServiceSubject): string | undefined {
  const distribution = service.spec?.trafficDistribution;
  if (distribution !== undefined) return `trafficDistribution ${distribution}`;
  for (const key of MODE) {
    const value = service.metadata?.annotations?.[key];
    if (value !== undefined && !/^disabled$/i.test(value)) return `${key}: ${value}`;
  }
  return undefined;
}

/**
 * Requests that should stay in their zone and do not, because the hints are missing: kube-proxy ignores hints unless
 * every ready endpoint carries one. Traffic works all the same, so these are notes.
 */
export const topologyHints = defineCheck<ServiceSubject>({
  id: 'netsvc/topology-hints',
  group: 'exposure',
  needs: ['EndpointSlice'],
  uses: ['Event', 'Node', 'Pod'],
  applies: (subject) => wishOf(subject) !== undefined && !subject.headless,
  run: (subject, { index }) => {
    const ready = endpointRows(index, subject.service).filter((row) => row.ready);
    if (ready.length === 0) return [];
    const wish = wishOf(subject) ?? '';
    const without = ready.filter((row) => !hasHint(row)).length;
    if (without > 0) return [off(index, subject, wish, ready.length, without)];
    return zonesWithout(index, subject, wish, ready);
  },
});

function hasHint(row: EndpointRow): boolean {
  const { forZones = [], forNodes = [] } = row.endpoint.hints ?? {};
  return forZones.length > 0 || forNodes.length > 0;
}

function off(index: ClusterIndex, subject: ServiceSubject, wish: string, ready: number, without: number) {
  const event = index
    .events(subject.service, 'Service')
    .filter((entry) => entry.reason.startsWith('TopologyAwareHints'))
    .at(-1);
  const disabled = event?.reason === 'TopologyAwareHintsDisabled' ? event.message : '';
  return exposureMessages.SVC570.raise({
    subject: subject.ref,
    args: { service: `${subject.namespace}/${subject.name}`, wish, without, ready, why: shorten(disabled, 200) },
    evidence: [
      { fact: wish, source: formatRef(subject.ref) },
      {
        fact: `${without} of ${plural(ready, 'ready endpoint')} without a hint`,
        source: 'EndpointSlices, endpoints.hints',
      },
      ...(disabled === ''
        ? []
        : [
            {
              fact: `TopologyAwareHintsDisabled: ${shorten(disabled, 200)}`,
              source: `Event on ${formatRef(subject.ref)}`,
            },
          ]),
    ],
  });
}

function zonesWithout(index: ClusterIndex, subject: ServiceSubject, wish: string, ready: readonly EndpointRow[]) {
  const served = new Set(ready.flatMap((row) => (row.endpoint.hints?.forZones ?? []).map((zone) => zone.name ?? '')));
  const zones = new Set(placesOf(index, subject).map((place) => place.zone));
  zones.delete('');
  const bare = [...zones].filter((zone) => !served.has(zone)).sort();
  if (served.size === 0 || bare.length === 0) return [];
  return [
    exposureMessages.SVC571.raise({
      subject: subject.ref,
      args: { service: `${subject.namespace}/${subject.name}`, wish, zones: joinNames(bare, 4) },
      evidence: [
        { fact: wish, source: formatRef(subject.ref) },
        {
          fact: `endpoints are hinted for ${joinNames([...served].sort(), 4)}`,
          source: 'EndpointSlices, endpoints.hints',
        },
      ],
    }),
  ];
}
