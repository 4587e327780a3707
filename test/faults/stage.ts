import { KubeApi } from '../cluster/api.ts';
import { waitFor } from '../cluster/wait.ts';
import { runKubectl } from '../kit/plugin.ts';
import type { Fault, State, When } from './fault.ts';
import { type Manifest, NODE_RANGE } from './make.ts';

/** A namespace of a real cluster in which one fault is played. */
export interface Stage {
  readonly namespace: string;
  kubectl(words: readonly string[], input?: string): Promise<string>;
  state(): Promise<State>;
  /** Polls until the predicate holds; fails with what the namespace looked like. */
  until(when: When, what: string, seconds?: number): Promise<void>;
  apply(manifests: readonly Manifest[]): Promise<void>;
  close(): Promise<void>;
}

/** The kinds of a namespace that a diagnosis may need. */
export const NAMESPACE_KINDS =
  'pods,services,endpointslices,endpoints,deployments,replicasets,statefulsets,daemonsets,jobs,events,' +
  'networkpolicies,ingresses,horizontalpodautoscalers,resourcequotas,persistentvolumeclaims,serviceaccounts,configmaps';

/** The kinds that predicates look at, by the path of their API. */
const POLLED = [
  ['Pod', '/api/v1', 'pods'],
  ['Service', '/api/v1', 'services'],
  ['Event', '/api/v1', 'events'],
  ['EndpointSlice', '/apis/discovery.k8s.io/v1', 'endpointslices'],
  ['Deployment', '/apis/apps/v1', 'deployments'],
  ['ReplicaSet', '/apis/apps/v1', 'replicasets'],
  ['StatefulSet', '/apis/apps/v1', 'statefulsets'],
  ['DaemonSet', '/apis/apps/v1', 'daemonsets'],
  ['Job', '/apis/batch/v1', 'jobs'],
] as const;

/** Kinds of faults that no namespace holds: they do not go with it. */
const CLUSTER_WIDE: ReadonlySet<unknown> = new Set(['IngressClass']);

/** Makes an empty namespace; one that a crashed run left behind is removed first. */
export async function openStage(kubeconfig: string, namespace: string): Promise<Stage> {
  const api = new KubeApi(kubeconfig);
  const kubectl = async (words: readonly string[], input?: string): Promise<string> => {
    const run = await runKubectl(words, { kubeconfig, timeoutMs: 300_000, ...(input === undefined ? {} : { input }) });
    if (run.exitCode !== 0) throw new Error(`kubectl ${words.join(' ')}: ${run.stderr.trim()}`);
    return run.stdout.trimEnd();
  };
  const inside = (words: readonly string[], input?: string) => kubectl([...words, '-n', namespace], input);
  // Asked often and for several faults side by side: a kubectl each time would take the processor from what is tested.
  const state = async (): Promise<State> => {
    const lists = await Promise.all(
      POLLED.map(async ([kind, group, plural]) => {
        const items = await api.list(`${group}/namespaces/${namespace}/${plural}`);
        return items.map((item) => ({ ...item, kind }));
      }),
    );
    return { items: lists.flat() };
  };

  const nodeRange = async (): Promise<string> => {
    const ranges = (await api.list('/api/v1/nodes')).map(({ spec }) => `${spec?.podCIDR ?? ''}`);
    const found = ranges.findLast((range) => range.endsWith('.0/24'));
    if (found === undefined) throw new Error(`no node has a range of 256 addresses: ${ranges.join(', ')}`);
    return found.slice(0, -'.0/24'.length);
  };

  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=true']);
  await kubectl(['create', 'namespace', namespace]);
  // Pods need it, and the controller makes it a moment after the namespace.
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  await waitFor(account, () => api.find(account));

  const outside = new Set<string>();

  return {
    namespace,
    kubectl: inside,
    state,
    apply: async (manifests) => {
      for (const { kind, metadata } of manifests) {
        if (CLUSTER_WIDE.has(kind)) outside.add(`${kind}/${metadata.name}`);
      }
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
      await inside(
        ['apply', '-f', '-'],
        list.includes(NODE_RANGE) ? list.replaceAll(NODE_RANGE, await nodeRange()) : list,
      );
    },
    until: async (when, what, seconds = 180) => {
      try {
        await waitFor(what, async () => when(await state()), { timeoutMs: seconds * 1000, intervalMs: 500 });
      } catch (error) {
        const seen = await inside(['get', 'pods,events']);
        throw new Error(`${namespace}: not ${what} after ${seconds} s\n${seen}`, { cause: error });
      }
    },
    close: async () => {
      if (outside.size > 0) await kubectl(['delete', '--ignore-not-found', ...outside]);
      await kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
      api.close();
    },
  };
}

/** Brings a fault about and waits until it shows. */
export async function play(stage: Stage, fault: Fault): Promise<void> {
  await stage.apply(fault.given);
  if (fault.healthy !== undefined) await stage.until(fault.healthy, 'healthy before it breaks');
  for (const words of fault.breaks ?? []) await stage.kubectl(words);
  await stage.until(fault.shows, 'showing its fault');
}
