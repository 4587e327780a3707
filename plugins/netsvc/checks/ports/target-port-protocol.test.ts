import { describe, expect, it } from 'vitest';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

function diagnose(
  ports: readonly ServicePort[],
  declared: readonly { containerPort: number; protocol?: string; name?: string }[],
) {
  const svc = service('dns', { selector: { app: 'dns' }, ports });
  const app = stagedApp('dns', { container: { ports: declared } });
  return diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'dns');
}

describe('target-port-protocol', () => {
  it('names both protocols', () => {
    const report = diagnose(
      [{ port: 53, targetPort: 5353, protocol: 'TCP' }],
      [{ containerPort: 5353, protocol: 'UDP' }],
    );
    expect(causeCodes(report)).toEqual(['SVC408']);
    expect(report.headline).toContain('sends port 53 as TCP to 5353');
    expect(report.headline).toContain('declares for UDP only');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/ports/0/protocol","value":"UDP"');
  });

  it('is sure of TCP only with a sign: it is also what stands there when nobody wrote UDP', () => {
    const udp = [{ port: 514, targetPort: 5514, protocol: 'UDP' }];
    expect(diagnose(udp, [{ containerPort: 5514 }]).causes[0]).toMatchObject({
      code: 'SVC408',
      severity: 'warning',
      confidence: 'possible',
    });
    expect(diagnose(udp, [{ name: 'http', containerPort: 5514 }]).causes[0]).toMatchObject({
      severity: 'critical',
      confidence: 'likely',
    });
  });

  it('stays silent when both are declared, or the Service sends both', () => {
    const both = [
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP' },
    ];
    expect(diagnose([{ port: 53, targetPort: 53, protocol: 'TCP' }], both).verdict).toBe('healthy');
    const twice: readonly ServicePort[] = [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
    ];
    expect(diagnose(twice, [{ containerPort: 53, protocol: 'UDP' }]).verdict).toBe('healthy');
  });
});
