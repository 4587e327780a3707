import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { Report } from '../../../shared/report/report.ts';
import { secondsAgo } from '../../../shared/testing/builders.ts';
import { changed, checkObjects, codesOf } from '../testing/check-objects.ts';
import { annotated, call, noNetwork, sandboxFailure } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { flannel } from '../testing/networks/flannel.ts';
import { bridge } from '../testing/networks/others.ts';
import { NODES } from '../testing/networks/parts.ts';

const onAll = (
  objects: readonly KubeObject[],
  change: (all: readonly KubeObject[], name: string) => readonly KubeObject[],
) => NODES.reduce(change, objects);

function withCondition(
  objects: readonly KubeObject[],
  name: string,
  type: string,
  status: string,
  reason: string,
  message: string,
) {
  return changed<Node>(objects, 'Node', name, (node) => ({
    ...node,
    status: {
      ...node.status,
      conditions: [
        ...(node.status?.conditions ?? []).filter((one) => one.type !== type),
        { type, status, reason, message, lastTransitionTime: secondsAgo(600) },
      ],
    },
  }));
}

const nodesTold = ({ data = {} }: Report): readonly string[] =>
  (data.nodes as readonly { name: string; codes: readonly string[] }[])
    .filter(({ codes }) => codes.length > 0)
    .map(({ name }) => name);

describe('what several nodes have alike is one cause that names them all', () => {
  it.each([
    ['CNI109', () => onAll(flannel(), noNetwork), 'nodes n1, n2 and n3 have no usable CNI configuration'],
    [
      'CNI202',
      () =>
        onAll(flannel(), (all, name) =>
          withCondition(all, name, 'Ready', 'False', 'KubeletNotReady', `container runtime is down on ${name}`),
        ),
      '3 nodes (n1, n2 and n3) are NotReady (KubeletNotReady): container runtime is down on n1',
    ],
    [
      'CNI110',
      () =>
        onAll(calico(), (all, name) =>
          withCondition(
            all,
            name,
            'NetworkUnavailable',
            'True',
            'NoRouteCreated',
            'RouteController failed to create a route',
          ),
        ),
      'nodes n1, n2 and n3 report NetworkUnavailable (NoRouteCreated)',
    ],
    [
      'CNI214',
      () =>
        onAll(flannel(), (all, name) =>
          withCondition(all, name, 'KernelDeadlock', 'True', 'DockerHung', `task on ${name} hangs`),
        ),
      'nodes n1, n2 and n3 report KernelDeadlock',
    ],
    [
      'CNI111',
      () =>
        onAll(flannel(), (all, name) => [
          ...all,
          ...sandboxFailure(name, `${call('macvlan', 'old-net')}failed to look up master "eth9": Link not found`),
        ]),
      'on nodes n1, n2 and n3 pods are set up by the network "old-net"',
    ],
    [
      'CNI312',
      () =>
        onAll(flannel(), (all, name) => [
          ...all,
          ...sandboxFailure(name, 'failed to find plugin "bridge" in path [/opt/cni/bin]'),
        ]),
      'on nodes n1, n2 and n3 get no network',
    ],
    [
      'CNI502',
      () =>
        cilium().map((one) =>
          one.kind === 'CiliumNode'
            ? ({
                ...one,
                status: { ipam: { 'operator-status': { error: 'all CIDR ranges are exhausted' } } },
              } as KubeObject)
            : one,
        ),
      "Cilium's operator gives nodes n1, n2 and n3 no pod addresses",
    ],
  ])('%s', (code, objects, words) => {
    const report = checkObjects(objects());
    expect(codesOf(report), report.causes.map(({ summary }) => summary).join('\n')).toEqual([code]);
    expect(report.headline).toContain(words);
    expect(nodesTold(report)).toEqual(['n1', 'n2', 'n3']);
  });
});

it('nodes without a network beside one that has it', () => {
  const { causes, headline } = checkObjects(noNetwork(noNetwork(bridge(), 'n1'), 'n2'));
  expect(causes.map(({ code, pods }) => [code, pods])).toEqual([['CNI203', ['node/n1', 'node/n2']]]);
  expect(headline).toMatch(/^2 nodes \(n1 and n2\) are NotReady because their pod network is not set up/);
});

it('addresses of bridges that Calico took are one setting', () => {
  const on = (all: readonly KubeObject[], name: string, address: string) =>
    annotated(all, name, (own) => ({ ...own, 'projectcalico.org/IPv4Address': address }));
  const { causes, headline } = checkObjects(on(on(calico(), 'n1', '172.17.0.1/16'), 'n3', '172.18.0.1/16'));
  expect(causes.map(({ code, pods }) => [code, pods])).toEqual([['CNI408', ['node/n1', 'node/n3']]]);
  expect(headline).toMatch(/172\.17\.0\.1 for node n1, .*; the same on node n3$/);
});

describe('what differs stays apart', () => {
  it('two reasons are two causes', () => {
    const message = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:';
    const two = withCondition(
      noNetwork(bridge(), 'n1'),
      'n2',
      'Ready',
      'False',
      'KubeletNotReady',
      `${message}another reason`,
    );
    const { causes } = checkObjects(two);
    expect(causes.map(({ code, pods }) => [code, pods])).toEqual([
      ['CNI203', ['node/n1']],
      ['CNI203', ['node/n2']],
    ]);
  });

  it('a node whose agent explains it is no part of the others', () => {
    const without = onAll(flannel(), noNetwork).filter(
      (one) =>
        one.kind !== 'Pod' || one.metadata?.namespace !== 'kube-flannel' || !JSON.stringify(one).includes('"n3"'),
    );
    const { causes } = checkObjects(without);
    const told = causes.map(({ code, pods }) => [code, pods]);
    expect(told).toContainEqual(['CNI109', ['node/n1', 'node/n2']]);
    expect(told.length).toBe(2);
    expect(told).toContainEqual([expect.stringMatching(/^CNI1/), ['node/n3']]);
  });
});
