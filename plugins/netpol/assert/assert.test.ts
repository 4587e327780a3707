import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';

const files = tempFiles();
afterAll(() => files.remove());

const deployment = (name: string, port: number) => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, ports: [{name: main, containerPort: ${port}}]}]}
`;
const app = files.write(
  'app.yaml',
  `apiVersion: v1
kind: Namespace
metadata: {name: shop}
${deployment('web', 8080)}${deployment('db', 5432)}${deployment('batch', 9000)}---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5433, targetPort: main}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
`,
);

async function assertLines(text: string, more = '') {
  const file = files.write('expectations.txt', text);
  const run = await runCli(netpol, `assert -f ${file} --snapshot ${app} -n shop ${more}`);
  return { ...run, stdout: run.stdout.replaceAll(file, 'FILE'), stderr: run.stderr.replaceAll(file, 'FILE') };
}

describe('assert', () => {
  it('holds', async () => {
    const { stdout, exit } = await assertLines(`# the database
allow shop/web -> deploy/db:5432/TCP
allow deploy/web -> svc/db:5433   # the port of the Service
deny  deploy/batch -> deploy/db
deny  internet -> shop/db
deny  deploy/web -> deploy/db:5432/UDP
allow internet -> deploy/web:8080
`);
    expect(stdout).toContain('HOLDS  all 6 expectations hold');
    expect(exit).toBe(0);
  });

  it('refuses words that it would pass over', async () => {
    const { exit, stderr } = await assertLines('deny ns/shop -> shop/db on 5432\n');
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining(':1: "ns/shop -> shop/db on 5432" has not just two ends'),
    ]);
  });

  it('reads YAML, as two lists and as one', async () => {
    expect(
      (await assertLines('allow:\n- deploy/web -> deploy/db:5432\ndeny:\n- "deploy/batch -> deploy/db"\n')).exit,
    ).toBe(0);
    expect((await assertLines('- allow: deploy/web -> deploy/db:5432\n- deny: deploy/batch -> deploy/db\n')).exit).toBe(
      0,
    );
  });

  it('fails with the line and what it is', async () => {
    const { stdout, exit } = await assertLines(
      'allow deploy/web -> deploy/db:5432\nallow deploy/batch -> deploy/db:5432\ndeny deploy/web -> deploy/db\n',
    );
    expect(exit).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain('FAILS 2 of 3 expectations do not hold: FILE:2 and FILE:3');
    expect(stdout).toContain('✗ allow deploy/batch -> deploy/db:5432');
    expect(stdout).toContain('allowed on TCP 5432');
  });

  it('counts lines in JUnit, and gives them to code scanning', async () => {
    const text = 'allow deploy/web -> deploy/db:5432\nallow deploy/batch -> deploy/db:5432\n';
    const junit = (await assertLines(text, '-o junit')).stdout;
    expect(junit).toContain('tests="2" failures="1"');
    expect(junit).not.toMatch(/timestamp=""|\(\)$/m);
    expect(junit).toContain('name="Expectation 2: allow deploy/batch -&gt; deploy/db:5432"');
    const sarif = JSON.parse((await assertLines(text, '-o sarif')).stdout);
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.region.startLine).toBe(2);
  });

  it.each([
    ['permit web -> db', 'FILE:1: "permit web -> db" is no expectation'],
    ['\nallow web', 'FILE:2: "web" has no two ends'],
    ['allow deploy/nothere -> deploy/db:5432', 'FILE:1: '],
    ['allow deploy/web -> deploy/db:99999', 'FILE:1: port 99999 is not between 1 and 65535'],
    ['# nothing\n', 'FILE holds no expectation'],
  ])('refuses %j with its line', async (text, words) => {
    const { stderr, exit } = await assertLines(text);
    expect(exit).toBe(2);
    expect(stderr).toContain(words);
  });

  it('cannot tell what policies that are not judged do', async () => {
    const cilium = files.write(
      'cilium.yaml',
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: l7, namespace: shop}\nspec: {endpointSelector: {}, ingress: []}\n',
    );
    const { exit, stdout } = await assertLines('deny deploy/batch -> deploy/web:8080', `--snapshot ${cilium}`);
    expect(exit).toBe(3);
    expect(stdout).toContain('UNSURE');
  });

  it('knows that nothing is denied where nothing enforces', async () => {
    const { exit, stdout } = await assertLines('deny deploy/batch -> deploy/db\n', '--cni flannel');
    expect(exit).toBe(1);
    expect(stdout.split('\n')[0]).toMatch(/^FAILS {2}nothing enforces/);
  });

  it('needs a file that is there', async () => {
    expect((await runCli(netpol, 'assert')).exit).toBe(2);
    const { stderr, exit } = await runCli(netpol, 'assert -f /nowhere.txt');
    expect(stderr).toContain('/nowhere.txt cannot be read: there is no such file');
    expect(exit).toBe(2);
  });
});
