import { describe, expect, it } from 'vitest';
import { formatResolvConf, muslDropsSearch, parseResolvConf, podResolver } from './pod-resolver.ts';

const kubelet = { clusterDns: ['10.96.0.10'], domain: 'cluster.local' };
const host = parseResolvConf(
  '# a comment\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch corp.example.\noptions rotate timeout:1\n',
);

describe('resolv.conf of a pod', () => {
  it('asks the cluster, with the search list of its namespace and then that of the node', () => {
    expect(formatResolvConf(podResolver({}, 'shop', { ...kubelet, host }))).toBe(
      'search shop.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
  });

  it('is that of the node with hostNetwork and ClusterFirst, and with Default', () => {
    const trap = podResolver({ hostNetwork: true, dnsPolicy: 'ClusterFirst' }, 'shop', { ...kubelet, host });
    expect(trap).toMatchObject({ asks: 'node', policy: 'Default', nameservers: ['192.0.2.1', '192.0.2.2'] });
    expect(trap.why).toContain('hostNetwork');
    expect(formatResolvConf(podResolver({ dnsPolicy: 'Default' }, 'shop', { ...kubelet, host }))).toBe(
      'search corp.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\noptions rotate timeout:1\n',
    );
    expect(podResolver({ dnsPolicy: 'Default' }, 'shop', kubelet).hostUnseen).toBe(true);
  });

  it('asks the cluster from the host network with ClusterFirstWithHostNet', () => {
    const spec = { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' };
    expect(podResolver(spec, 'shop', kubelet)).toMatchObject({ asks: 'cluster', nameservers: ['10.96.0.10'] });
  });

  it('falls back to the node when the kubelet has no clusterDNS', () => {
    expect(podResolver({}, 'shop', { clusterDns: [], domain: 'cluster.local', host })).toMatchObject({
      asks: 'node',
      why: 'the kubelet has no clusterDNS',
    });
  });

  it('holds only dnsConfig with None, and adds it otherwise, without repeating', () => {
    const dnsConfig = {
      nameservers: ['10.96.0.10', '192.0.2.53'],
      searches: ['svc.cluster.local', 'extra.example'],
      options: [{ name: 'ndots', value: '2' }, { name: 'single-request-reopen' }],
    };
    expect(podResolver({ dnsPolicy: 'None', dnsConfig }, 'shop', { ...kubelet, host })).toMatchObject({
      asks: 'own',
      nameservers: dnsConfig.nameservers,
      searches: dnsConfig.searches,
      ndots: 2,
    });
    const merged = podResolver({ dnsConfig }, 'shop', kubelet);
    expect(merged.nameservers).toEqual(['10.96.0.10', '192.0.2.53']);
    expect(merged.searches).toEqual(['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'extra.example']);
    expect(formatResolvConf(merged)).toContain('options ndots:2 single-request-reopen\n');
  });

  it('keeps three servers and 32 domains, and tells what was left out', () => {
    const many = podResolver(
      {
        dnsConfig: {
          nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
          searches: Array.from({ length: 40 }, (_, at) => `d${at}.example`),
        },
      },
      'shop',
      kubelet,
    );
    expect(many.nameservers).toHaveLength(3);
    expect(many.omitted.nameservers).toEqual(['192.0.2.3']);
    expect(many.searches).toHaveLength(32);
    expect(many.omitted.searches).toHaveLength(11);
    const long = podResolver({ dnsConfig: { searches: ['a'.repeat(256), 'b.example'] } }, 'shop', kubelet);
    expect(long.omitted.searches).toEqual(['a'.repeat(256)]);
    expect(muslDropsSearch(many.searches)).toBeGreaterThan(254);
  });
});
