import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1'), pod('web-2')];
const codes = (sessionAffinity: string, members = pods) => {
  const web = service('web', { sessionAffinity });
  const report = diagnoseObjects([web, ...members, ...slicesFor(web, members)], 'web');
  expect(report.verdict).toBe('healthy');
  return report.findings.map((finding) => finding.code);
};

describe('session-affinity', () => {
  it('notes that callers stick to one of several pods', () => {
    expect(codes('ClientIP')).toContain('SVC567');
  });

  it('says nothing without affinity, or with a single pod', () => {
    expect(codes('None')).not.toContain('SVC567');
    expect(codes('ClientIP', [pod('web-1')])).not.toContain('SVC567');
  });
});
