import { describe, expect, it } from 'vitest';
import { hostsIn, hostVariables } from './host-references.ts';

const short = (text: string) => hostsIn(text).map(({ host, port }) => `${host}:${port ?? ''}`);

describe('hostsIn', () => {
  it('reads URLs of any scheme, with users, paths and default ports', () => {
    expect(short('http://web')).toEqual(['web:80']);
    expect(short('https://web.shop/api?x=1')).toEqual(['web.shop:443']);
    expect(short('jdbc:postgresql://db:5432/orders')).toEqual(['db:5432']);
    expect(short('postgres://user:p@ss@db.data.svc.cluster.local:5432/x')).toContain('db.data.svc.cluster.local:5432');
    expect(short('redis://cache')).toEqual(['cache:']);
  });

  it('reads pairs and lists of pairs', () => {
    expect(short('kafka-0.kafka:9092,kafka-1.kafka:9092')).toEqual(['kafka-0.kafka:9092', 'kafka-1.kafka:9092']);
    expect(short('--backend=web:8080')).toEqual(['web:8080']);
  });

  it('reads whole names without a port', () => {
    expect(short('web.shop.svc.cluster.local')).toEqual(['web.shop.svc.cluster.local:']);
  });

  it('leaves images, times, addresses, paths and plain words alone', () => {
    for (const text of [
      'registry.example/web:8080',
      'web',
      '12:30',
      '10.0.0.1:80',
      '/web:8080',
      'web:1.2',
      'a:b',
      ':8080',
    ]) {
      expect(short(text)).toEqual([]);
    }
  });
});

describe('hostVariables', () => {
  it('joins HOST and PORT of one stem', () => {
    const values = new Map([
      ['WEB_HOST', 'web'],
      ['WEB_PORT', '8081'],
      ['DB_HOST', 'db'],
      ['OTHER_PORT', '1'],
    ]);
    expect(hostVariables(values)).toMatchObject([{ host: 'web', port: 8081, variable: 'WEB_HOST' }]);
  });
});
