import { describe, expect, it } from 'vitest';
import { event, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const first = pod('web-1', { ip: '10.244.1.11' });
const second = pod('web-2', { ip: '10.244.1.12' });

function readySince(name: string, seconds: number, ready = true) {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: secondsAgo(seconds) }];
  return pod(name, { ip: '10.244.1.12', status: { conditions } });
}

describe('slices-stale', () => {
  it('names a ready pod that is in no slice', () => {
    const report = diagnoseObjects([web, first, second, ...slicesFor(web, [first])], 'web');
    expect(causeCodes(report)).toEqual(['SVC506']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('pod web-2 (10.244.1.12), ready for 60m, is in no EndpointSlice');
  });

  it('calls it broken when no endpoint is usable, and quotes the controller', () => {
    const failure = event(
      web,
      'FailedToUpdateEndpointSlices',
      'Error updating Endpoint Slices for Service shop/web: exceeded quota: slices',
    );
    const report = diagnoseObjects([web, first, failure, ...slicesFor(web, [])], 'web');
    expect(report.verdict).toBe('broken');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain('exceeded quota: slices');
  });

  it('names a pod that is gone and one that got another address', () => {
    const gone = diagnoseObjects([web, first, ...slicesFor(web, [first, second])], 'web');
    expect(gone.headline).toContain('still sends to 10.244.1.12, pod web-2 is gone');
    const moved = pod('web-1', { ip: '10.244.1.99' });
    const report = diagnoseObjects([web, moved, ...slicesFor(web, [first])], 'web');
    expect(report.headline).toContain('gives pod web-1 address 10.244.1.11, the pod has 10.244.1.99');
  });

  it('names a pod whose readiness the slices have wrong, for longer than the controller may lag', () => {
    const wasReady = readySince('web-2', 300);
    const slices = slicesFor(web, [first, wasReady]);
    expect(causeCodes(diagnoseObjects([web, first, readySince('web-2', 300, false), ...slices], 'web'))).toContain(
      'SVC506',
    );
    expect(causeCodes(diagnoseObjects([web, first, readySince('web-2', 10, false), ...slices], 'web'))).not.toContain(
      'SVC506',
    );
  });

  it('allows the controller half a minute', () => {
    const fresh = readySince('web-2', 5);
    expect(diagnoseObjects([web, first, fresh, ...slicesFor(web, [first])], 'web').verdict).toBe('healthy');
    const young = service('web', {}, { creationTimestamp: secondsAgo(5) });
    expect(causeCodes(diagnoseObjects([young, first], 'web'))).not.toContain('SVC506');
  });

  it('expects nothing of pods without an address of the wanted family, nor of terminating ones', () => {
    const leaving = pod('web-2', { meta: { deletionTimestamp: secondsAgo(-20) } });
    expect(diagnoseObjects([web, first, leaving, ...slicesFor(web, [first])], 'web').verdict).toBe('healthy');
  });

  it('takes slices for written that name no writer', () => {
    const bare = slicesFor(web, [first, second]).map((slice) => ({
      ...slice,
      metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': 'web' } },
    }));
    expect(diagnoseObjects([web, first, second, ...bare], 'web').verdict).toBe('healthy');
  });

  it('expects nothing of pods that lack the port names of the Service', () => {
    const named = service('web', { ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }] });
    expect(causeCodes(diagnoseObjects([named, first, ...slicesFor(named, [])], 'web'))).toEqual(['SVC405']);
  });

  it('does not miss pods where only some were read', () => {
    const report = diagnoseObjects([web, first, ...slicesFor(web, [first, second])], 'web', {
      only: { Pod: { namespace: 'shop', subset: 'name=web-1' } },
    });
    expect(report.causes).toEqual([]);
  });

  it('accepts published pods that are not ready', () => {
    const ring = service('web', { publishNotReadyAddresses: true });
    const waiting = pod('web-2', { ready: false });
    const report = diagnoseObjects([ring, first, waiting, ...slicesFor(ring, [first, waiting])], 'web');
    expect(causeCodes(report)).not.toContain('SVC506');
  });
});
