import { describe, expect, it } from 'vitest';
import type { Endpoints } from '../model/objects-network.ts';
import { service, slicesFor, snapshotOf } from '../testing/builders.ts';
import { withSlicesOfEndpoints } from './slices-of-endpoints.ts';

const endpoints: Endpoints = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'shop' },
  subsets: [
    {
      addresses: [{ ip: '10.244.1.5', nodeName: 'n1', targetRef: { kind: 'Pod', name: 'web-1', namespace: 'shop' } }],
      notReadyAddresses: [{ ip: '10.244.1.6' }, { ip: 'fd00::6' }],
      ports: [{ port: 8080 }],
    },
  ],
};

describe('withSlicesOfEndpoints', () => {
  const without = { except: { EndpointSlice: 'notCollected' } } as const;

  it('reads Endpoints for the slices that a dump does not hold, a slice for each family', () => {
    const read = withSlicesOfEndpoints(snapshotOf([service('web'), endpoints], without));
    const slices = read.objects.EndpointSlice ?? [];
    expect(slices.map(({ addressType }) => addressType)).toEqual(['IPv4', 'IPv6']);
    expect(slices[0]?.endpoints?.map(({ addresses, conditions }) => [addresses, conditions?.ready])).toEqual([
      [['10.244.1.5'], true],
      [['10.244.1.6'], false],
    ]);
    expect(slices[0]?.endpoints?.[0]).toMatchObject({ nodeName: 'n1', targetRef: { name: 'web-1' } });
    expect(slices[0]?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
    expect(read.problems.map(({ message }) => message)).toEqual([
      'EndpointSlices were not collected: the Endpoints stand for them',
    ]);
  });

  it('tells the slices of a selector from hand-made ones', () => {
    const writer = (selector: Record<string, string> | null) =>
      withSlicesOfEndpoints(
        snapshotOf([service('web', selector === null ? { selector: {} } : { selector }), endpoints], without),
      ).objects.EndpointSlice?.[0]?.metadata?.labels?.['endpointslice.kubernetes.io/managed-by'];
    expect(writer({ app: 'web' })).toBe('endpointslice-controller.k8s.io');
    expect(writer(null)).toBe('endpointslicemirroring-controller.k8s.io');
  });

  it('leaves a snapshot alone that holds slices, or in which they were refused', () => {
    const svc = service('web');
    const whole = snapshotOf([svc, endpoints, ...slicesFor(svc, [])]);
    expect(withSlicesOfEndpoints(whole)).toBe(whole);
    const refused = snapshotOf([svc, endpoints], { except: { EndpointSlice: 'forbidden' } });
    expect(withSlicesOfEndpoints(refused)).toBe(refused);
  });
});
