import { describe, expect, it } from 'vitest';
import { crashing, ended } from '../../../../shared/testing/broken-pods.ts';
import { deployment, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const alias = (ports: { port: number; targetPort?: number }[] = [], externalName = 'web.shop.svc.cluster.local') =>
  service('front', { type: 'ExternalName', externalName, selector: null, ports });

describe('external-name-endpoints', () => {
  it('leads on to the Service that has no ready endpoint', () => {
    const blind = { except: { Pod: 'forbidden' } } as const;
    const waiting = pod('web-1', { ready: false });
    const report = diagnoseObjects([alias(), web, ...slicesFor(web, [])], 'front', blind);
    expect(causeCodes(report)).toEqual(['SVC561']);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl netsvc web -n shop');
    const known = diagnoseObjects([alias(), web, ...slicesFor(web, [waiting])], 'front', blind);
    expect(known.headline).toContain('Service shop/web has no ready endpoint: web-1 is not ready');
  });

  it('tells why that Service has none, with slices and without them', () => {
    const crash = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const objects = [alias(), web, deployment('web'), crash];
    for (const except of [{}, { EndpointSlice: 'notCollected' }] as const) {
      const report = diagnoseObjects(
        [...objects, ...('EndpointSlice' in except ? [] : slicesFor(web, [crash]))],
        'front',
        {
          except,
        },
      );
      expect(causeCodes(report)).toEqual(['SVC229']);
      expect(report.causes[0]?.evidence[0]?.fact).toBe(
        'Service shop/front is an alias of web.shop.svc.cluster.local, Service shop/web',
      );
    }
  });

  it('stays silent when it has one, and when slices were not read', () => {
    const pods = [pod('web-1')];
    expect(diagnoseObjects([alias(), web, ...pods, ...slicesFor(web, pods)], 'front').verdict).toBe('healthy');
    const blind = {
      only: { EndpointSlice: { namespace: 'shop', subset: 'selector kubernetes.io/service-name=front' } },
    };
    expect(diagnoseObjects([alias(), web, ...pods], 'front', blind).causes).toEqual([]);
  });
});
