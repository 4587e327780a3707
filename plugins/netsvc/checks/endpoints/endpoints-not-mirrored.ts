import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Endpoints } from '../../../../shared/model/objects-network.ts';
import { formatRef, refOf } from '../../../../shared/model/refs.ts';
import { slicesOf } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isMirrored, isSelectorless } from './manual-endpoints.ts';

/** How far the mirroring controller may lag behind an edit, in milliseconds. */
const LAG = 30_000;
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';

/**
 * kube-proxy and CoreDNS read EndpointSlices only. Addresses in an Endpoints object count after the mirroring controller
 * has copied them, which it does not when told to skip, and does for the first 1000 addresses of a subset.
 */
export const endpointsNotMirrored = defineCheck<ServiceSubject>({
  id: 'netsvc/endpoints-not-mirrored',
  group: 'endpoints',
  needs: ['EndpointSlice', 'Endpoints'],
  applies: isSelectorless,
  run: (subject, { index, now }) => {
    const endpoints = index.get('Endpoints', subject.namespace, subject.name);
    if (endpoints === undefined || now - Date.parse(endpoints.metadata?.creationTimestamp ?? '') < LAG) return [];
    const wanted = addressesOf(endpoints);
    const slices = slicesOf(index, subject.service);
    const present = new Set(slices.flatMap((slice) => (slice.endpoints ?? []).flatMap((e) => e.addresses ?? [])));
    const missing = wanted.filter((address) => !present.has(address));
    const skipped = endpoints.metadata?.labels?.[SKIP] === 'true';
    // Whoever skips the mirror and writes slices of their own knows what they do.
    if (missing.length === 0 || (skipped && present.size > 0)) return [];
    const ref = refOf(endpoints, 'Endpoints');
    const changed = ago(endpoints.metadata?.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'], now);
    return [
      endpointsMessages.SVC507.raise({
        subject: ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          name: subject.name,
          namespace: subject.namespace,
          missing: joinNames(missing, 3),
          skipped,
        },
        severity: present.size === 0 ? 'critical' : 'warning',
        impact: missing.length / wanted.length,
        evidence: [
          {
            fact: `holds ${plural(wanted.length, 'address', 'addresses')}${changed === '' ? '' : `, changed ${changed}`}${skipped ? `, labelled ${SKIP}=true` : ''}`,
            source: formatRef(ref),
          },
          {
            fact: `${plural(slices.filter(isMirrored).length, 'mirrored EndpointSlice')}, ${missing.length} of ${wanted.length} addresses missing`,
            source: `EndpointSlices with kubernetes.io/service-name=${subject.name}`,
          },
        ],
      }),
    ];
  },
});

/** The first 1000 addresses of each subset: the rest is cut on purpose (mirroringMaxEndpointsPerSubset). */
function addressesOf(endpoints: Endpoints): readonly string[] {
  return (endpoints.subsets ?? []).flatMap((subset) =>
    [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])].slice(0, 1000).map((entry) => entry.ip ?? ''),
  );
}
