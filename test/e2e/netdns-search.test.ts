import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeApi, type KubeObject } from '../cluster/api.ts';
import { skipReason, type TestCluster, testCluster } from '../kit/cluster.ts';
import { changeCorefile, scaleCoreDns } from '../kit/faults/dns.ts';
import { installClients, lookupClients } from '../kit/lookup/clients.ts';
import { apply, testNamespace } from '../kit/manifests.ts';
import { execInPod, runKubectl, runPlugin } from '../kit/plugin.ts';
import { waitForPods } from '../kit/states.ts';
import { allOf, type Undo } from '../kit/undo.ts';
import { probePod } from '../kit/workload.ts';

const reason = skipReason();
const { clients, missing } = lookupClients();
const without = missing.length === 0 ? '' : `, without ${missing.join(' and ')}`;

/** Resolvers as pods have them; what a pod's specification says of DNS. */
const RESOLVERS: Readonly<Record<string, object>> = {
  usual: {},
  'ndots-1': { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
  'ndots-2': { dnsConfig: { options: [{ name: 'ndots', value: '2' }], searches: ['example.org'] } },
  'own-list': {
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['10.96.0.10'], searches: ['svc.cluster.local', 'corp.invalid'] },
  },
};

/** NS stands for the namespace, which is a name with no address of its own. */
const NAMES = [
  'web',
  'web.NS',
  'web.NS.svc',
  'web.NS.svc.cluster.local',
  'web.NS.svc.cluster.local.',
  'nosuch',
  'nosuch.NS',
  'NS',
  'api.example.com',
  'nosuch.invalid',
  'a.b.c.d.nosuch.invalid',
];

interface Asked {
  readonly name: string;
  readonly types: readonly string[];
}

interface ExplainedQuery {
  readonly name: string;
  readonly answer: string;
}

interface Explained {
  readonly libc: string;
  readonly queries: readonly ExplainedQuery[];
}

const MARK = /^mark-(\d+)-(\w+)-(\d+)\.cluster\.local$/;

describe.skipIf(reason !== undefined)(
  `explain-search against the query log of CoreDNS${reason === undefined ? without : ` (skipped: ${reason})`}`,
  () => {
    let cluster: TestCluster;
    let namespace: string;
    let undo: Undo;
    /** By pod, library and name, as numbers: the names that were asked, in order. */
    const asked = new Map<string, readonly Asked[]>();
    /** The same without order, as the server logged it. */
    let logged: ReadonlyMap<string, readonly Asked[]>;
    const pods = Object.keys(RESOLVERS);

    beforeAll(async () => {
      cluster = await testCluster();
      const space = await testNamespace('search', cluster);
      namespace = space.name;
      undo = space.undo;
      await apply([service(namespace), ...pods.map((name) => seeker(namespace, name))], cluster);
      // The logs of two servers cannot be put in order: they are collected line by line, by and by.
      undo = allOf(undo, await scaleCoreDns(cluster, 1));
      undo = allOf(undo, await changeCorefile(cluster, (text) => text.replace('errors', 'errors\n    log')));
      await waitForPods('kube-system', 'k8s-app=kube-dns', cluster);
      for (const name of pods) await waitForPods(namespace, `app=${name}`, cluster);
      const all = pods.map((name) => ({ namespace, name }));
      await installClients(clients, all, cluster.kubeconfig);
      // What was asked is told apart by its pod, so that pods need not wait for each other.
      const parts = await Promise.all(all.map(lookUp));
      for (const [part, queries] of parts.flatMap((part) => [...part])) asked.set(part, queries);
      logged = await readLog(cluster, namespace);
    });

    afterAll(async () => await undo?.());

    /**
     * Every name with every client, with a question between them that only marks the place. What leaves the pod is listened
     * to, for servers log their answers: the order of two answers given at about the same time is not that of the questions.
     */
    async function lookUp(pod: {
      readonly namespace: string;
      readonly name: string;
    }): Promise<ReadonlyMap<string, readonly Asked[]>> {
      const mark = (label: string): string => `dig +tries=3 +time=2 ${label}.cluster.local A >/dev/null`;
      const lines = clients.flatMap(({ libc, command }) =>
        NAMES.flatMap((name, at) => [
          mark(`mark-${pods.indexOf(pod.name)}-${libc}-${at}`),
          `${command} ${named(name, namespace)} >/dev/null 2>&1`,
        ]),
      );
      const script = [
        'tcpdump -Z root -l -n --immediate-mode -i eth0 udp dst port 53 > /tmp/asked 2> /tmp/said &',
        'for i in $(seq 100); do grep -q listening /tmp/said && break; sleep 0.1; done',
        ...lines,
        mark('mark-end'),
        'for i in $(seq 50); do grep -q mark-end /tmp/asked && break; sleep 0.1; done',
        'kill $!; cat /tmp/asked',
      ];
      const run = await execInPod(pod, ['sh', '-c', script.join('\n')], cluster.kubeconfig);
      expect(run.exitCode, run.stderr).toBe(0);
      return cutAtMarks(run.stdout, (line) => {
        const [, type = '', name = ''] = / (A|AAAA)\? (\S+)\. /.exec(line) ?? [];
        return { client: pod.name, type, name };
      });
    }

    async function explain(name: string, pod: string): Promise<readonly Explained[]> {
      const words = ['explain-search', name, '--from', `pod/${pod}`, '-n', namespace, '-o', 'json'];
      const run = await runPlugin('netdns', words, cluster);
      expect(run.exitCode, run.stderr).toBe(0);
      return (JSON.parse(run.stdout) as { libcs: Explained[] }).libcs;
    }

    it.each(pods)(
      'in a pod with the resolver "%s": the same names in the same order, each for A and AAAA',
      async (pod) => {
        const explained = await Promise.all(NAMES.map((name) => explain(named(name, namespace), pod)));
        for (const [place, name] of NAMES.entries()) {
          for (const { libc } of clients) {
            const part = `${pods.indexOf(pod)}-${libc}-${place}`;
            const real = asked.get(part) ?? [];
            const foretold = explained[place]?.find((one) => one.libc === libc)?.queries ?? [];
            const where = `${name} by ${libc} in ${pod}`;
            const names = upTo(foretold, real.length).map((query) => query.name);
            expect(
              real.map((query) => query.name),
              where,
            ).toEqual(names);
            for (const { name: query, types } of real)
              expect([...types].sort(), `${where}: ${query}`).toEqual(['A', 'AAAA']);
            expect(inOrder(logged.get(part)), where).toEqual(inOrder(real));
          }
        }
      },
    );
  },
);

