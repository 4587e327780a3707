import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { runPlugin } from '../kit/plugin.ts';
import { type RestrictedUser, restrictedUser } from '../kit/users.ts';

const foreign = foreignKubeconfig();
const reason = foreign === undefined ? skipReason() : undefined;
const A = 'netpol-a';
const B = 'netpol-b';

/** Everything that the API server fills in is left out: protocols, policyTypes, the name label of the namespaces. */
const MANIFESTS = `${space(A, '{team: front}')}${space(B, '{team: back}')}${app(A, 'web')}${app(A, 'api')}${app(B, 'db')}
apiVersion: v1
kind: Service
metadata: {name: db, namespace: ${B}}
spec: {selector: {app: db}, ports: [{port: 15432, targetPort: http}]}
---
${policy(A, 'deny', '{podSelector: {}}')}
${policy(A, 'web-to-api', '{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080, endPort: 8090}, {port: http}]}]}')}
${policy(B, 'from-front', '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: front}}}], ports: [{port: http}]}], egress: []}')}
${policy(B, 'by-name', `{podSelector: {}, egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${A}}}}], ports: [{protocol: UDP}]}]}`)}
`;

function space(name: string, labels: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n---\n`;
}

function app(namespace: string, name: string): string {
  const container = '{name: app, image: none, imagePullPolicy: Never, ports: [{name: http, containerPort: 8080}]}';
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {terminationGracePeriodSeconds: 0, containers: [${container}]}}
---
`;
}

function policy(namespace: string, name: string, spec: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---`;
}

const QUESTIONS: readonly (readonly [string, number])[] = [
  [`${A}/web to ${A}/api --port 8085`, 0],
  [`${A}/web to ${A}/api --port http`, 0],
  [`${A}/web to ${A}/api --port 8085 --protocol UDP`, 1],
  [`${A}/api to ${A}/web --port 8080`, 1],
  [`${A}/web to ${B}/db`, 0],
  [`${B}/db to ${A}/web --port 53 --protocol UDP`, 1],
  [`${A}/web to ${B}/db:15432`, 0],
];

describe.skipIf(reason !== undefined)(
  `netpol on a cluster${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const kubeconfig = foreign ?? describeCluster(testClusterName).kubeconfig;
    const files = tempFiles();
    const users: RestrictedUser[] = [];
    const kubectl = (words: readonly string[], input?: string) =>
      execa('kubectl', [...words], { env: { KUBECONFIG: kubeconfig }, ...(input === undefined ? {} : { input }) });
    const ask = (words: string, config = kubeconfig) =>
      runPlugin('netpol', words.split(' '), { kubeconfig: config, cwd: files.folder });

    beforeAll(async () => {
      files.write('manifests.yaml', MANIFESTS);
      await kubectl(['apply', '-f', '-'], MANIFESTS);
      await podsOf(kubectl, 3);
    });

    afterAll(async () => {
      for (const user of users) await user.undo();
      await kubectl(['delete', 'namespace', A, B, '--wait=false', '--ignore-not-found']);
      files.remove();
    });

    it.each(QUESTIONS)('from %s: exit %i, read live and from the manifests', async (words, exit) => {
      const live = await ask(`from ${words} --cni calico`);
      expect(live.exitCode, live.stdout + live.stderr).toBe(exit);
      const offline = await ask(`from ${words} --cni calico --snapshot manifests.yaml`);
      expect(offline.exitCode, offline.stdout + offline.stderr).toBe(exit);
    });

    it('gives the same matrix live, from a dump, and from manifests without the defaults of the API server', async () => {
      const dump = await kubectl(['get', 'ns,pods,deploy,rs,netpol,svc', '-A', '-o', 'yaml']);
      files.write('dump.yaml', dump.stdout);
      const [live, dumped, written] = await Promise.all(
        ['-A', '-A --snapshot dump.yaml', '--snapshot manifests.yaml'].map((words) =>
          ask(`matrix -o json --cni calico ${words}`),
        ),
      );
      const rows = ownRows(written?.stdout);
      expect(rows.length).toBeGreaterThan(0);
      expect(ownRows(live?.stdout)).toEqual(rows);
      expect(ownRows(dumped?.stdout)).toEqual(rows);
    });

    it('says who gets in, by which rule', async () => {
      const { stdout, exitCode } = await ask(`svc/db -n ${B} --cni calico`);
      expect(exitCode, stdout).toBe(0);
      expect(stdout).toContain(`NetworkPolicy ${B}/from-front, ingress rule 1`);
      expect(stdout).toMatch(new RegExp(`namespace ${A}|Deployment ${A}/web`));
    });

    it('answers within a namespace with the rights to that alone', async () => {
      const user = await restrictedUser('namespace-only', A, { kubeconfig });
      users.push(user);
      const inside = await ask(`can-reach deploy/web deploy/api --port 8080 -n ${A} --cni calico`, user.kubeconfig);
      expect(inside.exitCode, inside.stdout + inside.stderr).toBe(0);
      expect(inside.stdout).toContain('forbidden');
      const outside = await ask(`can-reach ${B}/db deploy/api --port 8080 -n ${A} --cni calico`, user.kubeconfig);
      expect(outside.exitCode, outside.stdout + outside.stderr).toBe(3);
    });

    it('cannot tell anything without rights, and says which are missing', async () => {
      const user = await restrictedUser('nobody', A, { kubeconfig });
      users.push(user);
      const run = await ask(`can-reach deploy/web deploy/api -n ${A}`, user.kubeconfig);
      expect(run.exitCode).toBe(3);
      expect(run.stdout + run.stderr).toContain('forbidden');
    });
  },
);

/** The rows between the two namespaces; those of other workloads of the cluster and of addresses are left out. */
function ownRows(json: string | undefined): readonly string[] {
  const { connections } = JSON.parse(json ?? '') as {
    readonly connections: readonly { readonly from: End; readonly to: End; readonly ports: unknown }[];
  };
  const own = ({ namespace }: End): boolean => namespace === A || namespace === B;
  return connections
    .filter(({ from, to }) => own(from) && own(to))
    .map((row) => JSON.stringify(row))
    .sort();
}

interface End {
  readonly namespace?: string;
}

/** Waits until the Deployments have made their pods; whether they run is no matter. */
async function podsOf(
  kubectl: (words: readonly string[]) => Promise<{ readonly stdout: string }>,
  count: number,
): Promise<void> {
  const end = Date.now() + 120_000;
  for (;;) {
    const lists = await Promise.all([A, B].map((namespace) => kubectl(['get', 'pods', '-n', namespace, '-o', 'name'])));
    const names = lists.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
    if (names.length >= count) return;
    if (Date.now() > end) throw new Error(`only ${names.length} of ${count} pods were made`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
