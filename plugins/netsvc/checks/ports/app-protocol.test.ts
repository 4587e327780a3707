import { describe, expect, it } from 'vitest';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

function notes(port: Partial<ServicePort>): readonly string[] {
  const svc = service('web', { ports: [{ port: 80, targetPort: 8080, protocol: 'TCP', ...port }] });
  const pods = [pod('web-1')];
  const report = diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web');
  expect(report.verdict).toBe('healthy');
  return report.findings.filter(({ code }) => code === 'SVC412').map(({ summary }) => summary);
}

describe('app-protocol', () => {
  it('notes a name that says another protocol', () => {
    expect(notes({ name: 'http-api', appProtocol: 'https' })[0]).toContain('its name http-api says http');
    expect(notes({ name: 'web', appProtocol: 'udp' })[0]).toContain('its protocol is TCP');
  });

  it('stays silent when they agree, or nothing is said', () => {
    expect(notes({ name: 'grpc', appProtocol: 'kubernetes.io/h2c' })).toEqual([]);
    expect(notes({ name: 'web', appProtocol: 'http' })).toEqual([]);
    expect(notes({ name: 'http', appProtocol: 'example.com/own' })).toEqual([]);
    expect(notes({ name: 'http' })).toEqual([]);
  });
});
