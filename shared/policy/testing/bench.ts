/**
 * Prints how long the evaluator takes on generated clusters: `node shared/policy/testing/bench.ts [PODS POLICIES [REPLICAS]]`.
 * Facts are in memory, as after parsing. Not a test: times depend on the machine.
 */

import type { Namespace } from '../../model/objects.ts';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import { connectivity } from '../many/connectivity.ts';
import { sourcesOf } from '../many/reach.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';

/** A generator of numbers that repeats itself: the same cluster on every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function blockPeer(third: number): NetworkPolicyPeer {
  return { ipBlock: { cidr: `10.0.${third}.0/23`, except: [`10.0.${third}.64/28`] } };
}

export function generate(podCount: number, policyCount: number, replicas: number): PolicyFacts {
  const random = createRandom(7);
  const spaces = Math.max(3, Math.round(podCount / 40));
  const apps = Math.max(1, Math.round(podCount / spaces / replicas));
  const ns = (i: number): string => `ns-${i}`;
  const namespaces: Namespace[] = Array.from({ length: spaces }, (_, i) => ({
    metadata: { name: ns(i), labels: { team: `team-${i % 7}`, env: i % 3 === 0 ? 'prod' : 'test' } },
  }));
  const pods: Pod[] = Array.from({ length: podCount }, (_, i) => {
    const app = Math.floor(i / spaces / replicas) % apps;
    return {
      metadata: {
        name: `app-${app}-x${i}`,
        namespace: ns(i % spaces),
        labels: { app: `app-${app}`, tier: `tier-${app % 4}`, 'pod-template-hash': `h${app}`, release: `r${app % 3}` },
        ownerReferences: [{ kind: 'ReplicaSet', name: `app-${app}-h${app}`, controller: true }],
      },
      spec: {
        nodeName: `node-${i % 100}`,
        containers: [
          {
            name: 'main',
            ports: [
              { name: 'http', containerPort: 8000 + (app % 5) },
              { name: 'metrics', containerPort: 9090 },
            ],
          },
        ],
      },
      status: {
        phase: 'Running',
        podIP: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
        podIPs: [{ ip: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` }],
      },
    };
  });
  const peer = (): NetworkPolicyPeer => {
    switch (random(5)) {
      case 0:
        return { podSelector: { matchLabels: { app: `app-${random(apps)}` } } };
      case 1:
        return { namespaceSelector: { matchLabels: { team: `team-${random(7)}` } } };
      case 2:
        return {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns(random(spaces)) } },
          podSelector: { matchLabels: { tier: `tier-${random(4)}` } },
        };
      case 3:
        return blockPeer(random(24) * 2);
      default:
        return {
          namespaceSelector: {},
          podSelector: {
            matchExpressions: [{ key: 'app', operator: 'In', values: [`app-${random(apps)}`, `app-${random(apps)}`] }],
          },
        };
    }
  };
  const networkPolicies: NetworkPolicy[] = Array.from({ length: policyCount }, (_, i) => {
    const both = i % 3 === 0;
    const rules = () =>
      Array.from({ length: 1 + random(3) }, () => ({
        peers: Array.from({ length: 1 + random(3) }, peer),
        ports: random(3) === 0 ? [{ port: 'http' }] : [{ port: 8000 + random(5) }, { protocol: 'UDP', port: 53 }],
      }));
    return {
      metadata: { namespace: ns(i % spaces), name: `policy-${i}` },
      spec: {
        podSelector: random(6) === 0 ? {} : { matchLabels: { app: `app-${random(apps)}` } },
        policyTypes: both ? ['Ingress', 'Egress'] : ['Ingress'],
        ingress: rules().map(({ peers, ports }) => ({ from: peers, ports })),
        ...(both ? { egress: rules().map(({ peers, ports }) => ({ to: peers, ports })) } : {}),
      },
    };
  });
  return { pods, namespaces, networkPolicies };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function timed<T>(name: string, run: () => T): T {
  const start = performance.now();
  const before = process.cpuUsage();
  const value = run();
  const { user } = process.cpuUsage(before);
  const wall = (performance.now() - start).toFixed(0).padStart(6);
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  say(`  ${name.padEnd(30)} ${wall} ms, processor ${(user / 1000).toFixed(0).padStart(6)} ms, ${memory} MiB`);
  return value;
}

/** Prints the figures of the evaluator for one cluster. */
export function benchEngine(podCount: number, policyCount: number, replicas: number): void {
  say(`${podCount} pods, ${policyCount} policies, ${replicas} replicas`);
  const facts = generate(podCount, policyCount, replicas);
  const [first] = facts.pods;
  if (first === undefined) return;
  timed('(facts in memory)', () => undefined);
  timed('who can reach a pod, cold', () => sourcesOf(buildPolicyModel(facts), { type: 'pod', pod: first }));
  const warm = buildPolicyModel(facts);
  timed('who can reach, code warm', () => sourcesOf(warm, { type: 'pod', pod: first }));
  timed('who can reach, all warm', () => sourcesOf(warm, { type: 'pod', pod: facts.pods[1] ?? first }));
  let rows = 0;
  timed('all workloads', () => {
    const matrix = connectivity(buildPolicyModel(facts));
    matrix.forEach(() => {
      rows++;
    });
    say(`  peers ${matrix.peers.length}, rows ${rows}`);
  });
}

if (process.argv[1] === import.meta.filename) main();

function main(): void {
  const [podCount, policyCount, replicas = 1] = process.argv.slice(2).map(Number);
  if (podCount !== undefined && policyCount !== undefined) benchEngine(podCount, policyCount, replicas);
  else {
    benchEngine(1000, 200, 1);
    benchEngine(3000, 500, 1);
    benchEngine(10_000, 2000, 5);
  }
}
