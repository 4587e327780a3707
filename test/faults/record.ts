/**
 * Plays every fault of the catalogue on a real cluster and writes what kubectl shows of it to test/scenarios:
 *   KUBECONFIG=… node test/faults/record.ts [NAME …]
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { dump } from 'js-yaml';
import { ALL_KINDS, KINDS, type KindName } from '../../shared/model/kinds.ts';
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
  const lists = {
    namespace: await stage.kubectl(['get', NAMESPACE_KINDS, '-o', 'json', '--show-managed-fields']),
    namespaces: await get(['get', 'namespace', stage.namespace, ...SYSTEM, '-o', 'json']),
    ingressclasses: await get(['get', 'ingressclasses', '-o', 'json']),
    secrets: withoutValues(await stage.kubectl(['get', 'secrets', '-o', 'json'])),
  };
  for (const [name, json] of Object.entries(lists)) {
    if ((JSON.parse(json) as { items: unknown[] }).items.length > 0) {
      writeFileSync(join(folder, 'facts', `${name}.yaml`), toYaml(json));
    }
  }
  writeFileSync(join(folder, 'facts', 'snapshot.json'), `${JSON.stringify(metadata(stage.namespace), undefined, 1)}\n`);
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

/** What was asked, so that a kind without objects counts as seen, and the time of asking. */
function metadata(namespace: string): object {
  const here = [...NAMESPACE_KINDS.split(','), 'secrets'].map((plural) => ({ kind: kindOf(plural), namespace }));
  const everywhere = ['Namespace', 'IngressClass'].map((kind) => ({ kind, namespace: '*' }));
  return {
    apiVersion: 'kubectl-net/v1',
    kind: 'Snapshot',
    takenAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    source: 'cluster e2e',
    coverage: [...here, ...everywhere].map((entry) => ({ ...entry, status: 'ok' })),
  };
}

function kindOf(plural: string): KindName {
  const found = ALL_KINDS.find((kind) => KINDS[kind].plural === plural);
  if (found === undefined) throw new Error(`no kind has the plural ${plural}`);
  return found;
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
