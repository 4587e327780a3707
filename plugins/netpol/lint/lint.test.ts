import { afterAll, describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, networkPolicy, pod, snapshotOf } from '../../../shared/testing/builders.ts';
import { type FakeClusterOptions, fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';
import { lintPolicies } from './lint-policies.ts';

const files = tempFiles();
afterAll(() => files.remove());

const APP = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: example/app:1, ports: [{containerPort: 8080}]}]}
---
`;
const policy = (labels: string, more = '') => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop${more}}
spec:
  podSelector: {matchLabels: ${labels}}
  policyTypes: [Ingress]
`;

const good = files.write('good/app.yaml', APP + policy('{app: web}'));
const wrong = files.write('wrong/app.yaml', APP + policy('{app: webb}'));
const words = files.write('words.yaml', APP + policy('{app: web, country: no}'));
const known = files.write('known.yaml', APP + policy('{app: webb}', ', annotations: {kubectl-net/suppress: POL101}'));
const alone = files.write('alone.yaml', policy('{app: anything}'));
files.write('broken/app.yaml', APP + policy('{app: web}'));
files.write('broken/more.yaml', 'kind: NetworkPolicy\nmetadata: {name: [\n');

const run = (line: string) => runCli(netpol, `lint ${line} --cni calico`);

describe('lint of files', () => {
  it('is silent about a sound set', async () => {
    const { stdout, exit } = await run(`--snapshot ${good}`);
    expect(stdout).toBe('HEALTHY  no fault in 1 policy in namespace shop\n');
    expect(exit).toBe(0);
  });

  it('exits by severity', async () => {
    expect((await run(`--snapshot ${wrong}`)).exit).toBe(1);
    expect((await run(`--snapshot ${wrong} --fail-on critical`)).exit).toBe(0);
  });

  it('gives file and line to code scanning', async () => {
    const { stdout } = await run(`--snapshot ${wrong} -o sarif`);
    const { physicalLocation } = JSON.parse(stdout).runs[0].results[0].locations[0];
    expect(physicalLocation).toEqual({ artifactLocation: { uri: wrong }, region: { startLine: 18 } });
  });

  it('gives the line of a field that has another type than in the API', async () => {
    const number = files.write('number.yaml', APP + policy('{app: web, version: 1.10}'));
    const { stdout } = await run(`--snapshot ${number}`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `number.yaml:18: spec.podSelector.matchLabels.version must be text and is read as the number 1.1: write it in quotes`,
    );
  });

  it('tells a word without quotes once, and not that nobody has the label', async () => {
    const { stdout } = await run(`--snapshot ${words} -o json`);
    const { causes, findings } = JSON.parse(stdout) as Record<string, { code: string }[]>;
    expect([...(causes ?? []), ...(findings ?? [])].map(({ code }) => code)).toEqual(['POL325', 'POL411']);
  });

  it('looks at all namespaces of files, also at those that hold no policy', async () => {
    const more = APP.replaceAll('shop', 'data').replaceAll('web', 'db');
    const both = files.write('both.yaml', APP + more + policy('{app: web}'));
    const of = async (line: string) => {
      const { exit, stdout } = await runCli(netpol, `lint ${line} --snapshot ${both} -o json`);
      return [exit, ...JSON.parse(stdout).findings.map(({ code }: { code: string }) => code)];
    };
    expect(await of('')).toEqual([0, 'POL411']);
    expect(await of('-n shop')).toEqual([0]);
  });

  it('calls a template by the name of its workload', async () => {
    const text = `${policy('{app: web}')}  ingress:\n    - ports: [{port: htpp}]\n`;
    const { stdout } = await run(`--snapshot ${files.write('named.yaml', APP + text)} -o json`);
    expect(JSON.parse(stdout).causes[0]).toMatchObject({
      code: 'POL201',
      summary: expect.stringContaining('but Deployment shop/web declares no port of that name'),
    });
  });

  it('names the word that kubectl reads otherwise, with its line', async () => {
    const { stdout, exit } = await run(`--snapshot ${words}`);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `${words}:18: NetworkPolicy shop/web has spec.podSelector.matchLabels.country: no without quotes; kubectl reads false`,
    );
    expect(exit).toBe(1);
    const sarif = JSON.parse((await run(`--snapshot ${words} -o sarif`)).stdout);
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.region).toEqual({ startLine: 18 });
  });

  it('leaves out what is known, and lists it', async () => {
    const noted = await run(`--snapshot ${known}`);
    expect(noted.exit).toBe(0);
    expect(noted.stdout).toContain('POL101 of NetworkPolicy web (annotation kubectl-net/suppress)');
    expect((await run(`--snapshot ${wrong} --suppress POL101=shop/web`)).exit).toBe(0);
  });

  it('does not say "no fault" beside a file that cannot be read', async () => {
    const { stdout, exit } = await run(`--snapshot ${files.path('broken')}`);
    expect(exit).toBe(3);
    expect(stdout).toContain('more.yaml');
  });

  it('says nothing about pods where the files hold none', async () => {
    const { stdout } = await run(`--snapshot ${alone} -o json`);
    const report = JSON.parse(stdout);
    expect(report.causes).toEqual([]);
    expect(report.notChecked.map(({ reason }: { reason: string }) => reason)).toContain('Pods were not collected');
  });

  it('counts a case for each policy in JUnit', async () => {
    const { stdout } = await run(`--snapshot ${wrong} -o junit`);
    expect(stdout).toContain('tests="1" failures="1"');
    expect(stdout).toContain('name="NetworkPolicy web"');
  });

  it('teaches on a wrong name', async () => {
    const { stderr, exit } = await run(`nothere --snapshot ${wrong}`);
    expect(stderr).toContain('there is no policy nothere');
    expect(exit).toBe(2);
  });
});

