import { describe, expect, it } from 'vitest';
import type { KubeObject, Labels } from '../../../../shared/model/objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

/** Files as people write them: nothing that a server adds. */
function manifests(labels: Labels, containerPort: number): readonly KubeObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    } as KubeObject,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'app', image: 'x', ports: [{ containerPort }] }] },
        },
      },
    } as KubeObject,
  ];
}

const except = { Pod: 'notCollected', EndpointSlice: 'notCollected', Event: 'notCollected' } as const;

describe('manifests that were never applied', () => {
  it('are told the label that differs', () => {
    const report = diagnoseObjects(manifests({ app: 'webb' }, 8080), 'web', { except });
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('Deployment web has app=webb instead of app=web');
  });

  it('are told the probe whose port has a name that the container lacks', () => {
    const withProbe = (port: string): readonly KubeObject[] => {
      const [web, deployment] = JSON.parse(JSON.stringify(manifests({ app: 'web' }, 8080)));
      const [container] = deployment.spec.template.spec.containers;
      container.ports[0].name = 'http';
      container.readinessProbe = { httpGet: { path: '/', port } };
      return [web, deployment];
    };
    const report = diagnoseObjects(withProbe('web'), 'web', { except });
    expect(causeCodes(report)).toEqual(['SVC304']);
    expect(report.headline).toContain('web');
    expect(causeCodes(diagnoseObjects(withProbe('http'), 'web', { except }))).toEqual([]);
  });

  it('are told the port that nobody serves', () => {
    const report = diagnoseObjects(manifests({ app: 'web' }, 9090), 'web', { except });
    expect(causeCodes(report)).toEqual(['SVC401']);
  });

  it('get no cause when they agree, and no more than that: no endpoint was seen', () => {
    const report = diagnoseObjects(manifests({ app: 'web' }, 8080), 'web', { except });
    expect(report.causes).toEqual([]);
    expect(report.headline).toBe('Service shop/web: no fault found in 1 pod');
  });

  it('are told that the pods are written in another namespace than the Service', () => {
    const [web, deployment] = JSON.parse(JSON.stringify(manifests({ app: 'web' }, 8080)));
    deployment.metadata.namespace = 'apps';
    const report = diagnoseObjects([web, deployment], 'web', { except });
    expect(causeCodes(report)).toEqual(['SVC102']);
    expect(report.headline).toContain('are in namespace apps (Deployment web');
    deployment.spec.template.metadata.labels = { app: 'other' };
    expect(diagnoseObjects([web, deployment], 'web', { except }).verdict).toBe('unknown');
  });

  it('have the pods that a Service selects by the labels that their controller adds', () => {
    const member = (selector: Labels, replicas = 2): readonly string[] => {
      const [web, set] = JSON.parse(JSON.stringify(manifests({ app: 'db' }, 8080)));
      Object.assign(set, { kind: 'StatefulSet', metadata: { name: 'db', namespace: 'shop' } });
      set.spec.replicas = replicas;
      web.spec.selector = selector;
      return causeCodes(diagnoseObjects([web, set], 'web', { except }));
    };
    expect(member({ 'statefulset.kubernetes.io/pod-name': 'db-0' })).toEqual([]);
    expect(member({ app: 'db', 'apps.kubernetes.io/pod-index': '1' })).toEqual([]);
    expect(member({ 'statefulset.kubernetes.io/pod-name': 'postgres-0' })).toEqual(['SVC101']);
    expect(member({ 'statefulset.kubernetes.io/pod-name': 'db-2' })).toEqual(['SVC101']);
  });

  it('prove nothing when the Service stands alone', () => {
    const report = diagnoseObjects(manifests({ app: 'web' }, 8080).slice(0, 1), 'web', { except });
    expect(report.causes).toEqual([]);
    expect(report.verdict).toBe('unknown');
  });
});
