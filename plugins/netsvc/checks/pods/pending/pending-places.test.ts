import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { replicaSet, unschedulable, withoutPlace } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, node, pod, secondsAgo, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';
import { ask, TAIL } from '../../../testing/pending.ts';

const web = service('web');

describe('places that pods may not take, and schedulers', () => {
  it('tells anti-affinity, and how many fit', () => {
    const affinity = {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }] },
    };
    const message = `0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.${TAIL}`;
    const pods = [
      pod('web-6f9c-a', {
        meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }] },
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
      }),
      unschedulable('web-6f9c-b', message, { of: 'web', spec: { affinity } }),
    ];
    const owner = {
      ...deployment('web', { app: 'web' }, { replicas: 2 }),
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 1 },
    };
    const report = diagnoseObjects([web, owner, ...pods, node('n1'), ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC218']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('1 of 2 pods of Deployment web (web-6f9c-b)');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl scale deployment/web -n shop --replicas=1');
  });

  it('lets an old pod go first where the rules of the old pods keep the new one away', () => {
    const pods = [
      pod('web-6f9c-a', {
        meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }] },
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
      }),
      unschedulable(
        'web-77aa-b',
        `0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.${TAIL}`,
        { of: 'web', hash: '77aa' },
      ),
    ];
    const sets = [replicaSet('web', '6f9c', 1, { ready: 1 }), replicaSet('web', '77aa', 2)];
    const owner = deployment(
      'web',
      { app: 'web' },
      { replicas: 1, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    );
    const report = diagnoseObjects([web, owner, ...sets, ...pods, node('n1'), ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC218']);
    const patch = (surge: number, unavailable: number): string =>
      `kubectl patch deployment web -n shop -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":${surge},"maxUnavailable":${unavailable}}}}}'`;
    expect(report.causes[0]?.fixes).toContainEqual(
      expect.objectContaining({ command: patch(0, 1), undo: patch(1, 0) }),
    );
  });

  it('tells topology spread constraints', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints (missing required label).${TAIL}`,
      {
        of: 'web',
        spec: { topologySpreadConstraints: [{ topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
      },
    );
    const report = ask(made, node('n1'));
    expect(causeCodes(report)).toEqual(['SVC218']);
    expect(report.headline).toContain('topologyKey rack, maxSkew 1, 0 of 1 nodes carry that label');
  });

  it('tells scheduling gates and schedulers that nobody runs', () => {
    const gated = withoutPlace(
      pod('web-1', {
        spec: { schedulingGates: [{ name: 'example.com/quota' }] },
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      }),
    );
    const report = diagnoseObjects([web, gated], 'web');
    expect(causeCodes(report)).toEqual(['SVC219']);
    expect(report.headline).toContain('example.com/quota');
    const unseen = withoutPlace(
      pod('web-1', {
        spec: { schedulerName: 'my-scheduler' },
        meta: { creationTimestamp: secondsAgo(90) },
        status: { phase: 'Pending', conditions: [] },
      }),
    );
    const other = diagnoseObjects([web, unseen], 'web');
    expect(causeCodes(other)).toEqual(['SVC221']);
    expect(other.headline).toContain('spec.schedulerName is my-scheduler');
  });

  it('names the scheduler that crashes, and not one of which another pod is ready', () => {
    const waiting = withoutPlace(
      pod('web-1', { meta: { creationTimestamp: secondsAgo(90) }, status: { phase: 'Pending', conditions: [] } }),
    );
    const labels = { component: 'kube-scheduler' };
    const scheduler = (name: string, ready: boolean): Pod => pod(name, { namespace: 'kube-system', labels, ready });
    const down = diagnoseObjects([web, waiting, scheduler('kube-scheduler-cp1', false)], 'web');
    expect(down.headline).toContain('kube-scheduler does not run (kube-scheduler-cp1: not ready');
    const pair = [scheduler('kube-scheduler-cp1', false), scheduler('kube-scheduler-cp2', true)];
    expect(diagnoseObjects([web, waiting, ...pair], 'web').headline).toContain(
      'spec.schedulerName is default-scheduler',
    );
  });

  it('gives the scheduler some seconds', () => {
    const young = withoutPlace(
      pod('web-1', { meta: { creationTimestamp: secondsAgo(2) }, status: { phase: 'Pending', conditions: [] } }),
    );
    const pods = [pod('web-0'), young];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });

  it('names the labels of an affinity that no pod carries', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/1 nodes are available: 1 node(s) didn't match pod affinity rules.${TAIL}`,
      {
        of: 'web',
        spec: {
          affinity: {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'cache' } } },
              ],
            },
          },
        },
      },
    );
    expect(ask(made, node('n1')).headline).toContain(
      'required podAffinity to pods with app=cache by kubernetes.io/hostname, and no pod of the namespace carries these labels',
    );
    const cache = pod('cache-0', { labels: { app: 'cache' } });
    expect(ask(made, node('n1'), cache).headline).not.toContain('no pod of the namespace');
  });
});
