import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { ownedBy, pod } from '../../../../shared/testing/builders.ts';
import { front, soundWebAndNamespaces } from '../../testing/caller-objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

function diagnose(...more: readonly KubeObject[]) {
  return diagnoseObjects([...soundWebAndNamespaces, ...more], 'web');
}

describe('caller-host-alias', () => {
  const aliased = (ip: string, hostname: string) => front([], 'shop', { hostAliases: [{ ip, hostnames: [hostname] }] });

  it('tells an alias that leads past the Service', () => {
    const report = diagnose(aliased('10.0.0.9', 'web.shop.svc.cluster.local'));
    expect(causeCodes(report)).toEqual(['SVC851']);
    expect(report.headline).toBe(
      'Deployment front takes web.shop.svc.cluster.local for 10.0.0.9 by its hostAliases, not for Service shop/web (10.96.10.10)',
    );
  });

  it('names the workload to change for a pod that one has made', () => {
    const caller = pod('front-1', {
      labels: { app: 'front' },
      meta: ownedBy('Deployment', 'front'),
      spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['web'] }], dnsPolicy: 'Default' },
    });
    const report = diagnoseObjects([...soundWebAndNamespaces, front([]), caller], 'web', { from: 'shop/front-1' });
    const commands = report.causes.flatMap((cause) => cause.fixes.map((fix) => fix.command));
    expect(commands).toContain('kubectl edit deployment front -n shop');
    expect(commands.join()).toContain('kubectl patch deployment front -n shop');
  });

  it('is critical for the caller asked about', () => {
    const caller = pod('client', {
      labels: { app: 'x' },
      spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['web'] }] },
    });
    expect(diagnoseObjects([...soundWebAndNamespaces, caller], 'web', { from: 'shop/client' }).verdict).toBe('broken');
  });

  it('stays silent for the right address and for other names', () => {
    expect(diagnose(aliased('10.96.10.10', 'web')).verdict).toBe('healthy');
    expect(diagnose(aliased('10.0.0.9', 'web.example.com')).verdict).toBe('healthy');
  });
});
