import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../../../shared/model/objects-workload.ts';
import { ended } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, ownedBy, pod, secondsAgo, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

describe('pods-have-ended', () => {
  it('names the exit of a bare pod that nobody replaces', () => {
    const made = pod('web', {
      spec: { restartPolicy: 'Never' },
      status: { phase: 'Failed', containerStatuses: [{ name: 'app', ready: false, state: ended(4, 'Error', 1, 60) }] },
    });
    const report = diagnoseObjects([web, made], 'web');
    expect(causeCodes(report)).toEqual(['SVC243']);
    expect(report.headline).toContain(
      'pod web ended (Failed, Error): container app, exit code 4, 60s ago, restartPolicy Never',
    );
  });

  it('names an eviction with its reason', () => {
    const made = pod('web', {
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 40Mi.',
      },
    });
    const report = diagnoseObjects([web, made], 'web');
    expect(causeCodes(report)).toEqual(['SVC244']);
    expect(report.headline).toContain('failed with Evicted: The node was low on resource: memory');
  });

  it('groups the many that a kubelet rejected', () => {
    const pods = ['a', 'b', 'c'].map((id) =>
      pod(`web-6f9c-${id}`, {
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
        meta: ownedBy('ReplicaSet', 'web-6f9c'),
        status: {
          phase: 'Failed',
          reason: 'OutOfcpu',
          message:
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 4000, used: 900, capacity: 2000",
        },
      }),
    );
    const owner = deployment(
      'web',
      { app: 'web' },
      { template: { metadata: { labels: { app: 'web' } }, spec: { nodeName: 'n1' } } },
    );
    const empty: Workload = { ...owner, status: { observedGeneration: 1, replicas: 0 } };
    const report = diagnoseObjects([web, empty, ...pods], 'web');
    expect(causeCodes(report)).toEqual(['SVC244']);
    expect(report.headline).toContain('pods web-6f9c-a, web-6f9c-b and 1 more of Deployment web failed with OutOfcpu');
    expect(report.headline).toContain('nodeName n1 is set in the template');
  });

  it('knows pods that are refused one after the other, whichever is new now', () => {
    const made = (id: string, status: object, age = 60) =>
      pod(`web-6f9c-${id}`, {
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
        meta: { ...ownedBy('ReplicaSet', 'web-6f9c'), creationTimestamp: secondsAgo(age) },
        status,
        ready: false,
      });
    const reason = { phase: 'Failed', reason: 'SysctlForbidden', message: 'Pod was rejected: forbidden sysctl: "x"' };
    const next = made('d', { phase: 'Pending', conditions: [], containerStatuses: [] }, 2);
    const refused = ['a', 'b', 'c'].map((id) => made(id, reason));
    const report = diagnoseObjects([web, deployment('web'), ...refused, next], 'web');
    expect(causeCodes(report)).toEqual(['SVC244']);
    expect(report.verdict).toBe('broken');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl edit deployment web -n shop');
    const twice = diagnoseObjects([web, deployment('web'), ...refused.slice(1), next], 'web');
    expect(causeCodes(twice)).not.toContain('SVC244');
  });

  it('names a setting that the kubelet forbids', () => {
    const message = 'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted';
    const made = pod('web-1', { status: { phase: 'Failed', reason: 'SysctlForbidden', message } });
    const report = diagnoseObjects([web, made], 'web');
    expect(causeCodes(report)).toEqual(['SVC244']);
    expect(report.headline).toContain('failed with SysctlForbidden: Pod was rejected: forbidden sysctl');
  });

  it('takes ended pods beside serving ones for leftovers', () => {
    const pods = [
      pod('web-1'),
      pod('web-2', { status: { phase: 'Failed', reason: 'Evicted' } }),
      pod('web-3', { status: { phase: 'Succeeded' } }),
    ];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
