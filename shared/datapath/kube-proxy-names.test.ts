import { describe, expect, it } from 'vitest';
import {
  iptablesChains,
  iptablesEndpointChain,
  nftablesEndpointChain,
  nftablesServiceChain,
} from './kube-proxy-names.ts';

const svc1 = { namespace: 'ns1', service: 'svc1', port: 'p80', protocol: 'TCP' };

describe('names of kube-proxy chains', () => {
  it.each([
    ['default', 'kubernetes', 'https', 'TCP', 'NPX46M4PTMTKRN6Y'],
    ['kube-system', 'kube-dns', 'dns', 'UDP', 'TCOU7JCQXEZGVUNU'],
    ['kube-system', 'kube-dns', 'dns-tcp', 'TCP', 'ERIFXISQEP7F7OF4'],
    ['kube-system', 'kube-dns', 'metrics', 'tcp', 'JD5MR3NA4I4DYORP'],
    ['ns1', 'svc1', 'p80', 'TCP', 'XPGD46QRK7WJZT7O'],
  ])('hash %s/%s:%s %s to %s', (namespace, service, port, protocol, hash) => {
    expect(iptablesChains({ namespace, service, port, protocol })).toEqual({
      service: `KUBE-SVC-${hash}`,
      local: `KUBE-SVL-${hash}`,
      external: `KUBE-EXT-${hash}`,
      firewall: `KUBE-FW-${hash}`,
    });
  });

  it('hash endpoints with their address', () => {
    expect(iptablesEndpointChain(svc1, { address: '10.180.0.1', port: 80 })).toBe('KUBE-SEP-SXIVWICOYRO3J4NJ');
  });

  it('are those that a real kube-proxy 1.34 wrote', () => {
    const dns = { namespace: 'kube-system', service: 'kube-dns', port: 'dns-tcp', protocol: 'TCP' };
    const unnamed = { namespace: 'smoke', service: 'web', protocol: 'TCP' };
    expect(iptablesEndpointChain(dns, { address: '10.244.1.2', port: 53 })).toBe('KUBE-SEP-BWHGELGX6BITPZVO');
    expect(iptablesEndpointChain(unnamed, { address: '10.244.1.4', port: 8080 })).toBe('KUBE-SEP-GQMDQJC6BF5RY5YS');
  });

  it('carry the whole name in the nftables mode', () => {
    expect(nftablesServiceChain(svc1)).toBe('service-ULMVA6XW-ns1/svc1/tcp/p80');
    expect(nftablesEndpointChain(svc1, { address: '10.180.0.1', port: 80 })).toBe(
      'endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80',
    );
  });

  it('write IPv6 addresses without colons and cut long names in the nftables mode', () => {
    expect(nftablesEndpointChain(svc1, { address: 'fd00::7', port: 80 })).toContain('__fd00..7/80');
    const long = nftablesServiceChain({ ...svc1, namespace: 'n'.repeat(63), service: 's'.repeat(200) });
    expect(long.length).toBe(240);
    expect(long.endsWith('...')).toBe(true);
  });

  it('leave the colon out for a port without a name', () => {
    const unnamed = iptablesChains({ namespace: 'shop', service: 'web', protocol: 'TCP' });
    expect(unnamed).toEqual(iptablesChains({ namespace: 'shop', service: 'web', port: '', protocol: 'tcp' }));
  });
});
