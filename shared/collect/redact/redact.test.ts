import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/objects.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import {
  deployment,
  event,
  ingress,
  namespace,
  networkPolicy,
  node,
  pod,
  service,
  slicesFor,
  snapshotOf,
} from '../../testing/builders.ts';
import { forRecording } from '../for-recording.ts';
import { addressMapper } from './pseudo-address.ts';
import { redact } from './redact.ts';

const web = service('payment-web', {
  selector: { app: 'payment', tier: 'gold' },
  ports: [{ name: 'payment', port: 80, targetPort: 'payment' }],
});
const pods = [
  pod('payment-7d9f8c6b5-bcdfg', { labels: { app: 'payment', tier: 'gold' } }),
  pod('payment-7d9f8c6b5-hjklm', { labels: { app: 'payment', tier: 'gold' } }),
];
const coredns = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'coredns-1', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: { nodeName: 'rack7-host12' },
};
const facts: Snapshot = {
  ...snapshotOf([
    namespace('shop', { team: 'acme-payments' }),
    node('rack7-host12'),
    web,
    ...pods,
    ...slicesFor(web, pods),
    deployment('payment'),
    event(
      pods[0] as KubeObject,
      'Unhealthy',
      'Readiness probe failed: Get "http://10.0.0.1:8080/healthz": dial tcp 10.0.0.1:8080: connect: connection refused',
    ),
    ingress('payment', {
      rules: [
        {
          host: 'pay.acme.example.com',
          http: { paths: [{ path: '/', backend: { service: { name: 'payment-web', port: { name: 'payment' } } } }] },
        },
      ],
    }),
    networkPolicy('payment', {
      podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['gold', 'silver'] }] },
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16', except: ['10.0.5.0/24'] } }] }],
    }),
    coredns as KubeObject,
  ]),
  logs: [
    {
      namespace: 'shop',
      pod: 'payment-7d9f8c6b5-bcdfg',
      container: 'app',
      previous: false,
      text: 'order 7 for jane.doe@acme.com via db.acme.com and payment-web.shop.svc.cluster.local:80 from 10.0.0.1\n',
    },
  ],
  tools: [
    {
      path: 'tools/rack7-host12/iptables-save',
      text: '-A KUBE-SERVICES -d 10.96.0.10/32 -m comment --comment "shop/payment-web:payment cluster IP" -j KUBE-SVC-ABCDEFGHIJKLMNOP\n',
    },
  ],
};

