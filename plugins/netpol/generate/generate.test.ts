import { afterAll, describe, expect, it } from 'vitest';
import { namespace, networkPolicy, pod, service } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';

const files = tempFiles();
afterAll(() => files.remove());

const list = (name: string, items: readonly object[]) =>
  files.write(`facts/${name}`, { apiVersion: 'v1', kind: 'List', items });
list('app.json', [
  namespace('shop'),
  pod('web-1', { labels: { app: 'web', 'pod-template-hash': 'abc' } }),
  pod('db-1', { labels: { app: 'db' }, ports: [{ containerPort: 5432 }] }),
  pod('twin-1', { labels: { app: 'web', copy: 'true' } }),
  service('db', { selector: { app: 'db' }, ports: [{ port: 5433, targetPort: 5432 }] }),
]);
list('policies.json', [networkPolicy('other', { podSelector: { matchLabels: { app: 'none' } } })]);

const generate = (...words: readonly string[]) =>
  runCli(netpol, ['generate', ...words, '--snapshot', files.path('facts'), '-n', 'shop']);

describe('generate', () => {
  it('writes the policy of a flow on the port of the pods, and tells who comes in by the same labels', async () => {
    const { stdout, exit } = await generate('--allow', 'pod/web-1 -> svc/db:5433');
    expect(exit).toBe(0);
    expect(stdout).toContain('port: 5432');
    expect(stdout).not.toContain('pod-template-hash');
    expect(stdout).toContain('#   Pod shop/twin-1 to Pod shop/db-1 on TCP 5432');
  });

  it('says that nothing else passes where that is so', async () => {
    const { stdout } = await generate('--allow', 'pod/twin-1 -> pod/db-1:5432');
    expect(stdout).toContain('# Checked: the flows pass, and nothing else reaches the receivers.');
    expect((await generate('--allow', '198.51.100.0/24 -> pod/db-1:5432')).stdout).toContain('cidr: 198.51.100.0/24');
  });

  it('gives templates, and teaches on what is none', async () => {
    expect((await generate('deny-all')).stdout).toContain('name: deny-all-ingress');
    expect((await generate('cross-namespace', '--from-namespace', 'monitoring')).stdout).toContain(
      'kubernetes.io/metadata.name: monitoring',
    );
    expect((await generate('cross-namespace')).exit).toBe(2);
    expect((await generate('nonsense')).stderr).toContain('there is no template nonsense');
    expect((await generate()).exit).toBe(2);
  });
});
