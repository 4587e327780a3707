import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KubeApi } from '../cluster/api.ts';
import { skipReason, type TestCluster, testCluster } from '../kit/cluster.ts';
import {
  addOddServer,
  breakCorefile,
  changeCorefile,
  changeUpstream,
  editCorefile,
  killUpstream,
  scaleCoreDns,
} from '../kit/faults/dns.ts';
import { blockDns } from '../kit/faults/packets.ts';
import { apply, testNamespace } from '../kit/manifests.ts';
import { runPlugin } from '../kit/plugin.ts';
import { waitForPods } from '../kit/states.ts';
import { allOf, during, once, type Undo } from '../kit/undo.ts';
import { probePod } from '../kit/workload.ts';
import { type Answer, answerOf, toldBy } from './answer.ts';

const reason = skipReason();

interface DnsFault {
  readonly name: string;
  readonly make: (cluster: TestCluster) => Promise<Undo>;
  /** The code of the first cause. */
  readonly code: string;
  /** What must stand in the headline, the summary or the evidence. */
  readonly words: readonly string[];
}

const SERVICE = '/api/v1/namespaces/kube-system/services/kube-dns';

const faults: readonly DnsFault[] = [
  { name: 'a typing error in the Corefile', make: breakCorefile, code: 'DNS201', words: ['cahce'] },
  {
    name: 'a Corefile that forwards to itself',
    make: (cluster) => changeCorefile(cluster, (text) => text.replace(/forward \. \S+/, 'forward . 127.0.0.1')),
    code: 'DNS204',
    words: ['127.0.0.1'],
  },
  {
    name: 'a Corefile without the zone of the cluster',
    make: (cluster) =>
      changeCorefile(cluster, (text) => text.replace(/kubernetes cluster\.local/, 'kubernetes cluster.lokal')),
    code: 'DNS203',
    words: ['cluster.lokal'],
  },
  {
    name: 'a block of the Corefile that takes the names of Services',
    make: (cluster) =>
      changeCorefile(
        cluster,
        (text) => `${text}svc.cluster.local:53 {\n    errors\n    forward . /etc/resolv.conf\n}\n`,
      ),
    code: 'DNS216',
    words: ['svc.cluster.local'],
  },
  {
    name: 'DNS servers scaled to 0',
    make: (cluster) => scaleCoreDns(cluster, 0),
    code: 'DNS102',
    words: ['scaled to 0'],
  },
  {
    name: 'a DNS Service that selects nobody',
    make: (cluster) =>
      changeService(cluster, { selector: { 'k8s-app': 'core-dns' } }, { selector: { 'k8s-app': 'kube-dns' } }),
    code: 'DNS106',
    words: ['k8s-app=core-dns', 'k8s-app=kube-dns'],
  },
  {
    name: 'an edit of the Corefile that servers refuse to reload',
    make: (cluster) => editCorefile(cluster, (text) => text.replace('max_concurrent 1000', 'max_concurrent many')),
    code: 'DNS201',
    words: ['parsing "many"', 'Corefile:14'],
  },
  {
    name: 'a server with a Corefile of its own, without the zone of the cluster',
    make: addOddServer,
    code: 'DNS130',
    words: ['coredns-odd'],
  },
  {
    name: 'a stub zone whose resolver does not answer',
    make: (cluster) => changeCorefile(cluster, (text) => `${text}corp.example:53 {\n    forward . 10.123.200.200\n}\n`),
    code: 'DNS140',
    words: ['corp.example', '10.123.200.200:53'],
  },
  {
    name: 'an upstream that answers SERVFAIL',
    make: (cluster) => changeUpstream(cluster, { mode: 'servfail' }),
    code: 'DNS141',
    words: ['SERVFAIL'],
  },
  {
    name: 'an upstream that refuses to answer',
    make: (cluster) => changeUpstream(cluster, { mode: 'refused' }),
    code: 'DNS141',
    words: ['REFUSED'],
  },
  {
    name: 'an upstream that takes 300 ms',
    make: (cluster) => changeUpstream(cluster, { mode: 'answer', delayMs: 300 }),
    code: 'DNS142',
    words: ['outside of the cluster'],
  },
  {
    name: 'an upstream that takes longer than servers wait',
    make: (cluster) => changeUpstream(cluster, { mode: 'answer', delayMs: 2500 }),
    code: 'DNS140',
    words: ['i/o timeout'],
  },
  {
    name: 'an upstream that is silent',
    make: (cluster) => changeUpstream(cluster, { mode: 'silent' }),
    code: 'DNS140',
    words: ['outside of the cluster', ':53'],
  },
  { name: 'an upstream that is gone', make: killUpstream, code: 'DNS140', words: ['connection refused'] },
  {
    name: 'TCP to the upstream blocked',
    make: (cluster) => blockDns(cluster, 'tcp', { towards: 'upstream' }),
    code: 'DNS143',
    words: ['over UDP, but not over TCP'],
  },
  { name: 'UDP to the upstream blocked, while pods ask', make: blockUdpUpstream, code: 'DNS253', words: [':53'] },
  {
    name: 'an egress policy that forgets DNS, where nothing enforces it',
    make: forgetDns,
    code: 'DNS401',
    words: ['nothing enforces policies here'],
  },
];

