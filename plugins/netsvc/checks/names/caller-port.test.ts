import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { EnvVar } from '../../../../shared/model/objects-pod.ts';
import { deployment, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { front, soundWebAndNamespaces } from '../../testing/caller-objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];

function diagnose(...more: readonly KubeObject[]) {
  return diagnoseObjects([...soundWebAndNamespaces, ...more], 'web');
}

describe('caller-port', () => {
  it('names the caller, the variable and both ports, and sets the variable anew', () => {
    const report = diagnose(front([{ name: 'API_URL', value: 'http://web:8080/api' }]));
    expect(causeCodes(report)).toEqual(['SVC855']);
    expect(report.causes[0]).toMatchObject({ severity: 'warning', confidence: 'likely' });
    expect(report.headline).toBe(
      'Deployment front calls web on port 8080 (env API_URL), but Service shop/web has port 80',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl set env deployment/front -n shop -c app API_URL=http://web:80/api',
    );
  });

  it('knows the ports of http and https', () => {
    expect(diagnose(front([{ name: 'API', value: 'https://web.shop.svc' }])).headline).toContain(
      'on port 443 (none is written)',
    );
  });

  it('reads HOST and PORT pairs and arguments', () => {
    const pair = [
      { name: 'WEB_HOST', value: 'web' },
      { name: 'WEB_PORT', value: '81' },
    ];
    expect(causeCodes(diagnose(front(pair)))).toEqual(['SVC855']);
    const containers = [{ name: 'app', image: 'x', args: ['--backend=web:9090'] }];
    expect(diagnose(front([], 'shop', { containers })).headline).toContain('(an argument)');
  });

  it('survives values that only a manifest can hold', () => {
    const odd = [
      { name: 'PORT', value: 8080 },
      { name: 'EMPTY', value: null },
    ] as unknown as readonly EnvVar[];
    const containers = [{ name: 'app', image: 'x', args: [9090] as unknown as readonly string[], env: odd }];
    expect(diagnose(front([], 'shop', { containers })).verdict).toBe('healthy');
  });

  it('never offers to print or rewrite a value with credentials', () => {
    const report = diagnose(front([{ name: 'API', value: 'http://user:hunter2@web:8080' }]));
    expect(causeCodes(report)).toEqual(['SVC855']);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('lets callers of headless Services use the port of the pods, and only that', () => {
    const headless = service('web', { clusterIP: 'None' });
    const base = [headless, ...pods, ...slicesFor(headless, pods)];
    const ask = (value: string) => diagnoseObjects([...base, front([{ name: 'API', value }])], 'web');
    expect(ask('http://web:8080').verdict).toBe('healthy');
    expect(ask('http://web').headline).toContain('the pods of headless Service shop/web listen on 8080');
  });

  it('stays silent for right ports, other names, pods of the Service itself and other namespaces', () => {
    for (const value of [
      'http://web',
      'http://web:80',
      'web-admin:8080',
      'http://web.example.com:8080',
      'http://web.data:8080',
    ]) {
      const codes = causeCodes(diagnose(front([{ name: 'API', value }]), service('web', {}, { namespace: 'data' })));
      expect(codes).not.toContain('SVC855');
    }
    const own = deployment(
      'web',
      { app: 'web' },
      {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'app', env: [{ name: 'SELF', value: 'http://web:8080' }] }] },
        },
      },
    );
    expect(diagnose(own).verdict).toBe('healthy');
    expect(
      diagnose(front([{ name: 'API', value: 'http://web:8080' }], 'data'), service('web', {}, { namespace: 'data' }))
        .verdict,
    ).toBe('healthy');
  });
});

describe('the pods of a Service that call another one', () => {
  const entry = service('front', { selector: { app: 'front' } });
  const frontPod = pod('front-1', { labels: { app: 'front' } });
  const ask = (env: readonly EnvVar[], more: readonly KubeObject[] = [], options = {}) =>
    diagnoseObjects(
      [...soundWebAndNamespaces, entry, frontPod, ...slicesFor(entry, [frontPod]), front(env), ...more],
      'front',
      options,
    );

  it('are told when that is the question, on a port that it does not have or in the wrong namespace', () => {
    const port = [{ name: 'API', value: 'http://web:8080/api' }];
    expect(ask(port).headline).toContain('Deployment front calls web on port 8080 (env API), but Service shop/web has');
    expect(ask(port, [], { sweep: true }).verdict).toBe('healthy');
    const pay = service('pay', {}, { namespace: 'data' });
    expect(causeCodes(ask([{ name: 'PAY', value: 'http://pay' }], [pay]))).toEqual(['SVC856']);
  });

  it('are not told where the name and the port are right, or several Services bear the name', () => {
    expect(ask([{ name: 'API', value: 'http://web' }]).verdict).toBe('healthy');
    expect(ask([{ name: 'SELF', value: 'http://front:8080' }]).verdict).toBe('healthy');
    const two = ['data', 'other'].map((namespace) => service('otel', {}, { namespace }));
    expect(ask([{ name: 'OTEL', value: 'http://otel' }], two).verdict).toBe('healthy');
    const headless = service('db', {
      clusterIP: 'None',
      selector: { app: 'db' },
      ports: [{ port: 1, targetPort: 'pg' }],
    });
    expect(ask([{ name: 'DB', value: 'db:5432' }], [headless]).verdict).toBe('healthy');
  });
});
