import fc from 'fast-check';
import type { KubeObject } from '../../shared/model/objects.ts';
import type { Service, ServicePort } from '../../shared/model/objects-network.ts';
import type { Container, Pod } from '../../shared/model/objects-pod.ts';
import {
  deployment,
  namespace,
  networkPolicy,
  node,
  ownedBy,
  pod,
  service,
  slicesFor,
  workload,
} from '../../shared/testing/builders.ts';

/** A cluster without a fault, and the names of its Services. */
export interface ValidCluster {
  readonly objects: readonly KubeObject[];
  readonly services: readonly string[];
}

interface AppPlan {
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly replicas: number;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly extraLabels: Readonly<Record<string, string>>;
  readonly sidecar: 'none' | 'plain' | 'native';
  readonly probe: boolean;
  readonly service: 'ClusterIP' | 'headless' | 'NodePort';
  readonly byName: boolean;
  readonly selectAll: boolean;
  readonly terminating: boolean;
  readonly finished: boolean;
}

const word = fc.constantFrom('web', 'api', 'cart', 'db', 'cache', 'auth', 'mail', 'search', 'ledger', 'edge.v2');

const appPlan: fc.Arbitrary<AppPlan> = fc.record({
  name: word,
  kind: fc.constantFrom('Deployment', 'StatefulSet'),
  replicas: fc.integer({ min: 1, max: 4 }),
  ports: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('http', 'grpc', 'admin', 'tcp'),
      containerPort: fc.integer({ min: 1024, max: 65000 }),
    }),
    {
      minLength: 1,
      maxLength: 3,
      // The API server refuses a headless Service that has a number twice.
      comparator: (one, other) => one.name === other.name || one.containerPort === other.containerPort,
    },
  ),
  extraLabels: fc.dictionary(fc.constantFrom('tier', 'team', 'app.kubernetes.io/part-of'), fc.constantFrom('a', 'b'), {
    maxKeys: 2,
  }),
  sidecar: fc.constantFrom('none', 'plain', 'native'),
  probe: fc.boolean(),
  service: fc.constantFrom('ClusterIP', 'headless', 'NodePort'),
  byName: fc.boolean(),
  selectAll: fc.boolean(),
  terminating: fc.boolean(),
  finished: fc.boolean(),
});

/** Random clusters in which everything is as it should be. */
export const validCluster: fc.Arbitrary<ValidCluster> = fc
  .uniqueArray(appPlan, { minLength: 1, maxLength: 5, selector: (plan) => plan.name })
  .map(build);

function build(plans: readonly AppPlan[]): ValidCluster {
  const objects: KubeObject[] = [namespace('shop'), node('n1'), node('n2')];
  let address = 1;
  for (const plan of plans) {
    const labels = { app: plan.name, ...plan.extraLabels };
    const spec = podSpec(plan);
    const owner = plan.kind === 'Deployment' ? 'ReplicaSet' : 'StatefulSet';
    const ownerName = plan.kind === 'Deployment' ? `${plan.name}-abc12` : plan.name;
    const template = { metadata: { labels }, spec };
    if (plan.kind === 'Deployment') {
      objects.push(deployment(plan.name, labels, { replicas: plan.replicas, template }));
      objects.push(
        workload(
          'ReplicaSet',
          ownerName,
          labels,
          { replicas: plan.replicas, template },
          ownedBy('Deployment', plan.name),
        ),
      );
    } else {
      objects.push(
        workload('StatefulSet', plan.name, labels, {
          replicas: plan.replicas,
          template,
          serviceName: serviceName(plan),
        }),
      );
    }
    const pods: Pod[] = Array.from({ length: plan.replicas }, (_, at) =>
      pod(`${ownerName}-${at}`, {
        labels,
        ip: `10.244.${Math.floor(address / 200)}.${(address++ % 200) + 2}`,
        node: at % 2 === 0 ? 'n1' : 'n2',
        containers: spec.containers,
        spec: { initContainers: spec.initContainers },
        meta: ownedBy(owner, ownerName),
        status: {
          initContainerStatuses: spec.initContainers.map((c) => ({
            name: c.name ?? '',
            ready: true,
            started: true,
            restartCount: 0,
            state: { running: { startedAt: '2026-03-01T11:00:00Z' } },
          })),
        },
      }),
    );
    if (plan.finished) {
      pods.push(
        pod(`${plan.name}-done`, {
          labels,
          meta: ownedBy('Job', `${plan.name}-job`),
          status: { phase: 'Succeeded', podIPs: [], podIP: '' },
        }),
      );
    }
    const svc = serviceOf(plan, labels);
    objects.push(svc, ...pods, ...slicesFor(svc, pods));
  }
  objects.push(networkPolicy('allow-all', { podSelector: {}, ingress: [{}], policyTypes: ['Ingress'] }));
  return { objects, services: plans.map(serviceName) };
}

function serviceName(plan: AppPlan): string {
  return plan.name.replaceAll('.', '-');
}

function podSpec(plan: AppPlan): { containers: readonly Container[]; initContainers: readonly Container[] } {
  const first = plan.ports[0];
  const container: Container = {
    name: 'app',
    image: 'example/app:1',
    ports: plan.ports.map((port) => ({ ...port, protocol: 'TCP' })),
    ...(plan.probe && first !== undefined
      ? { readinessProbe: { httpGet: { path: '/healthz', port: first.name } } }
      : {}),
  };
  const proxy: Container = { name: 'proxy', image: 'example/proxy:1' };
  return {
    containers: plan.sidecar === 'plain' ? [container, proxy] : [container],
    initContainers: plan.sidecar === 'native' ? [{ ...proxy, restartPolicy: 'Always' }] : [],
  };
}

function serviceOf(plan: AppPlan, labels: Readonly<Record<string, string>>): Service {
  // A headless Service has no port mapping: its port is the container's.
  const ports: ServicePort[] = plan.ports.map((port, at) => ({
    name: port.name,
    port: plan.service === 'headless' ? port.containerPort : 80 + at,
    targetPort: plan.byName ? port.name : port.containerPort,
    protocol: 'TCP',
  }));
  return service(serviceName(plan), {
    selector: plan.selectAll ? labels : { app: plan.name },
    ports,
    ...(plan.service === 'headless' ? { clusterIP: 'None', clusterIPs: ['None'] } : {}),
    ...(plan.service === 'NodePort'
      ? { type: 'NodePort', ports: ports.map((port, at) => ({ ...port, nodePort: 30_000 + at })) }
      : {}),
  });
}
