import { describe, expect, it } from 'vitest';
import type { EnvVar } from '../../../../shared/model/objects-pod.ts';
import { deployment, ownedBy, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { front } from '../../testing/caller-objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const entry = service('front', { selector: { app: 'front' } });
const pods = [pod('front-1', { labels: { app: 'front' }, meta: ownedBy('ReplicaSet', 'front-abc') })];
const catalog = deployment('catalog', { app: 'catalog' });
const named: readonly EnvVar[] = [{ name: 'CATALOG_ADDR', value: 'catalog:3550' }];

function diagnose(env: readonly EnvVar[], more: readonly object[], spec = {}, options = {}) {
  const objects = [entry, ...pods, ...slicesFor(entry, pods), front(env, 'shop', spec), ...(more as [])];
  return diagnoseObjects(objects, 'front', options);
}

describe('named-service-missing', () => {
  it('tells ready pods that call a workload which has no Service', () => {
    const report = diagnose(named, [catalog]);
    expect(causeCodes(report)).toEqual(['SVC857']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toBe(
      'Deployment front calls catalog:3550 (env CATALOG_ADDR), but there is no Service shop/catalog; Deployment catalog has none',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl expose deployment catalog -n shop --port=3550 --target-port=8080',
    );
  });

  it('tells a name that is nearly that of a Service with the port', () => {
    const there = service('catalogue', { selector: { app: 'catalog' }, ports: [{ port: 3550 }] });
    const report = diagnose(named, [there]);
    expect(causeCodes(report)).toEqual(['SVC857']);
    expect(report.headline).toContain('nearest: Service catalogue');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl set env deployment/front -n shop -c app CATALOG_ADDR=catalogue:3550',
    );
    const other = service('catalogue', { selector: { app: 'catalog' }, ports: [{ port: 80 }] });
    expect(causeCodes(diagnose(named, [other]))).toEqual([]);
  });

  it('names the Service of another name that leads to the workload', () => {
    const there = service('products', { selector: { app: 'catalog' }, ports: [{ port: 3550 }] });
    const report = diagnose(named, [catalog, there]);
    expect(report.headline).toContain('no Service shop/catalog; Deployment catalog is behind Service products');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl set env deployment/front -n shop -c app CATALOG_ADDR=products:3550',
    );
  });

  it('stays silent about what may be optional, outside, in /etc/hosts, or was not read', () => {
    expect(diagnose([{ name: 'OTEL', value: 'http://otel-collector:4317' }], [catalog]).verdict).toBe('healthy');
    expect(diagnose([{ name: 'API', value: 'https://catalog.example.com' }], [catalog]).verdict).toBe('healthy');
    const first = service('catalog-v1', { selector: { app: 'catalog' }, ports: [{ port: 3550 }] });
    expect(diagnose([{ name: 'CANARY', value: 'catalog-v2:3550' }], [first]).verdict).toBe('healthy');
    const hostAliases = [{ ip: '192.0.2.7', hostnames: ['catalog'] }];
    expect(diagnose(named, [catalog], { hostAliases }).verdict).toBe('healthy');
    const there = service('catalog', { selector: { app: 'x' }, ports: [{ port: 3550 }] });
    expect(diagnose(named, [catalog, there]).causes).toEqual([]);
    const only = { Service: { namespace: 'shop', subset: 'name=front' } };
    expect(diagnose(named, [catalog], {}, { only }).verdict).toBe('healthy');
  });
});
