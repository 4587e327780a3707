import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { networkPolicy, pod, snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { annotated, pool } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';
import { custom } from '../testing/networks/parts.ts';
import { cluster, flannelNode } from '../testing/node-cluster.ts';
import { HEALTHY_LINKS } from '../testing/node-tools.ts';

function ask(line: string, objects: readonly KubeObject[] = cluster, links?: string) {
  const snapshot = snapshotOf(objects);
  const tools = links === undefined ? [] : [{ path: 'tools/n1/ip-link.txt', text: links }];
  return runCli(netcni, `${line} --snapshot x`, { world: { readSnapshots: async () => ({ ...snapshot, tools }) } });
}

describe('path', () => {
  it('between nodes: interface, tunnel, node, MTU at each hop', async () => {
    const { stdout, exit } = await ask('path shop/client pod/web-2 -n shop');
    expect(exit).toBe(0);
    for (const part of [
      'cni0',
      'route 10.244.1.0/24 through flannel.1',
      'n2 10.1.0.12',
      'MTU 1450',
      'MTU 1500',
      '10.244.1.5',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('cannot tell where a node on it was not read', async () => {
    const without = (name: string) => cluster.filter((one) => one.kind !== 'Node' || one.metadata?.name !== name);
    for (const name of ['n1', 'n2']) {
      const { stdout, exit } = await ask('path shop/client pod/web-2 -n shop', without(name));
      expect(exit).toBe(3);
      expect(stdout).toContain(`could not tell: node ${name} is not among those that were read`);
    }
    const pods = { apiVersion: 'v1', kind: 'List', items: cluster.filter(({ kind }) => kind === 'Pod') };
    const alone = await runCli(netcni, 'path shop/client shop/web-2 --snapshot -', { stdin: JSON.stringify(pods) });
    expect(alone.exit).toBe(3);
    expect(alone.stdout).toContain('could not tell: Nodes were not collected');
  });

  it('cannot tell, as of one pod, where nobody saw who joins them', async () => {
    // Without the annotations by which its agents tell each other the way, nobody knows which plugin it is.
    const items = cluster
      .filter(({ kind, metadata }) => kind === 'Node' || (kind === 'Pod' && metadata?.namespace === 'shop'))
      .map((one) => (one.kind === 'Node' ? { ...one, metadata: { name: one.metadata?.name ?? '' } } : one));
    const coverage = [
      { kind: 'Node', namespace: '*', status: 'ok' },
      { kind: 'Pod', namespace: 'shop', status: 'ok' },
    ] as const;
    const world = { readSnapshots: async () => ({ ...snapshotOf(items), coverage }) };
    for (const line of ['path shop/client shop/web-2', 'pod shop/client']) {
      const { stdout, exit } = await runCli(netcni, `${line} --snapshot x`, { world });
      expect(exit, line).toBe(3);
      expect(stdout).toContain('could not tell: DaemonSets were not collected');
    }
    for (const line of ['path shop/web-n1 shop/web-n2', 'pod shop/web-n1'])
      expect((await ask(line, calico())).exit, line).toBe(0);
  });

  it.each([
    ['always', { ipipMode: 'Always' }, '10.0.0.2/24', 'route 10.244.2.0/26 through tunl0'],
    [
      'between subnets, in one',
      { ipipMode: 'CrossSubnet' },
      '10.0.0.2/24',
      'route 10.244.2.0/26 via 10.0.0.2 (n2), no tunnel',
    ],
    ['between subnets, across them', { ipipMode: 'CrossSubnet' }, '10.9.0.2/24', 'route 10.244.2.0/26 through tunl0'],
  ])('Calico with IP in IP %s: the block, and the way that is used here', async (_, mode, address, said) => {
    const objects = annotated(pool(calico(), mode), 'n2', () => ({ 'projectcalico.org/IPv4Address': address }));
    const { stdout } = await ask('path shop/web-n1 shop/web-n2', objects);
    expect(stdout).toContain(said);
    expect(stdout).not.toContain('where the nodes are');
  });

  it('of several pools of Calico the one counts that the address is of', async () => {
    const second = custom('crd.projectcalico.org/v1', 'IPPool', 'second', {
      spec: { cidr: '10.99.0.0/16', blockSize: 26, ipipMode: 'Never', vxlanMode: 'Always', nodeSelector: 'all()' },
    });
    const { stdout } = await ask('path shop/web-n1 shop/web-n2', [...calico(), second]);
    expect(stdout).toContain('tunl0');
    expect(stdout).not.toContain('vxlan.calico');
  });

  it('is closed by a policy where the plugin enforces it, and open where nothing does', async () => {
    const shut = networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const { stdout, exit } = await ask('path shop/web-n1 shop/web-n2', [...calico(), shut]);
    expect(exit).toBe(1);
    expect(stdout).toContain('[CNI861]');
    expect(stdout).toContain('NetworkPolicy shop/deny');
    const open = await ask('path shop/client shop/web-2', [...cluster, shut]);
    expect(open.exit).toBe(0);
    expect(open.stdout).not.toContain('CNI861');
  });

  it('on one node there is no tunnel', async () => {
    const { stdout } = await ask('path shop/client shop/web-1');
    expect(stdout).toContain('both pods are on this node');
    expect(stdout).not.toContain('flannel.1');
  });

  it('a policy that denies is told, but not as enforced where nothing enforces it', async () => {
    const deny = networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const flannel = await ask('path shop/client shop/web-2 --port 8080', [...cluster, deny]);
    expect(flannel.stdout).toContain('nothing enforces policies here');
    expect(flannel.exit).toBe(0);
    const agents = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node', namespace: 'kube-system', labels: { 'k8s-app': 'calico-node' } },
      spec: { template: { metadata: { labels: { 'k8s-app': 'calico-node' } }, spec: { containers: [] } } },
      status: { desiredNumberScheduled: 0, numberReady: 0 },
    } as KubeObject;
    const calico = await ask('path shop/client shop/web-2 --port 8080 -o json', [...cluster, deny, agents]);
    expect(calico.stdout).toContain('isolated by NetworkPolicy shop/deny');
  });

  it('a node that is down stands at its hop', async () => {
    const down = flannelNode('n2', { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }] });
    const objects = cluster.map((object) => (object.kind === 'Node' && object.metadata?.name === 'n2' ? down : object));
    const { stdout, exit } = await ask('path shop/client shop/web-2', objects);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/✗ node\s+n2/);
  });

  it('pods without a family in common', async () => {
    const six = pod('six', { ip: 'fd00::5', node: 'n2', labels: { app: 'six' } });
    const { stdout, exit } = await ask('path shop/client shop/six', [...cluster, six]);
    expect(exit).toBe(1);
    expect(stdout).toContain('CNI862');
  });

  it.each([
    ['path shop/client', 'two pods'],
    ['path shop/client shop/nobody', 'there is no pod nobody'],
    ['path shop/client shop/web-2 --port http', 'no port'],
  ])('%s', async (line, said) => {
    const { stderr, exit } = await ask(line);
    expect(exit).toBe(2);
    expect(stderr).toContain(said);
  });
});

describe('mtu', () => {
  it('reckons from objects and says what was not seen', async () => {
    const { stdout, exit } = await ask('mtu');
    expect(exit).toBe(0);
    expect(stdout).toContain('vxlan        50');
    expect(stdout).toContain('1450?');
    expect(stdout).toContain('objects do not tell their MTU');
  });

  it('takes interfaces from dumps of a snapshot, and finds a tunnel that is too large', async () => {
    const { stdout } = await ask('mtu --node n1', cluster, HEALTHY_LINKS);
    expect(stdout).toMatch(/n1\s+1500\s+1450\s+1450/);
    const large = HEALTHY_LINKS.replace(
      'flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450',
      'flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500',
    );
    const bad = await ask('mtu', cluster, large);
    expect(bad.exit).toBe(1);
    expect(bad.stdout).toContain('CNI836');
  });

  it('without a network plugin it could not tell', async () => {
    const plain = cluster.filter(({ kind }) => kind === 'Pod');
    expect((await ask('mtu', plain)).exit).toBe(3);
  });
});

describe('ranges', () => {
  it('draws nodes inside of the pods without calling it an overlap', async () => {
    const { stdout, exit } = await ask('ranges');
    expect(exit).toBe(0);
    expect(stdout).toContain('10.244.1.0/24');
    expect(stdout).not.toContain('#');
  });

  it('marks where ranges meet, of the cluster and of a peer', async () => {
    const services = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'kubernetes' },
      spec: { cidrs: ['10.244.128.0/17'] },
    } as KubeObject;
    const own = await ask('ranges', [...cluster, services]);
    expect(own.exit).toBe(1);
    expect(own.stdout).toContain('#');
    expect(own.stdout).toContain('CNI314');
    const peer = await ask('ranges --peer 10.244.0.0/15');
    expect(peer.exit).toBe(1);
    expect(peer.stdout).toContain('CNI860');
    expect((await ask('ranges --peer office')).exit).toBe(2);
  });

  it('stays narrow with many nodes', async () => {
    const many = Array.from({ length: 300 }, (_, at) => {
      const one = flannelNode('n1');
      return {
        ...one,
        metadata: { ...one.metadata, name: `w${at}` },
        spec: { podCIDR: `10.${245 + Math.floor(at / 250)}.${at % 250}.0/24` },
        status: { addresses: [] },
      } as KubeObject;
    });
    const { stdout } = await ask('ranges', [...cluster, ...many]);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
