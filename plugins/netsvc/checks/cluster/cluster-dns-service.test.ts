import { describe, expect, it } from 'vitest';
import { crashing, ended } from '../../../../shared/testing/broken-pods.ts';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { clusterDns, dnsPod, soundWeb } from '../../testing/system-objects.ts';

describe('cluster-dns-service', () => {
  const [deployment, , ...pods] = clusterDns([dnsPod('coredns-1')]);
  const running = [
    ...(deployment === undefined ? [] : [deployment]),
    ...pods.filter((object) => object.kind === 'Pod'),
  ];

  it('tells a DNS Service without endpoints although its servers are ready', () => {
    const stray = service(
      'kube-dns',
      { selector: { 'k8s-app': 'dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
      { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    );
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kube-dns-1', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    };
    const report = diagnoseObjects([...soundWeb(), ...running, stray, slice], 'web');
    expect(causeCodes(report)).toContain('SVC804');
    expect(report.headline).toContain(
      'Service kube-system/kube-dns selects k8s-app=dns, which the DNS pods do not carry (they have k8s-app=kube-dns)',
    );
    expect(report.causes.find(({ code }) => code === 'SVC804')?.fixes[0]).toMatchObject({
      command: `kubectl patch service kube-dns -n kube-system --type=merge -p '{"spec":{"selector":{"k8s-app":"kube-dns"}}}'`,
      undo: `kubectl patch service kube-dns -n kube-system --type=merge -p '{"spec":{"selector":{"k8s-app":"dns"}}}'`,
    });
  });

  it('tells by its selector and the pods alone that it leads to none', () => {
    const dns = (app: string) =>
      service(
        'kube-dns',
        { selector: { 'k8s-app': app }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
        { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      );
    const unread = { except: { EndpointSlice: 'notCollected' } } as const;
    const report = diagnoseObjects([...soundWeb(), ...running, dns('coredns')], 'web', unread);
    expect(causeCodes(report)).toContain('SVC804');
    expect(report.headline).toContain('selects k8s-app=coredns, which the DNS pods do not carry');
    expect(causeCodes(diagnoseObjects([...soundWeb(), ...running, dns('kube-dns')], 'web', unread))).toEqual([]);
    const podsToo = { except: { EndpointSlice: 'notCollected', Pod: 'notCollected' } } as const;
    expect(causeCodes(diagnoseObjects([...soundWeb(), ...running, dns('coredns')], 'web', podsToo))).not.toContain(
      'SVC804',
    );
  });

  it('knows by the slices alone that nothing answers, and then blames no app that ended without a word', () => {
    const dns = service(
      'kube-dns',
      { selector: { 'k8s-app': 'kube-dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
      { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    );
    const unread = { except: { Deployment: 'notCollected', DaemonSet: 'notCollected' } } as const;
    const empty = slicesFor(dns, []);
    const report = diagnoseObjects([...soundWeb(), dns, ...empty], 'web', unread);
    expect(causeCodes(report)).toEqual(['SVC804']);
    expect(report.headline).toBe(
      'Service kube-system/kube-dns has no ready endpoint, so names of Services do not resolve',
    );
    const down = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const crash = diagnoseObjects([service('web'), down, dns, ...empty], 'web', unread);
    expect(causeCodes(crash)).toEqual(['SVC804']);
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text: 'bad config' }];
    expect(causeCodes(diagnoseObjects([service('web'), down, dns, ...empty], 'web', { ...unread, logs }))[0]).toBe(
      'SVC229',
    );
  });

  it('tells a DNS Service that was deleted', () => {
    const report = diagnoseObjects([...soundWeb(), ...running], 'web');
    expect(causeCodes(report)).toEqual(['SVC804']);
    expect(report.headline).toContain('Service kube-system/kube-dns does not exist');
  });
});