describe('lint of a cluster', () => {
  const objects: readonly KubeObject[] = [
    namespace('shop'),
    namespace('data', { team: 'data' }),
    pod('web-1'),
    pod('db-1', { namespace: 'data', labels: { app: 'db' } }),
    networkPolicy('web', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] }),
  ];
  const far = networkPolicy('far', {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'none' } } }] }],
  });
  const live = async (all: readonly KubeObject[], options: FakeClusterOptions = {}) => {
    const cluster = fakeCluster(all, { namespace: 'shop', ...options });
    const result = await runCli(netpol, 'lint --cni calico -o json', { world: { connect: async () => cluster } });
    return { ...result, report: JSON.parse(result.stdout), asked: cluster.asked };
  };

  it('reads pods of the namespace only, unless a policy speaks of others', async () => {
    expect((await live(objects)).asked).not.toContain('list pods in all namespaces');
    const { asked, report } = await live([...objects, far]);
    expect(asked).toContain('list pods in all namespaces');
    expect(report.causes[0].code).toBe('POL103');
  });

  it('with rights in one namespace judges what it sees and says what it does not', async () => {
    const { report, exit } = await live([...objects, far], { onlyNamespace: 'shop' });
    expect(report.causes).toEqual([]);
    expect(exit).toBe(0);
    expect(report.notChecked.some(({ check }: { check: string }) => check.includes('selectors'))).toBe(true);
  });

  it('cannot tell where policies may not be listed', async () => {
    const { exit, report } = await live(objects, { forbidden: ['NetworkPolicy'] });
    expect(exit).toBe(3);
    expect(report.headline).toContain('forbidden');
  });
});

describe('lintPolicies', () => {
  it('speaks of the policies that took part only', () => {
    const one = networkPolicy('one', { podSelector: { matchLabels: { app: 'x' } } });
    const two = networkPolicy('two', { podSelector: { matchLabels: { app: 'y' } } });
    const index = createIndex(snapshotOf([namespace('shop'), pod('web-1'), one, two]));
    const refs = [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'two' }];
    expect(lintPolicies(index, refs).map(({ code, subject }) => `${code} ${subject.name}`)).toEqual(['POL101 two']);
    expect(lintPolicies(index, [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'gone' }])).toEqual([]);
  });
});
