import { describe, expect, it } from 'vitest';
import { deployment, pod, service, slicesFor } from '../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../testing/diagnose-objects.ts';

const UNREAD = { except: { EndpointSlice: 'notCollected', Pod: 'notCollected' } } as const;

it('Service kubernetes of facts without endpoints leads to the server that they came from', () => {
  const kubernetes = service('kubernetes', { selector: null }, { namespace: 'default' });
  const report = diagnoseObjects([kubernetes], 'default/kubernetes', UNREAD);
  expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
  expect(report.headline).toBe('Service default/kubernetes leads to the API server, which answered');
  const other = service('kubernetes', { selector: null });
  expect(diagnoseObjects([other], 'kubernetes', UNREAD).verdict).toBe('unknown');
});

describe('a manifest of a Service', () => {
  const written = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'api', namespace: 'shop' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  };
  const pods = [pod('web-1'), pod('web-2')];

  it('among pods of a cluster is not called healthy: it was never applied there', () => {
    const report = diagnoseObjects([written, deployment('web'), ...pods], 'api');
    expect(report.causes).toEqual([]);
    expect(report.verdict).toBe('unknown');
    expect(report.headline).toBe(
      'Service shop/api is a manifest that was never applied; applied, it would select 2 pods of those recorded, 2 Ready',
    );
    const headless = { ...written, spec: { ...written.spec, clusterIP: 'None' } };
    expect(diagnoseObjects([headless, deployment('web'), ...pods], 'api').verdict).toBe('unknown');
    const far = diagnoseObjects([{ ...written, metadata: { name: 'api', namespace: 'new' } }, ...pods], 'new/api');
    expect(far.notChecked.map(({ reason }) => reason).join()).toContain('it would select 0 pods of those recorded');
  });

  it('is judged as applied among manifests, and a stored Service as it is', () => {
    const bare = pods.map((one) => ({
      ...one,
      metadata: { name: one.metadata?.name ?? '', namespace: 'shop', labels: { app: 'web' } },
      status: {},
    }));
    expect(diagnoseObjects([written, ...bare], 'api').verdict).toBe('healthy');
    const web = service('web');
    expect(diagnoseObjects([web, deployment('web'), ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
    // Tools that clean what they save keep the address.
    const cleaned = { ...written, spec: { ...written.spec, clusterIP: '10.96.0.7' } };
    expect(diagnoseObjects([cleaned, deployment('web'), ...pods], 'api').headline).not.toContain('never applied');
  });
});
