import { describe, expect, it } from 'vitest';
import { askManifests } from '../testing/ask-manifests.ts';
import { SHOP } from '../testing/shop.ts';
import { parseEnds } from './parse-end.ts';

describe('ends of a connection', () => {
  it.each([
    ['web', { type: 'name', name: 'web' }],
    ['web:8080', { type: 'name', name: 'web', port: '8080' }],
    ['shop/web', { type: 'name', namespace: 'shop', name: 'web' }],
    ['web:53/udp', { type: 'name', name: 'web', port: '53', protocol: 'UDP' }],
    ['job-*', { type: 'name', name: 'job-*' }],
    ['svc/web', { type: 'object', kind: 'Service', name: 'web', orIn: 'svc' }],
    ['deployments.apps/shop/web', { type: 'object', kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['shop/deploy/web:80', { type: 'object', kind: 'Deployment', namespace: 'shop', name: 'web', port: '80' }],
    ['ns/shop', { type: 'object', kind: 'Namespace', name: 'shop', orIn: 'ns' }],
    ['node-a/web', { type: 'name', namespace: 'node-a', name: 'web' }],
    ['web.shop.svc:http', { type: 'object', kind: 'Service', namespace: 'shop', name: 'web', port: 'http' }],
    ['10.0.0.0/8', { type: 'address', cidr: '10.0.0.0/8' }],
    ['10.0.0.1:443', { type: 'address', cidr: '10.0.0.1', port: '443' }],
    ['fd00::1', { type: 'address', cidr: 'fd00::1' }],
    ['[fd00::1]:443', { type: 'address', cidr: 'fd00::1', port: '443' }],
    ['internet', { type: 'internet' }],
    ['internet:443', { type: 'internet', port: '443' }],
  ])('%s', (word, end) => {
    expect(parseEnds([word])).toEqual([end]);
  });

  it('reads labels, with their namespace before a colon', () => {
    const [end] = parseEnds(['shop:app.kubernetes.io/name=web,tier!=db']);
    expect(end).toMatchObject({ type: 'selector', namespace: 'shop', text: 'app.kubernetes.io/name=web,tier!=db' });
    expect(parseEnds(['shop:app=web:http'])[0]).toMatchObject({ namespace: 'shop', text: 'app=web', port: 'http' });
    expect(parseEnds(['app=web:80/TCP'])[0]).toMatchObject({ text: 'app=web', port: '80', protocol: 'TCP' });
  });

  it('reads a kind and its name as two words', () => {
    expect(parseEnds(['deployment', 'web', 'pod', 'api'])).toEqual([
      { type: 'object', kind: 'Deployment', name: 'web', orIn: 'deployment' },
      { type: 'object', kind: 'Pod', name: 'api', orIn: 'pod' },
    ]);
  });

  it('takes a word for a namespace that would be a kind, where there is no such object', async () => {
    const pod = (namespace: string, name: string) =>
      `---\napiVersion: v1\nkind: Pod\nmetadata: {${name}, namespace: ${namespace}, labels: {app: a}}\nspec: {containers: [{name: c}]}\n`;
    const manifests = pod('jobs', 'name: batch') + pod('shop', 'name: web') + pod('shop', 'generateName: run-');
    expect((await askManifests(manifests, 'jobs/batch')).stdout).toContain('can reach Pod jobs/batch');
    expect((await askManifests(manifests, 'shop/run-*')).stdout).toContain('can reach Pod shop/run-*');
    expect((await askManifests(manifests, 'jobs/bach')).stderr).toContain('Did you mean batch?');
  });

  it('asks whether a kind was meant where there is no such namespace', async () => {
    const run = await askManifests(SHOP, 'deploymnt/web');
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain('Did you mean deployment/web?');
  });
});
