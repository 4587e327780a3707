import { describe, expect, it } from 'vitest';
import { deployment, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

describe('template-own-selector', () => {
  it('quotes both sides', () => {
    const broken = deployment('web', { app: 'web' }, { template: { metadata: { labels: { app: 'webb' } }, spec: {} } });
    const report = diagnoseObjects([service('web'), broken], 'web');
    expect(causeCodes(report)).toEqual(['SVC114']);
    expect(report.headline).toContain('selects app=web, but its template carries app=webb');
  });

  it('stays silent when they agree', () => {
    const report = diagnoseObjects([service('web'), ...stagedApp('web').objects], 'web');
    expect(causeCodes(report)).not.toContain('SVC114');
  });
});
