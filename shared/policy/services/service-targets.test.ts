import { describe, expect, it } from 'vitest';
import { pod, service } from '../testing/cluster.ts';
import { selectedPods, serviceTargets } from './service-targets.ts';

describe('serviceTargets', () => {
  const old = pod('shop/web-1', { app: 'web' }, { ports: ['http:8080', 'dns:53/UDP'] });
  const next = pod('shop/web-2', { app: 'web' }, { ports: ['http:9090'] });
  const bare = pod('shop/web-3', { app: 'web' });
  const ports = (spec: object, wanted?: number | string) =>
    serviceTargets(service('shop/web', { app: 'web' }, { ports: [spec] }), [old, next, bare], wanted).map(
      ({ servicePort, protocol, targets }) => [servicePort, protocol, targets.map(({ port }) => port)],
    );

  it('takes a number as it is, and the Service port when there is no target port', () => {
    expect(ports({ port: 80, targetPort: 8080 })).toEqual([[80, 'TCP', [8080, 8080, 8080]]]);
    expect(ports({ port: 80 })).toEqual([[80, 'TCP', [80, 80, 80]]]);
  });

  it('looks up a name in each pod: a rollout can move it, and a pod can lack it', () => {
    expect(ports({ port: 80, targetPort: 'http' })).toEqual([[80, 'TCP', [8080, 9090, undefined]]]);
    expect(ports({ port: 53, targetPort: 'dns', protocol: 'UDP' })).toEqual([[53, 'UDP', [53, undefined, undefined]]]);
    expect(ports({ port: 53, targetPort: 'dns' })).toEqual([[53, 'TCP', [undefined, undefined, undefined]]]);
  });

  it('picks one port by number or name', () => {
    expect(ports({ port: 80, name: 'web' }, 'web')).toHaveLength(1);
    expect(ports({ port: 80, name: 'web' }, 80)).toHaveLength(1);
    expect(ports({ port: 80, name: 'web' }, 8080)).toEqual([]);
  });
});

describe('selectedPods', () => {
  it('takes pods of the namespace that match and are not finished', () => {
    const web = pod('shop/web', { app: 'web', version: '1' });
    const all = [
      web,
      pod('other/web', { app: 'web' }),
      pod('shop/db', { app: 'db' }),
      pod('shop/done', { app: 'web' }, { phase: 'Failed' }),
    ];
    expect(selectedPods(service('shop/web', { app: 'web' }), all)).toEqual([web]);
  });

  it('takes none without a selector', () => {
    expect(selectedPods(service('shop/web', {}), [pod('shop/web')])).toEqual([]);
    expect(selectedPods({ metadata: { namespace: 'shop', name: 'web' }, spec: {} }, [pod('shop/web')])).toEqual([]);
  });
});
