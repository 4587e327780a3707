/**
 * Plays every fault of the catalogue on a real cluster and writes what kubectl shows of it to test/scenarios:
 *   KUBECONFIG=… node test/faults/record.ts [NAME …]
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { dump } from 'js-yaml';
import { faults } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { NAMESPACE_KINDS, openStage, play, type Stage } from './stage.ts';

const AT_ONCE = 5;
const SYSTEM = ['kube-system', 'kube-flannel'];
const kubeconfig = process.env.KUBECONFIG ?? '';
const wanted = process.argv.slice(2);
const queue = faults.filter((fault) => wanted.length === 0 || wanted.includes(fault.name));

await recordCluster();
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
  const stage = await openStage(kubeconfig, fault.namespace ?? fault.name);
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
  const inNamespace = await stage.kubectl(['get', NAMESPACE_KINDS, '-o', 'json', '--show-managed-fields']);
  const lists = {
    namespace: inNamespace,
    namespaces: await get(['get', 'namespace', stage.namespace, ...SYSTEM, '-o', 'json']),
  };
  if (fault.given.some((manifest) => manifest.kind === 'Ingress')) {
    // Files named after their kind: an empty list in them proves that there are none.
    Object.assign(lists, {
      ingressclasses: await get(['get', 'ingressclasses', '-o', 'json']),
      secrets: withoutValues(await stage.kubectl(['get', 'secrets', '-o', 'json'])),
    });
  }
  for (const [name, json] of Object.entries(lists)) writeFileSync(join(folder, 'facts', `${name}.yaml`), toYaml(json));
  const { story, ask, verdict, code, words } = fault;
  const spec = { story, command: `netsvc ${ask.join(' ')} -n ${stage.namespace}`, verdict, cause: code, words };
  writeFileSync(join(folder, 'case.yaml'), dump(JSON.parse(JSON.stringify(spec)), { lineWidth: 110 }));
}

/** What all cases share: nodes, kube-proxy, CoreDNS, the CNI. Recorded once, so that a case shows only its own story. */
async function recordCluster(): Promise<void> {
  const folder = 'test/scenarios/_cluster';
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nodes.yaml'), toYaml(await get(['get', 'nodes,servicecidrs', '-o', 'json'])));
  for (const name of SYSTEM) {
    const kinds = 'pods,services,endpointslices,daemonsets,deployments,configmaps';
    writeFileSync(join(folder, `${name}.yaml`), toYaml(await get(['get', kinds, '-n', name, '-o', 'json'])));
  }
}

async function get(words: readonly string[]): Promise<string> {
  return (await execa('kubectl', [...words], { env: { KUBECONFIG: kubeconfig } })).stdout;
}

function withoutValues(json: string): string {
  const list = JSON.parse(json) as { items: { data?: unknown }[] };
  for (const item of list.items) item.data = {};
  return JSON.stringify(list);
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
