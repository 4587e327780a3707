import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { event, pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { cilium } from '../networks/cilium.ts';
import { flannel } from '../networks/flannel.ts';
import { bridge } from '../networks/others.ts';
import { agents, configMap, kubeProxy, withReady } from '../networks/parts.ts';
import { joined, leases, type NetworkFaults, restarted, withoutSet } from './fault.ts';

const RUNTIME_DOWN = '[container runtime is down, PLEG is not healthy: pleg was last seen active 5m2s ago]';

function runtimeDown(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => withReady(one, 'False', 'KubeletNotReady', RUNTIME_DOWN));
}

/** A pod that wants a port of the node, placed on a node or waiting for so many seconds. */
function portTaker(
  name: string,
  where: { readonly node: string } | { readonly waits: number; readonly said?: string },
): Pod {
  const containers = [
    { name: 'app', image: 'example/app:1', ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP' }] },
  ];
  if ('node' in where) return pod(name, { node: where.node, ip: `10.244.${where.node.slice(1)}.20`, containers });
  return pod(name, {
    node: '',
    ready: false,
    containers,
    status: {
      phase: 'Pending',
      podIP: '',
      podIPs: [],
      containerStatuses: [],
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message:
            where.said ?? "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
          lastTransitionTime: secondsAgo(where.waits),
        },
      ],
    },
  });
}

const MEANT_FOR_ONE =
  "0/3 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";

const HOLDERS = [
  portTaker('edge-a', { node: 'n1' }),
  portTaker('edge-b', { node: 'n2' }),
  portTaker('edge-c', { node: 'n3' }),
];

/** Agents of another image on one node. */
function imageOn(objects: readonly KubeObject[], name: string, image: string): readonly KubeObject[] {
  return changed<Pod>(objects, 'Pod', name, (one) => ({
    ...one,
    spec: { ...one.spec, containers: (one.spec?.containers ?? []).map((container) => ({ ...container, image })) },
  }));
}

/** Agents, nodes and kube-proxy, whatever the plugin. */
function reported(seconds: number): readonly KubeObject[] {
  const objects = flannel();
  const node = objects.find(({ kind, metadata }) => kind === 'Node' && metadata?.name === 'n2');
  const lastSeen = secondsAgo(seconds);
  return [
    ...objects,
    event(node ?? {}, 'ConntrackFull', 'Conntrack table full', { firstSeen: secondsAgo(9000), lastSeen }),
  ];
}

/** An event on a node as the kubelet and its like write it. */
function byName(one: KubeObject): KubeObject {
  const { involvedObject } = one as { involvedObject?: { name?: string } };
  return involvedObject === undefined
    ? one
    : ({ ...one, involvedObject: { ...involvedObject, uid: involvedObject.name } } as KubeObject);
}

function monitored(status: string): readonly KubeObject[] {
  const condition = { type: 'NetworkingReady', status, reason: 'InterfaceNotUp', message: 'eth1 is down' };
  return changed<Node>(flannel(), 'Node', 'n2', (one) => ({
    ...one,
    status: { ...one.status, conditions: [...(one.status?.conditions ?? []), condition] },
  }));
}

