import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { type AddressRange, inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isSelectorless, type ManualEndpoint, manualEndpoints } from './manual-endpoints.ts';

/** Ranges that the API refuses in endpoints, with their names (ValidateEndpointIP in k8s.io/kubernetes validation.go). */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'a loopback address'],
  ['::1/128', 'a loopback address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['fe80::/10', 'a link-local address'],
  ['224.0.0.0/24', 'a link-local multicast address'],
  ['ff02::/16', 'a link-local multicast address'],
  ['0.0.0.0/32', 'the unspecified address'],
  ['::/128', 'the unspecified address'],
];

/**
 * Hand-made addresses that no node can forward to: loopback and link-local ones, which mean the node itself, and the
 * ClusterIP of a Service, which is rewritten once only and not again on its way out.
 */
export const manualAddressUnusable = defineCheck<ServiceSubject>({
  id: 'netsvc/manual-address-unusable',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Endpoints', 'Service'],
  applies: (subject) => isSelectorless(subject) && !subject.headless,
  run: (subject, { index }) => {
    const all = manualEndpoints(index, subject).filter((endpoint) => endpoint.holder.addressType !== 'FQDN');
    return all.flatMap((endpoint) => {
      const why = whyUnusable(index, subject, endpoint);
      if (why === undefined) return [];
      const bad = all.filter((other) => whyUnusable(index, subject, other) !== undefined).length;
      return [
        endpointsMessages.SVC508.raise({
          subject: endpoint.holder.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            address: endpoint.address,
            why,
            kind: endpoint.holder.ref.kind.toLowerCase(),
            holder: endpoint.holder.ref.name,
            namespace: subject.namespace,
          },
          severity: bad === all.length ? 'critical' : 'warning',
          impact: bad / all.length,
          evidence: [
            { fact: `endpoint address ${endpoint.address} is ${why}`, source: formatRef(endpoint.holder.ref) },
          ],
        }),
      ];
    });
  },
});

function whyUnusable(index: ClusterIndex, subject: ServiceSubject, endpoint: ManualEndpoint): string | undefined {
  const address = parseAddress(endpoint.address);
  if (address === undefined) return undefined;
  const forbidden = index
    .memo('endpoints/forbidden-ranges', () => FORBIDDEN.map(([cidr, what]) => [parseCidr(cidr), what] as const))
    .find(([range]: readonly [AddressRange | undefined, string]) => range !== undefined && inRange(range, address));
  if (forbidden !== undefined) return forbidden[1];
  const owner = serviceByAddress(index).get(endpoint.address);
  if (owner === undefined) return undefined;
  if (owner === `${subject.namespace}/${subject.name}`) return 'its own ClusterIP';
  return `the ClusterIP of Service ${owner}`;
}

function serviceByAddress(index: ClusterIndex): ReadonlyMap<string, string> {
  return index.memo('endpoints/service-by-address', () => {
    const map = new Map<string, string>();
    for (const service of index.list('Service')) {
      for (const address of service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? '']) {
        if (address !== '' && address !== 'None') map.set(address, `${namespaceOf(service)}/${nameOf(service)}`);
      }
    }
    return map;
  });
}
