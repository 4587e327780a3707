import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { coredns } from './addons/coredns.ts';
import { crdObjects } from './addons/crds.ts';
import { flannel } from './addons/flannel.ts';
import { kubeProxy } from './addons/kube-proxy.ts';
import { metricsServer } from './addons/metrics-server.ts';
import { gatewayAddress, nodeAddress, nodeAddress6 } from './addresses.ts';
import { KubeApi, type KubeObject } from './api.ts';
import type { Say } from './build/components.ts';
import { ensureBuilt } from './build/ensure.ts';
import { conditionOf } from './conditions.ts';
import { tearDown } from './down.ts';
import { ClusterFailure, messageOf } from './failure.ts';
import { withLock } from './lock.ts';
import { raiseWeight } from './machine/cgroups.ts';
import { daemons, startDaemon, startMachine } from './machine/control.ts';
import { runOn } from './machine/enter.ts';
import { lastLogLines } from './machine/logs.ts';
import { addPodRoutes, makeNetwork } from './machine/network.ts';
import { type ClusterOptions, checkOptions } from './options.ts';
import {
  apiServerDaemon,
  controllerManagerDaemon,
  etcdDaemon,
  resolverDaemon,
  schedulerDaemon,
} from './parts/control-plane.ts';
import { choosePort, startForwarder } from './parts/forwarder.ts';
import { joinByHand, type PodRange } from './parts/joined-by-hand.ts';
import { kubeconfigText } from './parts/kubeconfig.ts';
import { nodeSpec, planeSpec } from './parts/machines.ts';
import { containerdDaemon, kubeletDaemon, zoneOf } from './parts/node.ts';
import { makeCertificates, readPki } from './parts/pki.ts';
import { isAlive } from './process.ts';
import { requireSpace } from './space.ts';
import { type ClusterState, clusterFolder, clusterPath, freeIndex, readState, writeState } from './state.ts';
import { clusterSupport } from './support.ts';
import { waitFor } from './wait.ts';

export interface UpExtras {
  /** An API server with etcd only: no nodes, no controllers. */
  readonly bare?: boolean;
  readonly version?: string;
}

/** Path of a kubeconfig with all rights, for the ordinary shell. */
export function adminKubeconfig(cluster: string): string {
  return clusterPath(cluster, 'kubeconfig');
}

/** Brings a cluster up, or returns the one that is up already. On failure nothing of it is left. */
export async function up(options: ClusterOptions, say: Say, extras: UpExtras = {}): Promise<ClusterState> {
  checkOptions(options, extras.version);
  const support = clusterSupport();
  if (!support.ok) {
    throw new ClusterFailure(support.reason);
  }
  const imageArchive = await ensureBuilt(say, { nodes: extras.bare !== true });
  return await withLock(options.name, async () => {
    const running = await existing(options, say);
    if (running !== undefined) {
      return running;
    }
    try {
      return await build(options, say, imageArchive, extras.bare === true);
    } catch (error) {
      const machines = readState(options.name)?.machines ?? [];
      const logs = machines.flatMap(({ name }) => lastLogLines(options.name, name));
      await tearDown(options.name);
      throw new ClusterFailure(
        [messageOf(error), ...logs.map((line) => `  ${line}`), `cluster ${options.name} was removed again`].join('\n'),
      );
    }
  });
}

/** The cluster of this name if it is whole; what is left of a broken one is cleared away. */
async function existing(options: ClusterOptions, say: Say): Promise<ClusterState | undefined> {
  const state = readState(options.name);
  if (state === undefined && !existsSync(clusterFolder(options.name))) {
    // A crash may have left namespaces or control groups without a folder.
    await tearDown(options.name);
    return undefined;
  }
  const fault = state === undefined ? 'it has no record' : await whatIsBroken(state);
  if (state !== undefined && fault === undefined) {
    const { port: askedPort = state.port, ...asked } = options;
    const { port: _, ...had } = state.options;
    if (JSON.stringify(asked) !== JSON.stringify(had) || askedPort !== state.port) {
      say(`cluster ${options.name} is up already, with other options; take it down first to change them`);
    } else {
      say(`cluster ${options.name} is up already`);
    }
    return state;
  }
  say(`cluster ${options.name} is left from an earlier run and broken (${fault}): clearing it away`);
  await tearDown(options.name);
  return undefined;
}

