import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KubeApi } from '../cluster/api.ts';
import { skipReason, type TestCluster, testCluster } from '../kit/cluster.ts';
import { breakCorefile, changeCorefile, scaleCoreDns } from '../kit/faults/dns.ts';
import { runPlugin } from '../kit/plugin.ts';
import { once, type Undo } from '../kit/undo.ts';
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
];

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

/** A recording of that moment gives the same verdict and the same first cause. */
async function sameFromRecording(cluster: TestCluster, live: Answer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-recording-'));
  try {
    const file = join(folder, 'recording.tar.gz');
    const recorded = await runPlugin('netdns', ['snapshot', '-A', '-o', file], { kubeconfig: cluster.kubeconfig });
    expect(recorded.exitCode, recorded.stderr).toBe(0);
    const offline = await ask({ kubeconfig: '/nonexistent' }, ['--snapshot', file]);
    expect(offline.verdict, offline.headline).toBe(live.verdict);
    expect(offline.causes[0]?.code).toBe(live.causes[0]?.code);
    expect(offline.causes[0]?.subject).toEqual(live.causes[0]?.subject);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
