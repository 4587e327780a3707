import { describe, expect, it } from 'vitest';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', { selector: null });
const app = stagedApp('web');

describe('selector-missing', () => {
  it('offers the labels of the workload that bears the name', () => {
    const report = diagnoseObjects([svc, ...app.objects], 'web');
    expect(causeCodes(report)).toEqual(['SVC112']);
    expect(report.headline).toContain('Deployment web of the same name has ready pods (app=web)');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch service web -n shop --type=merge -p '{"spec":{"selector":{"app":"web"}}}'`,
    );
  });

  it('stays silent when somebody wrote endpoints', () => {
    const slices = slicesFor(service('web', { selector: { app: 'web' } }), app.pods);
    expect(causeCodes(diagnoseObjects([svc, ...app.objects, ...slices], 'web'))).not.toContain('SVC112');
  });

  it('stays silent when no workload bears the name', () => {
    expect(causeCodes(diagnoseObjects([svc, ...stagedApp('mailer').objects], 'web'))).not.toContain('SVC112');
  });
});
