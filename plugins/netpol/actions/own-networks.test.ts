import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, pod } from '../../../shared/testing/builders.ts';
import { type FakeClusterOptions, fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netpol } from '../plugin.ts';
import { askManifests } from '../testing/ask-manifests.ts';

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

const ask = (options: FakeClusterOptions = {}, cni = 'ovn-kubernetes') =>
  runCli(netpol, `can-reach x/a y/b --port 80 --cni ${cni}`, {
    world: { connect: async () => fakeCluster(objects, { namespace: 'x', ...options }) },
  });

describe('networks of a cluster', () => {
  it('which namespaces share a network of their own is read', async () => {
    const { exit, stdout } = await ask();
    expect([exit, stdout.split('\n')[0]]).toEqual([0, 'ALLOWED  Pod x/a can reach Pod y/b on TCP 80']);
  });

  it.each(['ClusterUserDefinedNetwork', 'ClusterNetworkConnect'] as const)(
    'where %s is refused the answer is decided only if it does not hang on it',
    async (kind) => {
      const { exit, stdout } = await ask({ forbidden: [kind] });
      expect(exit).toBe(kind === 'ClusterUserDefinedNetwork' ? 3 : 0);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`list ${kind.toLowerCase()}s`);
    },
  );

  it('networks of two namespaces are read too', async () => {
    const net = (name: string): KubeObject =>
      ({
        apiVersion: 'k8s.ovn.org/v1',
        kind: 'UserDefinedNetwork',
        metadata: { name: 'net', namespace: name },
        spec: { topology: 'Layer3', layer3: { role: 'Primary' } },
      }) as KubeObject;
    const apart = [...objects.filter(({ kind }) => kind !== 'ClusterUserDefinedNetwork'), net('x'), net('y')];
    const run = (forbidden: FakeClusterOptions['forbidden'] & object) =>
      runCli(netpol, 'can-reach x/a y/b --port 80 --cni ovn-kubernetes', {
        world: { connect: async () => fakeCluster(apart, { namespace: 'x', forbidden }) },
      });
    expect((await run([])).exit).toBe(1);
    expect((await run(['UserDefinedNetwork'])).exit).toBe(3);
  });

  it('another network plugin gives no namespace a network of its own', async () => {
    expect((await ask({ forbidden: ['ClusterUserDefinedNetwork'] }, 'calico')).exit).toBe(0);
  });
});

const LABEL = 'k8s.ovn.org/primary-user-defined-network: ""';
const space = (name: string, labels = LABEL): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}\n`;
const one = (name: string, annotations = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${name}, labels: {app: ${name}}, annotations: {${annotations}}}\nspec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}\n`;
const udn = (name: string, role = 'Primary'): string =>
  `apiVersion: k8s.ovn.org/v1\nkind: UserDefinedNetwork\nmetadata: {name: net, namespace: ${name}}\nspec: {topology: Layer3, layer3: {role: ${role}}}\n`;
const nad = (name: string, config: object): string =>
  `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: def, namespace: ${name}}\nspec: {config: '${JSON.stringify(config)}'}\n`;

/** `allowed` and `undecided` pairs of pods named like their namespaces. */
async function pairsOf(...manifests: readonly string[]): Promise<{ allowed: string[]; undecided: string[] }> {
  const { connections, undecided } = JSON.parse((await askManifests(manifests.join('---\n'), 'matrix -o json')).stdout);
  const names = (rows: readonly { from: { name?: string }; to: { name?: string } }[]) =>
    rows.flatMap(({ from, to }) => (from.name && to.name ? [`${from.name}>${to.name}`] : [])).sort();
  return { allowed: names(connections), undecided: names(undecided) };
}

describe('networks of manifests', () => {
  const pods = [one('blue'), one('green'), one('plain')];

  it('keeps networks of two namespaces, and that of the cluster, apart', async () => {
    const all = [space('blue'), space('green'), space('plain', ''), udn('blue'), udn('green'), ...pods];
    expect(await pairsOf(...all)).toEqual({ allowed: [], undecided: [] });
  });

  it('leaves namespaces without the label, and those with a secondary network, on that of the cluster', async () => {
    const all = [space('blue', ''), space('green', ''), space('plain', ''), udn('blue'), udn('green', 'Secondary')];
    expect((await pairsOf(...all, ...pods)).allowed).toHaveLength(6);
  });

  it('does not guess which of two namespaces without a network that was seen share one', async () => {
    const all = [space('blue'), space('green'), space('plain', ''), ...pods];
    expect(await pairsOf(...all)).toEqual({ allowed: [], undecided: ['blue>green', 'green>blue'] });
  });

  it('puts definitions of one name on one network', async () => {
    const config = { type: 'ovn-k8s-cni-overlay', name: 'shared', role: 'primary' };
    const all = [
      space('blue'),
      space('green'),
      space('plain'),
      nad('blue', config),
      nad('green', config),
      udn('plain'),
    ];
    expect(await pairsOf(...all, ...pods)).toEqual({ allowed: ['blue>green', 'green>blue'], undecided: [] });
  });

  const connect = (connectivity: string): string =>
    `apiVersion: k8s.ovn.org/v1\nkind: ClusterNetworkConnect\nmetadata: {name: both}\nspec:\n  networkSelectors:\n  - networkSelectionType: PrimaryUserDefinedNetworks\n    primaryUserDefinedNetworkSelector: {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [blue, green]}]}}\n  connectivity: [${connectivity}]\n`;

  it('joins networks that are connected for pods; those connected for Services alone may pass', async () => {
    const all = [space('blue'), space('green'), space('plain', ''), udn('blue'), udn('green'), ...pods];
    const both = ['blue>green', 'green>blue'];
    expect(await pairsOf(...all, connect('PodNetwork'))).toEqual({ allowed: both, undecided: [] });
    expect(await pairsOf(...all, connect('ServiceNetwork'))).toEqual({ allowed: [], undecided: both });
  });

  it('lets pods reach the DNS of the cluster, and others the ports that a pod keeps open', async () => {
    const dns =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}\nspec: {containers: [{name: c, image: i}]}\n';
    const open = '"k8s.ovn.org/open-default-ports": "- protocol: tcp\\n  port: 80\\n"';
    const all = [
      space('blue'),
      udn('blue'),
      space('plain', ''),
      space('kube-system', ''),
      one('blue', open),
      one('plain'),
      dns,
    ];
    const manifests = all.join('---\n');
    const exits = [
      'blue/blue kube-system/dns:53/UDP',
      'blue/blue kube-system/dns --port 80',
      'plain/plain blue/blue --port 80',
      'plain/plain blue/blue --port 81',
    ];
    const runs = [];
    for (const line of exits) runs.push((await askManifests(manifests, `can-reach ${line}`)).exit);
    expect(runs).toEqual([0, 1, 3, 1]);
  });

  it('says that the network keeps them apart, and offers no change of a policy', async () => {
    const all = [space('blue'), space('green'), udn('blue'), udn('green'), one('blue'), one('green')];
    const { stdout } = await askManifests(all.join('---\n'), 'can-reach blue/blue green/green --port 80');
    expect(stdout).toMatchInlineSnapshot(`
      "DENIED  Pod blue/blue cannot reach Pod green/green on TCP 80

      Egress of Pod blue/blue: denied
        ✗ namespace blue is on a network of its own (user-defined network): traffic
          with pods that are not on it does not pass, whatever policies say
      Ingress of Pod green/green: denied
        ✗ namespace green is on a network of its own (user-defined network): traffic
          with pods that are not on it does not pass, whatever policies say
      "
    `);
  });
});
