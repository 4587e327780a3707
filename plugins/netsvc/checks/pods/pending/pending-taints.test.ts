import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../../../shared/model/objects.ts';
import { replicaSet, unschedulable } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, node, service } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';
import { allocatable, ask, TAIL } from '../../../testing/pending.ts';

const web = service('web');

describe('taints and cordons that keep pods waiting', () => {
  it('names the taint, its node, and both ways out', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.',
      { of: 'web' },
    );
    const tainted = { ...node('n1'), spec: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] } };
    const report = ask(made, tainted);
    expect(causeCodes(report)).toEqual(['SVC215']);
    expect(report.headline).toContain('untolerated taint {dedicated: gpu}; n1 has taint dedicated=gpu:NoSchedule');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      'kubectl taint node n1 dedicated=gpu:NoSchedule-',
      `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"tolerations":[{"key":"dedicated","operator":"Equal","value":"gpu","effect":"NoSchedule"}]}}}}'`,
    ]);
  });

  it('needs no nodes to tell a taint', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.',
      { of: 'web' },
    );
    const report = diagnoseObjects([web, deployment('web'), made], 'web', { except: { Node: 'forbidden' } });
    expect(causeCodes(report)).toEqual(['SVC215']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('"tolerations":[{"key":"dedicated"');
  });

  it('tells that a tainted node counts as an empty place, and how not to count it', () => {
    const spread = { topologyKey: 'kubernetes.io/hostname', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
    const message =
      "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, " +
      `1 node(s) had untolerated taint {maintenance: true}.${TAIL}`;
    const made = unschedulable('web-6f9c-a', message, { of: 'web', spec: { topologySpreadConstraints: [spread] } });
    const [cause] = ask(made, node('n1'), node('n2')).causes;
    expect(cause?.code).toBe('SVC218');
    expect(cause?.summary).toContain('maintenance: true');
    expect(cause?.summary).toContain('count as empty places (nodeTaintsPolicy Ignore)');
    expect(cause?.fixes[0]?.command).toContain('"nodeTaintsPolicy":"Honor"');

    const honest = [{ ...spread, nodeTaintsPolicy: 'Honor' }];
    const other = unschedulable('web-6f9c-a', message, { of: 'web', spec: { topologySpreadConstraints: honest } });
    expect(ask(other, node('n1'), node('n2')).causes[0]?.fixes[0]?.command).toContain('ScheduleAnyway');
  });

  it('tells cordoned nodes by name', () => {
    const made = unschedulable('web-6f9c-a', '0/1 nodes are available: 1 node(s) were unschedulable.', { of: 'web' });
    const cordoned: Node = { ...node('n1'), spec: { unschedulable: true } };
    const report = ask(made, cordoned);
    expect(causeCodes(report)).toEqual(['SVC220']);
    expect(report.headline).toContain('cordoned: n1');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl uncordon n1');
  });

  it('opens the cordoned node that the pod may use, and goes back to no revision that asks for the same', () => {
    const made = unschedulable('web-6f9c-a', `0/2 nodes are available: 2 node(s) were unschedulable.${TAIL}`, {
      of: 'web',
      spec: { nodeSelector: { disktype: 'ssd' } },
    });
    const cordoned = (name: string, labels: Record<string, string>): Node => ({
      ...node(name),
      metadata: { ...node(name).metadata, labels },
      spec: { unschedulable: true },
    });
    const nodes = [cordoned('n1', {}), cordoned('n2', { disktype: 'ssd' })];
    const commands = (...sets: KubeObject[]) =>
      ask(made, ...nodes, ...sets).causes[0]?.fixes.map(({ command }) => command);
    const revisions = (cpu: string) =>
      ['1', cpu].map((request, at) =>
        replicaSet('web', at === 0 ? 'old' : '6f9c', at + 1, {
          replicas: at,
          containers: [{ name: 'app', image: `web:${at}`, resources: { requests: { cpu: request } } }],
        }),
      );
    expect(commands(...revisions('1'))).toEqual(['kubectl uncordon n2']);
    const moved = commands(...revisions('2'));
    expect(moved?.at(-1)).toContain('rollout undo');
  });

  it('looks up on the nodes the taint that the scheduler no longer names, control-plane nodes last', () => {
    const message =
      '0/4 nodes are available: 1 Insufficient cpu, 3 node(s) had untolerated taint(s). preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.';
    const made = unschedulable('web-6f9c-a', message, {
      of: 'web',
      containers: [{ name: 'app', resources: { requests: { cpu: '8' } } }],
    });
    const tainted = (name: string, key: string, value = ''): Node => ({
      ...node(name),
      spec: { taints: [{ key, value, effect: 'NoSchedule' }] },
    });
    const planes = ['p1', 'p2', 'p3'].map((name) => tainted(name, 'node-role.kubernetes.io/control-plane'));
    expect(causeCodes(ask(made, ...planes, allocatable('n1', '4')))).toEqual(['SVC213']);
    const gpus = ['g1', 'g2'].map((name) => tainted(name, 'dedicated', 'gpu'));
    const report = ask(made, ...planes.slice(0, 1), ...gpus, allocatable('n1', '4'));
    expect(causeCodes(report)).toEqual(['SVC215']);
    expect(report.headline).toContain('2 node(s) had untolerated taint {dedicated: gpu}');
  });

  it('does not ask to take off a taint that the kubelet sets', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
      { of: 'web' },
    );
    const short: Node = {
      ...node('n1'),
      spec: { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' },
        ],
      },
    };
    const report = ask(made, short);
    expect(causeCodes(report)[0]).toBe('SVC220');
    expect(report.headline).toContain('(n1: DiskPressure)');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual(['kubectl describe node n1']);
  });

  it('blames the cordon of the node that has the label, not the label', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable.${TAIL}`,
      { of: 'web', spec: { nodeSelector: { disktype: 'ssd' } } },
    );
    const plain = node('n1');
    const ssd = {
      ...plain,
      metadata: { ...plain.metadata, labels: { disktype: 'ssd' } },
      spec: { ...plain.spec, unschedulable: true },
    };
    const report = ask(made, ssd, node('n2'));
    expect(causeCodes(report)).toEqual(['SVC220']);
    expect(report.headline).toContain('(cordoned: n1); the pod asks for disktype=ssd');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl uncordon n1');
  });
});
