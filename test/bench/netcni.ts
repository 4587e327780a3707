/**
 * `kubectl netcni` on a recording of 5,000 nodes and 100,000 pods, and on a cluster when KUBECONFIG names one:
 *   node test/bench/netcni.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { writeSnapshot } from '../../shared/collect/write-snapshot.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import type { Pod } from '../../shared/model/objects-pod.ts';
import { snapshotOf } from '../../shared/testing/builders.ts';
import { compare } from './measure.ts';

const NODES = 5000;
const PODS_EACH = 18;

await execa('node', ['scripts/build.ts', 'netcni'], { preferLocal: true, stdout: 'ignore' });
const folder = await mkdtemp(join(tmpdir(), 'kubectl-net-bench-'));
try {
  const file = join(folder, 'big.tar.gz');
  await writeSnapshot(snapshotOf(objects()), file);
  const node = [join('node_modules', '.bin', 'node'), 'dist/kubectl-netcni'];
  const live = process.env.KUBECONFIG === undefined ? [] : [{ name: 'netcni, live cluster', words: node }];
  const measured = await compare(
    [
      { name: 'netcni version --client', words: [...node, 'version', '--client'] },
      { name: 'netcni, 5,000 nodes', words: [...node, '--snapshot', file] },
      ...live,
    ],
    3,
  );
  for (const { name, wall, cpu, memory } of measured) {
    process.stdout.write(
      `${name.padEnd(26)} ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s cpu, ${memory.toFixed(0)} MB\n`,
    );
  }
  process.stdout.write('to reach: 6 s and 700 MB for the recording, 2 s for the cluster\n');
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Each node with a flannel and a kube-proxy pod and pods of an application; one agent in a thousand is missing. */
function objects(): readonly KubeObject[] {
  const all: KubeObject[] = [daemonSet('kube-flannel', 'kube-flannel-ds'), daemonSet('kube-system', 'kube-proxy')];
  for (let at = 0; at < NODES; at++) {
    const range = `10.${64 + Math.floor(at / 250)}.${at % 250}`;
    const name = `node-${at}`;
    const ip = `10.10.${Math.floor(at / 250)}.${(at % 250) + 1}`;
    all.push(node(name, ip, `${range}.0/24`));
    if (at % 1000 !== 7) all.push(pod('kube-flannel', `kube-flannel-ds-${at}`, name, ip, 'kube-flannel-ds'));
    all.push(pod('kube-system', `kube-proxy-${at}`, name, ip, 'kube-proxy'));
    for (let number = 0; number < PODS_EACH; number++) {
      all.push(pod(`team-${at % 40}`, `app-${at}-${number}`, name, `${range}.${number + 2}`, undefined));
    }
  }
  return all;
}

function daemonSet(namespace: string, name: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: {
      template: {
        spec: {
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          containers: [{ name, image: `example/${name}:v1.0.0` }],
        },
      },
    },
    status: { desiredNumberScheduled: NODES, numberReady: NODES },
  } as KubeObject;
}

function node(name: string, ip: string, range: string): KubeObject {
  const key = 'flannel.alpha.coreos.com/';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name },
      annotations: {
        [`${key}backend-type`]: 'vxlan',
        [`${key}backend-data`]: '{"VNI":1}',
        [`${key}public-ip`]: ip,
        [`${key}kube-subnet-manager`]: 'true',
      },
    },
    spec: { podCIDR: range, podCIDRs: [range] },
    status: {
      addresses: [{ type: 'InternalIP', address: ip }],
      allocatable: { pods: '110' },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastTransitionTime: '2026-01-01T00:01:00Z',
        },
      ],
      nodeInfo: { kernelVersion: '6.6.0', kubeletVersion: 'v1.34.4' },
    },
  } as KubeObject;
}

function pod(namespace: string, name: string, nodeName: string, ip: string, set: string | undefined): Pod {
  const owner =
    set === undefined ? { kind: 'ReplicaSet', name: `app-${name.slice(4, 8)}` } : { kind: 'DaemonSet', name: set };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `${namespace}-${name}`,
      creationTimestamp: '2026-01-02T00:00:00Z',
      labels: { app: set ?? 'app', 'pod-template-hash': '5d8f9c7b6' },
      ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...owner }],
    },
    spec: {
      nodeName,
      ...(set === undefined ? {} : { hostNetwork: true }),
      containers: [{ name: 'main', image: 'example/app:v1.0.0', ports: [{ containerPort: 8080 }] }],
    },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: '10.10.0.1',
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T00:01:00Z' },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-02T00:00:01Z' },
      ],
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          restartCount: 0,
          image: 'example/app:v1.0.0',
          state: { running: { startedAt: '2026-01-02T00:00:30Z' } },
        },
      ],
    },
  };
}
