import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { node, pod, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, checkObjects, configMap, dnsService } from '../../testing/dns-objects.ts';

const LABELS = { 'k8s-app': 'kube-dns' };
const SYSTEM = { namespace: 'kube-system' };
const containers = [
  { name: 'kubedns', image: 'gke.gcr.io/k8s-dns-kube-dns:1.22.28' },
  { name: 'dnsmasq', image: 'gke.gcr.io/k8s-dns-dnsmasq-nanny:1.22.28' },
  { name: 'sidecar', image: 'gke.gcr.io/k8s-dns-sidecar:1.22.28' },
];

/** kube-dns as GKE runs it, with these keys in its ConfigMap. */
function cluster(data: Readonly<Record<string, string>>): readonly KubeObject[] {
  const servers = ['kube-dns-1', 'kube-dns-2'].map((name, at) =>
    pod(name, { ...SYSTEM, labels: LABELS, node: `n${at + 1}`, containers }),
  );
  const made: Workload = workload(
    'Deployment',
    'kube-dns',
    LABELS,
    { replicas: 2, template: { metadata: { labels: LABELS }, spec: { containers } } },
    { ...SYSTEM, labels: LABELS },
  );
  const dns = dnsService();
  const deployment: Workload = { ...made, status: { observedGeneration: 1, replicas: 2, readyReplicas: 2 } };
  return [deployment, dns, ...servers, ...slicesFor(dns, servers), configMap('kube-dns', data), node('n1'), node('n2')];
}

const check = (data: Readonly<Record<string, string>>) => checkObjects(cluster(data));

describe('the ConfigMap of kube-dns', () => {
  it.each([
    [{}],
    [
      {
        stubDomains: '{"acme.local": ["1.2.3.4:5353", "ns.example.com"]}',
        upstreamNameservers: '["8.8.8.8", "1.1.1.1:53"]',
      },
    ],
    [{ federations: '{"prod": "prod.example.com"}' }],
  ])('%j is sound', (data) => {
    expect(causeCodes(check(data))).toEqual([]);
  });

  it.each([
    [{ stubDomains: '{"acme.local": ["1.2.3.4"]' }, 'stubDomains is no JSON'],
    [{ stubDomains: '{"acme.local": "1.2.3.4"}' }, 'stubDomains has another form than kube-dns reads'],
    [{ stubDomains: '{"Acme.local": ["1.2.3.4"]}' }, 'stubDomains: "Acme.local" is no domain in lower case'],
    [{ upstreamNameservers: '["1.1.1.1","2.2.2.2","3.3.3.3","4.4.4.4"]' }, '4 entries, at most 3 are allowed'],
    [{ upstreamNameservers: '["dns.google"]' }, 'upstreamNameservers: "dns.google" is no address'],
    [{ federations: 'prod=prod.example.com' }, 'federations is no JSON'],
  ])('%j is not taken', (data, why) => {
    const report = check(data);
    expect(causeCodes(report)).toEqual(['DNS121']);
    expect(report.headline).toContain('ConfigMap kube-system/kube-dns is not in force');
    expect(report.headline).toContain(why);
  });

  it.each([
    [{ upstreamNameservers: '["10.96.0.10"]' }, 'upstreamNameservers names 10.96.0.10, its own Service'],
    [
      { stubDomains: '{"acme.local": ["10.96.0.10:53"]}' },
      'stubDomains sends acme.local to 10.96.0.10:53, its own Service',
    ],
    [
      { stubDomains: '{"cluster.local": ["1.2.3.4"]}' },
      'stubDomains sends names of the cluster (cluster.local) to 1.2.3.4',
    ],
  ])('%j sends questions the wrong way round', (data, what) => {
    const report = check(data);
    expect(report).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS122' }] });
    expect(report.headline).toContain(what);
  });
});
