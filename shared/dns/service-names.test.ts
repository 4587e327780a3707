import { describe, expect, it } from 'vitest';
import { isDnsLabel, meaningFor, namesOf, parseClusterName, shortestName } from './service-names.ts';

describe('parseClusterName', () => {
  it('reads names with svc, with and without domain, dot and upper case', () => {
    const web = { service: 'web', namespace: 'shop' };
    expect(parseClusterName('web.shop.svc')).toEqual(web);
    expect(parseClusterName('web.shop.svc.cluster.local')).toEqual(web);
    expect(parseClusterName('Web.Shop.SVC.cluster.local.')).toEqual(web);
    expect(parseClusterName('web.shop.svc.corp.local')).toEqual(web);
    expect(parseClusterName('web.shop.svc.k8s.example', 'k8s.example')).toEqual(web);
  });

  it('reads the name of a pod behind a headless Service', () => {
    const name = parseClusterName('db-0.db.shop.svc.cluster.local');
    expect(name).toEqual({ service: 'db', namespace: 'shop', host: 'db-0' });
  });

  it('leaves names of the world outside alone', () => {
    for (const name of ['example.com', 'a.b.svc.example.com', 'svc.example.com', 'web.shop', 'web', '']) {
      expect(parseClusterName(name)).toBeUndefined();
    }
  });
});

describe('meaningFor', () => {
  const none = () => false;

  it('takes a bare word for a Service of the own namespace and two words for Service and namespace', () => {
    expect(meaningFor('web', 'shop', none)).toEqual({ service: 'web', namespace: 'shop' });
    expect(meaningFor('web.data', 'shop', none)).toEqual({ service: 'web', namespace: 'data' });
  });

  it('takes two words for a pod and its Service when the namespace has such a Service', () => {
    const own = (service: string) => service === 'kafka';
    expect(meaningFor('kafka-0.kafka', 'shop', own)).toEqual({ service: 'kafka', namespace: 'shop', host: 'kafka-0' });
  });

  it('needs svc in longer names', () => {
    expect(meaningFor('web.data.svc', 'shop', none)).toEqual({ service: 'web', namespace: 'data' });
    expect(meaningFor('www.example.com', 'shop', none)).toBeUndefined();
  });
});

describe('names', () => {
  it('lists all names, shortest first', () => {
    expect(namesOf('web', 'shop')).toEqual(['web', 'web.shop', 'web.shop.svc', 'web.shop.svc.cluster.local']);
    expect(shortestName('web', 'shop', 'shop')).toBe('web');
    expect(shortestName('web', 'shop', 'data')).toBe('web.shop');
  });

  it('knows what can stand between two dots', () => {
    expect(['web', 'web-2', '2web'].every(isDnsLabel)).toBe(true);
    expect(['Web', '-web', 'web-', 'we_b', 'a'.repeat(64), ''].some(isDnsLabel)).toBe(false);
  });
});
