import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Fault, State, When } from './fault.ts';
import type { Manifest } from './make.ts';

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

const POLLED_KINDS = 'pods,services,endpointslices,deployments,replicasets,statefulsets,daemonsets,jobs,events';

/** Makes an empty namespace; one that a crashed run left behind is removed first. */
export async function openStage(kubeconfig: string, namespace: string): Promise<Stage> {
  const kubectl = async (words: readonly string[], input?: string): Promise<string> => {
    const run = await execa('kubectl', [...words], {
      env: { KUBECONFIG: kubeconfig },
      ...(input === undefined ? {} : { input }),
    });
    return run.stdout;
  };
  const inside = (words: readonly string[], input?: string) => kubectl([...words, '-n', namespace], input);
  const state = async (): Promise<State> => JSON.parse(await inside(['get', POLLED_KINDS, '-o', 'json'])) as State;

  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=true']);
  await kubectl(['create', 'namespace', namespace]);
  // Pods need it, and the controller makes it a moment after the namespace.
  await waitFor(async () => (await inside(['get', 'serviceaccounts', '-o', 'name'])).includes('default'), 30);

  return {
    namespace,
    kubectl: inside,
    state,
    apply: async (manifests) => {
      await inside(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
    },
    until: async (when, what, seconds = 180) => {
      const held = await waitFor(async () => when(await state()), seconds);
      if (!held)
        throw new Error(`${namespace}: not ${what} after ${seconds} s\n${await inside(['get', 'pods,events'])}`);
    },
    close: async () => {
      await kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
    },
  };
}

async function waitFor(holds: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() > end) return false;
    // kubectl costs a quarter of a second of processor time, and several faults wait side by side.
    await sleep(2500);
  }
}

/** Brings a fault about and waits until it shows. */
export async function play(stage: Stage, fault: Fault): Promise<void> {
  await stage.apply(fault.given);
  if (fault.healthy !== undefined) await stage.until(fault.healthy, 'healthy before it breaks');
  for (const words of fault.breaks ?? []) await stage.kubectl(words);
  await stage.until(fault.shows, 'showing its fault');
}
