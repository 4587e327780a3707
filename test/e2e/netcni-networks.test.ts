import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOn } from '../cluster/machine/enter.ts';
import { readState } from '../cluster/state.ts';
import { waitFor } from '../cluster/wait.ts';
import { all, ready } from '../faults/fault.ts';
import { app } from '../faults/make.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { loseRoute } from '../kit/faults/links.ts';
import { runKubectl, runPlugin } from '../kit/plugin.ts';
import { during } from '../kit/undo.ts';
import { type Answer, answerOf, toldBy } from './answer.ts';

/**
 * What is told of a network against the routes and links of its nodes. Nodes are joined as `npm run cluster -- up --cni`
 * says; the usual run has Flannel's tunnel, and NET_CLUSTER takes the tests to a cluster of another kind.
 */
const reason =
  foreignKubeconfig() === undefined ? skipReason() : 'the cluster given by KUBECONFIG_E2E is not ours to break';

const NETWORKS = {
  'flannel-vxlan': { headline: 'Flannel v0.28.4 (vxlan)', tunnel: 'vxlan', blind: false },
  'flannel-host-gw': { headline: 'Flannel v0.28.4 (no tunnel)', tunnel: 'none, routes', blind: false },
  bridge: { headline: 'a network without an agent', tunnel: 'no agent makes one', blind: true },
} as const;

describe.skipIf(reason !== undefined)(
  `networks of all sorts${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 300_000 },
  () => {
    const cluster = describeCluster(testClusterName);
    const { kubeconfig } = cluster;
    const [node = '', other = ''] = cluster.nodes;
    const cni = readState(testClusterName)?.options.cni ?? 'flannel-vxlan';
    const network = NETWORKS[cni];
    const folder = mkdtempSync(join(tmpdir(), 'netcni-networks-'));
    let stage: Stage;

    beforeAll(async () => {
      stage = await openStage(kubeconfig, 'networks');
      await stage.apply([app('web')]);
      await stage.until(all(ready(2)), 'ready');
    });

    afterAll(async () => {
      await stage?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const on = (name: string, ...words: readonly string[]): Promise<string> => runOn(cluster.name, name, words);

    async function ask(...words: readonly string[]): Promise<Answer> {
      return answerOf(await runPlugin('netcni', [...words, '-o', 'json'], { kubeconfig }));
    }

    async function rules(name: string, ...words: readonly string[]): Promise<Answer> {
      const input = await on(
        name,
        'sh',
        '-c',
        'iptables-save; ip route; ip rule; ip -d link; ip addr; bridge fdb; ip neigh',
      );
      return answerOf(await runPlugin('netcni', ['rules', '-', ...words, '-o', 'json'], { kubeconfig, input }));
    }

    /** The pods of `web`, by their node. */
    async function pods(): Promise<Readonly<Record<string, { readonly name: string; readonly ip: string }>>> {
      const { items } = JSON.parse(await stage.kubectl(['get', 'pods', '-o', 'json']));
      return Object.fromEntries(
        items.map((pod: { metadata: { name: string }; spec: { nodeName: string }; status: { podIP: string } }) => [
          pod.spec.nodeName,
          { name: pod.metadata.name, ip: pod.status.podIP },
        ]),
      );
    }

    async function podRange(name: string): Promise<string> {
      return await stage.kubectl(['get', 'node', name, '-o', 'jsonpath={.spec.podCIDR}']);
    }

    it(`${cni}: healthy, and known for what it is`, async () => {
      await waitFor('silence', async () => (await ask()).verdict === 'healthy');
      const answer = await ask();
      expect(answer.headline).toContain(network.headline);
      expect(answer.causes).toEqual([]);
      // Routes that nobody in the cluster writes are told as not seen.
      expect(answer.notChecked.some(({ check }) => check === 'routes between the nodes')).toBe(network.blind);
      const { stdout } = await runPlugin('netcni', ['status'], { kubeconfig });
      expect(stdout).toMatch(new RegExp(`tunnel\\s+${network.tunnel}`));
      expect(stdout).toMatch(/addresses\s+each node gives addresses of its own podCIDR/);
    });

    it(`${cni}: the way between two pods is the one that the nodes have, and packets go it`, async () => {
      const byNode = await pods();
      const [from, to] = [byNode[node], byNode[other]];
      const { stdout, exitCode } = await runPlugin(
        'netcni',
        ['path', `networks/${from?.name}`, `networks/${to?.name}`],
        { kubeconfig },
      );
      expect(exitCode).toBe(0);
      const told = stdout.replace(/\s+/g, ' ');
      const range = await podRange(other);
      const real = (await on(node, 'ip', 'route', 'get', to?.ip ?? '')).split('\n')[0] ?? '';
      const [, device = ''] = /dev (\S+)/.exec(real) ?? [];
      const [, via = ''] = /via (\S+)/.exec(real) ?? [];
      expect(told).toContain(
        device.startsWith('flannel') ? `route ${range} through ${device}` : `route ${range} via ${via} (${other})`,
      );
      if (cni !== 'bridge') {
        const [, mtu = ''] = /mtu (\d+)/.exec(await on(node, 'ip', 'link', 'show', 'cni0')) ?? [];
        expect(told).toContain(`in bridge cni0, MTU ${mtu}`);
      }
      // The stage adds its namespace at the end, where it would be the program's.
      const words = ['exec', '-n', 'networks', from?.name ?? '', '--', 'wget', '-qO-', `http://${to?.ip}:8080/`];
      const { stdout: page } = await runKubectl(words, { kubeconfig });
      expect(page).toContain(to?.name);
    });

    it(`${cni}: a route of a node lost for good is told, by a recording too, and its return`, async () => {
      // Of nodes that have just joined the others may not know yet, and nothing is said of them.
      await waitFor(
        'nodes of some age',
        async () => {
          const born = await stage.kubectl(['get', 'node', other, '-o', 'jsonpath={.metadata.creationTimestamp}']);
          return Date.now() - Date.parse(born) > 65_000;
        },
        { timeoutMs: 90_000, intervalMs: 2000 },
      );
      const range = await podRange(other);
      const file = join(folder, 'cluster.tar.gz');
      await runPlugin('netcni', ['snapshot', '-o', file], { kubeconfig });
      const [live, recorded] = await during(loseRoute(cluster, node, range), async () => [
        await rules(node),
        await rules(node, '--snapshot', file),
      ]);
      for (const answer of [live, recorded]) {
        expect(answer.causes.map(({ code }) => code)).toEqual(['CNI830']);
        expect(toldBy(answer)).toContain(`node ${node} has no route to ${range}, the pods of node ${other}`);
      }
      const healed = await rules(node);
      expect(healed.causes.map(({ summary }) => summary)).toEqual([]);
      expect(healed.verdict).toBe('healthy');
    });
  },
);
