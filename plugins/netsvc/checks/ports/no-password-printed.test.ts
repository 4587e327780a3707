import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { event, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const PASSWORD = 'hunter2hunter2';

/** Everything that a report on Service `web` says, for a container like this. */
function said(container: Partial<Container>): string {
  const web = service('web');
  const app = stagedApp('web', { container });
  const report = diagnoseObjects([web, ...app.objects, ...slicesFor(web, app.pods)], 'web');
  expect(report.causes).not.toEqual([]);
  return JSON.stringify(report);
}

describe('a password in a container’s own words is not printed, neither as evidence nor in a fix', () => {
  it.each([
    ['an argument beside the port', { args: [`--db-password=${PASSWORD}`, '--port=3000'] }],
    ['an argument of its own', { args: ['--password', PASSWORD, '--port=3000'] }],
    ['an address with credentials', { args: [`--dsn=postgres://u:${PASSWORD}@db/x`, '--listen=127.0.0.1:8080'] }],
    ['a script', { command: ['sh', '-c', `DB_PASSWORD=${PASSWORD} gunicorn -b 127.0.0.1:8080 app`] }],
    ['a command that serves nothing', { command: ['sleep'], args: ['3600', '--password', PASSWORD] }],
  ])('%s', (_, container) => {
    expect(said(container)).not.toContain(PASSWORD);
  });

  it('a probe and what it answered', () => {
    const web = service('web');
    const command = ['sh', '-c', `redis-cli -a ${PASSWORD} ping`];
    const containers = [
      { name: 'app', image: 'x', ports: [{ containerPort: 8080 }], readinessProbe: { exec: { command } } },
    ];
    const sick = pod('web-1', { containers, ready: false });
    const answer = event(sick, 'Unhealthy', `Readiness probe failed: AUTH failed: password=${PASSWORD}`);
    const report = diagnoseObjects([web, sick, ...slicesFor(web, [sick]), answer], 'web');
    expect(report.causes[0]?.code).toBe('SVC306');
    expect(JSON.stringify(report)).not.toContain(PASSWORD);
  });
});
