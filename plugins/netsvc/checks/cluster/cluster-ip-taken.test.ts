import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1', { ip: '10.244.1.5' })];
function diagnose(clusterIP: string, ...more: Parameters<typeof diagnoseObjects>[0]) {
  const web = service('web', { clusterIP, clusterIPs: [clusterIP] });
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), ...more], 'web');
}

function fixesOf(report: ReturnType<typeof diagnose>) {
  return report.causes.find(({ code }) => code === 'SVC811')?.fixes ?? [];
}

describe('cluster-ip-taken', () => {
  it('names the other Service', () => {
    const other = service('api', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'], selector: { app: 'api' } });
    const report = diagnose('10.96.10.10', other);
    expect(causeCodes(report)).toEqual(['SVC811']);
    expect(report.headline).toContain('belongs to Service shop/api as well');
  });

  it('offers another address, but not where more than an address would be lost', () => {
    const other = service('api', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'], selector: { app: 'api' } });
    const [fix] = fixesOf(diagnose('10.96.10.10', other));
    expect(fix?.command).toMatch(
      /^kubectl get service web -n shop -o yaml \| grep .* > before\.yaml && sed .* before\.yaml \| kubectl replace --force -f -$/,
    );
    expect(fix?.undo).toBe('kubectl replace --force -f before.yaml');
    const given = service('web', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'], type: 'LoadBalancer' });
    expect(fixesOf(diagnoseObjects([given, ...pods, ...slicesFor(given, pods), other], 'web'))).toEqual([]);
  });

  it('takes headless Services for what they are', () => {
    const other = service('api', { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'api' } });
    expect(diagnose('10.96.10.10', other).verdict).toBe('healthy');
  });
});