/** A search may end at a name outside of the cluster, whose answer nobody can foretell. */
function upTo(foretold: readonly ExplainedQuery[], length: number): readonly ExplainedQuery[] {
  return foretold[length - 1]?.answer === 'unknown' ? foretold.slice(0, length) : foretold;
}

function named(name: string, namespace: string): string {
  return name.replace('NS', namespace);
}

function service(namespace: string): KubeObject {
  const spec = { selector: { app: 'nobody' }, ports: [{ name: 'http', port: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec };
}

function seeker(namespace: string, name: string): KubeObject {
  const pod = probePod(namespace, name);
  return { ...pod, spec: { ...pod.spec, ...RESOLVERS[name] } };
}

function inOrder(queries: readonly Asked[] = []): readonly string[] {
  return queries.flatMap(({ name, types }) => types.map((type) => `${name} ${type}`)).sort();
}

/** What the pods of a namespace asked. */
async function readLog({ kubeconfig }: TestCluster, namespace: string): Promise<ReadonlyMap<string, readonly Asked[]>> {
  const ours = await addressesIn(kubeconfig, namespace);
  const words = ['logs', '-n', 'kube-system', '-l', 'k8s-app=kube-dns', '--tail=-1'];
  const { stdout } = await runKubectl(words, { kubeconfig });
  return cutAtMarks(stdout, (line) => {
    const [, client = '', type = '', name = ''] = /\[INFO\] ([\d.]+):\d+ - \d+ "(\w+) IN (\S+)\. /.exec(line) ?? [];
    return { client, type, name: ours.has(client) ? name : '' };
  });
}

/** Queries by the mark before them, each name once. */
function cutAtMarks(
  text: string,
  read: (line: string) => { readonly client: string; readonly type: string; readonly name: string },
): ReadonlyMap<string, readonly Asked[]> {
  const parts = new Map<string, Asked[]>();
  const now = new Map<string, string>();
  for (const line of text.split('\n')) {
    const { client, type, name } = read(line);
    const mark = MARK.exec(name);
    if (mark !== null) now.set(client, mark.slice(1).join('-'));
    if (mark !== null || name === '' || name.startsWith('mark-')) continue;
    const part = now.get(client) ?? '';
    const list = parts.get(part) ?? [];
    parts.set(part, list);
    const known = list.findIndex((query) => query.name === name);
    if (known < 0) list.push({ name, types: [type] });
    else list[known] = { name, types: [...new Set([...(list[known]?.types ?? []), type])] };
  }
  return parts;
}

async function addressesIn(kubeconfig: string, namespace: string): Promise<ReadonlySet<string>> {
  const api = new KubeApi(kubeconfig);
  try {
    const list = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    return new Set(list.map(({ status }) => status.podIP as string));
  } finally {
    api.close();
  }
}
