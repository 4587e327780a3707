/** Small builders for tests of this folder: objects as the API would return them, with as little text as possible. */

import type { Labels, Namespace, Node } from '../../model/objects.ts';
import type { NetworkPolicy, Service } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Endpoint } from '../evaluate/evaluate.ts';
import type { PolicyFacts } from '../model.ts';

export function namespace(name: string, labels: Labels = {}): Namespace {
  return { metadata: { name, labels } };
}

export interface PodOptions {
  readonly ip?: string;
  readonly ips?: readonly string[];
  readonly node?: string;
  readonly hostNetwork?: boolean;
  readonly phase?: string;
  /** `http:8080`, `dns:53/UDP`, or only `8080`. */
  readonly ports?: readonly string[];
  /** Ports of a native sidecar and of a plain init container. */
  readonly sidecarPorts?: readonly string[];
  readonly initPorts?: readonly string[];
}

export function pod(path: string, labels: Labels = {}, options: PodOptions = {}): Pod {
  const [ns = '', name = ''] = path.split('/');
  const ips = options.ips ?? (options.ip === undefined ? [] : [options.ip]);
  const [first] = ips;
  return {
    metadata: { namespace: ns, name, labels },
    spec: {
      ...(options.node === undefined ? {} : { nodeName: options.node }),
      ...(options.hostNetwork === undefined ? {} : { hostNetwork: options.hostNetwork }),
      containers: [{ name: 'main', ports: (options.ports ?? []).map(containerPort) }],
      initContainers: [
        { name: 'sidecar', restartPolicy: 'Always', ports: (options.sidecarPorts ?? []).map(containerPort) },
        { name: 'init', ports: (options.initPorts ?? []).map(containerPort) },
      ],
    },
    status: {
      phase: options.phase ?? 'Running',
      ...(first === undefined ? {} : { podIP: first, podIPs: ips.map((ip) => ({ ip })) }),
    },
  };
}

function containerPort(text: string): {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
} {
  const [, name, number, protocol] = /^(?:([a-z0-9-]+):)?(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return {
    ...(name === undefined ? {} : { name }),
    containerPort: Number(number),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

export function node(name: string, addresses: readonly string[], labels: Labels = {}): Node {
  return {
    metadata: { name, labels },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  };
}

export function policy(path: string, spec: NetworkPolicy['spec'] & object): NetworkPolicy {
  const [ns = '', name = ''] = path.split('/');
  return { metadata: { namespace: ns, name }, spec };
}

export function service(path: string, selector: Labels, spec: Service['spec'] & object = {}): Service {
  const [ns = '', name = ''] = path.split('/');
  return { metadata: { namespace: ns, name }, spec: { selector, ...spec } };
}

/**
 * The cluster of Kubernetes' own network policy tests in form: namespaces x, y and z, labelled `ns`, with pods a, b and
 * c, labelled `pod`, in each. All of them declare TCP 80 and 81, UDP 80 and 81 and SCTP 80 and 81, named
 * `serve-80-tcp` and so on. Pods have addresses 10.N.M.1 with N and M from 1.
 */
export function grid(more: Partial<PolicyFacts> = {}): PolicyFacts {
  const names = ['x', 'y', 'z'];
  return {
    namespaces: names.map((name) => namespace(name, { ns: name })),
    pods: names.flatMap((ns, n) =>
      ['a', 'b', 'c'].map((name, m) =>
        pod(`${ns}/${name}`, { pod: name }, { ip: `10.${n + 1}.${m + 1}.1`, ports: GRID_PORTS }),
      ),
    ),
    ...more,
  };
}

const GRID_PORTS: readonly string[] = ['TCP', 'UDP', 'SCTP'].flatMap((protocol) =>
  [80, 81].map((port) => `serve-${port}-${protocol.toLowerCase()}:${port}/${protocol}`),
);

/** A pod of some facts as an endpoint. */
export function at(facts: PolicyFacts, path: string): Endpoint {
  const found = facts.pods.find(({ metadata }) => `${metadata?.namespace}/${metadata?.name}` === path);
  if (found === undefined) throw new Error(`no pod ${path} in this test`);
  return { type: 'pod', pod: found };
}