/** Why a cluster is not whole, in a few words; nothing when it is. */
export async function whatIsBroken(state: ClusterState): Promise<string | undefined> {
  if (!state.ready) {
    return 'it never became ready';
  }
  if (!isAlive(state.forwarder)) {
    return 'its forwarder is gone';
  }
  for (const { name, init } of state.machines) {
    if (!isAlive(init)) {
      return `machine ${name} is gone`;
    }
    const { exited } = await daemons(state.name, name);
    const dead = Object.keys(exited);
    if (dead.length > 0) {
      return `${dead.join(', ')} on ${name} ended`;
    }
  }
  const api = new KubeApi(adminKubeconfig(state.name));
  try {
    await api.send('GET', '/readyz', undefined, { timeoutMs: 10_000 });
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    api.close();
  }
}

async function build(options: ClusterOptions, say: Say, imageArchive: string, bare: boolean): Promise<ClusterState> {
  const { name } = options;
  const started = Date.now();
  const step = (what: string): void => say(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${what}`);
  let state = await reserve(options, bare);
  await requireSpace(clusterFolder(name), 1 + 1.5 * state.options.nodes, `cluster ${name}`);
  const { index } = state;
  const nodes = state.machines.filter(({ role }) => role === 'node').map((_, at) => at + 1);

  await makeNetwork({ ...options, nodes: nodes.length }, index);
  await makeCertificates(
    name,
    index,
    nodes.map((node) => `node${node}`),
  );
  writeFileSync(adminKubeconfig(name), adminKubeconfigText(state), { mode: 0o600 });
  const specs = [planeSpec(name, index), ...nodes.map((node) => nodeSpec(name, index, node, imageArchive))];
  for (const [at, spec] of specs.entries()) {
    const init = await startMachine(spec);
    state = writeState({
      ...state,
      machines: state.machines.map((machine, place) => (place === at ? { ...machine, init } : machine)),
    });
  }
  raiseWeight();
  step('machines');

  await startDaemon(name, 'plane', etcdDaemon());
  await startDaemon(name, 'plane', apiServerDaemon(options, index, { scale: bare }));
  if (bare) {
    await startDaemon(name, 'plane', resolverDaemon(index));
  }
  state = writeState({ ...state, forwarder: startForwarder(name, index, state.port) });
  const imported = Promise.all(nodes.map((node) => prepareNode(name, node)));
  imported.catch(() => undefined);
  const api = new KubeApi(adminKubeconfig(name));
  try {
    await waitFor('the API server', () => api.send('GET', '/readyz', undefined, { timeoutMs: 5000 }), {
      timeoutMs: 120_000,
    });
    step('API server');
    if (!bare) {
      await startDaemon(name, 'plane', controllerManagerDaemon(options));
      await startDaemon(name, 'plane', schedulerDaemon());
      await startDaemon(name, 'plane', resolverDaemon(index));
      await applyNodeAddons(api, options, index);
      step('node add-ons applied');
      await imported;
      step('images imported');
      for (const node of nodes) {
        await startDaemon(name, `node${node}`, kubeletDaemon(options, index, node));
      }
      await waitUntilWhole(api, options, index, step);
    }
  } finally {
    api.close();
  }
  step(`cluster ${name} is ready`);
  return writeState({ ...state, ready: true });
}

/** Takes an index and a port for the cluster and writes them down, so that no other takes them. */
async function reserve(options: ClusterOptions, bare: boolean): Promise<ClusterState> {
  return await withLock('.index', async () => {
    const index = freeIndex();
    const port = await choosePort(index, options.port);
    const nodes = bare ? 0 : options.nodes;
    mkdirSync(clusterFolder(options.name), { recursive: true });
    return writeState({
      name: options.name,
      index,
      port,
      options,
      ready: false,
      machines: [
        { name: 'plane', role: 'control-plane', address: gatewayAddress(index), zone: '' },
        ...Array.from({ length: nodes }, (_, at) => ({
          name: `node${at + 1}`,
          role: 'node' as const,
          address: nodeAddress(index, at + 1),
          zone: zoneOf(at + 1),
        })),
      ],
    });
  });
}

function adminKubeconfigText({ name, port }: ClusterState): string {
  return kubeconfigText({
    cluster: `kubectl-net-${name}`,
    server: `https://127.0.0.1:${port}`,
    authority: readPki(name, 'ca.crt'),
    user: 'admin',
    credentials: { certificate: readPki(name, 'admin.crt'), key: readPki(name, 'admin.key') },
  });
}

