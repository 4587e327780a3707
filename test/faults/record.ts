/**
 * Plays every fault of the catalogue on a real cluster and writes what kubectl shows of it to test/scenarios:
 *   KUBECONFIG=… node test/faults/record.ts [NAME …]
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { dump } from 'js-yaml';
import { faults } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { NAMESPACE_KINDS, openStage, play, type Stage } from './stage.ts';

const AT_ONCE = 5;
const kubeconfig = process.env.KUBECONFIG ?? '';
const wanted = process.argv.slice(2);
const queue = faults.filter((fault) => wanted.length === 0 || wanted.includes(fault.name));

await Promise.all(Array.from({ length: AT_ONCE }, worker));

async function worker(): Promise<void> {
  for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
    try {
      await record(fault);
      process.stdout.write(`recorded ${fault.name}\n`);
    } catch (error) {
      process.stdout.write(`FAILED   ${fault.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

async function record(fault: Fault): Promise<void> {
  const stage = await openStage(kubeconfig, fault.name);
  try {
    await play(stage, fault);
    await write(fault, stage);
  } finally {
    await stage.close();
  }
}

async function write(fault: Fault, stage: Stage): Promise<void> {
  const folder = join('test/scenarios', fault.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'facts'), { recursive: true });
  const inNamespace = await stage.kubectl(['get', NAMESPACE_KINDS, '-o', 'json']);
  const system = ['kube-system', 'kube-flannel'];
  const lists = [
    ['namespace', inNamespace],
    ['nodes', await get(['get', 'nodes,ingressclasses,servicecidrs', '-o', 'json'])],
    ['namespaces', await get(['get', 'namespace', fault.name, ...system, '-o', 'json'])],
    ...(await Promise.all(
      system.map(async (name) => [
        name,
        await get(['get', 'pods,services,endpointslices,daemonsets,deployments', '-n', name, '-o', 'json']),
      ]),
    )),
  ] as const;
  for (const [name = '', json = ''] of lists) {
    writeFileSync(join(folder, 'facts', `${name}.yaml`), toYaml(json));
  }
  const { story, ask, verdict, code, words } = fault;
  const spec = { story, command: `netsvc ${ask.join(' ')} -n ${fault.name}`, verdict, cause: code, words };
  writeFileSync(join(folder, 'case.yaml'), dump(JSON.parse(JSON.stringify(spec)), { lineWidth: 110 }));
}

async function get(words: readonly string[]): Promise<string> {
  return (await execa('kubectl', [...words], { env: { KUBECONFIG: kubeconfig } })).stdout;
}

/** YAML as `kubectl get -o yaml` prints it, without the noise that no diagnosis reads. */
function toYaml(json: string): string {
  const list = JSON.parse(json) as { items: Record<string, never>[] };
  for (const item of list.items) tidy(item);
  return dump(list, { noRefs: true, lineWidth: 160 });
}

// biome-ignore lint/suspicious/noExplicitAny: raw API objects.
function tidy(item: any): void {
  const kept = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet'];
  if (!kept.includes(item.kind)) delete item.metadata.managedFields;
  delete item.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (item.kind === 'Node') delete item.status.images;
  for (const volume of item.spec?.volumes ?? []) if (volume.projected) volume.projected = { sources: [] };
}
