import { describe, expect, it } from 'vitest';
import { createIndex } from '../model/cluster-index.ts';
import type { KubeObject } from '../model/objects.ts';
import type { EndpointSlice } from '../model/objects-network.ts';
import { namespace, type SnapshotOptions, service, snapshotOf } from '../testing/builders.ts';
import { reverseName } from './reverse-name.ts';
import { zoneOf } from './zone.ts';

function slice(name: string, endpoints: EndpointSlice['endpoints'], more: Partial<EndpointSlice> = {}): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${more.addressType ?? 'IPv4'}`,
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    ...more,
  } as KubeObject;
}

const zone = (objects: readonly KubeObject[], options: SnapshotOptions = {}) =>
  zoneOf(createIndex(snapshotOf([namespace('shop'), ...objects], options)));
const lines = (objects: readonly KubeObject[]): readonly string[] =>
  zone(objects)
    .all()
    .map(({ name, type, data }) => `${name} ${type} ${data}`)
    .filter((line) => !line.startsWith('dns-version'))
    .sort();

describe('records of a Service with a ClusterIP', () => {
  it('are addresses of both families, SRV of named ports, and PTR, with endpoints or without', () => {
    const web = service('web', {
      clusterIP: '10.96.0.7',
      clusterIPs: ['10.96.0.7', 'fd00::7'],
      ports: [
        { name: 'http', port: 80, protocol: 'TCP' },
        { port: 81, protocol: 'TCP' },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    });
    expect(lines([web])).toEqual(
      [
        'web.shop.svc.cluster.local A 10.96.0.7',
        'web.shop.svc.cluster.local AAAA fd00::7',
        '_http._tcp.web.shop.svc.cluster.local SRV 0 0 80 web.shop.svc.cluster.local',
        '_dns._udp.web.shop.svc.cluster.local SRV 0 0 53 web.shop.svc.cluster.local',
        '7.0.96.10.in-addr.arpa PTR web.shop.svc.cluster.local',
        `${reverseName('fd00::7') ?? ''} PTR web.shop.svc.cluster.local`,
      ].sort(),
    );
  });
});

describe('records of a headless Service', () => {
  const db = service('db', { clusterIP: 'None', clusterIPs: ['None'] });

  it('are those of its ready endpoints, under the name of the pod where it has a hostname', () => {
    const objects = [
      db,
      slice('db', [
        { addresses: ['10.244.0.5'], hostname: 'db-0', conditions: { ready: true } },
        { addresses: ['10.244.0.6'] },
        { addresses: ['10.244.0.7'], hostname: 'db-2', conditions: { ready: false } },
      ]),
      slice('db', [{ addresses: ['fd00::5'], hostname: 'db-0' }], { addressType: 'IPv6', ports: null }),
    ];
    expect(lines(objects)).toEqual(
      [
        'db.shop.svc.cluster.local A 10.244.0.5',
        'db.shop.svc.cluster.local A 10.244.0.6',
        'db.shop.svc.cluster.local AAAA fd00::5',
        'db-0.db.shop.svc.cluster.local A 10.244.0.5',
        'db-0.db.shop.svc.cluster.local AAAA fd00::5',
        '10-244-0-6.db.shop.svc.cluster.local A 10.244.0.6',
        '_http._tcp.db.shop.svc.cluster.local SRV 0 0 8080 db-0.db.shop.svc.cluster.local',
        '_http._tcp.db.shop.svc.cluster.local SRV 0 0 8080 10-244-0-6.db.shop.svc.cluster.local',
        '5.0.244.10.in-addr.arpa PTR db-0.db.shop.svc.cluster.local',
        '6.0.244.10.in-addr.arpa PTR 10-244-0-6.db.shop.svc.cluster.local',
        `${reverseName('fd00::5') ?? ''} PTR db-0.db.shop.svc.cluster.local`,
      ].sort(),
    );
  });

  it('are none without a ready endpoint: the name does not exist', () => {
    expect(zone([db]).foretell('db.shop.svc.cluster.local', ['A'])).toBe('nxdomain');
  });
});

describe('foretelling', () => {
  const web = service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] });
  const alias = service('shop-api', { type: 'ExternalName', externalName: 'api.example.com.', clusterIP: '' });

  it.each([
    ['web.shop.svc.cluster.local', 'found'],
    ['shop-api.shop.svc.cluster.local', 'found'],
    ['wep.shop.svc.cluster.local', 'nxdomain'],
    ['web.nowhere.svc.cluster.local', 'nxdomain'],
    ['web.shop.svc.corp.local.svc.cluster.local', 'nxdomain'],
    ['shop.svc.cluster.local', 'nodata'],
    ['svc.cluster.local', 'nodata'],
    ['10-1-2-3.shop.pod.cluster.local', 'found'],
    ['web.cluster.local', 'nxdomain'],
    ['web', 'nxdomain'],
    ['example.com', 'unknown'],
  ] as const)('%s is %s', (name, answer) => {
    expect(zone([web, alias]).foretell(name, ['A', 'AAAA'])).toBe(answer);
  });

  it('knows that nothing stands further before a Service than its port, wherever namespaces were not read', () => {
    const part = zone([web], { only: { Service: { namespace: 'shop' } }, except: { Namespace: 'notCollected' } });
    expect(part.foretell('web.shop.svc.corp.local.svc.cluster.local', ['A'])).toBe('nxdomain');
    expect(part.foretell('_http._tcp.web.local.svc.cluster.local', ['A'])).toBe('unknown');
  });

  it('tells a name without that type from one that does not exist', () => {
    expect(zone([web]).foretell('web.shop.svc.cluster.local', ['AAAA'])).toBe('nodata');
  });

  it('does not guess where Services were not read', () => {
    const blind = zone([], { except: { Service: 'forbidden' } });
    expect(blind.foretell('web.shop.svc.cluster.local', ['A'])).toBe('unknown');
  });
});
