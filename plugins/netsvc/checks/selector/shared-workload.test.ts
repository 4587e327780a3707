import { describe, expect, it } from 'vitest';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

describe('shared-workload', () => {
  const app = stagedApp('web');
  const svc = service('web', { selector: { app: 'web' } });

  it('notes the other Services', () => {
    const other = service('web-admin', { selector: { app: 'web' } });
    const report = diagnoseObjects([svc, other, ...app.objects, ...slicesFor(svc, app.pods)], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find(({ code }) => code === 'SVC115')?.summary).toContain('Service web-admin');
  });

  it('stays silent about Services of other apps', () => {
    const other = service('mail', { selector: { app: 'mail' } });
    const report = diagnoseObjects([svc, other, ...app.objects, ...slicesFor(svc, app.pods)], 'web');
    expect(report.findings.map(({ code }) => code)).not.toContain('SVC115');
  });
});
