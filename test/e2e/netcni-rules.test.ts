import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOn } from '../cluster/machine/enter.ts';
import { readState } from '../cluster/state.ts';
import { waitFor } from '../cluster/wait.ts';
import { all, endpoints, ready } from '../faults/fault.ts';
import { app, svc } from '../faults/make.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { addressOf, describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { fillConntrack } from '../kit/faults/conntrack.ts';
import { breakServiceRules, flushServiceRules, freezeKubeProxy } from '../kit/faults/kube-proxy.ts';
import { divertPackets, lowerUnderlay, misleadTunnel, takeFlannelDown, unplugPod } from '../kit/faults/links.ts';
import { moveNode } from '../kit/faults/machines.ts';
import { filterPackets } from '../kit/faults/packets.ts';
import { changeSetting } from '../kit/faults/settings.ts';
import { runKubectl, runPlugin } from '../kit/plugin.ts';
import { during } from '../kit/undo.ts';
import { type Answer, answerOf, toldBy } from './answer.ts';

// Rules and links of nodes are broken: only a cluster of our own is treated so.
const reason =
  foreignKubeconfig() === undefined ? skipReason() : 'the cluster given by KUBECONFIG_E2E is not ours to break';
const NAMESPACE = 'rules';

describe.skipIf(reason !== undefined)(
  `dumps of nodes${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 300_000 },
  () => {
    const cluster = describeCluster(testClusterName);
    const { kubeconfig } = cluster;
    const [node = '', other = ''] = cluster.nodes;
    // On a cluster of another kind, chosen with NET_CLUSTER, there is none.
    const tunnel = (readState(testClusterName)?.options.cni ?? 'flannel-vxlan') === 'flannel-vxlan';
    let stage: Stage;

    beforeAll(async () => {
      stage = await openStage(kubeconfig, NAMESPACE);
      await stage.apply([app('web'), svc('web')]);
      await stage.until(all(ready(2), endpoints('web', 2)), 'ready');
    });

    afterAll(async () => {
      await stage?.close();
    });

    /** Everything a person would print on a node, in one file. */
    async function dump(name: string): Promise<string> {
      const script =
        'iptables-save; ip6tables-save; nft list ruleset; ip route; ip rule; ip -d link; ip addr; bridge fdb; ip neigh';
      return await runOn(cluster.name, name, ['sh', '-c', script]);
    }

    async function ask(name: string): Promise<Answer> {
      return answerOf(await runPlugin('netcni', ['rules', '-', '-o', 'json'], { kubeconfig, input: await dump(name) }));
    }

    /** Settings of the kernel do not tell whose they are. */
    async function judge(name: string, input: string): Promise<Answer> {
      const words = ['rules', '-', '--node', name, '-o', 'json'];
      return answerOf(await runPlugin('netcni', words, { kubeconfig, input }));
    }

    /** kube-proxy and endpoints take seconds to follow; what is younger is not judged. */
    async function until(name: string, is: (answer: Answer) => boolean, what: string): Promise<Answer> {
      let answer = await ask(name);
      await waitFor(what, async () => {
        answer = await ask(name);
        return is(answer);
      });
      return answer;
    }

    const healthy = (answer: Answer): boolean => answer.verdict === 'healthy';
    const codes = ({ causes }: Answer): readonly string[] => causes.map(({ code }) => code);

    it('of sound nodes are silent, and the node is known by its addresses', async () => {
      for (const name of cluster.nodes) {
        const answer = await until(name, healthy, `silence about ${name}`);
        expect(codes(answer)).toEqual([]);
        expect(JSON.stringify(answer)).toContain(name);
      }
    });

    it('rules flushed: all Services of that node', async () => {
      const answer = await during(flushServiceRules(cluster, node), () =>
        until(node, (one) => !healthy(one), 'a fault'),
      );
      // The nftables mode keeps its map when the chain that asks it is emptied.
      expect(['CNI801', 'CNI802']).toContain(codes(answer)[0]);
      expect(toldBy(answer)).toContain(node);
      await until(node, healthy, 'healed');
    });

    it('one Service without its rules', async () => {
      const service = { namespace: NAMESPACE, name: 'web' };
      const answer = await during(breakServiceRules(cluster, node, service), () =>
        until(node, (one) => !healthy(one), 'a fault'),
      );
      expect(codes(answer)).toEqual(['CNI803']);
      expect(toldBy(answer)).toContain(`${NAMESPACE}/web`);
      await until(node, healthy, 'healed');
    });

    it('kube-proxy frozen while pods are replaced: the endpoint that is gone', async () => {
      const answer = await during(freezeKubeProxy(cluster, node), async () => {
        await runKubectl(['delete', 'pods', '-n', NAMESPACE, '-l', 'app=web', '--wait'], { kubeconfig });
        await stage.until(all(ready(2), endpoints('web', 2)), 'replaced');
        return await until(node, (one) => codes(one).includes('CNI804'), 'stale rules');
      });
      expect(toldBy(answer)).toContain(`${NAMESPACE}/web`);
      expect(toldBy(answer)).toContain(node);
      expect(codes(await until(other, healthy, 'the other node follows'))).toEqual([]);
      await until(node, healthy, 'healed');
    });

    it('a filter of somebody else in the way of a pod', async () => {
      const { stdout } = await runKubectl(
        [
          'get',
          'pods',
          '-n',
          NAMESPACE,
          '-l',
          'app=web',
          '-o',
          `jsonpath={.items[?(@.spec.nodeName=="${node}")].status.podIP}`,
        ],
        { kubeconfig },
      );
      const [ip = ''] = stdout.split(' ');
      expect(ip).not.toBe('');
      const filter = { machine: node, hook: 'forward' as const, match: `ip daddr ${ip}` };
      const answer = await during(filterPackets(cluster, filter), () => ask(node));
      expect(codes(answer)).toEqual(['CNI820']);
      expect(toldBy(answer)).toContain(ip);
      await until(node, healthy, 'healed');
    });

    it('a routing rule that takes packets of the pods to another table', async () => {
      const { stdout: range } = await runKubectl(['get', 'node', node, '-o', 'jsonpath={.spec.podCIDR}'], {
        kubeconfig,
      });
      const answer = await during(divertPackets(cluster, node, range), async () => {
        return await judge(node, await runOn(cluster.name, node, ['sh', '-c', 'ip rule; ip route show table all']));
      });
      expect(codes(answer)).toEqual(['CNI843']);
      expect(toldBy(answer)).toContain(`from ${range} lookup 4242`);
      await until(node, healthy, 'healed');
    });

    it('a pod whose interface fell out of the bridge', async () => {
      const { stdout: address } = await runKubectl(
        [
          'get',
          'pods',
          '-n',
          NAMESPACE,
          '-l',
          'app=web',
          '-o',
          `jsonpath={.items[?(@.spec.nodeName=="${node}")].status.podIP}`,
        ],
        { kubeconfig },
      );
      await runOn(cluster.name, node, ['sh', '-c', `ping -c1 -W1 ${address} || true`]);
      const answer = await during(unplugPod(cluster, node, address), () => ask(node));
      expect(codes(answer)).toContain('CNI842');
      expect(toldBy(answer)).toContain('is not in the bridge');
      await until(node, healthy, 'healed');
    });

    it('the table of connections full', async () => {
      const settings = async (): Promise<string> => await runOn(cluster.name, node, ['sysctl', '-a']);
      const answer = await during(fillConntrack(cluster, node), async () => await judge(node, await settings()));
      expect(codes(answer)).toEqual(['CNI850']);
      expect(toldBy(answer)).toContain(node);
      expect(toldBy(answer)).toMatch(/holds \d+ of \d+ entries \((9[7-9]|100) %\)/);
      expect(codes(await judge(node, await settings()))).toEqual([]);
    });

    it('a bridge whose packets the rules do not see', async () => {
      const setting = 'net.bridge.bridge-nf-call-iptables';
      const settings = async (): Promise<string> => await runOn(cluster.name, node, ['sysctl', '-a']);
      const answer = await during(
        changeSetting(cluster, node, setting, '0'),
        async () => await judge(node, await settings()),
      );
      expect(codes(answer)).toEqual(['CNI871']);
      expect(toldBy(answer)).toContain(`${setting} = 0`);
      expect(codes(await judge(node, await settings()))).toEqual([]);
    });

    it.skipIf(tunnel)('a node got another address, and routes of the others lead to its former one', async () => {
      const former = addressOf(cluster, node);
      const answer = await during(moveNode(cluster, node, former.replace(/\d+$/, '99')), async () => {
        // The kernel doubts an address that answered before only when packets to it stay unanswered.
        await runOn(cluster.name, other, [
          'sh',
          '-c',
          `ip neigh del ${former} dev eth0; ping -c1 -W1 ${former} || true`,
        ]);
        return await until(other, (one) => !healthy(one), 'a fault');
      });
      expect(codes(answer)).toEqual(['CNI831']);
      expect(toldBy(answer)).toContain(`the route of node ${other}`);
      expect(toldBy(answer)).toContain(`the pods of node ${node}, leads to ${former}`);
      // And an address that was silent is asked again only when somebody sends there.
      await runOn(cluster.name, other, ['sh', '-c', `ping -c3 -W1 ${former} || true`]);
      await until(other, healthy, 'healed');
    });

    it.skipIf(!tunnel)('the tunnel down, its routes gone', async () => {
      const answer = await during(takeFlannelDown(cluster, node), () => ask(node));
      expect(codes(answer)).toEqual(['CNI835']);
      expect(toldBy(answer)).toContain('flannel.1');
      await until(node, healthy, 'healed');
    });

    it.skipIf(!tunnel)('the interface beneath the tunnel with a smaller MTU', async () => {
      const answer = await during(lowerUnderlay(cluster, node, 1400), () => ask(node));
      expect(codes(answer)).toEqual(['CNI836']);
      expect(toldBy(answer)).toContain('eth0 (MTU 1400)');
      expect(toldBy(answer)).toContain(node);
      await until(node, healthy, 'healed');
    });

    it.skipIf(!tunnel)('an entry of the tunnel that leads nowhere', async () => {
      const nowhere = '192.0.2.77';
      const answer = await during(misleadTunnel(cluster, node, nowhere), () => ask(node));
      expect(codes(answer)).toEqual(['CNI840']);
      expect(toldBy(answer)).toContain(nowhere);
      expect(toldBy(answer)).toContain(other);
      await until(node, healthy, 'healed');
    });
  },
);