async function prepareNode(cluster: string, node: number): Promise<void> {
  const machine = `node${node}`;
  await startDaemon(cluster, machine, containerdDaemon);
  await waitFor('containerd', async () => (await runOn(cluster, machine, ['ctr', 'version'])) !== '');
  await runOn(cluster, machine, ['ctr', '--namespace', 'k8s.io', 'images', 'import', '/opt/images.tar']);
}

async function applyNodeAddons(api: KubeApi, options: ClusterOptions, index: number): Promise<void> {
  const namespaces = ['kube-system', 'default'];
  await waitFor('the first namespaces', async () => {
    const all = await api.list('/api/v1/namespaces');
    return namespaces.every((wanted) => all.some(({ metadata }) => metadata.name === wanted));
  });
  const objects: readonly KubeObject[] = [
    ...(await crdObjects(options.crds)),
    ...kubeProxy(options, index),
    ...(options.cni === 'bridge' ? [] : flannel(options, index)),
  ];
  for (const object of objects) {
    await api.apply(object);
  }
}

/** Those with pods of their own come when all nodes take pods, so that they spread over them. */
async function applyPodAddons(api: KubeApi, options: ClusterOptions): Promise<void> {
  for (const object of [...coredns(options), ...(options.metrics ? metricsServer() : [])]) {
    await api.apply(object);
  }
}

async function waitUntilWhole(
  api: KubeApi,
  options: ClusterOptions,
  index: number,
  step: (what: string) => void,
): Promise<void> {
  const patience = { timeoutMs: 180_000, intervalMs: 300 };
  const nodes = await waitFor(
    'pod ranges of the nodes',
    async () => {
      const all = await api.list('/api/v1/nodes');
      return all.length === options.nodes && all.every(({ spec }) => spec.podCIDRs !== undefined) ? all : undefined;
    },
    patience,
  );
  const ranges: readonly PodRange[] = nodes.flatMap(({ metadata, spec }) => {
    const node = Number(metadata.name.replace('node', ''));
    return (spec.podCIDRs as readonly string[]).map((range) => ({
      machine: metadata.name,
      range,
      via: range.includes(':') ? nodeAddress6(index, node) : nodeAddress(index, node),
    }));
  });
  // The API server proxies to pods and Services' endpoints, so its machine knows the way to them.
  await addPodRoutes(options.name, 'plane', ranges);
  if (options.cni === 'bridge') {
    await joinByHand(options.name, ranges);
  }
  step('nodes registered');
  await waitFor('nodes Ready', async () => (await api.list('/api/v1/nodes')).every(isReady), patience);
  step('nodes Ready');
  const agents: readonly [namespace: string, name: string][] = [
    ...(options.cni === 'bridge' ? [] : [['kube-flannel', 'kube-flannel-ds'] as [string, string]]),
    ['kube-system', 'kube-proxy'],
  ];
  for (const [namespace, agent] of agents) {
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${agent}`;
    await waitFor(agent, async () => (await api.find(path))?.status.numberReady === options.nodes, patience);
  }
  // Flannel counts as ready before it has written what its CNI plugin reads; a pod that
  // starts in between fails, and is not tried again for some ten seconds.
  for (const { name, init } of readState(options.name)?.machines ?? []) {
    if (options.cni === 'bridge' || name === 'plane') continue;
    await waitFor(
      `Flannel's lease on ${name}`,
      () => existsSync(`/proc/${init?.pid}/root/run/flannel/subnet.env`),
      patience,
    );
  }
  step('agents of the nodes');
  await applyPodAddons(api, options);
  const deployment = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
  await waitFor('CoreDNS', async () => (await api.find(deployment))?.status.readyReplicas === 2, patience);
  step('CoreDNS');
  if (options.metrics) {
    // As long as a registered API does not answer, namespaces cannot be deleted.
    const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';
    await waitFor('metrics-server', async () => conditionOf(await api.find(path), 'Available') === 'True', patience);
    step('metrics-server');
  }
}

function isReady(node: KubeObject): boolean {
  return conditionOf(node, 'Ready') === 'True';
}
