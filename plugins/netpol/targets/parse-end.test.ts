import { describe, expect, it } from 'vitest';
import { askManifests } from '../testing/ask-manifests.ts';
import { SHOP } from '../testing/shop.ts';
import { parseEnds } from './parse-end.ts';

describe('ends of a connection', () => {
  it.each([
    ['web', { type: 'name', name: 'web' }],
    ['web:8080', { type: 'name', name: 'web', port: '8080' }],
    ['shop/web', { type: 'name', namespace: 'shop', name: 'web' }],
    ['svc/web', { type: 'object', kind: 'Service', name: 'web' }],
    ['deployments.apps/shop/web', { type: 'object', kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['ns/shop', { type: 'object', kind: 'Namespace', name: 'shop' }],
    ['node-a/web', { type: 'name', namespace: 'node-a', name: 'web' }],
    ['web.shop.svc:http', { type: 'object', kind: 'Service', namespace: 'shop', name: 'web', port: 'http' }],
    ['10.0.0.0/8', { type: 'address', cidr: '10.0.0.0/8' }],
    ['10.0.0.1:443', { type: 'address', cidr: '10.0.0.1', port: '443' }],
    ['fd00::1', { type: 'address', cidr: 'fd00::1' }],
    ['[fd00::1]:443', { type: 'address', cidr: 'fd00::1', port: '443' }],
    ['internet', { type: 'internet' }],
  ])('%s', (word, end) => {
    expect(parseEnds([word])).toEqual([end]);
  });

  it('reads labels, with their namespace before a colon', () => {
    const [end] = parseEnds(['shop:app.kubernetes.io/name=web,tier!=db']);
    expect(end).toMatchObject({ type: 'selector', namespace: 'shop', text: 'app.kubernetes.io/name=web,tier!=db' });
  });

  it('reads a kind and its name as two words', () => {
    expect(parseEnds(['deployment', 'web', 'pod', 'api'])).toEqual([
      { type: 'object', kind: 'Deployment', name: 'web' },
      { type: 'object', kind: 'Pod', name: 'api' },
    ]);
  });

  it('asks whether a kind was meant where there is no such namespace', async () => {
    const run = await askManifests(SHOP, 'deploymnt/web');
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain('Did you mean deployment/web?');
  });
});
