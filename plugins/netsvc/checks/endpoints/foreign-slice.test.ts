import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const pods = [pod('web-1')];

describe('foreign-slice', () => {
  it('notes addresses that somebody adds to a Service with a selector', () => {
    const added = slice('web-extra', { service: 'web', ports: [{ name: '', port: 8080, protocol: 'TCP' }] });
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods), added], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC515')?.summary).toContain('203.0.113.7');
  });

  it('says nothing of the slices of the controller', () => {
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.findings.map((finding) => finding.code)).not.toContain('SVC515');
  });
});
