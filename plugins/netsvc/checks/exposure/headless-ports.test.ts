import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];
const findings = (ports: { port: number; targetPort?: number }[]) => {
  const headless = service('web', { clusterIP: 'None', clusterIPs: ['None'], ports });
  const report = diagnoseObjects([headless, ...pods, ...slicesFor(headless, pods)], 'web');
  expect(report.verdict).toBe('healthy');
  return report.findings.map((finding) => finding.code);
};

describe('headless-ports', () => {
  it('notes that port and target port differ and nothing translates', () => {
    expect(findings([{ port: 80, targetPort: 8080 }])).toContain('SVC563');
  });

  it('says nothing when they agree, when the pods declare the port too, and without ports', () => {
    expect(findings([{ port: 8080 }])).not.toContain('SVC563');
    expect(findings([])).not.toContain('SVC563');
    const both = pod('web-1', { ports: [{ containerPort: 80 }, { containerPort: 8080 }] });
    const headless = service('web', { clusterIP: 'None', ports: [{ port: 80, targetPort: 8080 }] });
    const report = diagnoseObjects([headless, both, ...slicesFor(headless, [both])], 'web');
    expect(report.findings.map((finding) => finding.code)).not.toContain('SVC563');
  });
});
