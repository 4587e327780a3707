import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1', { ip: '10.244.1.5' })];

describe('address-families', () => {
  it('tells an IPv6 Service over IPv4 pods', () => {
    const web = service('web', { ipFamilies: ['IPv6'], clusterIP: 'fd00::10', clusterIPs: ['fd00::10'] });
    const report = diagnoseObjects([web, ...pods], 'web');
    expect(causeCodes(report)[0]).toBe('SVC575');
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('is IPv6 only, but its pods have IPv4 addresses only');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl get service web -n shop -o yaml | grep -v resourceVersion: > before.yaml && kubectl patch service web -n shop --type=merge -p '{"spec":{"clusterIP":null,"clusterIPs":null,"ipFamilyPolicy":"SingleStack","ipFamilies":["IPv4"]}}' --dry-run=client -o json | kubectl replace --force -f -`,
    );
  });

  it('tells the second family of a dual-stack Service that no pod has', () => {
    const dual = service('web', {
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
      clusterIPs: ['10.96.10.10', 'fd00::10'],
    });
    const report = diagnoseObjects([dual, ...pods, ...slicesFor(dual, pods)], 'web');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('(RequireDualStack) has IPv6 address fd00::10 too');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"ipFamilies":["IPv4"],"clusterIPs":["10.96.10.10"]');
  });

  it('stays silent for pods of both families, and for pods without an address yet', () => {
    const dual = service('web', { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' });
    const both = pod('web-1', { status: { podIPs: [{ ip: '10.244.1.5' }, { ip: 'fd01::5' }] } });
    expect(diagnoseObjects([dual, both, ...slicesFor(dual, [both])], 'web').verdict).toBe('healthy');
  });
});
