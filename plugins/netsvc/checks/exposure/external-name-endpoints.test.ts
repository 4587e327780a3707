import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const alias = (ports: { port: number; targetPort?: number }[] = [], externalName = 'web.shop.svc.cluster.local') =>
  service('front', { type: 'ExternalName', externalName, selector: null, ports });

describe('external-name-endpoints', () => {
  it('leads on to the Service that has no ready endpoint', () => {
    const waiting = pod('web-1', { ready: false });
    const report = diagnoseObjects([alias(), web, waiting, ...slicesFor(web, [waiting])], 'front');
    expect(causeCodes(report)).toEqual(['SVC561']);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl netsvc web -n shop');
  });

  it('stays silent when it has one, and when slices were not read', () => {
    const pods = [pod('web-1')];
    expect(diagnoseObjects([alias(), web, ...pods, ...slicesFor(web, pods)], 'front').verdict).toBe('healthy');
    const blind = {
      only: { EndpointSlice: { namespace: 'shop', subset: 'selector kubernetes.io/service-name=front' } },
    };
    expect(diagnoseObjects([alias(), web], 'front', blind).causes).toEqual([]);
  });
});
