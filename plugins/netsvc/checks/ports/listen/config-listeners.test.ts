// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are words of configuration files.
import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { pod, snapshotOf } from '../../../../../shared/testing/builders.ts';
import { listenersOfConfig } from './config-listeners.ts';

function heard(container: Container, file: string, text: string): readonly string[] {
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'conf', namespace: 'shop' },
    data: { [file]: text },
  };
  const web = pod('web-1', {
    containers: [container],
    spec: { volumes: [{ name: 'conf', configMap: { name: 'conf' } }] },
  });
  return listenersOfConfig(createIndex(snapshotOf([map, web])), web, container).map(
    ({ listener: { host, port } }) => `${host}:${port ?? '?'}`,
  );
}

describe('listenersOfConfig', () => {
  const cases: readonly (readonly [
    what: string,
    container: Container,
    file: string,
    text: string,
    expected: readonly string[],
  ])[] = [
    [
      'nginx',
      { image: 'nginx:1.27' },
      'default.conf',
      'server {\n  listen 8081;\n  listen 127.0.0.1:9000;\n}',
      ['any:8081', 'loopback:9000'],
    ],
    [
      'Spring in YAML',
      { image: 'shop/orders:1' },
      'application.yml',
      'management:\n  server:\n    port: 9091\nserver:\n  tomcat:\n    port: 1\n  port: 9090\n',
      ['any:9090'],
    ],
    [
      'Spring in properties',
      { image: 'shop/orders:1' },
      'application-prod.properties',
      'server.port=9090\nserver.address=127.0.0.1\n',
      ['loopback:9090'],
    ],
    ['Spring with a placeholder', { image: 'shop/orders:1' }, 'application.yml', 'server:\n  port: ${PORT:8080}\n', []],
    [
      'Spring that is overridden',
      { image: 'x', env: [{ name: 'SERVER_PORT', value: '1' }] },
      'application.yml',
      'server:\n  port: 9090\n',
      [],
    ],
    [
      'Redis',
      { image: 'redis:7', args: ['/etc/redis.conf'] },
      'redis.conf',
      '# bind 0.0.0.0\nbind 127.0.0.1 -::1\nport 6380\n',
      ['loopback:6380'],
    ],
    ['Redis on all addresses', { image: 'redis:7', args: ['/etc/redis.conf'] }, 'redis.conf', 'bind * -::*\n', []],
    ['Redis that is not told to read it', { image: 'redis:7' }, 'redis.conf', 'bind 127.0.0.1\n', []],
    [
      'PostgreSQL',
      { image: 'postgres:16', args: ['-c', 'config_file=/c/postgresql.conf'] },
      'postgresql.conf',
      "listen_addresses = 'localhost'\nport = 5433 # x\n",
      ['loopback:5433'],
    ],
    [
      'MySQL',
      { image: 'mysql:8' },
      'my.cnf',
      '[client]\nport = 1\n[mysqld]\nbind-address = 127.0.0.1\n[mysql]\nport=2\n',
      ['loopback:?'],
    ],
    [
      'MongoDB',
      { image: 'mongo:7', args: ['--config', '/c/mongod.conf'] },
      'mongod.conf',
      'net:\n  port: 27018\n  bindIp: 127.0.0.1\n',
      ['loopback:27018'],
    ],
    [
      'gunicorn',
      { image: 'x', command: ['gunicorn', '-c', 'g.py'] },
      'g.py',
      "bind = '127.0.0.1:8000'\n",
      ['loopback:8000'],
    ],
    ['HAProxy', { image: 'haproxy:3' }, 'haproxy.cfg', 'frontend web\n  bind *:8081\n', ['any:8081']],
    ['Apache', { image: 'httpd:2.4' }, 'httpd.conf', 'Listen 8080\n', ['any:8080']],
    ['another program', { image: 'shop/app:1' }, 'redis.conf', 'port 6380\n', []],
  ];
  for (const [what, container, file, text, expected] of cases) {
    it(`reads ${expected.join(', ') || 'nothing'} for ${what}`, () => {
      expect(heard(container, file, text)).toEqual(expected);
    });
  }
});
