import { describe, expect, it } from 'vitest';
import { node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const pods = [pod('web-1')];

describe('foreign-slice', () => {
  it('notes addresses that somebody adds to a Service with a selector', () => {
    const added = slice('web-extra', { service: 'web', ports: [{ name: '', port: 8080, protocol: 'TCP' }] });
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods), added], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC515')?.summary).toContain('203.0.113.7');
  });

  it('is a fault when its address is one of pods and no pod has it', () => {
    const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }];
    const left = slice('web-extra', { service: 'web', ports, endpoints: [{ addresses: ['10.244.1.200'] }] });
    const ranged = node('n1', true, { spec: { podCIDR: '10.244.1.0/24' } });
    const report = diagnoseObjects([web, ...pods, ranged, ...slicesFor(web, pods), left], 'web');
    expect(causeCodes(report)).toEqual(['SVC515']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('no pod has address 10.244.1.200');
  });

  it('says nothing of the pods of the Service, whoever wrote them down', () => {
    const own = slice('web-1', {
      service: 'web',
      ports: [],
      endpoints: [{ addresses: [pods[0]?.status?.podIP ?? ''] }],
    });
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods), own], 'web');
    expect(report.findings.map((finding) => finding.code)).not.toContain('SVC515');
  });

  it('says nothing of the slices of the controller', () => {
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.findings.map((finding) => finding.code)).not.toContain('SVC515');
  });
});
