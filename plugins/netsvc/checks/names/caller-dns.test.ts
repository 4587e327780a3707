import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { pod, service } from '../../../../shared/testing/builders.ts';
import { front, soundWebAndNamespaces } from '../../testing/caller-objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

function diagnose(...more: readonly KubeObject[]) {
  return diagnoseObjects([...soundWebAndNamespaces, ...more], 'web');
}

describe('caller-dns', () => {
  const dns = service(
    'kube-dns',
    { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], selector: null },
    { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  );
  const url = [{ name: 'API', value: 'http://web' }];

  it('tells workloads that name the Service and ask the DNS of their node', () => {
    expect(causeCodes(diagnose(front(url, 'shop', { dnsPolicy: 'Default' })))).toEqual(['SVC852']);
    const report = diagnose(front(url, 'shop', { hostNetwork: true, dnsPolicy: 'ClusterFirst' }));
    expect(report.headline).toContain('hostNetwork with dnsPolicy ClusterFirst');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"dnsPolicy":"ClusterFirstWithHostNet"');
  });

  it('tells dnsPolicy None with other nameservers', () => {
    const searches = ['shop.svc.cluster.local', 'svc.cluster.local'];
    const none = (nameservers: string[]) =>
      front(url, 'shop', { dnsPolicy: 'None', dnsConfig: { nameservers, searches } });
    expect(diagnose(dns, none(['1.1.1.1'])).headline).toContain("asks 1.1.1.1, not the cluster's DNS (10.96.0.10)");
    expect(diagnose(dns, none(['10.96.0.10'])).verdict).toBe('healthy');
    expect(diagnose(none(['1.1.1.1'])).verdict).toBe('healthy');
  });

  it('tells short names that have no search list to go through, and leaves whole ones alone', () => {
    const none = (value: string) =>
      front([{ name: 'API', value }], 'shop', { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.96.0.10'] } });
    const report = diagnose(dns, none('http://web'));
    expect(causeCodes(report)).toEqual(['SVC852']);
    expect(report.headline).toContain('web alone is looked up as it stands; use web.shop.svc.cluster.local');
    expect(diagnose(dns, none('http://web.shop.svc.cluster.local')).verdict).toBe('healthy');
  });

  it('is critical for the caller asked about, whatever it names', () => {
    const caller = pod('client', { labels: { app: 'x' }, spec: { dnsPolicy: 'Default' } });
    expect(diagnoseObjects([...soundWebAndNamespaces, caller], 'web', { from: 'shop/client' }).verdict).toBe('broken');
  });

  it('stays silent for ClusterFirst and for workloads that do not name the Service', () => {
    expect(diagnose(front(url, 'shop', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' })).verdict).toBe(
      'healthy',
    );
    expect(diagnose(front([], 'shop', { dnsPolicy: 'Default' })).verdict).toBe('healthy');
  });
});
