import type { KubeObject, Labels } from '../../../shared/model/objects.ts';
import type { Container, Pod, PodSpec } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { deployment, ownedBy, pod, workload } from '../../../shared/testing/builders.ts';

export interface StagedOptions {
  readonly labels?: Labels;
  /** Labels of the pods beyond those of the workload's selector. */
  readonly podLabels?: Labels;
  readonly replicas?: number;
  readonly container?: Partial<Container>;
  readonly sidecars?: readonly Container[];
  readonly spec?: Partial<PodSpec>;
  readonly ready?: boolean;
  /** Tells one revision from another: the hash in the ReplicaSet's name. */
  readonly hash?: string;
}

/** A Deployment with its ReplicaSet and pods, as the API server shows them when all have settled. */
export interface StagedApp {
  readonly deployment: Workload;
  readonly replicaSet: Workload;
  readonly pods: readonly Pod[];
  readonly objects: readonly KubeObject[];
}

/** A Deployment `name` of namespace `shop` with labels `app=name`, whose container `app` declares 8080 unless told otherwise. */
export function stagedApp(name: string, options: StagedOptions = {}): StagedApp {
  const labels = options.labels ?? { app: name };
  const podLabels = { ...labels, ...options.podLabels };
  const hash = options.hash ?? '5d4f8c7b9';
  const replicas = options.replicas ?? 2;
  const containers: readonly Container[] = [
    { name: 'app', image: 'example/app:1', ports: [{ name: 'http', containerPort: 8080 }], ...options.container },
    ...(options.sidecars ?? []),
  ];
  const template = { metadata: { labels: podLabels }, spec: { containers, ...options.spec } };
  const owner = deployment(name, labels, { replicas, template });
  const setName = `${name}-${hash}`;
  const hashed = { ...podLabels, 'pod-template-hash': hash };
  const replicaSet = workload(
    'ReplicaSet',
    setName,
    { ...labels, 'pod-template-hash': hash },
    { replicas, template: { metadata: { labels: hashed }, spec: template.spec } },
    ownedBy('Deployment', name),
  );
  const pods = Array.from({ length: replicas }, (_, at) =>
    pod(`${setName}-${'abcdefgh'[at] ?? 'z'}${at}`, {
      labels: hashed,
      containers,
      node: at % 2 === 0 ? 'n1' : 'n2',
      meta: ownedBy('ReplicaSet', setName),
      ...(options.spec === undefined ? {} : { spec: options.spec }),
      ...(options.ready === undefined ? {} : { ready: options.ready }),
    }),
  );
  return { deployment: owner, replicaSet, pods, objects: [owner, replicaSet, ...pods] };
}
