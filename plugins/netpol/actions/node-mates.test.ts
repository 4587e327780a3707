import { describe, expect, it } from 'vitest';
import { pod, snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netpol } from '../plugin.ts';

/** Three nodes with pods on the host network each; the two pods of web are on the first two. */
const NODES = ['n1', 'n2', 'n3'];
const owned = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });
const host = (name: string, node: string, owner: string, ip: string) =>
  pod(`${name}-${node}`, {
    namespace: 'kube-system',
    labels: { app: name },
    node,
    ip,
    spec: { hostNetwork: true },
    meta: owned(owner, owner === 'Node' ? node : name),
  });
const onHosts = NODES.flatMap((node, at) => [
  host('etcd', node, 'Node', `192.168.0.${at + 1}`),
  host('scheduler', node, 'Node', `192.168.0.${at + 1}`),
  host('exporter', node, 'DaemonSet', `192.168.0.${at + 1}`),
]);
const web = ['n1', 'n2'].map((node) =>
  pod(`web-${node}`, { node, meta: owned('StatefulSet', 'web'), ports: [{ containerPort: 80 }] }),
);
const policy = (ingress: readonly object[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'in', namespace: 'shop' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress },
});
const shop = ['shop', 'kube-system'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));

async function ask(line: string, ingress: readonly object[] = []) {
  const client = pod('client', { labels: { app: 'client' }, node: 'n3' });
  const snapshot = snapshotOf([...shop, ...onHosts, ...web, client, policy(ingress)]);
  const { exit, stdout } = await runCli(netpol, `${line} --snapshot x`, {
    world: { readSnapshots: async () => snapshot },
  });
  return { exit, text: stdout.replaceAll(/\s+/g, ' ') };
}

const FROM_CLIENT = [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 80 }] }];

describe('pods on the host network of the nodes of those asked about', () => {
  it('are told by all of the nodes, and count neither as callers nor as kept out', async () => {
    const { text } = await ask('who-can-reach sts/web -n shop --denied --cni calico', FROM_CLIENT);
    expect(text).toMatch(/^1 pod can reach StatefulSet shop\/web TCP 80: NetworkPolicy shop\/in, ingress rule 1/);
    expect(text).toContain(
      'Every port: traffic between a pod and its own node is always allowed 6 pods on the host network of n1 and n2',
    );
    expect(text.slice(text.indexOf('Kept out'))).toContain(
      '2 static pods of kube-system 1 of 3 pods of DaemonSet kube-system/exporter (exporter-n3)',
    );
  });

  it('are counted once where several sorts of pods are asked about, and those are named as they are', async () => {
    const block = [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 80 }] }];
    const { text } = await ask('who-can-reach ns/shop --cni calico', block);
    expect(text).toMatch(/TCP 80 \(only StatefulSet shop\/web\): NetworkPolicy shop\/in, ingress rule 1 203\.0/);
    expect(text).toContain('6 pods on the host network of n1 and n2');
  });

  it('are undecided where the network plugin is not known', async () => {
    const { text } = await ask('what-can sts/web reach -n shop', FROM_CLIENT);
    expect(text).not.toContain('on the host network of n1');
    const { text: json } = await ask('who-can-reach sts/web -n shop -o json', FROM_CLIENT);
    expect(JSON.parse(json).sources.map(({ ofNodes }: { ofNodes?: string[] }) => ofNodes)).toEqual([
      undefined,
      ['n1', 'n2'],
    ]);
    const { text: into } = await ask('who-can-reach sts/web -n shop', FROM_CLIENT);
    expect(into).toMatch(/^1 pod can reach StatefulSet shop\/web TCP/);
    expect(into).toContain('Depends: Every port: most network plugins take who is on the host network for its node');
  });

  it('are all that gets through where no rule lets anybody in', async () => {
    const { text } = await ask('who-can-reach sts/web -n shop --cni calico');
    expect(text).toMatch(/^nobody but its own node can reach StatefulSet shop\/web Every port: traffic/);
    expect(text).toContain('Kept out: Every port: no ingress rule of NetworkPolicy shop/in');
  });

  it('are not told again as kept out of the ports that they may not reach', async () => {
    const rule = [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }];
    const { text } = await ask('who-can-reach sts/web -n shop --denied', rule);
    expect(text).toMatch(/Depends: TCP 80: Pod \S+, for one, is on the host network/);
    expect(text).not.toContain('Kept out: Every port but');
    expect(text.slice(text.indexOf('Kept out'))).not.toContain('exporter-n3');
  });

  it('reach the pods of their node and no others, pair by pair', async () => {
    const { exit, text } = await ask('can-reach ds/exporter shop/web -n kube-system --cni calico', FROM_CLIENT);
    expect(exit).toBe(3);
    expect(text).toContain('2 pairs of pods are allowed and 4 denied');
    expect(text).toContain('traffic between a pod and its own node (n2) is always allowed');
    // A pods peer would not mean them, so that no such change is named; one pod is met by the address of its node.
    expect(text).not.toContain('kubectl patch');
    const one = await ask('can-reach pod/exporter-n3 shop/web -n kube-system --cni calico', FROM_CLIENT);
    expect(one.exit).toBe(1);
    expect(one.text).toContain('{"ipBlock":{"cidr":"192.168.0.3/32"}}');
    expect((await ask('can-reach pod/exporter-n2 pod/web-n2 -n shop --cni calico', FROM_CLIENT)).exit).toBe(2);
    expect((await ask('can-reach kube-system/exporter-n2 shop/web-n2 --cni calico', FROM_CLIENT)).exit).toBe(0);
  });
});

describe('matrix on a screen', () => {
  it('tells the pods of the host network as one', async () => {
    const { text } = await ask('matrix --cni calico', FROM_CLIENT);
    expect(text).toContain('StatefulSet shop/web to every port: all 9 pods on the host network, Pod shop/client and');
    expect(text).toMatch(
      /all 9 pods on the host network to every port: all 9 pods on the host network, Pod shop\/client/,
    );
    expect(text).not.toContain('etcd-n1');
    expect((await ask('matrix --cni calico -o wide', FROM_CLIENT)).text).toContain('Pod kube-system/etcd-n1');
  });
});
