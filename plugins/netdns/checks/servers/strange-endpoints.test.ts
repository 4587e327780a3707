import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { pod, slicesFor } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, checkObjects, dnsObjects, dnsService, server } from '../../testing/dns-objects.ts';

const byHand = (address: string, labels: Readonly<Record<string, string>> = {}): KubeObject => {
  const made = slice('kube-dns-extra', {
    service: 'kube-dns',
    addresses: [address],
    ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
    labels,
  });
  return { ...made, metadata: { ...made.metadata, namespace: 'kube-system' } };
};
const web = pod('web-1', { ip: '10.244.9.9' });
const ask = (...more: readonly KubeObject[]) => checkObjects([...dnsObjects(), ...more]);

describe('an endpoint of the DNS Service that is no DNS server', () => {
  it('takes its share of the questions', () => {
    const report = ask(web, byHand('10.244.9.9'));
    expect(causeCodes(report)).toEqual(['DNS132']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toBe(
      '1 of 3 endpoints of Service kube-system/kube-dns is no DNS server: 10.244.9.9 (pod shop/web-1), from EndpointSlice kube-dns-extra',
    );
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command:
        'kubectl get endpointslice kube-dns-extra -n kube-system -o yaml | grep -v resourceVersion: > before.yaml && ' +
        'kubectl delete endpointslice kube-dns-extra -n kube-system',
      undo: 'kubectl replace --force -f before.yaml',
    });
  });

  it('is none where a pod there listens for DNS, or nobody knows what is there', () => {
    const ports = [{ name: 'dns', containerPort: 53, protocol: 'UDP' }];
    const own = pod('dnsmasq-1', { ip: '10.244.9.9', containers: [{ name: 'dns', image: 'example/dnsmasq', ports }] });
    expect(ask(own, byHand('10.244.9.9')).causes).toEqual([]);
    expect(ask(byHand('192.0.2.53')).causes).toEqual([]);
  });

  it('is none that the controller is about to change, nor that of a server of another address', () => {
    const labels = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
    expect(ask(web, byHand('10.244.9.9', labels)).causes).toEqual([]);
    const servers = [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2' })];
    const dns = dnsService();
    expect(checkObjects([...dnsObjects({ servers }), ...slicesFor(dns, servers)]).causes).toEqual([]);
  });
});
