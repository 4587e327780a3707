import { expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, pod } from '../../../shared/testing/builders.ts';
import { type FakeClusterOptions, fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netpol } from '../plugin.ts';

const own = { 'k8s.ovn.org/primary-user-defined-network': '', net: 'one' };
const objects: readonly KubeObject[] = [
  namespace('x', own),
  namespace('y', own),
  pod('a', { namespace: 'x', labels: { app: 'a' } }),
  pod('b', { namespace: 'y', labels: { app: 'b' } }),
  {
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'ClusterUserDefinedNetwork',
    metadata: { name: 'one' },
    spec: {
      namespaceSelector: { matchLabels: { net: 'one' } },
      network: { topology: 'Layer2', layer2: { role: 'Primary' } },
    },
  } as KubeObject,
];

const ask = (options: FakeClusterOptions = {}) =>
  runCli(netpol, 'can-reach x/a y/b --port 80 --cni ovn-kubernetes', {
    world: { connect: async () => fakeCluster(objects, { namespace: 'x', ...options }) },
  });

it('which namespaces share a network of their own is read from a cluster', async () => {
  const { exit, stdout } = await ask();
  expect([exit, stdout.split('\n')[0]]).toEqual([0, 'ALLOWED  Pod x/a can reach Pod y/b on TCP 80']);
});

it('and where that is refused the answer is not decided, and says so', async () => {
  const { exit, stdout } = await ask({ forbidden: ['ClusterUserDefinedNetwork'] });
  expect(exit).toBe(3);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('list clusteruserdefinednetworks');
});
