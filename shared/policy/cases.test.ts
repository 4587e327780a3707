import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { kindKeyOf } from '../model/kinds.ts';
import type { KubeObject, Namespace } from '../model/objects.ts';
import type { Ingress, NetworkPolicy, Service } from '../model/objects-network.ts';
import type { Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import type { Ref } from '../model/refs.ts';
import { connectivity, type MatrixPeer } from './many/connectivity.ts';
import { buildPolicyModel } from './model.ts';
import { type PluginTraits, UNKNOWN_PLUGIN } from './rules/match.ts';
import { ingressPaths, type Route } from './services/ingress-paths.ts';
import { type Canonical, canonical, type Row, readConn, show } from './testing/peer-rows.ts';

/** Real manifests with the connections that another analyser finds in them. Not part of the repository. */
const cases = join(import.meta.dirname, '../../../shared/cases/netpol/cases');
const names = existsSync(cases) ? readdirSync(cases).sort() : [];

/** How pods and rules are read where the specification leaves a choice, or where that analyser reads otherwise. */
interface Reading {
  readonly traits: PluginTraits;
  readonly finishedCount: boolean;
}

const OURS: Reading = { traits: UNKNOWN_PLUGIN, finishedCount: false };

/**
 * That analyser reads three points in its own way: an ipBlock never means a pod, host-networked pods are pods like
 * others, and pods that have succeeded still talk. In this reading we must agree everywhere.
 */
const THEIRS: Reading = { traits: { hostNetwork: 'asPods', blocksMatchPods: false }, finishedCount: true };

/**
 * The cases whose answer changes when a point is read our way, and why ours is right:
 * - blocks: NetworkPolicyPeer.ipBlock makes no exception for pods, and Kubernetes' end-to-end tests let pods through by
 *   their address ("should allow egress access to server in CIDR block"). None of these cases has a pod in a block.
 * - hostNetwork: Network Policies, "NetworkPolicy and hostNetwork pods": undefined, so the answer is "depends".
 * - finished: a pod that has succeeded or failed runs nothing (Pod Lifecycle, "Pod phase").
 */
const CHANGED: readonly { readonly point: string; readonly reading: Reading; readonly cases: readonly string[] }[] = [
  {
    point: 'blocks',
    reading: { ...THEIRS, traits: { ...THEIRS.traits, blocksMatchPods: true } },
    cases: [],
  },
  {
    point: 'hostNetwork',
    reading: { ...THEIRS, traits: { ...THEIRS.traits, hostNetwork: 'unknown' } },
    cases: ['semanticDiff-same-topologies-new1', 'semanticDiff-same-topologies-old1'],
  },
  { point: 'finished', reading: { ...THEIRS, finishedCount: false }, cases: ['minikube_resources'] },
];

describe.skipIf(names.length === 0)('connections of the shared cases (skipped: ../shared/cases is not there)', () => {
  it.each(names)('%s', (name) => {
    const wanted = canonical(
      expectedOf(name).connections.map(({ src, dst, conn }) => ({ src, dst, ports: readConn(conn) })),
    );
    expect(show(rowsOf(name, THEIRS))).toEqual(show(wanted));
  });

  it.each(CHANGED)('tells where our reading of $point changes answers', ({ reading, cases: changed }) => {
    expect(names.filter((name) => differ(name, reading, THEIRS))).toEqual(changed);
  });

  it('differs from that analyser for no other reason', () => {
    const told = new Set(CHANGED.flatMap((entry) => entry.cases));
    expect(names.filter((name) => differ(name, OURS, THEIRS) && !told.has(name))).toEqual([]);
  });
});

function differ(name: string, one: Reading, other: Reading): boolean {
  return JSON.stringify(show(rowsOf(name, one))) !== JSON.stringify(show(rowsOf(name, other)));
}

interface Expected {
  readonly connections: readonly { readonly src: string; readonly dst: string; readonly conn: string }[];
}

function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(cases, name, 'expected.json'), 'utf8')) as Expected;
}

// ---------------------------------------------------------------- our answers

function rowsOf(name: string, reading: Reading): Canonical {
  const objects = readManifests(join(cases, name, 'manifests'));
  const of = <T extends KubeObject>(kind: string): readonly T[] =>
    objects.filter((object): object is T => kindKeyOf(object.apiVersion, object.kind) === kind);
  const workloads = WORKLOADS.flatMap((kind) => of<Workload>(kind).map((object) => ({ kind, object })));
  const model = buildPolicyModel({
    traits: reading.traits,
    pods: of<Pod>('Pod').map((pod) =>
      reading.finishedCount ? { ...pod, status: { ...pod.status, phase: 'Running' } } : pod,
    ),
    namespaces: of<Namespace>('Namespace'),
    workloads,
    networkPolicies: of<NetworkPolicy>('NetworkPolicy'),
    adminNetworkPolicies: of('AdminNetworkPolicy'),
    baselineAdminNetworkPolicies: of('BaselineAdminNetworkPolicy'),
    clusterNetworkPolicies: of('ClusterNetworkPolicy'),
  });
  const matrix = connectivity(model);
  const rows: Row[] = [];
  const texts = matrix.peers.map(peerTexts);
  matrix.forEach((from, to, { some }) => {
    for (const src of texts[from] ?? []) {
      for (const dst of texts[to] ?? []) if (src !== dst) rows.push({ src, dst, ports: some });
    }
  });
  const ways = ingressPaths(model, {
    services: of<Service>('Service'),
    ingresses: of<Ingress>('Ingress'),
    routes: of<Route>('Route'),
  });
  for (const { unit, allowed } of ways) {
    rows.push({ src: '{ingress-controller}', dst: refText(model.workloadOf(unit.pod)), ports: allowed });
  }
  return canonical(rows);
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'];

/** The expected lists know IPv4 only. */
function peerTexts(peer: MatrixPeer): readonly string[] {
  if (peer.type === 'pods') return [refText(peer.ref)];
  return peer.ranges.filter(({ family }) => family === 4).map(({ first, last }) => `${dotted(first)}-${dotted(last)}`);
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

function refText({ kind, namespace, name }: Ref): string {
  return `${namespace}/${name}[${kind}]`;
}

function readManifests(path: string): readonly KubeObject[] {
  if (statSync(path).isDirectory())
    return readdirSync(path)
      .sort()
      .flatMap((name) => readManifests(join(path, name)));
  if (!/\.(ya?ml|json)$/.test(path)) return [];
  return loadAll(readFileSync(path, 'utf8')).flatMap((document): readonly KubeObject[] => {
    const object = document as (KubeObject & { readonly items?: readonly KubeObject[] }) | null;
    if (object === null || object === undefined) return [];
    if (object.kind?.endsWith('List') !== true) return [object];
    // Items of a PodList can leave out what the list says already.
    const { apiVersion = 'v1' } = object;
    const kind = object.kind.replace(/List$/, '');
    return (object.items ?? []).map((item) => ({ apiVersion, kind, ...item }));
  });
}
