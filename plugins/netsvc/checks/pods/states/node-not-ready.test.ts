import { describe, expect, it } from 'vitest';
import type { Node } from '../../../../../shared/model/objects.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { podWith, withoutPlace } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, node, pod, secondsAgo, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

/** What the control plane makes of a pod whose kubelet is silent: Ready False, everything else as it was. */
function marked(name: string, on: string): Pod {
  const since = secondsAgo(300);
  const made = pod(name, { node: on });
  return {
    ...made,
    status: {
      ...made.status,
      conditions: [
        { type: 'ContainersReady', status: 'True', lastTransitionTime: secondsAgo(9000) },
        { type: 'Ready', status: 'False', lastTransitionTime: since },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: secondsAgo(9000) },
      ],
    },
  };
}

const silent: Node = {
  ...node('n1'),
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: secondsAgo(300),
      },
    ],
  },
};

describe('node-not-ready', () => {
  it('blames the node, not its pods', () => {
    const pods = [marked('web-1', 'n1'), marked('web-2', 'n1')];
    const report = diagnoseObjects([web, ...pods, silent, ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)[0]).toBe('SVC235');
    expect(report.causes[0]?.subject).toEqual({ kind: 'Node', name: 'n1' });
    expect(report.headline).toBe(
      'node n1 has been NotReady for 5m (Ready Unknown, NodeStatusUnknown: Kubelet stopped posting node status.); it holds both pods',
    );
  });

  it('hands a node without a pod network over to netcni, in the words of its kubelet', () => {
    const message =
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
    const condition = { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message };
    const bare: Node = {
      ...node('n1'),
      status: { conditions: [{ ...condition, lastTransitionTime: secondsAgo(300) }] },
    };
    const pods = [marked('web-1', 'n1'), marked('web-2', 'n1')];
    const report = diagnoseObjects([web, ...pods, bare, ...slicesFor(web, pods)], 'web');
    expect(report.headline).toContain('KubeletNotReady: Network plugin returns error: cni plugin not initialized)');
    const commands = report.causes[0]?.fixes.map(({ command }) => command) ?? [];
    expect(commands[0]).toBe('kubectl netcni');
    expect(commands.join()).not.toContain('kubectl delete node');
  });

  it('is a warning when pods on another node serve', () => {
    const pods = [marked('web-1', 'n1'), pod('web-2', { node: 'n2' })];
    const report = diagnoseObjects([web, ...pods, silent, node('n2'), ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)[0]).toBe('SVC235');
    expect(report.verdict).toBe('degraded');
  });

  it('is a note when the pods on it are on their way out and as many as wanted serve elsewhere', () => {
    const of = (made: Pod): Pod => ({
      ...made,
      metadata: {
        ...made.metadata,
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }],
      },
    });
    const lost = of(marked('web-6f9c-a', 'n1'));
    const leaving = { ...lost, metadata: { ...lost.metadata, deletionTimestamp: secondsAgo(60) } };
    const others = [of(pod('web-6f9c-b', { node: 'n2' })), of(pod('web-6f9c-c', { node: 'n2' }))];
    const cluster = (replicas: number) => [
      web,
      deployment('web', { app: 'web' }, { replicas }),
      leaving,
      ...others,
      silent,
      node('n2'),
      ...slicesFor(web, others),
    ];
    const report = diagnoseObjects(cluster(2), 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map(({ code }) => code)).toContain('SVC235');
    expect(diagnoseObjects(cluster(3), 'web').verdict).toBe('degraded');
  });

  it('suspects the node from the conditions of the pod when nodes were not read', () => {
    const made = marked('web-1', 'n1');
    const report = diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web', { except: { Node: 'forbidden' } });
    expect(causeCodes(report)[0]).toBe('SVC235');
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(report.headline).toContain('node n1 has likely been NotReady for 5m');
  });

  it('outranks what else is wrong with the pods of that node', () => {
    const made = podWith('web-1', { state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 3 });
    expect(causeCodes(diagnoseObjects([web, made, silent], 'web'))).toEqual(['SVC235']);
  });

  it('names a node that does not exist, and takes its name out of the template', () => {
    const made = withoutPlace(
      pod('web-6f9c-a', {
        status: { phase: 'Pending', conditions: [] },
        labels: { app: 'web', 'pod-template-hash': '6f9c' },
        meta: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6f9c', controller: true }] },
      }),
    );
    const bound = { ...made, spec: { ...made.spec, nodeName: 'node9' } };
    const owner = deployment(
      'web',
      { app: 'web' },
      { template: { metadata: { labels: { app: 'web' } }, spec: { nodeName: 'node9' } } },
    );
    const report = diagnoseObjects([web, owner, bound, node('n1')], 'web');
    expect(causeCodes(report)).toEqual(['SVC235']);
    expect(report.headline).toContain('node node9 does not exist (nodeName in the template names it)');
    expect(report.causes[0]?.fixes[0]?.command).toContain('{"nodeName":null}');
  });

  it('tells a kubelet that takes nothing up', () => {
    const made = withoutPlace(
      pod('web-1', {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: secondsAgo(200) }],
        },
      }),
    );
    const bound: Pod = { ...made, spec: { ...made.spec, nodeName: 'n1' } };
    const report = diagnoseObjects([web, bound, node('n1')], 'web');
    expect(causeCodes(report)).toEqual(['SVC236']);
    expect(report.headline).toContain('its kubelet has not taken it up for 3m20s');
  });

  it('warns of Ready pods on a failing node', () => {
    const pods = [pod('web-1', { node: 'n1' }), pod('web-2', { node: 'n2' })];
    const report = diagnoseObjects([web, ...pods, silent, node('n2'), ...slicesFor(web, pods)], 'web');
    expect(report.causes.find((cause) => cause.code === 'SVC235')?.severity).toBe('warning');
  });

  it('stays silent when the nodes are well, and when another node is not', () => {
    const pods = [pod('web-1', { node: 'n2' })];
    expect(diagnoseObjects([web, ...pods, node('n2'), silent, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
