import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isSelectorless, manualEndpoints } from './manual-endpoints.ts';

/** Endpoints that are names: the address type exists in the API, and neither kube-proxy nor CoreDNS uses it. */
export const sliceTypeFqdn = defineCheck<ServiceSubject>({
  id: 'netsvc/slice-type-fqdn',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  applies: isSelectorless,
  run: (subject, { index }) => {
    const all = manualEndpoints(index, subject);
    const names = all.filter((endpoint) => endpoint.holder.addressType === 'FQDN');
    const [first] = names;
    if (first === undefined || names.length < all.length) return [];
    return [
      endpointsMessages.SVC511.raise({
        subject: first.holder.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          name: subject.name,
          namespace: subject.namespace,
          slice: first.holder.ref.name,
          host: first.address,
          before: { type: subject.type, ...addressOf(subject) },
        },
        evidence: [{ fact: `addressType FQDN, address ${first.address}`, source: formatRef(first.holder.ref) }],
      }),
    ];
  },
});

function addressOf({ service: { spec } }: ServiceSubject): { clusterIP?: string; clusterIPs?: readonly string[] } {
  const { clusterIP, clusterIPs } = spec ?? {};
  return { ...(clusterIP === undefined ? {} : { clusterIP }), ...(clusterIPs === undefined ? {} : { clusterIPs }) };
}
