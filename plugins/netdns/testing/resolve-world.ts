import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, pod, service, slicesFor } from '../../../shared/testing/builders.ts';
import { dnsObjects } from './dns-objects.ts';
import { dnsServer, type FakeZone } from './dns-server.ts';

export const web = service('web', {
  clusterIP: '10.96.0.7',
  clusterIPs: ['10.96.0.7'],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
});
export const webPod = pod('web-1', { ip: '10.244.0.9' });
export const headless = service('db', { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'db' } });
export const front = pod('front-1', { namespace: 'front', labels: { app: 'front' } });
/** The objects of that cluster. */
export const world: readonly KubeObject[] = [
  ...dnsObjects(),
  namespace('shop'),
  namespace('front'),
  namespace('default'),
  namespace('kube-system'),
  web,
  webPod,
  ...slicesFor(web, [webPod]),
  headless,
  front,
];
/** What a server knows. */
export const ZONE: FakeZone = {
  'web.shop.svc.cluster.local A': ['10.96.0.7'],
  'web.shop.svc.cluster.local SRV': [],
  '_http._tcp.web.shop.svc.cluster.local SRV': ['0 100 80 web.shop.svc.cluster.local'],
  'example.com A': ['192.0.2.80'],
};
/** Servers that answer with these zones, one each. */
export const live = (zones: readonly FakeZone[]) => ({
  listeners: Object.fromEntries(zones.map((zone, at) => [`kube-system/coredns-${at + 1}:53`, dnsServer(zone)])),
});
