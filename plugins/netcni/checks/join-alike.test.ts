import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { pod, type SnapshotOptions } from '../../../shared/testing/builders.ts';
import { changed, checkObjects, codesOf } from '../testing/check-objects.ts';
import { annotated, call, crowd, ranged, sandboxFailure } from '../testing/faults/fault.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { azure } from '../testing/networks/clouds.ts';
import { flannel } from '../testing/networks/flannel.ts';
import { waitingPod } from '../testing/networks/parts.ts';

type Change = (all: readonly KubeObject[], node: string) => readonly KubeObject[];

/** On nodes n2 and n3 alike. */
const onTwo = (objects: readonly KubeObject[], change: Change): readonly KubeObject[] =>
  ['n2', 'n3'].reduce(change, objects);

const full: Change = (all, node) => [
  ...all,
  ...sandboxFailure(
    node,
    `${call('cilium-cni', 'cilium')}unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "range is full"`,
    `api-${node}`,
  ),
];
const small: Change = (all, node) => [...ranged(all, node, `10.244.${node.slice(1)}.0/26`), ...nearlyAll(node)];
/** As many pods as a /26 nearly holds, and one more on n3. */
const nearlyAll = (node: string): readonly KubeObject[] =>
  crowd(node)
    .slice(0, node === 'n2' ? 54 : 55)
    .map((one) => pod(`${one.metadata?.name}-${node}`, { node, ip: one.status?.podIP ?? '' }));
const moved: Change = (all, node) =>
  annotated(all, node, (own) => ({ ...own, 'flannel.alpha.coreos.com/public-ip': `10.1${node.slice(1)}.9.3` }));
/** Where most announce what they do not have, somebody chose it: here two of four do. */
const four = (): readonly KubeObject[] => {
  const objects = flannel();
  const node = objects.find(({ kind, metadata }) => kind === 'Node' && metadata?.name === 'n1');
  const text = JSON.stringify(node).replaceAll('"n1"', '"n4"').replaceAll('10.0.0.1', '10.0.0.4');
  return [
    ...objects,
    JSON.parse(text.replaceAll('10.244.1.', '10.244.4.').replaceAll('00:00:01', '00:00:04')) as KubeObject,
  ];
};
const movedInCilium: Change = (all, node) =>
  changed(
    all,
    'CiliumNode',
    node,
    (one) =>
      ({
        ...one,
        spec: {
          ...(one as { spec?: object }).spec,
          addresses: [{ type: 'InternalIP', ip: `10.0.9.${node.slice(1)}` }],
        },
      }) as KubeObject,
  );
const refusedByAzure: Change = (all, node) =>
  changed(
    all,
    'NodeNetworkConfig',
    node,
    (one) =>
      ({
        ...one,
        spec: { requestedIPCount: node === 'n2' ? 32 : 48 },
        status: { assignedIPCount: 16, status: 'NCUpdateSubnetFullError' },
      }) as KubeObject,
  );
const page = (node: string): SnapshotOptions['tools'] => [
  {
    path: `tools/kube-proxy/${node}/healthz.txt`,
    text: `503\n{"lastUpdated":"2026-03-01 11:2${node.slice(1)}:00","currentTime":"2026-03-01 12:00:00","nodeEligible":true}`,
  },
];

describe('one fault on several nodes, with other numbers on each, is one cause', () => {
  it.each([
    [
      'CNI112',
      onTwo(flannel(), (all, node) => ranged(all, node, `10.244.${node.slice(1)}7.0/24`)),
      '10.244.37.0/24',
      {},
    ],
    ['CNI212', flannel(), '11:23:00', { tools: ['n2', 'n3'].flatMap((node) => page(node) ?? []) }],
    ['CNI304', onTwo(cilium(), full), 'node n3 has no free pod address', {}],
    ['CNI305', onTwo(flannel(), small), 'node n3 has used 56 of 61', {}],
    ['CNI316', onTwo(flannel(), (all, node) => [...all, waitingPod(`api-${node}`, node)]), 'shop/api-n3', {}],
    ['CNI511', onTwo(cilium(), movedInCilium), '10.0.9.3', {}],
    ['CNI604', onTwo(four(), moved), '10.13.9.3', {}],
    ['CNI705', onTwo(azure(), refusedByAzure), '48 pod addresses', {}],
  ] as const)('%s', (code, objects, number, options) => {
    const report = checkObjects(objects, options);
    const [first] = codesOf(report);
    expect([first, codesOf(report).filter((one) => one === code)]).toEqual([code, [code]]);
    expect(report.headline).toMatch(/n2.*; the same on node n3$/);
    const [cause] = report.causes;
    expect(cause?.evidence.map(({ fact }) => fact).join('\n')).toContain(number);
    expect(cause?.pods?.filter((key) => key.startsWith('node/'))).toEqual(['node/n2', 'node/n3']);
  });

  it('but what two nodes say differently stays apart', () => {
    const objects = [
      ...full(cilium(), 'n2'),
      ...sandboxFailure(
        'n3',
        'failed to allocate for range 0: no IP addresses available in range set: 10.244.3.1-10',
        'other',
      ),
    ];
    expect(codesOf(checkObjects(objects))).toEqual(['CNI304', 'CNI304']);
  });
});
