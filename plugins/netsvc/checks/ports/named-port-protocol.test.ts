import { describe, expect, it } from 'vitest';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

function diagnose(protocol: string) {
  const svc = service('syslog', {
    selector: { app: 'syslog' },
    ports: [{ name: 'log', port: 514, targetPort: 'log', protocol }],
  });
  const app = stagedApp('syslog', { container: { ports: [{ name: 'log', containerPort: 5514 }] } });
  return diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'syslog');
}

describe('named-port-protocol', () => {
  it('names both protocols', () => {
    const report = diagnose('UDP');
    expect(causeCodes(report)).toEqual(['SVC407']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('sends port 514 as UDP to the port named "log"');
    expect(report.headline).toContain('for TCP only');
  });

  it('stays silent when they agree', () => {
    expect(diagnose('TCP').verdict).toBe('healthy');
  });
});
