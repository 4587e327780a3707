/** Short makers of manifests for faults: only what a fault needs to say stands in it. */

// biome-ignore lint/suspicious/noExplicitAny: manifests are plain JSON handed to kubectl, which validates them.
export type Manifest = Record<string, any>;

/** A small web server: `serve PORT…` answers every path that exists with 200, others with 404. */
export const WEB_IMAGE = 'kubectl-net.local/web:1';

/** Stands for the first three numbers of a node's pod range: which of them a node gets is for the cluster to say. */
export const NODE_RANGE = '10.244.x';

export interface AppOptions {
  readonly labels?: Record<string, string>;
  readonly podLabels?: Record<string, string>;
  readonly replicas?: number;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  /** Merged into the first container. */
  readonly container?: Manifest;
  /** Further containers. */
  readonly sidecars?: readonly Manifest[];
  /** Merged into the pod spec. */
  readonly pod?: Manifest;
  /** Merged into the workload's spec. */
  readonly spec?: Manifest;
  readonly port?: number;
}

/** A Deployment whose container listens on 8080, declares it and is probed there. */
export function app(name: string, options: AppOptions = {}): Manifest {
  const labels = options.labels ?? { app: name };
  const port = options.port ?? 8080;
  const kind = options.kind ?? 'Deployment';
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: options.replicas ?? 2 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, ...options.podLabels } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'app',
              image: WEB_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              command: ['serve', String(port)],
              ports: [{ name: 'http', containerPort: port }],
              readinessProbe: httpProbe(port),
              ...options.container,
            },
            ...(options.sidecars ?? []),
          ],
          ...options.pod,
        },
      },
      ...options.spec,
    },
  };
}

/** A probe that is patient enough for a busy test machine. */
export function httpProbe(port: number | string, path = '/healthz', more: Manifest = {}): Manifest {
  return { httpGet: { path, port }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 3, ...more };
}

/** A Service `name` selecting `app=name`, port 80 to 8080. */
export function svc(name: string, spec: Manifest = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  };
}

/** Any object of a kind that has no maker. */
export function object(apiVersion: string, kind: string, name: string, rest: Manifest = {}): Manifest {
  return { apiVersion, kind, metadata: { name }, ...rest };
}

export function policy(name: string, spec: Manifest): Manifest {
  return object('networking.k8s.io/v1', 'NetworkPolicy', name, { spec });
}

/** A shell command as a container's command. */
export function shell(script: string): readonly string[] {
  return ['sh', '-c', script];
}

/** A server that answers every request with one status line. */
export function answering(status: string, port = 8080): readonly string[] {
  const reply = `HTTP/1.1 ${status}\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n`;
  return shell(`while :; do printf '${reply}' | nc -l -p ${port} >/dev/null; done`);
}