describe('redact', () => {
  const text = JSON.stringify(redact(forRecording(facts)));

  it('leaves no name, host, address or label value of people', () => {
    expect(text).not.toMatch(/payment|shop|acme|gold|silver|rack|jane|10\.0\.5\.0|10\.96\.0\.10/i);
  });

  it('keeps names of the system, keys of labels, protocols and messages', () => {
    for (const kept of [
      'coredns-1',
      'kube-system',
      'kube-dns',
      '"tier"',
      'cluster.local',
      'Readiness probe failed',
      'connection refused',
      ':8080',
    ]) {
      expect(text).toContain(kept);
    }
  });

  it('gives the same name to the same thing everywhere, so that relations stay', () => {
    const { objects, logs, coverage } = redact(forRecording(facts));
    const [svc] = objects.Service ?? [];
    const [first, second] = (objects.Pod ?? []).filter(({ metadata }) => metadata?.namespace !== 'kube-system');
    const scope = svc?.metadata?.namespace;
    expect(objects.Namespace?.[0]?.metadata?.name).toBe(scope);
    expect(first?.metadata?.labels).toMatchObject(svc?.spec?.selector ?? { missing: '' });
    expect(first?.metadata?.labels).toEqual(second?.metadata?.labels);
    expect(objects.EndpointSlice?.[0]?.metadata?.labels?.['kubernetes.io/service-name']).toBe(svc?.metadata?.name);
    expect(objects.EndpointSlice?.[0]?.endpoints?.map((endpoint) => endpoint.addresses?.[0])).toEqual([
      first?.status?.podIP,
      second?.status?.podIP,
    ]);
    expect(objects.Ingress?.[0]?.spec?.rules?.[0]?.http?.paths?.[0]?.backend?.service).toEqual({
      name: svc?.metadata?.name,
      port: { name: svc?.spec?.ports?.[0]?.name },
    });
    expect(svc?.spec?.ports?.[0]?.targetPort).toBe(svc?.spec?.ports?.[0]?.name);
    expect(logs[0]).toMatchObject({ namespace: scope, pod: first?.metadata?.name });
    expect(logs[0]?.text).toContain(`${svc?.metadata?.name}.${scope}.svc.cluster.local:80`);
    const app = objects.Deployment?.[0]?.metadata?.name ?? '';
    expect(first?.metadata?.name).toBe(`${app}-7d9f8c6b5-bcdfg`);
    expect(objects.NetworkPolicy?.[0]?.spec?.podSelector?.matchExpressions?.[0]?.values).toContain(
      first?.metadata?.labels?.tier,
    );
    expect(coverage.every((entry) => entry.namespace === '*')).toBe(true);
  });

  it('takes long words and lines without pause', () => {
    const long = [
      'a'.repeat(100_000),
      'a-'.repeat(50_000),
      'a.'.repeat(50_000),
      'f:'.repeat(50_000),
      'x@'.repeat(50_000),
    ].join(' ');
    const log = { namespace: 'shop', pod: 'p', container: 'c', previous: false, text: long };
    expect(redact(forRecording({ ...facts, logs: [log] })).logs[0]?.text).toHaveLength(long.length);
  });

  it('gives the same pseudonyms for the same facts', () => {
    expect(JSON.stringify(redact(forRecording(facts)))).toBe(text);
  });

  it('empties ConfigMaps of people and certificates, and keeps those of the system', () => {
    const map = (ns: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace: ns },
      ...{ data: { Corefile: '.:53 { forward . 10.9.8.7 }' } },
    });
    const { objects } = redact(snapshotOf([map('shop'), map('kube-system')]));
    expect(objects.ConfigMap?.map((entry) => entry.data?.Corefile)).toEqual([
      '',
      expect.stringMatching(/^\.:53 \{ forward \. 10\.(?!9\.8\.7)/),
    ]);
  });
});

describe('addressMapper', () => {
  const map = addressMapper('key');
  const bits = (address: string): string =>
    address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const shared = (a: string, b: string): number => {
    let count = 0;
    while (count < 32 && bits(a)[count] === bits(b)[count]) count++;
    return count;
  };

  it('keeps how many leading bits two addresses share, hence who is in which range', () => {
    const addresses = [
      '10.1.2.3',
      '10.1.2.4',
      '10.1.3.4',
      '10.200.0.1',
      '172.16.5.5',
      '172.31.0.1',
      '192.168.1.1',
      '8.8.8.8',
    ];
    for (const a of addresses)
      for (const b of addresses) expect(shared(map(a), map(b)), `${a} ${b}`).toBe(shared(a, b));
    const [network = '', length] = map('10.1.2.0/24').split('/');
    expect(length).toBe('24');
    expect(shared(network, map('10.1.2.77'))).toBeGreaterThanOrEqual(24);
    expect(network.endsWith('.0')).toBe(true);
  });

  it('keeps private ranges private and special addresses as they are', () => {
    expect(map('10.1.2.3')).toMatch(/^10\./);
    expect(map('192.168.1.1')).toMatch(/^192\.168\./);
    for (const same of [
      '127.0.0.1',
      '0.0.0.0',
      '169.254.20.10',
      '255.255.255.255',
      '::1',
      '::',
      'fe80::1',
      '0.0.0.0/0',
      '::/0',
    ])
      expect(map(same)).toBe(same);
    expect(map('2001:db8::1')).toMatch(/^2001:/);
    expect(map('2001:db8::1')).not.toBe('2001:db8::1');
    expect(map('::ffff:10.1.2.3')).toBe(`::ffff:${map('10.1.2.3')}`);
  });

  it('finds addresses in texts, and nothing else', () => {
    const ip = map('10.1.2.3');
    expect(map('dial tcp 10.1.2.3:8080: refused')).toBe(`dial tcp ${ip}:8080: refused`);
    expect(map('http://[2001:db8::1]:80/')).toBe(`http://[${map('2001:db8::1')}]:80/`);
    for (const same of [
      'at 12:30:45 v1.34.4',
      'sha256:abcdef',
      '2026-01-01T10:00:00Z',
      'app:1.2.3',
      'web::x',
      'image 1.2.3.4.5',
      'nginx:1.25',
    ])
      expect(map(same)).toBe(same);
  });
});
