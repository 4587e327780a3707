import { signalProgram } from '../../cluster/machine/control.ts';
import { runOn } from '../../cluster/machine/enter.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForRollout } from '../states.ts';
import { once, type Undo } from '../undo.ts';
import { replacePodsOn } from './pods.ts';

/**
 * The wire to one node carries smaller frames than both ends believe: bigger ones
 * vanish without a word, small ones pass. Connections open and then hang.
 */
export async function lowerMtu(cluster: TestCluster, node: string, mtu: number): Promise<Undo> {
  // Segmentation offload would carry big packets past the check, which real wires do not.
  const segments = async (count: number): Promise<void> => {
    for (const one of cluster.nodes) {
      await runOn(cluster.name, one, ['ip', 'link', 'set', 'eth0', 'gso_max_segs', String(count)]);
    }
  };
  await segments(1);
  await runOn(cluster.name, 'plane', ['ip', 'link', 'set', node, 'mtu', String(mtu)]);
  return once(async () => {
    await runOn(cluster.name, 'plane', ['ip', 'link', 'set', node, 'mtu', '1500']);
    await segments(65535);
  });
}

/** The overlay's device goes down and its routes vanish. The undo lets a new Flannel set it up. */
export async function takeFlannelDown(cluster: TestCluster, node: string): Promise<Undo> {
  const routes = async (): Promise<string> =>
    await runOn(cluster.name, node, ['ip', '-4', 'route', 'show', 'dev', 'flannel.1']);
  const before = (await routes()).trim().split('\n').length;
  await runOn(cluster.name, node, ['ip', 'link', 'set', 'flannel.1', 'down']);
  return once(async () => {
    await runOn(cluster.name, node, ['ip', 'link', 'set', 'flannel.1', 'up']);
    await replacePodsOn(cluster, node, 'kube-flannel', 'app=flannel');
    await waitForRollout('daemonsets', 'kube-flannel', 'kube-flannel-ds', cluster);
    await waitFor(`overlay routes on ${node}`, async () => (await routes()).trim().split('\n').length >= before);
  });
}

/** The route to the pods of another node is gone, and nobody brings it back. */
export async function loseRoute(cluster: TestCluster, node: string, range: string): Promise<Undo> {
  const flannel = (signal: 'SIGSTOP' | 'SIGCONT'): Promise<number> =>
    signalProgram(cluster.name, node, 'flanneld', signal);
  const [route = ''] = (await runOn(cluster.name, node, ['ip', 'route', 'show', range])).trim().split('\n');
  // Flannel looks after its routes every few seconds.
  await flannel('SIGSTOP');
  await runOn(cluster.name, node, ['ip', 'route', 'del', range]);
  return once(async () => {
    await runOn(cluster.name, node, ['ip', 'route', 'replace', ...route.trim().split(/\s+/)]);
    await flannel('SIGCONT');
  });
}

/** The node's own interface gets a smaller MTU than its tunnel was reckoned for. */
export async function lowerUnderlay(cluster: TestCluster, node: string, mtu: number): Promise<Undo> {
  const set = async (size: number): Promise<void> => {
    await runOn(cluster.name, node, ['ip', 'link', 'set', 'eth0', 'mtu', String(size)]);
  };
  await set(mtu);
  return once(() => set(1500));
}

/** The tunnel of a node looks for the first other node at an address where nobody is. */
export async function misleadTunnel(cluster: TestCluster, node: string, nowhere: string): Promise<Undo> {
  const table = await runOn(cluster.name, node, ['bridge', 'fdb', 'show', 'dev', 'flannel.1']);
  const [, mac = '', address = ''] = /^(\S+) dst (\S+)/m.exec(table) ?? [];
  const change = (verb: string, to: string): Promise<string> =>
    runOn(cluster.name, node, ['bridge', 'fdb', verb, mac, 'dev', 'flannel.1', 'dst', to, 'self', 'permanent']);
  const point = async (from: string, to: string): Promise<void> => {
    await change('del', from);
    await change('append', to);
  };
  await point(address, nowhere);
  return once(() => point(nowhere, address));
}

/** A routing rule sends packets from this range to a table whose only route drops them. */
export async function divertPackets(cluster: TestCluster, node: string, range: string): Promise<Undo> {
  const table = '4242';
  await runOn(cluster.name, node, ['ip', 'route', 'add', 'blackhole', 'default', 'table', table]);
  await runOn(cluster.name, node, ['ip', 'rule', 'add', 'from', range, 'lookup', table, 'pref', '1000']);
  return once(async () => {
    await runOn(cluster.name, node, ['ip', 'rule', 'del', 'pref', '1000']);
    await runOn(cluster.name, node, ['ip', 'route', 'flush', 'table', table]);
  });
}

/** The interface of one pod of the node falls out of its bridge. */
export async function unplugPod(cluster: TestCluster, node: string, address: string): Promise<Undo> {
  const [, mac = ''] = /lladdr (\S+)/.exec(await runOn(cluster.name, node, ['ip', 'neigh', 'show', address])) ?? [];
  const ports = await runOn(cluster.name, node, ['bridge', 'fdb', 'show']);
  const [, port = '', bridge = ''] = new RegExp(`^${mac} dev (\\S+) master (\\S+)`, 'm').exec(ports) ?? [];
  if (port === '') throw new Error(`no interface of ${address} on ${node}`);
  await runOn(cluster.name, node, ['ip', 'link', 'set', port, 'nomaster']);
  return once(async () => {
    await runOn(cluster.name, node, ['ip', 'link', 'set', port, 'master', bridge]);
  });
}
