import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { parseTarget } from './parse-target.ts';
import { TARGET_KINDS } from './target-kinds.ts';

describe('a target', () => {
  it.each([
    ['web', { kind: 'Service', name: 'web' }],
    ['svc/web', { kind: 'Service', name: 'web' }],
    ['services web', { kind: 'Service', name: 'web' }],
    ['po/web-1', { kind: 'Pod', name: 'web-1' }],
    ['Deployment/web', { kind: 'Deployment', name: 'web' }],
    ['deployments.apps/web', { kind: 'Deployment', name: 'web' }],
    ['deployment.v1.apps/web', { kind: 'Deployment', name: 'web' }],
    ['sts/db', { kind: 'StatefulSet', name: 'db' }],
    ['ingresses.networking.k8s.io/front', { kind: 'Ingress', name: 'front' }],
    ['shop/web', { kind: 'Service', namespace: 'shop', name: 'web' }],
    ['deploy/shop/web', { kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['shop/deploy/web', { kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['pod/deploy/web', { kind: 'Pod', namespace: 'deploy', name: 'web' }],
    ['web.shop', { kind: 'Service', namespace: 'shop', name: 'web' }],
    ['web.shop.svc.cluster.local.', { kind: 'Service', namespace: 'shop', name: 'web' }],
    ['web.shop.svc:8080', { kind: 'Service', namespace: 'shop', name: 'web' }],
    ['db-0.db.shop.svc.cluster.local:5432', { kind: 'Service', namespace: 'shop', name: 'db' }],
    ['web:http', { kind: 'Service', name: 'web' }],
    ['http://web', { kind: 'Service', name: 'web' }],
    ['https://web.shop:8443/healthz?x=/y', { kind: 'Service', namespace: 'shop', name: 'web' }],
    ['10.96.0.10:53', { kind: 'Service', name: '10.96.0.10' }],
    ['ep/web', { kind: 'Service', name: 'web' }],
    ['pod/web.v2-1', { kind: 'Pod', name: 'web.v2-1' }],
  ])('%s', (words, target) => {
    expect(parseTarget(words.split(' '), TARGET_KINDS)).toEqual(target);
  });

  it('in one word with its kind is taken apart', () => {
    expect(parseTarget(['svc web'], TARGET_KINDS)).toEqual({ kind: 'Service', name: 'web' });
  });

  it('that is a label leads to the command that takes labels', () => {
    expect(() => parseTarget(['app=web'], TARGET_KINDS)).toThrow(
      expect.objectContaining({ hint: 'Services with a label: kubectl netsvc check -l app=web' }),
    );
  });

  it.each([
    '',
    'svc/',
    '/web',
    'a/b/c/d',
    'web db',
    'web!',
    '-',
    'deploymnt/web',
    'gateway/shop/web',
    'shop/gateway/web',
    'node/n1',
    'shop.example.com',
  ])('%j names nothing', (words) => {
    expect(() => parseTarget(words.split(' '), TARGET_KINDS)).toThrow(UsageError);
  });

  it('of a kind that the command does not follow is refused with those it does', () => {
    expect(() => parseTarget(['ing/front'], ['Service', 'Pod'])).toThrow(
      expect.objectContaining({ hint: 'It takes svc/NAME, po/NAME.' }),
    );
    expect(() => parseTarget(['cm/web-config'], ['Service', 'Pod'])).toThrow(
      'cm/web-config: this command does not follow a ConfigMap',
    );
  });
});
