import { describe, expect, it } from 'vitest';
import type { EndpointSlice } from '../../../../shared/model/objects-network.ts';
import { pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const svc = service('web');
const pods = [pod('web-1'), pod('web-2')];

function stale(change: (slice: EndpointSlice) => EndpointSlice): readonly EndpointSlice[] {
  return slicesFor(svc, pods).map(change);
}

const oldPort = (slice: EndpointSlice): EndpointSlice => ({
  ...slice,
  ports: [{ name: '', port: 9090, protocol: 'TCP' }],
});

describe('slice-ports-disagree', () => {
  it('names both ports and the slice', () => {
    const report = diagnoseObjects([svc, ...pods, ...stale(oldPort)], 'web');
    expect(causeCodes(report)).toContain('SVC414');
    const cause = report.causes.find(({ code }) => code === 'SVC414');
    expect(cause?.summary).toContain(
      'EndpointSlice web-0 sends port 80 of Service shop/web to 9090/TCP at 2 of 2 endpoints',
    );
    expect(cause?.summary).toContain('8080/TCP');
    expect(cause?.fixes[0]?.command).toBe('kubectl delete endpointslice web-0 -n shop');
  });

  it('gives the controller time after a change', () => {
    const fresh = service('web', {}, { creationTimestamp: secondsAgo(5) });
    expect(diagnoseObjects([fresh, ...pods, ...stale(oldPort)], 'web').causes).toEqual([]);
  });

  it('leaves slices of other writers alone', () => {
    const own = stale((slice) => ({
      ...oldPort(slice),
      metadata: {
        ...slice.metadata,
        labels: { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'me' },
      },
    }));
    expect(causeCodes(diagnoseObjects([svc, ...pods, ...own], 'web'))).not.toContain('SVC414');
  });

  it('stays silent when they agree', () => {
    expect(diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web').verdict).toBe('healthy');
  });
});
