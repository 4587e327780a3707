import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import type { Container, PodSpec } from '../../../../../shared/model/objects-pod.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const except = { Pod: 'notCollected', EndpointSlice: 'notCollected', Event: 'notCollected' } as const;

function written(kind: string, name: string, more: object = {}, namespace = 'shop'): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace }, ...more } as KubeObject;
}

function ask(container: Container, beside: readonly KubeObject[], spec: PodSpec = {}, stored: object = {}) {
  const objects = [
    written('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } }),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop', ...stored },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }], ...container }], ...spec },
        },
      },
    } as KubeObject,
    ...beside,
  ];
  return diagnoseObjects(objects, 'web', { except });
}

const envFrom = [{ configMapRef: { name: 'web-config' } }];
const env = [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web-config', key: 'LOG_LEVEL' } } }];

describe('what manifests need and do not hold', () => {
  it('is the key that the written ConfigMap lacks', () => {
    const report = ask({ env }, [written('ConfigMap', 'web-config', { data: { LOGLEVEL: 'info' } })]);
    expect(causeCodes(report)).toEqual(['SVC248']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toBe(
      'Deployment web needs key LOG_LEVEL of ConfigMap web-config (env LEVEL of container app): it has LOGLEVEL',
    );
    expect(ask({ env }, [written('ConfigMap', 'web-config', { data: { LOG_LEVEL: 'info' } })]).causes).toEqual([]);
  });

  it('is told with the name that is nearly right', () => {
    const report = ask({ envFrom }, [written('ConfigMap', 'web-confg')]);
    expect(report.headline).toContain('not in these files, which hold ConfigMap web-confg');
    expect(report.causes[0]).toMatchObject({ code: 'SVC248', severity: 'critical', confidence: 'likely' });
  });

  it('is told with the namespace that has it', () => {
    const report = ask({ envFrom }, [written('ConfigMap', 'web-config', {}, 'apps')]);
    expect(report.headline).toContain('it is in namespace apps, and pods see only their own');
  });

  it.each([
    [
      'a claim',
      written('PersistentVolumeClaim', 'cache'),
      { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
    ],
    ['an account', written('ServiceAccount', 'front'), { serviceAccountName: 'deployer' }],
  ])('is doubted where others of its kind are written: %s', (_, other, spec) => {
    const report = ask({}, [other], spec);
    expect(report.causes[0]).toMatchObject({ code: 'SVC248', severity: 'warning', confidence: 'possible' });
    expect(ask({}, [], spec).causes).toEqual([]);
  });

  it('is a note for a Secret, which often comes another way', () => {
    const report = ask({ envFrom: [{ secretRef: { name: 'db-login' } }] }, [written('Secret', 'tls', { data: {} })]);
    expect(report.causes).toEqual([]);
    expect(report.findings[0]?.summary).toContain('needs Secret db-login (envFrom of container app)');
  });

  it('is nothing when optional, and when none of the kind is written', () => {
    const optional = [{ configMapRef: { name: 'web-config', optional: true } }];
    expect(ask({ envFrom: optional }, [written('ConfigMap', 'web-confg')]).causes).toEqual([]);
    expect(ask({ envFrom }, []).causes).toEqual([]);
  });

  it('is nothing of a dump, where pods tell it themselves', () => {
    const report = ask({ envFrom }, [written('ConfigMap', 'web-confg')], {}, { uid: 'u' });
    expect(report.causes.map(({ code }) => code)).not.toContain('SVC248');
  });
});
