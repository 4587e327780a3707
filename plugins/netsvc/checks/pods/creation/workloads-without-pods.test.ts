import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../../../shared/model/objects-workload.ts';
import { replicaSet } from '../../../../../shared/testing/broken-pods.ts';
import {
  deployment,
  node,
  pod,
  secondsAgo,
  service,
  slicesFor,
  workload,
} from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

describe('deployment-paused', () => {
  it('names the pause of a Deployment that made nothing', () => {
    const paused = {
      ...deployment('web', { app: 'web' }, { replicas: 2, paused: true }),
      status: { observedGeneration: 1 },
    };
    const report = diagnoseObjects([web, paused], 'web');
    expect(causeCodes(report)).toEqual(['SVC203']);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout resume deployment/web -n shop');
  });

  it('stays silent where the Deployment counts pods of a ReplicaSet that was not recorded', () => {
    const paused = deployment('web', { app: 'web' }, { replicas: 1, paused: true });
    const counted = { ...paused, status: { ...paused.status, replicas: 1, readyReplicas: 1 } };
    const except = { ReplicaSet: 'notCollected', Pod: 'ok' } as const;
    const report = diagnoseObjects([service('web', { selector: { app: 'web', version: 'v2' } }), counted], 'web', {
      except,
    });
    expect(causeCodes(report)).not.toContain('SVC203');
  });

  it('stays silent about a pause while pods serve', () => {
    const pods = [pod('web-1')];
    const report = diagnoseObjects(
      [web, deployment('web', { app: 'web' }, { paused: true }), ...pods, ...slicesFor(web, pods)],
      'web',
    );
    expect(report.verdict).toBe('healthy');
  });
});