export const NODES_FAULTS: NetworkFaults = {
  'any: agent restarts again and again': {
    objects: () => restarted(flannel(), 'kube-flannel-ds-n2', { count: 6, ago: 600, ran: 300, reason: 'OOMKilled' }),
    code: 'CNI105',
    words: ['n2', '6 times', 'OOMKilled'],
    sound: () => [
      restarted(flannel(), 'kube-flannel-ds-n2', { count: 6, ago: 90_000, ran: 300 }),
      // A node that was rebooted after weeks, as it has been before.
      restarted(flannel(), 'kube-flannel-ds-n2', { count: 6, ago: 600, ran: 2_000_000, reason: 'Unknown' }),
      restarted(flannel(), 'kube-flannel-ds-n2', { count: 1, ago: 600, ran: 300 }),
    ],
  },
  'any: agents of two versions': {
    objects: () => imageOn(flannel(), 'kube-flannel-ds-n3', 'ghcr.io/flannel-io/flannel:v0.25.1'),
    code: 'CNI106',
    words: ['flannel:v0.27.4 on 2', 'flannel:v0.25.1 on 1'],
    note: true,
    sound: () => [
      flannel(),
      // The update goes on: the new agent is a minute old.
      imageOn(flannel(), 'kube-flannel-ds-n3', 'ghcr.io/flannel-io/flannel:v0.25.1').map((one) =>
        one.metadata?.name === 'kube-flannel-ds-n3'
          ? { ...one, metadata: { ...one.metadata, creationTimestamp: secondsAgo(60) } }
          : one,
      ),
    ],
  },
  'any: DaemonSet of the plugin deleted, nodes lack network': {
    objects: () =>
      ['n2', 'n3'].reduce<readonly KubeObject[]>(
        (all, node) =>
          changed<Node>(all, 'Node', node, (one) =>
            withReady(
              one,
              'False',
              'KubeletNotReady',
              'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
            ),
          ),
        withoutSet(flannel(), 'kube-flannel-ds'),
      ),
    code: 'CNI107',
    words: ['Flannel', 'n2 and n3', 'backend-type'],
  },
  'any: DaemonSet of the plugin deleted a moment ago': {
    objects: () => withoutSet(flannel(), 'kube-flannel-ds'),
    code: 'CNI107',
    words: ['Flannel', 'backend-type', 'no DaemonSet of Flannel'],
    sound: () => [
      // Another plugin, unknown here, brings its own files.
      [
        ...withoutSet(flannel(), 'kube-flannel-ds'),
        ...agents('acme-net', [{ name: 'agent', image: 'acme/net:1' }], {
          spec: { volumes: [{ name: 'cni', hostPath: { path: '/etc/cni/net.d' } }] },
        }),
      ],
    ],
  },
  'any: container runtime down': {
    objects: () => runtimeDown(flannel(), 'n3'),
    code: 'CNI202',
    words: ['n3', 'container runtime is down'],
    sound: () => [joined(runtimeDown(bridge(), 'n3'), 'n3', 20)],
  },
  'any: heartbeat late': {
    objects: () => [...flannel(), ...leases({ n1: 3, n2: 66, n3: 5 })],
    code: 'CNI204',
    words: ['n2', '61s before'],
    sound: () => [
      [...flannel(), ...leases({ n1: 3, n2: 14, n3: 8 })],
      // A recording that is read a day later: all are equally old.
      [...flannel(), ...leases({ n1: 86_403, n2: 86_410, n3: 86_405 })],
    ],
  },
  'any: clock ahead': {
    objects: () => [...flannel(), ...leases({ n1: 3, n2: 5, n3: -290 })],
    code: 'CNI205',
    words: ['n3', 'ahead of'],
    sound: () => [[...flannel(), ...leases({ n1: 3, n2: 5, n3: 9 })]],
  },
  'any: clock behind': {
    objects: () => [...flannel(), ...leases({ n1: 3, n2: 605, n3: 8 })],
    code: 'CNI205',
    words: ['n2', '9m57s behind'],
  },
  'any: host port wanted twice': {
    objects: () => [...flannel(), ...HOLDERS, portTaker('edge-d', { waits: 400 })],
    code: 'CNI207',
    words: ['shop/edge-d', '8080/TCP', 'shop/edge-a'],
    sound: () => [
      [...flannel(), ...HOLDERS],
      // A rollout that is under way: the former pod holds the port for seconds.
      [...flannel(), ...HOLDERS, portTaker('edge-d', { waits: 8 })],
    ],
  },
  'any: host port taken on the one node that is meant': {
    objects: () => [...flannel(), ...HOLDERS, portTaker('edge-d', { waits: 400, said: MEANT_FOR_ONE })],
    code: 'CNI207',
    words: ['shop/edge-d', '8080/TCP', 'shop/edge-a'],
    sound: () => [
      // No room is another matter.
      [
        ...flannel(),
        ...HOLDERS,
        portTaker('edge-d', { waits: 400, said: MEANT_FOR_ONE.replace(/2 node.*selector/, '2 Insufficient cpu') }),
      ],
    ],
  },
  'any: kube-proxy beside its replacement': {
    objects: () => [...cilium(true), ...kubeProxy().slice(0, -1)],
    code: 'CNI211',
    words: ['kube-proxy', 'Cilium', 'kube-proxy-replacement'],
    note: true,
    sound: () => [
      cilium(true),
      // Switched off as the documentation of eBPF dataplanes tells: a selector that no node has.
      [
        ...cilium(true),
        ...agents('kube-proxy', [{ name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.34.4' }], {
          nodes: [],
          spec: { nodeSelector: { 'non-calico': 'true' } },
        }),
        configMap('kube-proxy', { 'config.conf': 'mode: ""\n' }),
      ],
    ],
  },
  'any: a detector on a node reports a full connection table': {
    objects: () => reported(60),
    code: 'CNI214',
    words: ['node n2 reports ConntrackFull', 'new ones are dropped', 'Event ConntrackFull on Node n2'],
    sound: () => [reported(7200)],
  },
  'any: node-problem-detector writes the name of the node in the place of its uid': {
    objects: () => reported(60).map(byName),
    code: 'CNI214',
    words: ['node n2 reports ConntrackFull'],
  },
  'any: the monitor of a cloud reports the network of a node': {
    objects: () => monitored('False'),
    code: 'CNI214',
    words: ['node n2 reports NetworkingReady', 'InterfaceNotUp'],
    sound: () => [monitored('True')],
  },
};
