import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryOn } from '../cluster/machine/enter.ts';
import { waitFor } from '../cluster/wait.ts';
import { addressOf, skipReason, type TestCluster, testCluster } from './cluster.ts';
import { deleteCniConfig, exhaustPodRange } from './faults/cni.ts';
import { conntrackUse, fillConntrack } from './faults/conntrack.ts';
import {
  breakCorefile,
  changeCorefile,
  changeUpstream,
  killUpstream,
  scaleCoreDns,
  waitForCoreDns,
} from './faults/dns.ts';
import {
  breakServiceRules,
  crashKubeProxy,
  flushServiceRules,
  freezeKubeProxy,
  removeKubeProxy,
} from './faults/kube-proxy.ts';
import { lowerMtu, takeFlannelDown } from './faults/links.ts';
import { freezeControlPlane, stopKubelet } from './faults/machines.ts';
import { blockDns, blockNodes, blockPod } from './faults/packets.ts';
import { apply, remove, testNamespace } from './manifests.ts';
import { execInPod, runKubectl } from './plugin.ts';
import { waitForEndpoints, waitForNode, waitForObject, waitForPods } from './states.ts';
import { during, type Undo } from './undo.ts';
import { probePod, service, webPod } from './workload.ts';

const reason = skipReason();

/** Every fault is put in, seen by what it does to real packets, taken out, and seen to be gone. */
describe.skipIf(reason !== undefined)(`faults on a real cluster${reason === undefined ? '' : ` (${reason})`}`, () => {
  let cluster: TestCluster;
  let namespace: string;
  let undo: Undo = async () => undefined;
  let web: { near: string; far: string };

  beforeAll(async () => {
    cluster = await testCluster();
    ({ name: namespace, undo } = await testNamespace('kit', cluster));
    await apply(
      [
        webPod(namespace, 'web-1', 'node1'),
        webPod(namespace, 'web-2', 'node2'),
        probePod(namespace, 'probe', 'node1'),
        service(namespace, 'web', { app: 'web' }),
      ],
      cluster,
    );
    const pods = await waitForPods(namespace, 'app=web', cluster);
    await waitForPods(namespace, 'app=probe', cluster);
    await waitForEndpoints(namespace, 'web', 2, cluster);
    const ipOf = (name: string): string => pods.find(({ metadata }) => metadata.name === name)?.status.podIP;
    web = { near: ipOf('web-1'), far: ipOf('web-2') };
    await healthy();
  });

  afterAll(() => undo());

  /** Runs a command in the probe pod on node1. */
  async function probe(...command: string[]) {
    return await execInPod({ namespace, name: 'probe' }, command, cluster.kubeconfig);
  }

  /** What curl makes of a URL: "200", or the number of its error (7 refused, 28 no answer in time, 6 no such name). */
  async function get(url: string, seconds = 2): Promise<string> {
    const code = ['-s', '-o', '/dev/null', '-w', '%{http_code}'];
    const { exitCode, stdout } = await probe('curl', ...code, '-m', String(seconds), url);
    return exitCode === 0 ? stdout : `error ${exitCode}`;
  }

  async function dig(name: string, ...options: string[]): Promise<string> {
    const { stdout } = await probe('dig', '+tries=1', '+time=2', ...options, name);
    return /status: (\w+)/.exec(stdout)?.[1] ?? 'no answer';
  }

  const freshName = (): string => `n${Math.random().toString(36).slice(2)}.example.com`;
  const serviceAddress = async (): Promise<string> =>
    (await waitForObject(`/api/v1/namespaces/${namespace}/services/web`, () => true, cluster)).spec.clusterIP;

  /** All paths work, several times in a row, since a Service chooses at random. */
  async function healthy(): Promise<void> {
    await waitFor('all paths to work', async () => {
      for (const url of [`http://${web.near}:8080`, `http://${web.far}:8080`, ...Array(4).fill('http://web')]) {
        expect(await get(url)).toBe('200');
      }
      return true;
    });
  }

  test('kube-proxy is killed and comes back', async () => {
    const path = '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-proxy';
    const restarts = async (): Promise<number> => {
      const { stdout } = await runKubectl(['get', '--raw', path], { kubeconfig: cluster.kubeconfig });
      const { items } = JSON.parse(stdout) as {
        items: { status: { containerStatuses: { restartCount: number }[] } }[];
      };
      return items.reduce((sum, { status }) => sum + (status.containerStatuses[0]?.restartCount ?? 0), 0);
    };
    const before = await restarts();
    await during(crashKubeProxy(cluster, 'node1'), async () => {
      await waitFor('a restart', async () => (await restarts()) > before);
    });
    await healthy();
  });

  test('kube-proxy leaves a node, and its rules stay', async () => {
    await during(removeKubeProxy(cluster, 'node1'), async () => {
      expect(await get('http://web')).toBe('200');
    });
    await healthy();
  });

  test('a frozen kube-proxy does not learn of a new Service', async () => {
    await during(freezeKubeProxy(cluster, 'node1'), async () => {
      await apply(service(namespace, 'late', { app: 'web' }), cluster);
      await waitForEndpoints(namespace, 'late', 2, cluster);
      expect(await get('http://late')).toMatch(/error (7|28)/);
    });
    await waitFor('the new Service', async () => (await get('http://late')) === '200');
    await remove(service(namespace, 'late', {}), cluster);
  });

  test('Service rules are flushed on one node', async () => {
    const address = await serviceAddress();
    await during(flushServiceRules(cluster, 'node1'), async () => {
      expect(await get(`http://${address}`)).not.toBe('200');
      expect(await get(`http://${web.far}:8080`)).toBe('200');
    });
    await healthy();
  });

  test('the rules of one Service are missing on one node', async () => {
    const address = await serviceAddress();
    await during(breakServiceRules(cluster, 'node1', { namespace, name: 'web' }), async () => {
      expect(await get(`http://${address}`)).not.toBe('200');
      expect(await dig('kubernetes.default.svc.cluster.local')).toBe('NOERROR');
    });
    await healthy();
  });

  test('packets between nodes are dropped, one way or the overlay only', async () => {
    await during(blockNodes(cluster, 'node1', 'node2', { only: 'vxlan' }), async () => {
      expect(await get(`http://${web.far}:8080`)).toBe('error 28');
      expect(await get(`http://${web.near}:8080`)).toBe('200');
    });
    await during(blockNodes(cluster, 'node1', 'node2', { both: true }), async () => {
      expect(await get(`http://${web.far}:8080`)).toBe('error 28');
    });
    await healthy();
  });

  test('a share of the packets between nodes is lost', async () => {
    await during(blockNodes(cluster, 'node1', 'node2', { share: 0.5 }), async () => {
      const { stdout } = await probe('ping', '-q', '-c', '60', '-i', '0.02', '-W', '1', web.far);
      const received = Number(/(\d+) received/.exec(stdout)?.[1]);
      expect(received).toBeGreaterThan(5);
      expect(received).toBeLessThan(55);
    });
    await healthy();
  });

  test('packets to a pod are dropped, rejected or reset, and its probes still pass', async () => {
    const target = { node: 'node2', ip: web.far };
    for (const [verdict, answer] of [
      ['drop', 'error 28'],
      ['reject', 'error 7'],
      ['reset', 'error 7'],
    ] as const) {
      await during(blockPod(cluster, target, { verdict, port: 8080 }), async () => {
        expect(await get(`http://${web.far}:8080`)).toBe(answer);
      });
    }
    await during(blockPod(cluster, target, { direction: 'from' }), async () => {
      expect(await get(`http://${web.far}:8080`)).toBe('error 28');
    });
    await waitForPods(namespace, 'app=web', cluster);
    await healthy();
  });

  test('a hop with a small MTU lets small packets pass and loses big ones', async () => {
    const ping = async (size: number): Promise<number> =>
      (await probe('ping', '-c', '2', '-i', '0.2', '-W', '1', '-M', 'do', '-s', String(size), web.far)).exitCode;
    expect(await ping(1400)).toBe(0);
    await during(lowerMtu(cluster, 'node2', 1300), async () => {
      expect(await ping(500)).toBe(0);
      expect(await ping(1400)).toBe(1);
      expect(await get(`http://${web.far}:8080`)).toBe('200');
    });
    expect(await ping(1400)).toBe(0);
  });

  test('flannel.1 goes down', async () => {
    await during(takeFlannelDown(cluster, 'node1'), async () => {
      expect(await get(`http://${web.far}:8080`)).toMatch(/error (7|28)/);
      expect(await get(`http://${web.near}:8080`)).toBe('200');
    });
    await healthy();
  });

  test('without its CNI configuration a node is not Ready', async () => {
    await during(deleteCniConfig(cluster, 'node2'), async () => {
      await waitForNode('node2', false, cluster);
      expect(await get(`http://${web.far}:8080`)).toBe('200');
    });
    await waitForNode('node2', true, cluster);
  });

  test('a node without free pod addresses starts no pod', async () => {
    const pod = webPod(namespace, 'homeless', 'node2');
    await during(exhaustPodRange(cluster, 'node2'), async () => {
      await apply(pod, cluster);
      await waitFor('an event about addresses', async () => {
        const events = ['get', 'events', '-n', namespace, '-o', 'jsonpath={.items[*].message}'];
        const { stdout } = await runKubectl(events, { kubeconfig: cluster.kubeconfig });
        return stdout.includes('no IP addresses available');
      });
    });
    await waitForPods(namespace, 'app=web', cluster);
    await remove(pod, cluster);
  });

  test('a stopped kubelet makes its node NotReady, and its pods go on', async () => {
    await during(stopKubelet(cluster, 'node2'), async () => {
      await waitForNode('node2', false, cluster);
      expect(await get(`http://${web.far}:8080`)).toBe('200');
    });
    await waitForPods(namespace, 'app=web', cluster);
    await healthy();
  });

  test('a Corefile that cannot be read crashes CoreDNS', async () => {
    await during(breakCorefile(cluster), async () => {
      await waitForCoreDns(cluster, 0);
      expect(await dig('web')).not.toBe('NOERROR');
    });
    await waitFor('DNS', async () => (await dig(`web.${namespace}.svc.cluster.local`)) === 'NOERROR');
  });

  test('a Corefile without the zone of the cluster answers NXDOMAIN', async () => {
    await during(
      changeCorefile(cluster, (text) => text.replace('cluster.local', 'cluster.example')),
      async () => {
        await waitForCoreDns(cluster, 2);
        await waitFor('NXDOMAIN', async () => (await dig(`web.${namespace}.svc.cluster.local`)) === 'NXDOMAIN');
      },
    );
    await waitFor('DNS', async () => (await dig(`web.${namespace}.svc.cluster.local`)) === 'NOERROR');
  });

  test('CoreDNS is scaled to zero', async () => {
    await during(scaleCoreDns(cluster, 0), async () => {
      await waitFor('silence', async () => (await dig('web')) === 'no answer');
    });
    await waitFor('DNS', async () => (await dig(`web.${namespace}.svc.cluster.local`)) === 'NOERROR');
  });

  test('DNS over UDP or TCP is blocked, towards the Service or upstream', async () => {
    const name = `web.${namespace}.svc.cluster.local`;
    await during(blockDns(cluster, 'udp'), async () => {
      expect(await dig(name)).toBe('no answer');
      expect(await dig(name, '+tcp')).toBe('NOERROR');
    });
    await during(blockDns(cluster, 'tcp'), async () => {
      expect(await dig(name)).toBe('NOERROR');
      expect(await dig(name, '+tcp')).toBe('no answer');
    });
    await during(blockDns(cluster, 'udp', { towards: 'upstream' }), async () => {
      expect(await dig(freshName())).not.toBe('NOERROR');
      expect(await dig(name)).toBe('NOERROR');
    });
  });

  test('the upstream resolver is slow, fails, refuses, is silent or gone', async () => {
    expect(await dig(freshName())).toBe('NOERROR');
    await during(changeUpstream(cluster, { mode: 'answer', delayMs: 1000 }), async () => {
      const started = Date.now();
      expect(await dig(freshName(), '+time=5')).toBe('NOERROR');
      expect(Date.now() - started).toBeGreaterThan(1000);
    });
    await during(changeUpstream(cluster, { mode: 'servfail' }), async () => {
      expect(await dig(freshName())).toBe('SERVFAIL');
    });
    await during(changeUpstream(cluster, { mode: 'refused' }), async () => {
      expect(await dig(freshName())).toBe('REFUSED');
    });
    await during(changeUpstream(cluster, { mode: 'silent' }), async () => {
      expect(await dig(freshName())).not.toBe('NOERROR');
    });
    await during(killUpstream(cluster), async () => {
      expect(await dig(freshName(), '+time=8')).not.toBe('NOERROR');
    });
    await waitFor('the resolver', async () => (await dig(freshName())) === 'NOERROR');
  });

  test('a full connection table refuses new connections', async () => {
    await during(fillConntrack(cluster, 'node1'), async () => {
      const { used, limit } = await conntrackUse(cluster, 'node1');
      expect(used / limit).toBeGreaterThan(0.99);
      // From the node itself: even `kubectl exec` opens connections there.
      const { exitCode } = await tryOn(cluster.name, 'node1', [
        'ping',
        '-c',
        '3',
        '-i',
        '0.2',
        '-W',
        '1',
        addressOf(cluster, 'node2'),
      ]);
      expect(exitCode).not.toBe(0);
    });
    const { used } = await conntrackUse(cluster, 'node1');
    expect(used).toBeLessThan(20_000);
    await healthy();
  });

  test.each(['etcd', 'kube-apiserver'] as const)(
    'a frozen %s stalls requests, and goes on afterwards',
    async (part) => {
      const list = (): ReturnType<typeof runKubectl> =>
        runKubectl(['get', 'namespace', namespace, '--request-timeout=3s'], { kubeconfig: cluster.kubeconfig });
      await during(freezeControlPlane(cluster, part), async () => {
        const { exitCode, stderr } = await list();
        expect(exitCode).not.toBe(0);
        expect(stderr).toMatch(/timeout|deadline|timed out|Unable to connect|etcd/i);
      });
      await waitFor('the API server', async () => (await list()).exitCode === 0);
    },
  );

  test('nothing of any fault is left', async () => {
    await waitForNode('node1', true, cluster);
    await waitForNode('node2', true, cluster);
    for (const machine of [...cluster.nodes, 'plane']) {
      const { stdout } = await tryOn(cluster.name, machine, ['nft', 'list', 'tables']);
      expect(stdout).not.toContain('kit_fault');
    }
    await healthy();
  });
});
