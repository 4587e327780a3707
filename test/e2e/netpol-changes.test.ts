import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { runPlugin } from '../kit/plugin.ts';
import { applyDefinitions } from '../kit/policy-definitions.ts';
import { restrictedUser } from '../kit/users.ts';

const foreign = foreignKubeconfig();
const reason = foreign === undefined ? skipReason() : undefined;
const A = 'netpol-change-a';
const B = 'netpol-change-b';
const CNP = 'netpol-change-guard';

const BASE = [
  space(A, { team: 'front' }),
  space(B, { team: 'back' }),
  app(A, 'web'),
  app(A, 'api'),
  app(B, 'db'),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db', namespace: B },
    spec: { selector: { app: 'db' }, ports: [{ port: 15432, targetPort: 'http' }] },
  },
  policy(B, 'db', { podSelector: {}, ingress: [{ from: [front()], ports: [{ port: 'http' }] }] }),
];

/** One change after the other: what diff promises is what is then there. */
const CHANGES: readonly { readonly name: string; readonly objects: readonly object[]; readonly exit: number }[] = [
  {
    name: 'a policy that is narrowed',
    objects: [
      policy(B, 'db', { podSelector: {}, ingress: [{ from: [front({ app: 'web' })], ports: [{ port: 8080 }] }] }),
    ],
    exit: 1,
  },
  {
    name: 'a policy that isolates egress, and one that lets out again',
    objects: [
      policy(A, 'quiet', { podSelector: {}, policyTypes: ['Egress'] }),
      policy(A, 'talk', {
        podSelector: { matchLabels: { app: 'web' } },
        egress: [{ to: [{ namespaceSelector: {} }] }],
      }),
    ],
    exit: 1,
  },
  { name: 'a label of a namespace', objects: [space(A, { team: 'other' })], exit: 1 },
  {
    name: 'a policy that opens everything',
    objects: [policy(B, 'all', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{}] })],
    exit: 0,
  },
];

