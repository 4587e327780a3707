import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/objects.ts';
import { isSecretName, scrubObject, scrubText } from './scrub.ts';

describe('isSecretName', () => {
  it.each([
    'PASSWORD',
    'DB_PASSWORD',
    'DB_PASS',
    'AWS_SECRET_ACCESS_KEY',
    'API_KEY',
    'apiKey',
    'ENCRYPTION_KEY',
    'TOKEN',
    'GITHUB_TOKEN',
    'clientSecret',
    'SENTRY_DSN',
    'spring.datasource.password',
    'private-key',
    'CREDENTIALS',
    'authorization',
  ])('%s is secret', (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    'KEYCLOAK_URL',
    'MONKEY',
    'PASSWORD_FILE',
    'SECRET_NAME',
    'TOKEN_TTL',
    'tls.key.path',
    'PUBLIC_KEY',
    'PRIVATE_IP',
    'key',
    'secretName',
    'tokenExpirationSeconds',
    'PORT',
    'token_controller.go',
    'SORT_KEY',
    'keyspace',
  ])('%s is not', (name) => expect(isSecretName(name)).toBe(false));
});

describe('scrubText', () => {
  it.each([
    ['postgres://app:hunter2@db.shop:5432/orders', 'postgres://<removed>@db.shop:5432/orders'],
    ['redis://:hunter2@cache:6379', 'redis://<removed>@cache:6379'],
    ['Authorization: Bearer hunter2hunter2', 'Authorization: Bearer <removed>'],
    ['-H "Authorization: Basic aHVudGVyMjpodW50ZXIy"', '-H "Authorization: Basic <removed>"'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln end', 'jwt <removed> end'],
    ['login with password=hunter2 failed', 'login with password=<removed> failed'],
    ['{"user":"a","apiKey":"hunter2","n":1}', '{"user":"a","apiKey":"<removed>","n":1}'],
    ["{'client_secret': 'hunter2'}", "{'client_secret': '<removed>'}"],
    ['{\\"token\\":\\"hunter2\\"}', '{\\"token\\":\\"<removed>\\"}'],
    ['Generated admin password: hunter2', 'Generated admin password: <removed>'],
    ['db:\n  password: hunter2\n  port: 5432', 'db:\n  password: <removed>\n  port: 5432'],
    ['key AKIAIOSFODNN7EXAMPLE here', 'key <removed> here'],
    ['a\n-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\nb', 'a\n<removed>\nb'],
  ])('%s', (before, after) => {
    expect(scrubText(before)).toBe(after);
    expect(scrubText(after)).toBe(after);
  });

  it.each([
    'Readiness probe failed: Get "http://10.1.2.3:8080/": dial tcp 10.1.2.3:8080: connect: connection refused',
    'MountVolume.SetUp failed for volume "cloud-credential" : secret "cloud-credential-cert" not found',
    "couldn't find key password in Secret shop/db",
    'failed to list *v1.Secret: Get "https://10.0.0.1:443/api/v1/secrets": dial tcp: i/o timeout',
    'I0101 00:00:00.000000 1 token_controller.go:123] syncing secret="shop/web-tls"',
    'ssl_certificate_key /etc/nginx/tls.key; keyFile=/etc/tls/tls.key',
    'password=$DB_PASSWORD token: expired tokenTTL=3600',
    'http://web.shop:8080/path?x=1 and 10.0.0.1:443@zone',
    '.:53 {\n    errors\n    kubernetes cluster.local in-addr.arpa ip6.arpa {\n    }\n    forward . /etc/resolv.conf\n}',
    '"secretKeyRef": {"name": "db", "key": "DB_PASSWORD"}',
  ])('leaves alone: %s', (text) => expect(scrubText(text)).toBe(text));

  it('takes linear time on long lines', () => {
    const text = `${'a=b '.repeat(50_000)}password=hunter2 ${'x'.repeat(200_000)}`;
    expect(scrubText(text)).not.toContain('hunter2');
    expect(scrubText(`-----BEGIN PRIVATE KEY-----${'a'.repeat(100_000)}`)).toBe('<removed>');
  });
});

describe('scrubObject', () => {
  it('removes values of environment, arguments, headers, annotations and data, and leaves the rest', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'token-service',
        labels: { secret: 'web' },
        annotations: { 'example.com/api-token': 'hunter2', 'example.com/port': '80' },
      },
      spec: {
        containers: [
          {
            name: 'app',
            command: ['serve', '--token', 'hunter2', '--port', '8080'],
            args: ['--db-password=hunter2', '--key-file=/etc/key', '--listen=:8080', '--secret', '/etc/secret'],
            env: [
              { name: 'DB_PASSWORD', value: 'hunter2' },
              { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'token' } } },
              { name: 'PORT', value: '8080' },
              { name: 'URL', value: 'amqp://u:hunter2@mq:5672' },
              { name: 'SECRET_KEY', value: '' },
            ],
            readinessProbe: {
              httpGet: { port: 'http', httpHeaders: [{ name: 'Authorization', value: 'Bearer hunter2hunter2' }] },
            },
          },
        ],
      },
    };
    const scrubbed = scrubObject(pod as KubeObject) as typeof pod;
    expect(JSON.stringify(scrubbed)).not.toContain('hunter2');
    const [container] = scrubbed.spec.containers;
    expect(container?.command).toEqual(['serve', '--token', '<removed>', '--port', '8080']);
    expect(container?.args).toEqual([
      '--db-password=<removed>',
      '--key-file=/etc/key',
      '--listen=:8080',
      '--secret',
      '/etc/secret',
    ]);
    expect(container?.env.map((entry) => entry.value)).toEqual([
      '<removed>',
      undefined,
      '8080',
      'amqp://<removed>@mq:5672',
      '',
    ]);
    expect(scrubbed.metadata).toMatchObject({
      name: 'token-service',
      labels: { secret: 'web' },
      annotations: { 'example.com/port': '80' },
    });
  });

  it('cleans ConfigMaps and keeps their keys; Secrets keep certificates only', () => {
    const map = {
      kind: 'ConfigMap',
      data: { Corefile: '.:53 {\n}\n', DB_PASSWORD: 'hunter2', 'app.properties': 'a=1\nspring.password=hunter2\n' },
    };
    expect(scrubObject(map as KubeObject)).toEqual({
      kind: 'ConfigMap',
      data: { Corefile: '.:53 {\n}\n', DB_PASSWORD: '<removed>', 'app.properties': 'a=1\nspring.password=<removed>\n' },
    });
    const secret = { kind: 'Secret', data: { 'tls.crt': 'crt', 'tls.key': 'hunter2', other: 'hunter2' } };
    expect(scrubObject(secret as KubeObject)).toEqual({
      kind: 'Secret',
      data: { 'tls.crt': 'crt', 'tls.key': '', other: '' },
    });
  });
});
