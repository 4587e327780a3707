/**
 * Questions about policies on generated clusters, as recordings: `node test/bench/netpol.ts [PODS POLICIES [REPLICAS]]`.
 * A command is measured whole (start-up, reading, answering, writing), and then the evaluator alone, with the facts in memory.
 */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { benchEngine, generate } from '../../shared/policy/testing/bench.ts';
import { type Command, compare } from './measure.ts';

const NETPOL = [join('node_modules', '.bin', 'node'), 'dist/kubectl-netpol'];

/** A policy that lets others in to all pods of a namespace. */
const CHANGE = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'change', namespace: 'ns-1' },
  spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { env: 'prod' } } }] }] },
};

await execa('node', ['scripts/build.ts', 'netpol'], { preferLocal: true, stdout: 'ignore' });
const [pods, policies, replicas = 1] = process.argv.slice(2).map(Number);
if (pods !== undefined && policies !== undefined) await bench(pods, policies, replicas);
else {
  await bench(1000, 200, 1);
  await bench(3000, 500, 1);
  await bench(10_000, 2000, 5);
}

async function bench(podCount: number, policyCount: number, replicas: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-net-bench-'));
  try {
    const file = join(folder, 'cluster.json');
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: itemsOf(podCount, policyCount, replicas) }),
    );
    const megabytes = Math.round((await stat(file)).size / 1e6);
    const change = join(folder, 'change.json');
    writeFileSync(change, JSON.stringify(CHANGE));
    const of = (name: string, ...words: readonly string[]): Command => ({
      name,
      words: [...NETPOL, ...words, '--snapshot', file],
    });
    const table = await compare(
      [
        { name: 'cat', words: ['cat', file] },
        of('who-can-reach', 'who-can-reach', 'pod/app-0-x0', '-n', 'ns-0', '-o', 'json'),
        of('can-reach', 'can-reach', 'ns-0/app-0-x0', 'ns-1/app-0-x1', '--port', '8080', '-o', 'json'),
        of('matrix --by namespace', 'matrix', '--by', 'namespace', '-o', 'json'),
        of('matrix', 'matrix', '-o', 'json'),
        // The exit status of these two is about what they find.
        of('diff', 'diff', '-f', change, '--expect', 'any', '-o', 'json'),
        of('lint', 'lint', '-A', '--fail-on', 'never', '-o', 'json'),
      ],
      3,
    );
    process.stdout.write(`${podCount} pods, ${policyCount} policies, ${megabytes} MB of JSON\n`);
    for (const { name, wall, cpu, memory } of table) {
      const figures = `${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s processor, ${memory.toFixed(0)} MB`;
      process.stdout.write(`  ${name.padEnd(22)} ${figures}\n`);
    }
    process.stdout.write('The evaluator alone: ');
    benchEngine(podCount, policyCount, replicas);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function itemsOf(podCount: number, policyCount: number, replicas: number): readonly object[] {
  const facts = generate(podCount, policyCount, replicas);
  return [
    ...facts.namespaces.map((object) => ({ apiVersion: 'v1', kind: 'Namespace', ...object })),
    ...facts.pods.map((object) => ({ apiVersion: 'v1', kind: 'Pod', ...object })),
    ...(facts.networkPolicies ?? []).map((object) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      ...object,
    })),
  ];
}