describe.skipIf(reason !== undefined)(
  `changes of policies on a cluster${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const kubeconfig = foreign ?? describeCluster(testClusterName).kubeconfig;
    const files = tempFiles();
    const undo: (() => Promise<unknown>)[] = [];
    const kubectl = (words: readonly string[], input?: string) =>
      execa('kubectl', [...words], { env: { KUBECONFIG: kubeconfig }, ...(input === undefined ? {} : { input }) });
    const ask = (words: string, config = kubeconfig) =>
      runPlugin('netpol', words.split(' '), { kubeconfig: config, cwd: files.folder });
    const rowsNow = async () => ownRows((await ask('matrix -A -o json --cni calico')).stdout, 'ports');

    beforeAll(async () => {
      await kubectl(['apply', '-f', '-'], list(BASE));
      // Whether the pods run is no matter: policies go by what they are.
      const made = ['--for=jsonpath={.status.replicas}=1', '--timeout=120s'];
      for (const namespace of [A, B]) await kubectl(['wait', 'deploy', '--all', '-n', namespace, ...made]);
    });

    afterAll(async () => {
      for (const one of undo.reverse()) await one();
      await kubectl(['delete', 'namespace', A, B, '--wait=false', '--ignore-not-found']);
      files.remove();
    });

    it('keeps what diff promised of each change, one after the other', async () => {
      for (const { name, objects, exit } of CHANGES) {
        files.write('change.json', JSON.parse(list(objects)));
        const before = await rowsNow();
        const promised = await ask('diff -f change.json -o json --cni calico');
        expect(promised.exitCode, `${name}: ${promised.stdout}${promised.stderr}`).toBe(exit);
        const changed = ownRows(promised.stdout, 'after');
        expect(changed.size, name).toBeGreaterThan(0);
        for (const [pair, was] of ownRows(promised.stdout, 'before')) expect(before.get(pair) ?? '[]', name).toBe(was);
        await kubectl(['apply', '-f', '-'], list(objects));
        const expected = new Map([...before, ...changed]);
        expect([...(await rowsNow())].sort(), name).toEqual([...expected].filter(([, ports]) => ports !== '[]').sort());
        const again = await ask('diff -f change.json --expect none --cni calico');
        expect(again.exitCode, `${name}: ${again.stdout}`).toBe(0);
      }
    });

    it('answers single questions as diff said, and sees a deletion before it happens', async () => {
      await kubectl(['apply', '-f', '-'], list(CHANGES.flatMap(({ objects }) => objects)));
      expect((await ask(`from ${A}/web to ${B}/db:15432 --cni calico`)).exitCode).toBe(0);
      expect((await ask(`from ${A}/api to ${B}/db:15432 --cni calico`)).exitCode).toBe(1);
      const diff = await ask(`diff --delete networkpolicy/${B}/all --delete netpol/${A}/quiet -o json --cni calico`);
      const changed = ownRows(diff.stdout, 'after');
      await kubectl(['delete', 'netpol', '-n', B, 'all']);
      await kubectl(['delete', 'netpol', '-n', A, 'quiet']);
      const now = await rowsNow();
      for (const [pair, ports] of changed) expect(now.get(pair) ?? '[]', pair).toBe(ports);
      expect((await ask(`from ${A}/web to ${B}/db:15432 --cni calico`)).exitCode).toBe(1);
      expect((await ask(`from ${A}/web to ${A}/api --port 1 --cni calico`)).exitCode).toBe(0);
      // The API server gives a policy without policyTypes Ingress as well, so that "talk" lets nobody in to web.
      expect((await ask(`from ${A}/api to ${A}/web --port 1 --cni calico`)).exitCode).toBe(1);
    });

    it('names file and line of a manifest that the API server refuses too, and tells nothing', async () => {
      const broken = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: ${A}}\nspec:\n  podSelector: {}\n  ingress: {from: []}\n`;
      files.write('broken.yaml', broken);
      const refused = await execa('kubectl', ['apply', '--dry-run=server', '-f', '-'], {
        env: { KUBECONFIG: kubeconfig },
        input: broken,
        reject: false,
      });
      expect(refused.exitCode).not.toBe(0);
      const run = await ask('diff -f broken.yaml --cni calico');
      expect(run.exitCode, run.stdout).toBe(3);
      expect(run.stdout).toMatch(/broken\.yaml:\d+/);
    });

    it('says what was not visible to a user with rights in one namespace', async () => {
      const user = await restrictedUser('namespace-only', B, { kubeconfig });
      undo.push(user.undo);
      files.write('change.json', JSON.parse(list(CHANGES[0]?.objects ?? [])));
      const run = await ask(`diff -f change.json -n ${B} --cni calico`, user.kubeconfig);
      expect(run.exitCode, run.stdout + run.stderr).toBe(3);
      expect(run.stdout).toContain('forbidden');
      const who = await ask(`svc/db -n ${B} --cni calico`, user.kubeconfig);
      expect(who.exitCode, who.stdout + who.stderr).toBe(3);
      expect(who.stdout).toContain('forbidden');
    });

    it('judges a ClusterNetworkPolicy as the API server hands it back', async () => {
      undo.push(await applyDefinitions(kubeconfig));
      const guard = {
        apiVersion: 'policy.networking.k8s.io/v1alpha2',
        kind: 'ClusterNetworkPolicy',
        metadata: { name: CNP },
        spec: {
          tier: 'Admin',
          priority: 10,
          subject: { pods: { namespaceSelector: name(B), podSelector: { matchLabels: { app: 'db' } } } },
          ingress: [
            {
              action: 'Accept',
              from: [{ namespaces: name(A) }],
              protocols: [{ tcp: { destinationPort: { number: 8080 } } }],
            },
          ],
        },
      };
      files.write('guard.json', guard);
      const promised = await ask('diff -f guard.json -o json --cni calico');
      expect(promised.exitCode, promised.stdout + promised.stderr).toBe(0);
      const changed = ownRows(promised.stdout, 'after');
      expect(changed.size).toBeGreaterThan(0);
      undo.push(() => kubectl(['delete', 'clusternetworkpolicies', CNP, '--ignore-not-found']));
      await kubectl(['apply', '-f', '-'], JSON.stringify(guard));
      const now = await rowsNow();
      for (const [pair, ports] of changed) expect(now.get(pair) ?? '[]', pair).toBe(ports);
      const walk = await ask(`from ${A}/api to ${B}/db:15432 --cni calico`);
      expect(walk.exitCode, walk.stdout).toBe(0);
      expect(walk.stdout).toContain(`ClusterNetworkPolicy ${CNP}`);
    });
  },
);

function list(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function space(name: string, labels: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function app(namespace: string, name: string): object {
  const labels = { app: name };
  const container = {
    name: 'app',
    image: 'none',
    imagePullPolicy: 'Never',
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } },
    },
  };
}

function policy(namespace: string, name: string, spec: object): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function front(pods?: Readonly<Record<string, string>>): object {
  const namespaceSelector = { matchLabels: { team: 'front' } };
  return pods === undefined ? { namespaceSelector } : { namespaceSelector, podSelector: { matchLabels: pods } };
}

function name(namespace: string): object {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

interface End {
  readonly namespace?: string;
  readonly name?: string;
}

/** The ports of the pairs between the two namespaces, as text, under one key of their rows. */
function ownRows(json: string, key: 'ports' | 'before' | 'after'): ReadonlyMap<string, string> {
  const { connections } = JSON.parse(json) as {
    readonly connections: readonly ({ readonly from: End; readonly to: End } & Readonly<Record<string, unknown>>)[];
  };
  const own = ({ namespace }: End): boolean => namespace === A || namespace === B;
  return new Map(
    connections
      .filter(({ from, to }) => own(from) && own(to))
      .map((row) => [
        `${row.from.namespace}/${row.from.name} to ${row.to.namespace}/${row.to.name}`,
        JSON.stringify(row[key]),
      ]),
  );
}
