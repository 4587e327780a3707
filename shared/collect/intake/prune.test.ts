import { describe, expect, it } from 'vitest';
import { prune } from './prune.ts';

describe('prune', () => {
  it('drops what nobody reads of a pod and keeps what a diagnosis needs', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'a',
        managedFields: [{ manager: 'x' }],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'x' },
      },
      spec: {
        containers: [
          { name: 'c', image: 'i', volumeMounts: [{}], terminationMessagePath: '/x', ports: [{ containerPort: 80 }] },
        ],
        volumes: [{ name: 'kube-api-access-x' }, { name: 'cfg', configMap: { name: 'cfg' } }],
      },
      status: { phase: 'Running', containerStatuses: [{ name: 'c', ready: true, volumeMounts: [{}] }] },
    };
    const before = JSON.stringify(pod);
    expect(prune(pod)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', annotations: { note: 'x' } },
      spec: {
        containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }],
        volumes: [{ name: 'cfg', configMap: { name: 'cfg' } }],
      },
      status: { phase: 'Running', containerStatuses: [{ name: 'c', ready: true }] },
    });
    expect(JSON.stringify(pod)).toBe(before);
  });

  it('keeps who changed the spec of a Service or workload', () => {
    const fieldsV1 = { 'f:spec': { 'f:selector': {} }, 'f:status': { 'f:x': {} } };
    const managedFields = [
      { manager: 'kubectl-edit', fieldsV1 },
      { manager: 'controller', subresource: 'status', fieldsV1 },
    ];
    expect(prune({ kind: 'Service', metadata: { name: 's', managedFields } })).toEqual({
      kind: 'Service',
      metadata: {
        name: 's',
        managedFields: [{ manager: 'kubectl-edit', fieldsV1: { 'f:spec': { 'f:selector': {} } } }],
      },
    });
    expect(prune({ kind: 'Pod', metadata: { name: 's', managedFields } })).toEqual({
      kind: 'Pod',
      metadata: { name: 's' },
    });
  });

  it('prunes pod templates of workloads and cron jobs too', () => {
    const template = { spec: { containers: [{ name: 'c', volumeMounts: [] }] } };
    expect(prune({ kind: 'Deployment', spec: { replicas: 1, template } })).toMatchObject({
      spec: { replicas: 1, template: { spec: { containers: [{ name: 'c' }] } } },
    });
    const cron = prune({ kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } });
    expect(JSON.stringify(cron)).not.toContain('volumeMounts');
  });

  it('survives fields of the wrong shape', () => {
    expect(prune({ kind: 'Pod', metadata: 'x', spec: [], status: 5 })).toEqual({ kind: 'Pod', spec: [], status: 5 });
    expect(prune({ kind: 'Pod', spec: { containers: [null, 1] } })).toEqual({
      kind: 'Pod',
      spec: { containers: [null, 1] },
    });
  });
});