/** Names outside, one a second, asked from a pod. */
async function blockUdpUpstream(cluster: TestCluster): Promise<Undo> {
  const { name: namespace, undo } = await testNamespace('asking', cluster);
  const pod = probePod(namespace, 'asks');
  const line = 'while true; do dig +tries=1 +time=1 name$RANDOM.example.com >/dev/null; done';
  const container = { ...pod.spec.containers[0], command: ['bash', '-c', line] };
  await apply({ ...pod, spec: { ...pod.spec, containers: [container] } }, cluster);
  await waitForPods(namespace, 'app=asks', cluster);
  return allOf(undo, await blockDns(cluster, 'udp', { towards: 'upstream' }));
}

async function forgetDns(cluster: TestCluster): Promise<Undo> {
  const { name: namespace, undo } = await testNamespace('locked', cluster);
  const policy = { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 443, protocol: 'TCP' }] }] };
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  await apply([probePod(namespace, 'web'), { ...kind, metadata: { name: 'lock', namespace }, spec: policy }], cluster);
  await waitForPods(namespace, 'app=web', cluster);
  return undo;
}

async function changeService(cluster: TestCluster, spec: object, back: object): Promise<Undo> {
  const patch = async (to: object): Promise<void> => {
    const api = new KubeApi(cluster.kubeconfig);
    try {
      await api.patch(SERVICE, { spec: to });
    } finally {
      api.close();
    }
  };
  await patch(spec);
  return once(() => patch(back));
}

/** One fault after the other: they change the only DNS that the cluster has. */
describe.skipIf(reason !== undefined)(`netdns faults${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  it.each(faults)('$name: named first, silent when healed', { timeout: 600_000 }, async ({ make, code, words }) => {
    const cluster = await testCluster();
    const undo = await make(cluster);
    try {
      const live = await settle(cluster, (answer) => answer.causes[0]?.code === code);
      expect(live.causes[0]?.code, live.headline).toBe(code);
      for (const word of words) expect(toldBy(live)).toContain(word);
      await sameFromRecording(cluster, live);
    } finally {
      await undo();
    }
    const healed = await settle(cluster, (answer) => answer.causes.length === 0);
    expect(healed, healed.headline).toMatchObject({ verdict: 'healthy', causes: [] });
  });
});

/** A port-forward carries TCP only and goes around the way of pods: what it cannot see is said. */
describe.skipIf(reason !== undefined)('ways that cannot be seen from outside', () => {
  it.each(['udp', 'tcp'] as const)('%s from pods to the servers blocked: said to be unseen', async (protocol) => {
    const cluster = await testCluster();
    const answer = await during(blockDns(cluster, protocol), () => ask(cluster));
    expect(answer.causes).toEqual([]);
    expect(answer.notChecked.map(({ check }) => check)).toContain('way from pods');
  });
});

async function ask({ kubeconfig }: Pick<TestCluster, 'kubeconfig'>, words: readonly string[] = []): Promise<Answer> {
  return answerOf(await runPlugin('netdns', ['check', '-o', 'json', ...words], { kubeconfig }));
}

/** Kubernetes tells its story in steps; the last answer counts. */
async function settle(cluster: TestCluster, done: (answer: Answer) => boolean): Promise<Answer> {
  let answer = await ask(cluster);
  for (let round = 0; round < 40 && !done(answer); round++) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    answer = await ask(cluster);
  }
  return answer;
}

/**
 * A recording of that moment gives the same verdict and the same first cause: what was answered live just before it, or
 * just after, for servers go on counting and logging meanwhile.
 */
async function sameFromRecording(cluster: TestCluster, before: Answer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-recording-'));
  try {
    const file = join(folder, 'recording.tar.gz');
    const recorded = await runPlugin('netdns', ['snapshot', '-A', '-o', file], { kubeconfig: cluster.kubeconfig });
    expect(recorded.exitCode, recorded.stderr).toBe(0);
    const offline = await ask({ kubeconfig: '/nonexistent' }, ['--snapshot', file]);
    const live = offline.causes[0]?.code === before.causes[0]?.code ? before : await ask(cluster);
    expect(offline.verdict, offline.headline).toBe(live.verdict);
    expect(offline.causes[0]?.code).toBe(live.causes[0]?.code);
    expect(offline.causes[0]?.subject).toEqual(live.causes[0]?.subject);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
