import { describe, expect, it } from 'vitest';
import { crashing, ended, unready } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, namespace, service } from '../../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

function told(text: string, more: readonly object[] = [], command?: readonly string[]) {
  const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
  const containers = (made.spec?.containers ?? []).map((one) => (command === undefined ? one : { ...one, command }));
  const app = { ...made, spec: { ...made.spec, containers } };
  const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
  return diagnoseObjects([web, deployment('web', { app: 'web' }), app, ...(more as [])], 'web', { logs });
}

describe('a Service that nobody made', () => {
  const asks = 'dial tcp: lookup cache on 10.96.0.10:53: no such host';

  it('is offered for the Deployment of its name', () => {
    const report = told(asks, [deployment('cache', { app: 'cache' }), namespace('shop')]);
    expect(report.headline).toContain(
      'there is no Service cache in namespace shop, only a Deployment cache to which none leads',
    );
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: 'kubectl expose deployment cache -n shop --port=8080',
      undo: 'kubectl delete service cache -n shop',
    });
  });

  it('is not where another Service leads there', () => {
    const report = told(asks, [
      deployment('cache', { app: 'cache' }),
      service('redis', { selector: { app: 'cache' } }),
    ]);
    expect(report.headline).not.toContain('to which none leads');
    expect(report.headline).toContain('Deployment cache is behind Service redis');
    expect(report.causes[0]?.fixes.some(({ command }) => command.includes('expose'))).toBe(false);
  });

  it('is not another version of it', () => {
    const report = told('dial tcp: lookup api-v2 on 10.96.0.10:53: no such host', [
      service('api-v1'),
      namespace('shop'),
    ]);
    expect(report.headline).toContain('there is no Service api-v2');
    expect(report.headline).not.toContain('nearest');
  });

  it('is not taken from a command that was cut for the eye', () => {
    const long = `${'x'.repeat(136)}; getent hosts redis-cart`;
    const report = told('', [], ['sh', '-c', long]);
    const facts = report.causes.flatMap(({ evidence }) => evidence.map(({ fact }) => fact)).join('\n');
    expect(facts).not.toMatch(/no Service re?\b/);
  });
});

describe('probes of several pods', () => {
  it('are told by the pod whose words were read', () => {
    const readinessProbe = { exec: { command: ['sh', '-c', 'getent hosts db'] } };
    const made = ['web-a', 'web-b'].map((name) =>
      unready(
        name,
        { readinessProbe },
        { labels: { app: 'web' }, spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['8.8.8.8'] } } },
      ),
    );
    const events = made.map((one, at) =>
      event(one, 'Unhealthy', 'Readiness probe failed: command timed out: "getent hosts db" timed out after 1s', {
        count: 10 + at,
        fieldPath: 'spec.containers{app}',
      }),
    );
    const logs = [
      { namespace: 'shop', pod: 'web-a', container: 'app', previous: false, text: 'getaddrinfo ENOTFOUND db' },
    ];
    const report = diagnoseObjects([web, ...made, ...events], 'web', { logs });
    expect(report.headline).toContain('; dnsPolicy None asks 8.8.8.8');
  });
});
