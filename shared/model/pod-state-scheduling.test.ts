import { describe, expect, it } from 'vitest';
import { parseScheduling } from './pod-state-scheduling.ts';

describe('parseScheduling', () => {
  it.each([
    [
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
      'cpu',
      '2 Insufficient cpu',
    ],
    [
      '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
      'memory',
      '3 Insufficient memory',
    ],
    [
      '0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.',
      'resource',
      '1 Insufficient nvidia.com/gpu',
    ],
    [
      '0/4 nodes are available: 1 node(s) had untolerated taint {a: b,c}, 3 node(s) had untolerated taint {node-role.kubernetes.io/master: }.',
      'taint',
      '1 node(s) had untolerated taint {a: b,c}',
    ],
    [
      '0/1 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.',
      'taint',
      '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }',
    ],
    [
      '0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.',
      'node-down',
      '2 node(s) had untolerated taint {node.kubernetes.io/unreachable: }',
    ],
    [
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
      'node-selector',
      "2 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
      'affinity',
      "2 node(s) didn't match pod anti-affinity rules",
    ],
    [
      "0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints (missing required label).",
      'spread',
      "2 node(s) didn't match pod topology spread constraints (missing required label)",
    ],
    [
      "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.",
      'host-port',
      "2 node(s) didn't have free ports for the requested pod ports",
    ],
    [
      '0/2 nodes are available: persistentvolumeclaim "web-data" not found. not found',
      'volume',
      'persistentvolumeclaim "web-data" not found',
    ],
    [
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
      'volume',
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [
      '0/2 nodes are available: 2 node(s) had volume node affinity conflict.',
      'volume',
      '2 node(s) had volume node affinity conflict',
    ],
    ['0/2 nodes are available: 1 Too many pods, 1 node(s) were unschedulable.', 'pods-full', '1 Too many pods'],
    ['no nodes available to schedule pods', 'no-nodes', 'no nodes available to schedule pods'],
    [
      'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
      'volume',
      'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    ],
  ])('%s', (message, kind, text) => {
    const { main } = parseScheduling(message);
    expect(main?.class).toBe(kind);
    expect(main?.nodes === 0 ? main.text : `${main?.nodes} ${main?.text}`).toBe(text);
  });

  it('reads the words of 1.21 and before', () => {
    const said = "1 node(s) had taint {a: b}, that the pod didn't tolerate";
    const { refusals, main } = parseScheduling(`0/2 nodes are available: ${said}, 1 Insufficient cpu.`);
    expect(refusals.map(({ text }) => text)).toEqual(['node(s) had taint {a: b}', 'Insufficient cpu']);
    expect(main?.class).toBe('cpu');
  });

  it('counts the nodes and keeps every clause', () => {
    const parsed = parseScheduling('0/5 nodes are available: 2 Insufficient cpu, 3 Insufficient memory.');
    expect(parsed.nodes).toBe(5);
    expect(parsed.refusals.map((refusal) => refusal.class)).toEqual(['cpu', 'memory']);
    expect(parsed.main?.class).toBe('memory');
  });

  it('makes nothing of nothing', () => {
    expect(parseScheduling('').main).toBeUndefined();
  });
});
