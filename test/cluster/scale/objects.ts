import type { KubeObject } from '../api.ts';

/** How big the cluster shall look. */
export interface ScaleSize {
  readonly pods: number;
  readonly services: number;
  readonly policies: number;
  readonly nodes: number;
}

export const usualSize: ScaleSize = { pods: 10_000, services: 2_000, policies: 500, nodes: 200 };

const port = 8080;
const sinceForever = '2024-05-01T08:00:00Z';

/** Twenty Services share a namespace, as teams do. */
export function namespaceCount({ services }: ScaleSize): number {
  return Math.max(1, Math.ceil(services / 20));
}

export function namespaceOf(size: ScaleSize, service: number): string {
  return `ns-${service % namespaceCount(size)}`;
}

function zoneOf(node: number): string {
  return `zone-${'abc'[node % 3] ?? 'a'}`;
}

/** The address of the nth pod of a node: /24 ranges in order of the nodes. */
function podAddress(node: number, slot: number): string {
  return `10.${244 + (node >> 8)}.${node & 255}.${2 + slot}`;
}

function nodeAddress(node: number): string {
  return `172.16.${node >> 8}.${node & 255}`;
}

export function namespaces(size: ScaleSize): readonly KubeObject[] {
  return Array.from({ length: namespaceCount(size) }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `ns-${at}`, labels: { team: `team-${at % 10}` } },
  }));
}

export function node(at: number): KubeObject {
  const name = `node-${at}`;
  const condition = (type: string, status: string, reason: string): object => ({
    type,
    status,
    reason,
    lastHeartbeatTime: sinceForever,
    lastTransitionTime: sinceForever,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': zoneOf(at),
        'topology.kubernetes.io/region': 'region-1',
      },
    },
    spec: {
      podCIDR: podAddress(at, -2) + '/24',
      podCIDRs: [podAddress(at, -2) + '/24'],
      providerID: `kubectl-net://${zoneOf(at)}/${name}`,
    },
    status: {
      capacity: { cpu: '16', memory: '64Gi', pods: '110' },
      allocatable: { cpu: '15', memory: '60Gi', pods: '110' },
      addresses: [
        { type: 'InternalIP', address: nodeAddress(at) },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'containerd://1.7.27',
        kernelVersion: '6.8.0',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.34.4',
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        systemUUID: '',
      },
    },
  };
}

/** Where the nth pod runs and whom it serves. */
function place(size: ScaleSize, at: number) {
  const service = at % size.services;
  const host = at % size.nodes;
  return {
    service,
    host,
    name: `app-${service}-6d4f8b7c9-${String(at).padStart(5, '0')}`,
    namespace: namespaceOf(size, service),
    address: podAddress(host, Math.floor(at / size.nodes)),
  };
}

/** The same made-up identity for every owner: nobody looks them up by it. */
const ownerUid = '00000000-0000-4000-8000-000000000001';

export function pod(size: ScaleSize, at: number): { readonly object: KubeObject; readonly status: object } {
  const { service, host, name, namespace, address } = place(size, at);
  const labels = { app: `app-${service}`, 'pod-template-hash': '6d4f8b7c9', tier: service % 3 === 0 ? 'web' : 'api' };
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, timeoutSeconds: 1 };
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `app-${service}-6d4f8b7c9`,
          uid: ownerUid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      nodeName: `node-${host}`,
      containers: [
        {
          name: 'app',
          image: `registry.example.com/team/app-${service}:1.4.2`,
          ports: [{ name: 'http', containerPort: port }],
          env: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          ],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          readinessProbe: probe,
          livenessProbe: { ...probe, initialDelaySeconds: 10 },
          volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
        },
      ],
      volumes: [{ name: 'config', configMap: { name: `app-${service}` } }],
    },
  };
  const condition = (type: string): object => ({ type, status: 'True', lastTransitionTime: sinceForever });
  const status = {
    status: {
      phase: 'Running',
      hostIP: nodeAddress(host),
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: sinceForever,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      containerStatuses: [
        {
          name: 'app',
          image: `registry.example.com/team/app-${service}:1.4.2`,
          imageID: `registry.example.com/team/app-${service}@sha256:${'0'.repeat(64)}`,
          containerID: `containerd://${String(at).padStart(64, '0')}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: sinceForever } },
        },
      ],
    },
  };
  return { object, status };
}

export function service(size: ScaleSize, at: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `app-${at}`, namespace: namespaceOf(size, at), labels: { app: `app-${at}` } },
    spec: {
      selector: { app: `app-${at}` },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}

/** A hundred endpoints to a slice, as the controller cuts them. */
export function endpointSlices(size: ScaleSize, at: number): readonly KubeObject[] {
  const endpoints = [];
  for (let podAt = at; podAt < size.pods; podAt += size.services) {
    const { name, namespace, host, address } = place(size, podAt);
    endpoints.push({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `node-${host}`,
      zone: zoneOf(host),
      targetRef: { kind: 'Pod', name, namespace },
    });
  }
  const slices = [];
  for (let first = 0; first === 0 || first < endpoints.length; first += 100) {
    slices.push({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `app-${at}-${String(first / 100).padStart(5, 'x')}`,
        namespace: namespaceOf(size, at),
        labels: {
          'kubernetes.io/service-name': `app-${at}`,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          app: `app-${at}`,
        },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port, protocol: 'TCP' }],
      endpoints: endpoints.slice(first, first + 100),
    });
  }
  return slices;
}

/** A mixture of what teams write: deny by default, from pods, from namespaces, from addresses. */
export function policy(size: ScaleSize, at: number): KubeObject {
  const target = (at * 4) % size.services;
  const ports = [{ protocol: 'TCP', port: 'http' }];
  const shapes = [
    { podSelector: {}, policyTypes: ['Ingress'] },
    {
      podSelector: { matchLabels: { app: `app-${target}` } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { tier: 'web' } } }], ports }],
    },
    {
      podSelector: { matchLabels: { app: `app-${target}` } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: `team-${at % 10}` } } }], ports }],
    },
    {
      podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['api'] }] },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.96.0.0/24'] } }] },
        { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] },
      ],
    },
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${at}`, namespace: namespaceOf(size, target) },
    spec: shapes[at % shapes.length],
  };
}
