import { describe, expect, it } from 'vitest';
import type { EndpointSlice } from '../../../../shared/model/objects-network.ts';
import { event, node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1', { node: 'n1' })];
const near = service('web', { trafficDistribution: 'PreferClose' });
const inZone = (name: string, zone: string) =>
  node(name, true, { metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } } });

function hinted(slices: readonly EndpointSlice[], zone: string): readonly EndpointSlice[] {
  return slices.map((slice) => ({
    ...slice,
    endpoints: (slice.endpoints ?? []).map((endpoint) => ({ ...endpoint, hints: { forZones: [{ name: zone }] } })),
  }));
}

describe('topology-hints', () => {
  it('notes missing hints, with the reason of the controller', () => {
    const why = event(near, 'TopologyAwareHintsDisabled', 'Insufficient number of endpoints (1 endpoints, 2 zones)');
    const report = diagnoseObjects([near, ...pods, ...slicesFor(near, pods), why], 'web');
    expect(report.verdict).toBe('healthy');
    const finding = report.findings.find((entry) => entry.code === 'SVC570');
    expect(finding?.summary).toContain('Insufficient number of endpoints (1 endpoints, 2 zones)');
  });

  it('notes a zone without an endpoint of its own', () => {
    const objects = [near, ...pods, ...hinted(slicesFor(near, pods), 'a'), inZone('n1', 'a'), inZone('n2', 'b')];
    const report = diagnoseObjects(objects, 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC571');
  });

  it('says nothing when all zones are served or nobody asked for it', () => {
    const served = [near, ...pods, ...hinted(slicesFor(near, pods), 'a'), inZone('n1', 'a')];
    expect(diagnoseObjects(served, 'web').findings.map((finding) => finding.code)).not.toContain('SVC571');
    const plain = service('web');
    const codes = diagnoseObjects([plain, ...pods, ...slicesFor(plain, pods)], 'web').findings.map((f) => f.code);
    expect(codes).not.toContain('SVC570');
  });
});