describe('daemonset-fits-no-node', () => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { nodeSelector: { gpu: 'true' }, containers: [{ name: 'app' }] },
  };
  const set = workload('DaemonSet', 'web', { app: 'web' }, { template });
  const none = { ...set, status: { observedGeneration: 1, desiredNumberScheduled: 0, currentNumberScheduled: 0 } };

  it('names the label that no node has', () => {
    const report = diagnoseObjects([web, none, node('n1')], 'web');
    expect(causeCodes(report)).toEqual(['SVC204']);
    expect(report.headline).toContain('no node has gpu=true (no node has label gpu)');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toContain('kubectl label node n1 gpu=true');
  });

  it('does not invent what nodes have when they were not read', () => {
    const report = diagnoseObjects([web, none], 'web', { except: { Node: 'forbidden' } });
    expect(causeCodes(report)).toEqual(['SVC204']);
    expect(report.headline).not.toContain('no node has label');
  });

  it('stays silent when its pods run', () => {
    const pods = [pod('web-1')];
    const placed = { ...set, status: { observedGeneration: 1, desiredNumberScheduled: 1, currentNumberScheduled: 1 } };
    expect(diagnoseObjects([web, placed, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});

describe('job-has-no-pod', () => {
  const job = workload('Job', 'web', { app: 'web' }, { suspend: true });

  it('names a suspended Job and resumes it', () => {
    const idle: Workload = { ...job, status: {} };
    const report = diagnoseObjects([web, idle], 'web');
    expect(causeCodes(report)).toEqual(['SVC205']);
    expect(report.headline).toContain('Job web is suspended (spec.suspend: true)');
  });

  it('takes a Job that is done behind a headless Service for a state', () => {
    const done = {
      ...workload('Job', 'web', { app: 'web' }),
      status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: secondsAgo(60) }] },
    };
    const finished = pod('web-x', {
      meta: { ownerReferences: [{ kind: 'Job', name: 'web', controller: true }] },
      status: { phase: 'Succeeded' },
    });
    expect(causeCodes(diagnoseObjects([web, done, finished], 'web'))).toEqual(['SVC205']);
    const headless = service('web', { clusterIP: 'None' });
    expect(diagnoseObjects([headless, done, finished], 'web').causes).toEqual([]);
  });

  it('names a Job that was not read by the pods that it left', () => {
    const left = (phase: string) =>
      pod('web-x', { meta: { ownerReferences: [{ kind: 'Job', name: 'web', controller: true }] }, status: { phase } });
    const except = { Job: 'notCollected', EndpointSlice: 'notCollected' } as const;
    const ended = diagnoseObjects([web, left('Succeeded')], 'web', { except });
    expect(causeCodes(ended)).toEqual(['SVC205']);
    expect(ended.headline).toContain('Job web has ended (its pods are Succeeded), so the Service has no pod');
    const failed = diagnoseObjects([web, left('Succeeded'), left('Failed')], 'web', { except });
    expect(failed.verdict).toBe('broken');
    expect(
      diagnoseObjects([service('web', { clusterIP: 'None' }), left('Succeeded')], 'web', { except }).causes,
    ).toEqual([]);
    expect(causeCodes(diagnoseObjects([web, left('Succeeded'), pod('web-1')], 'web', { except }))).toEqual([]);
  });

  it('stays silent about completed Job pods beside serving ones', () => {
    const pods = [
      pod('web-1'),
      pod('web-job-x', {
        meta: { ownerReferences: [{ kind: 'Job', name: 'web', controller: true }] },
        status: { phase: 'Succeeded' },
      }),
      pod('web-job-y', {
        meta: { ownerReferences: [{ kind: 'Job', name: 'web', controller: true }] },
        status: { phase: 'Failed' },
      }),
    ];
    const done = {
      ...workload('Job', 'web', { app: 'web' }),
      status: { conditions: [{ type: 'Failed', status: 'True' }] },
    };
    expect(diagnoseObjects([web, done, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});

describe('workload-not-observed', () => {
  it('says that no controller acts, from an empty status', () => {
    const fresh = { ...deployment('web', { app: 'web' }, {}, { creationTimestamp: secondsAgo(600) }), status: {} };
    const report = diagnoseObjects([web, fresh], 'web');
    expect(causeCodes(report)).toEqual(['SVC211']);
    expect(report.headline).toContain('its status is empty 10m after it was made');
  });

  it('only thinks of it for a workload that was made just now, and waits for one that was changed just now', () => {
    const fresh = { ...deployment('web', { app: 'web' }, {}, { creationTimestamp: secondsAgo(5) }), status: {} };
    expect(diagnoseObjects([web, fresh], 'web').causes[0]).toMatchObject({
      code: 'SVC211',
      severity: 'warning',
      confidence: 'possible',
    });
    const changed = deployment(
      'web',
      { app: 'web' },
      {},
      {
        generation: 2,
        managedFields: [{ manager: 'kubectl', operation: 'Update', time: secondsAgo(3), fieldsV1: {} }],
      },
    );
    const pods = [pod('web-1')];
    expect(diagnoseObjects([web, changed, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});

describe('workload-has-no-pods', () => {
  const set = {
    ...workload('StatefulSet', 'web', { app: 'web' }, { replicas: 2 }),
    status: { observedGeneration: 1, replicas: 0 },
  };

  it('says that pods are missing, and that events were not read', () => {
    const report = diagnoseObjects([web, set], 'web', { except: { Event: 'notCollected' } });
    expect(causeCodes(report)).toEqual(['SVC212']);
    expect(report.headline).toContain('StatefulSet web should have 2 pods and has none');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join()).toContain(
      'events, which would tell why, were not read',
    );
  });

  it('suspects a quota without room', () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'compute', namespace: 'shop' },
      status: { hard: { pods: '4' }, used: { pods: '4' } },
    };
    const report = diagnoseObjects([web, set, quota], 'web', { except: { Event: 'notCollected' } });
    expect(report.headline).toContain('ResourceQuota compute has no room (pods: used 4 of 4)');
  });

  it('only thinks of it while the ReplicaSet is some seconds old', () => {
    const young = replicaSet('web', '6f9c', 1, { made: 0, age: 4 });
    const made = { ...deployment('web'), status: { observedGeneration: 1, replicas: 0 } };
    expect(diagnoseObjects([web, made, young], 'web').causes[0]).toMatchObject({
      code: 'SVC212',
      severity: 'warning',
      confidence: 'possible',
    });
  });

  it('stays silent about manifests that were never applied', () => {
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: deployment('web').spec ?? {},
    };
    expect(diagnoseObjects([web, manifest], 'web').causes.filter((cause) => cause.code.startsWith('SVC2'))).toEqual([]);
  });
});
