import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1', { ip: '10.244.1.5' })];
function diagnose(clusterIP: string, ...more: Parameters<typeof diagnoseObjects>[0]) {
  const web = service('web', { clusterIP, clusterIPs: [clusterIP] });
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), ...more], 'web');
}

describe('cluster-ip-taken', () => {
  it('names the other Service', () => {
    const other = service('api', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'], selector: { app: 'api' } });
    const report = diagnose('10.96.10.10', other);
    expect(causeCodes(report)).toEqual(['SVC811']);
    expect(report.headline).toContain('belongs to Service shop/api as well');
  });

  it('takes headless Services for what they are', () => {
    const other = service('api', { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'api' } });
    expect(diagnose('10.96.10.10', other).verdict).toBe('healthy');
  });
});
