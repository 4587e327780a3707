import { describe, expect, it } from 'vitest';
import type { ServiceCIDR } from '../../../../shared/model/objects.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const range = (...cidrs: string[]): ServiceCIDR => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs },
});
const pods = [pod('web-1', { ip: '10.244.1.5' })];
function diagnose(clusterIP: string, ...more: Parameters<typeof diagnoseObjects>[0]) {
  const web = service('web', { clusterIP, clusterIPs: [clusterIP] });
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), ...more], 'web');
}

describe('outside-service-range', () => {
  it('tells a ClusterIP that the API server would not give out', () => {
    const report = diagnose('10.97.0.1', range('10.96.0.0/16'));
    expect(causeCodes(report)).toEqual(['SVC807']);
    expect(report.headline).toContain('10.97.0.1');
  });

  it('looks at all ranges of the family, and says nothing without them', () => {
    expect(diagnose('10.97.0.1', range('10.96.0.0/16', '10.97.0.0/24')).verdict).toBe('healthy');
    expect(diagnose('10.97.0.1').verdict).toBe('healthy');
    expect(diagnose('10.97.0.1', range('fd00:10::/112')).verdict).toBe('healthy');
  });
});
