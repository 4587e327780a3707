import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOn } from '../cluster/machine/enter.ts';
import { readState } from '../cluster/state.ts';
import { waitFor } from '../cluster/wait.ts';
import { addressOf, describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { crashFlannel, deleteCniConfig, exhaustPodRange, removeCniProgram } from '../kit/faults/cni.ts';
import { freezeKubeProxy, removeKubeProxy } from '../kit/faults/kube-proxy.ts';
import { deleteKubeProxy, misconfigureKubeProxy } from '../kit/faults/kube-proxy-set.ts';
import { moveNode, stopKubelet } from '../kit/faults/machines.ts';
import { rejoinWithRanges } from '../kit/faults/nodes.ts';
import { apply, testNamespace } from '../kit/manifests.ts';
import { runKubectl, runPlugin } from '../kit/plugin.ts';
import { waitForNode } from '../kit/states.ts';
import { once, type Undo } from '../kit/undo.ts';
import { webPod } from '../kit/workload.ts';
import { type Answer, answerOf, toldBy } from './answer.ts';

// These faults touch nodes: only a cluster of our own is treated so.
const reason =
  foreignKubeconfig() === undefined ? skipReason() : 'the cluster given by KUBECONFIG_E2E is not ours to break';

describe.skipIf(reason !== undefined)(
  `netcni on a cluster${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const cluster = describeCluster(testClusterName);
    const { kubeconfig } = cluster;
    const node = cluster.nodes[1] ?? '';
    // On a cluster of another kind, chosen with NET_CLUSTER, nodes are joined by routes that no agent writes; what is
    // skipped there breaks files of Flannel.
    const flannel = readState(testClusterName)?.options.cni !== 'bridge';
    const folder = mkdtempSync(join(tmpdir(), 'netcni-e2e-'));
    let namespace: Awaited<ReturnType<typeof testNamespace>>;

    beforeAll(async () => {
      namespace = await testNamespace('netcni', cluster);
    });

    afterAll(async () => {
      await namespace?.undo();
      rmSync(folder, { recursive: true, force: true });
    });

    async function ask(): Promise<Answer> {
      return answerOf(await runPlugin('netcni', ['-o', 'json'], { kubeconfig }));
    }

    /** Asks until the first cause has this code: kubelets and controllers take their time. */
    async function until(code: string | undefined): Promise<Answer> {
      let answer = await ask();
      for (let round = 0; round < 40 && answer.causes[0]?.code !== code; round++) {
        await new Promise((resolve) => setTimeout(resolve, 3000));
        answer = await ask();
      }
      return answer;
    }

    /** The fault is the first cause and names the node; a recording says the same; afterwards there is silence. */
    async function found(fault: Promise<Undo>, code: string, ...words: readonly string[]): Promise<void> {
      const undo = await fault;
      try {
        const answer = await until(code);
        expect(`${answer.causes[0]?.code} ${answer.headline}`).toContain(code);
        for (const word of words) expect(toldBy(answer)).toContain(word);
        const file = join(folder, `${code}.tar.gz`);
        expect((await runPlugin('netcni', ['snapshot', '-o', file], { kubeconfig })).exitCode).toBe(0);
        const recorded = answerOf(await runPlugin('netcni', ['--snapshot', file, '-o', 'json'], { kubeconfig }));
        expect(recorded.causes.map((cause) => cause.code)).toContain(code);
      } finally {
        await undo();
      }
      const healed = await until(undefined);
      expect(healed.causes.map(({ summary }) => summary)).toEqual([]);
      expect(healed.verdict).toBe('healthy');
    }

    it('is silent while all is well, and sees all it needs', async () => {
      const answer = await until(undefined);
      expect(answer.verdict).toBe('healthy');
      expect(answer.causes).toEqual([]);
      expect(answer.notChecked.map(({ check }) => check)).toEqual(flannel ? [] : ['routes between the nodes']);
      expect(answer.headline).toContain(flannel ? 'Flannel' : 'a network without an agent');
    });

    it.skipIf(!flannel)('a flannel agent that is kept away from a node', async () => {
      await found(evictFlannel(), 'CNI103', node, 'network not in (off)');
    });

    it.skipIf(!flannel)('the annotations of flannel are removed from a node', async () => {
      await found(removeAnnotations(), 'CNI603', node, 'backend-type');
    });

    it('the CNI configuration of a node is gone', async () => {
      await found(deleteCniConfig(cluster, node), flannel ? 'CNI109' : 'CNI203', node, 'cni plugin not initialized');
    });

    it('every address of a node is reserved', async () => {
      await found(exhausted(), 'CNI304', node, 'no IP addresses available in range set');
    });

    it('a second CNI configuration comes first', async () => {
      await found(secondConfiguration(), 'CNI112', node, '192.168.77.');
    });

    it('kube-proxy is taken off a node', async () => {
      await found(removeKubeProxy(cluster, node), 'CNI208', node, 'kubernetes.io/hostname');
    });

    it('kube-proxy of a node is frozen', async () => {
      await found(freezeKubeProxy(cluster, node), 'CNI212', node, 'answers nothing');
    });

    it('kube-proxy of a node does not start, for its mode does not exist', async () => {
      await found(misconfigureKubeProxy(cluster, node), 'CNI209', node, 'configuration is wrong', 'iptabels');
    });

    it('kube-proxy is deleted from all nodes', async () => {
      await found(deleteKubeProxy(cluster), 'CNI210', 'kube-proxy is gone from all nodes');
    });

    it.skipIf(!flannel)('flannel of a node is killed again and again', async () => {
      await found(crashFlannel(cluster, node), 'CNI104', node, 'CrashLoopBackOff');
    });

    it('the program of the bridge is gone from a node', async () => {
      await found(withoutProgram(), 'CNI312', node, 'program of the plugin is not installed');
    });

    it('a node joined anew with another range than its pods have', async () => {
      const remove = await apply(webPod(namespace.name, 'stays', node), cluster);
      await waitForAddress('stays');
      const ranges = ['10.244.99.0/24', ...(isDual() ? ['fd00:10:244:99::/64'] : [])];
      await found(rejoinWithRanges(cluster, node, ranges), 'CNI112', node, 'joined anew', '10.244.99.0/24');
      await remove();
    });

    it.skipIf(!flannel)('a node got another address, which flannel does not announce', async () => {
      const moved = addressOf(cluster, node).replace(/\d+$/, '99');
      await found(moveNode(cluster, node, moved), 'CNI604', node, addressOf(cluster, node), moved);
    });

    it('the kubelet of a node is stopped', async () => {
      await found(silenced(), 'CNI201', node);
    });

    /** No flannel pod on the node any more: the DaemonSet may only go where the label is not. */
    async function evictFlannel(): Promise<Undo> {
      await kubectl('label', 'node', node, 'network=off');
      const affinity = {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'network', operator: 'NotIn', values: ['off'] }] }],
          },
        },
      };
      await kubectl(
        'patch',
        'daemonset',
        '-n',
        'kube-flannel',
        'kube-flannel-ds',
        '--type=merge',
        '-p',
        JSON.stringify({ spec: { template: { spec: { affinity } } } }),
      );
      return once(async () => {
        await kubectl(
          'patch',
          'daemonset',
          '-n',
          'kube-flannel',
          'kube-flannel-ds',
          '--type=merge',
          '-p',
          JSON.stringify({ spec: { template: { spec: { affinity: null } } } }),
        );
        await kubectl('label', 'node', node, 'network-');
        await kubectl('rollout', 'status', 'daemonset/kube-flannel-ds', '-n', 'kube-flannel', '--timeout=120s');
      });
    }

    async function removeAnnotations(): Promise<Undo> {
      const keys = ['backend-type', 'backend-data', 'public-ip', 'kube-subnet-manager'];
      await kubectl('annotate', 'node', node, ...keys.map((key) => `flannel.alpha.coreos.com/${key}-`));
      return once(async () => {
        // flanneld writes them when it starts.
        await kubectl(
          'delete',
          'pod',
          '-n',
          'kube-flannel',
          '-l',
          'app=flannel',
          '--field-selector',
          `spec.nodeName=${node}`,
          '--wait=true',
        );
        await kubectl('rollout', 'status', 'daemonset/kube-flannel-ds', '-n', 'kube-flannel', '--timeout=120s');
      });
    }

    async function exhausted(): Promise<Undo> {
      const free = await exhaustPodRange(cluster, node);
      const remove = await apply(webPod(namespace.name, 'no-address', node), cluster);
      return once(async () => {
        await remove();
        await free();
      });
    }

    async function withoutProgram(): Promise<Undo> {
      const restore = await removeCniProgram(cluster, node, 'bridge');
      const remove = await apply(webPod(namespace.name, 'no-program', node), cluster);
      return once(async () => {
        await restore();
        await remove();
      });
    }

    /** A bridge of its own with another range, in a file that sorts before flannel's. */
    async function secondConfiguration(): Promise<Undo> {
      const file = '/etc/cni/net.d/05-other.conflist';
      const config = {
        cniVersion: '0.3.1',
        name: 'other',
        plugins: [
          {
            type: 'bridge',
            bridge: 'other0',
            isGateway: true,
            ipam: { type: 'host-local', subnet: '192.168.77.0/24' },
          },
        ],
      };
      await runOn(cluster.name, node, ['sh', '-c', `cat > ${file}`], JSON.stringify(config));
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const remove = await apply(webPod(namespace.name, 'elsewhere', node), cluster);
      return once(async () => {
        await runOn(cluster.name, node, ['rm', '-f', file]);
        await remove();
      });
    }

    async function waitForAddress(pod: string): Promise<void> {
      const words = ['get', 'pod', pod, '-n', namespace.name, '-o', 'jsonpath={.status.podIP}'];
      await waitFor(`an address of ${pod}`, async () => (await runKubectl(words, { kubeconfig })).stdout !== '');
    }

    function isDual(): boolean {
      return readState(cluster.name)?.options.dualStack === true;
    }

    async function silenced(): Promise<Undo> {
      const undo = await stopKubelet(cluster, node);
      await waitForNode(node, false, cluster);
      return undo;
    }

    async function kubectl(...args: readonly string[]): Promise<void> {
      const run = await runKubectl(args, { kubeconfig });
      if (run.exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${run.stderr}`);
    }
  },
);
