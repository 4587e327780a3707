import { describe, expect, it } from 'vitest';
import type { Node } from '../../../../../shared/model/objects.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { unschedulable } from '../../../../../shared/testing/broken-pods.ts';
import { node, pod, service } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';
import { allocatable, ask, TAIL } from '../../../testing/pending.ts';

describe('pods-pending', () => {
  it('compares the request with the largest node', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu.${TAIL}`,
      { of: 'web', containers: [{ name: 'app', resources: { requests: { cpu: '16' } } }] },
    );
    const report = ask(made, allocatable('n1', '4'), allocatable('n2', '8'));
    expect(causeCodes(report)).toEqual(['SVC213']);
    expect(report.headline).toBe(
      'Pod web-6f9c-a of Deployment web cannot be scheduled (Pending): 0/3 nodes are available: 2 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }; each pod requests cpu 16, the largest node (n2) has 8 allocatable',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"requests":{"cpu":"4"}');
    expect(report.causes[0]?.fixes[0]?.undo).toContain('"requests":{"cpu":"16"}');
  });

  it('measures by the nodes that are open to the pod, and names the one that a drain has closed', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable.${TAIL}`,
      { of: 'web', containers: [{ name: 'app', resources: { requests: { cpu: '2' } } }] },
    );
    const kept = (made: Node, spec: Node['spec']): Node => ({ ...made, ...(spec === undefined ? {} : { spec }) });
    const taints = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
    const report = ask(
      made,
      kept(allocatable('cp', '16'), { taints }),
      kept(allocatable('n1', '8'), { unschedulable: true }),
      allocatable('n2', '4'),
    );
    expect(report.headline).toContain(
      '; each pod requests cpu 2, of the 4 allocatable on the largest node (n2) less is left (cordoned: n1)',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl uncordon n1');
  });

  it('names the node selector, and the value that nodes have', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.${TAIL}`,
      {
        of: 'web',
        spec: { nodeSelector: { disktype: 'sdd' } },
      },
    );
    const ssd = { ...node('n1'), metadata: { ...node('n1').metadata, labels: { disktype: 'ssd' } } };
    const report = ask(made, ssd);
    expect(causeCodes(report)).toEqual(['SVC214']);
    expect(report.headline).toContain('the pod asks for disktype=sdd, nodes have disktype ssd');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"nodeSelector":{"disktype":"ssd"}');
  });

  it('names required node affinity', () => {
    const made = unschedulable(
      'web-6f9c-a',
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
      {
        of: 'web',
        spec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['z9'] }] },
                ],
              },
            },
          },
        },
      },
    );
    expect(ask(made, node('n1')).headline).toContain(
      'the pod asks for topology.kubernetes.io/zone in (z9), nodes have topology.kubernetes.io/zone z1',
    );
  });

  it('does not ask for less of a device, of which limit and request must be equal', () => {
    const made = unschedulable('web-6f9c-a', `0/2 nodes are available: 2 Insufficient nvidia.com/gpu.${TAIL}`, {
      of: 'web',
      containers: [{ name: 'app', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
    });
    const report = ask(made, allocatable('n1', '4'));
    expect(report.headline).toContain('each pod requests nvidia.com/gpu 1, no node offers any');
    expect(report.causes[0]?.fixes.map(({ command }) => command)).toEqual([
      "kubectl get nodes -o 'custom-columns=NODE:.metadata.name,ALLOCATABLE:.status.allocatable.nvidia\\.com/gpu'",
    ]);
  });

  it('lists how many pods the nodes take when they are full', () => {
    const made = unschedulable('web-6f9c-a', `0/2 nodes are available: 2 Too many pods.${TAIL}`, { of: 'web' });
    const report = ask(made, allocatable('n1', '4'));
    expect(causeCodes(report)).toEqual(['SVC213']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('.status.allocatable.pods');
  });
});

describe('pods of a dump that was cut, without nodeName and conditions', () => {
  const told = (status: object): ReturnType<typeof diagnoseObjects> => {
    const { nodeName: _, ...spec } = pod('web-1').spec ?? {};
    const cut: Pod = { ...pod('web-1'), spec, status };
    return diagnoseObjects([service('web'), cut], 'web');
  };
  const waiting = (reason: string): object => ({ name: 'app', ready: false, state: { waiting: { reason } } });

  it.each([
    ['Running', { containerStatuses: [waiting('CrashLoopBackOff')] }, 'SVC229'],
    ['Pending', { containerStatuses: [waiting('ImagePullBackOff')] }, 'SVC225'],
    ['Running', { containerStatuses: [{ name: 'app', ready: false, state: { running: {} } }] }, 'SVC314'],
  ])('%s with %j is told by its containers', (phase, status, code) => {
    const report = told({ phase, ...status });
    expect(causeCodes(report)).toEqual([code]);
    expect(report.headline).not.toContain('scheduled');
  });

  it('are ready when all their containers are, or when their Ready condition says so', () => {
    const container = { name: 'app', ready: true, restartCount: 12, state: { running: {} } };
    expect(told({ phase: 'Running', containerStatuses: [container] }).causes.map(({ code }) => code)).not.toContain(
      'SVC313',
    );
    expect(told({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }).causes).toEqual([]);
    expect(causeCodes(told({ phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] }))).toEqual([
      'SVC314',
    ]);
  });

  it('that are not Ready beside Ready ones count, though nothing tells since when', () => {
    const { nodeName: _, ...spec } = pod('web-1').spec ?? {};
    const cut = (name: string, status: string): Pod => ({
      ...pod(name),
      metadata: { name, namespace: 'shop', labels: { app: 'web' } },
      spec,
      status: { phase: 'Running', conditions: [{ type: 'Ready', status }] },
    });
    const report = diagnoseObjects([service('web'), cut('web-1', 'True'), cut('web-2', 'False')], 'web');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('1 of 2 pods');
  });

  it('that restart again and again and are not ready keep crashing', () => {
    const container = (restartCount: number) => ({
      name: 'app',
      ready: false,
      restartCount,
      state: { running: {} },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    expect(causeCodes(told({ phase: 'Running', containerStatuses: [container(9)] }))).toEqual(['SVC229']);
    expect(causeCodes(told({ phase: 'Running', containerStatuses: [container(1)] }))).toEqual(['SVC314']);
  });

  it('that run are no fault, and those that wait without a word are', () => {
    expect(told({ phase: 'Running' }).causes).toEqual([]);
    expect(causeCodes(told({ phase: 'Pending' }))).toEqual(['SVC221']);
  });
});
