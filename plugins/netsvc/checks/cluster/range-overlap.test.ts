import { describe, expect, it } from 'vitest';
import type { ServiceCIDR } from '../../../../shared/model/objects.ts';
import { node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
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

describe('range-overlap', () => {
  it('tells a ClusterIP among the addresses of pods, of a pod, of a node', () => {
    const inside = diagnose('10.244.1.77', node('n1'));
    expect(causeCodes(inside)).toEqual(['SVC806']);
    expect(inside.verdict).toBe('broken');
    expect(inside.headline).toContain('lies in 10.244.1.0/24, from which pods on node n1 get their addresses');
    expect(diagnose('10.244.1.5', node('n1')).headline).toContain('also the address of pod shop/web-1');
    expect(diagnose('10.123.0.2', node('n1')).headline).toContain('also the address of node n1');
  });

  it('warns of ranges that overlap as a whole', () => {
    const report = diagnose('10.244.200.1', node('n1'), range('10.244.0.0/16'));
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('the range of Services 10.244.0.0/16 overlaps 10.244.1.0/24');
    expect(diagnose('10.123.9.9', node('n1'), range('10.123.0.0/16')).headline).toContain(
      'node n1 has address 10.123.0.2',
    );
  });

  it('stays silent for ranges that are apart', () => {
    expect(diagnose('10.96.10.10', node('n1'), range('10.96.0.0/16', 'fd00:10::/112')).verdict).toBe('healthy');
  });
});
