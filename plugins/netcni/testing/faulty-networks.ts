import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { event, pod, secondsAgo } from '../../../shared/testing/builders.ts';
import { changed } from './check-objects.ts';
import { agents, clusterNode, configMap, crashing, custom, NODES, waitingPod, withReady } from './networks.ts';
import * as sound from './plugin-networks.ts';

/** One fault in one network: what the answer must be. */
export interface NetworkFault {
  readonly objects: () => readonly KubeObject[];
  /** The code of the first cause. */
  readonly code: string;
  /** Words that the first line or its evidence must hold, the node's name among them. */
  readonly words: readonly string[];
}

/** A pod that waits on a node, and the event that says why. */
export function sandboxFailure(node: string, rest: string, name = 'api-1', frame = SANDBOX): readonly KubeObject[] {
  const waiting = waitingPod(name, node);
  return [waiting, event(waiting, 'FailedCreatePodSandBox', frame + rest)];
}

const SANDBOX =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0f3c": ';

const call = (type: string, name: string): string => `plugin type="${type}" name="${name}" failed (add): `;

/** The agent's pod of a DaemonSet on a node crashes with these last words. */
function agentCrashes(objects: readonly KubeObject[], set: string, node: string, words: string): readonly KubeObject[] {
  return changed(objects, 'Pod', `${set}-${node}`, (one) => crashing(one, words));
}

/** There is no pod of a DaemonSet on a node, because of a taint that its pods do not tolerate. */
function keptAway(objects: readonly KubeObject[], set: string, node: string): readonly KubeObject[] {
  const without = changed(objects, 'Pod', `${set}-${node}`, () => undefined);
  const strict = changed<Workload>(without, 'DaemonSet', set, (one) => ({
    ...one,
    spec: { ...one.spec, template: { ...one.spec?.template, spec: { ...one.spec?.template?.spec, tolerations: [] } } },
    status: { ...one.status, desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2 },
  }));
  return changed<Node>(strict, 'Node', node, (one) => ({
    ...one,
    spec: { ...one.spec, taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
  }));
}

function silent(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) =>
    withReady(one, 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
  );
}

const NO_CONFIG =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

function noNetwork(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => withReady(one, 'False', 'KubeletNotReady', NO_CONFIG));
}

function annotated(
  objects: readonly KubeObject[],
  node: string,
  change: (own: Record<string, string>) => Record<string, string>,
): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => ({
    ...one,
    metadata: { ...one.metadata, annotations: change({ ...one.metadata?.annotations }) },
  }));
}

function pool(objects: readonly KubeObject[], spec: object): readonly KubeObject[] {
  return changed(
    objects,
    'IPPool',
    'default-ipv4-ippool',
    (one) => ({ ...one, spec: { ...(one as { spec?: object }).spec, ...spec } }) as KubeObject,
  );
}

function ranged(objects: readonly KubeObject[], node: string, podCIDR: string | undefined): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => ({
    ...one,
    spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
  }));
}

/** Pods that take all 61 addresses of a /26. */
function crowd(node: string): readonly Pod[] {
  const number = node.slice(1);
  return Array.from({ length: 60 }, (_, at) => pod(`crowd-${at}`, { node, ip: `10.244.${number}.${at + 2}` })).filter(
    (one) => one.status?.podIP !== `10.244.${number}.10`,
  );
}

/** At least two faults for every network, by a name that tells both. */
export const NETWORK_FAULTS: Readonly<Record<string, NetworkFault>> = {
  'flannel: kubelet stopped': {
    objects: () => silent(agentCrashes(sound.flannel(), 'kube-flannel-ds', 'n2', 'old news'), 'n2'),
    code: 'CNI201',
    words: ['n2', 'NodeStatusUnknown'],
  },
  'flannel: agent crashes because the node has no podCIDR': {
    objects: () =>
      ranged(
        agentCrashes(
          sound.flannel(),
          'kube-flannel-ds',
          'n2',
          'Error registering network: failed to acquire lease: node "n2" pod cidr not assigned',
        ),
        'n2',
        undefined,
      ),
    code: 'CNI301',
    words: ['n2', 'podCIDR'],
  },
  'flannel: agent crashes on a broken configuration': {
    objects: () =>
      agentCrashes(
        changed(sound.flannel(), 'ConfigMap', 'kube-flannel-cfg', () =>
          configMap('kube-flannel-cfg', { 'net-conf.json': '{"Network":"10.244.0.0/16",' }, 'kube-flannel'),
        ),
        'kube-flannel-ds',
        'n2',
        'Failed to create SubnetManager: error parsing subnet config: unexpected end of JSON input',
      ),
    code: 'CNI601',
    words: ['net-conf.json', 'not JSON'],
  },
  'flannel: agent kept away by a taint': {
    objects: () => keptAway(sound.flannel(), 'kube-flannel-ds', 'n3'),
    code: 'CNI103',
    words: ['n3', 'dedicated=gpu:NoSchedule'],
  },
  'flannel: agent wanted on no node': {
    objects: () => {
      const base = NODES.reduce<readonly KubeObject[]>(
        (all, node) => changed(all, 'Pod', `kube-flannel-ds-${node}`, () => undefined),
        sound.flannel(),
      );
      return changed<Workload>(base, 'DaemonSet', 'kube-flannel-ds', (one) => ({
        ...one,
        spec: {
          ...one.spec,
          template: {
            ...one.spec?.template,
            spec: { ...one.spec?.template?.spec, nodeSelector: { network: 'flannel' } },
          },
        },
        status: { ...one.status, desiredNumberScheduled: 0, currentNumberScheduled: 0, numberReady: 0 },
      }));
    },
    code: 'CNI103',
    words: ['any node', 'network=flannel'],
  },
  'flannel: annotations removed': {
    objects: () => annotated(sound.flannel(), 'n2', () => ({})),
    code: 'CNI603',
    words: ['n2', 'backend-type'],
  },
  'flannel: announces an address that is gone': {
    objects: () =>
      annotated(sound.flannel(), 'n2', (own) => ({ ...own, 'flannel.alpha.coreos.com/public-ip': '10.0.9.9' })),
    code: 'CNI604',
    words: ['n2', '10.0.9.9', '10.0.0.2'],
  },
  'flannel: two nodes announce one address': {
    objects: () =>
      annotated(sound.flannel(), 'n2', (own) => ({ ...own, 'flannel.alpha.coreos.com/public-ip': '10.0.0.1' })),
    code: 'CNI606',
    words: ['n1', 'n2', '10.0.0.1'],
  },
  'flannel: two backends': {
    objects: () =>
      annotated(sound.flannel(), 'n3', (own) => ({ ...own, 'flannel.alpha.coreos.com/backend-type': 'host-gw' })),
    code: 'CNI605',
    words: ['host-gw on n3', 'vxlan'],
  },
  'flannel: Network is not the cluster range': {
    objects: () =>
      changed(sound.flannel(), 'ConfigMap', 'kube-flannel-cfg', () =>
        configMap(
          'kube-flannel-cfg',
          { 'net-conf.json': '{"Network":"10.200.0.0/16","Backend":{"Type":"vxlan"}}' },
          'kube-flannel',
        ),
      ),
    code: 'CNI303',
    words: ['10.244.1.0/24', '10.200.0.0/16'],
  },
  'flannel: CNI file gone': {
    objects: () => noNetwork(sound.flannel(), 'n2'),
    code: 'CNI109',
    words: ['n2', 'cni plugin not initialized'],
  },
  'flannel: another CNI file first': {
    objects: () => [
      ...sound.flannel(),
      ...sandboxFailure('n2', `${call('macvlan', 'old-net')}failed to look up master "eth9": Link not found`),
    ],
    code: 'CNI111',
    words: ['n2', 'old-net', 'macvlan'],
  },
  'flannel: pods with addresses of another range': {
    objects: () => [...sound.flannel(), pod('stray', { node: 'n2', ip: '192.168.77.4' })],
    code: 'CNI112',
    words: ['n2', '192.168.77.4', '10.244.2.0/24'],
  },
  'flannel: addresses leaked on a node': {
    objects: () => [
      ...sound.flannel(),
      ...sandboxFailure(
        'n2',
        `${call('flannel', 'cbr0')}failed to delegate add: failed to allocate for range 0: no IP addresses available in range set: 10.244.2.1-10.244.2.254`,
      ),
    ],
    code: 'CNI304',
    words: ['n2', 'pods hold 1 of 253', 'no IP addresses available', 'reservations'],
  },
  'flannel: small range used up': {
    objects: () => [
      ...ranged(sound.flannel(), 'n2', '10.244.2.0/26'),
      ...crowd('n2'),
      pod('last', { node: 'n2', ip: '10.244.2.62' }),
    ],
    code: 'CNI304',
    words: ['n2', '61 of 61'],
  },
  'flannel: subnet file missing while the agent is down': {
    objects: () => [
      ...agentCrashes(
        sound.flannel(),
        'kube-flannel-ds',
        'n3',
        'failed to list *v1.Node: nodes is forbidden: User "system:serviceaccount:kube-flannel:flannel" cannot list resource "nodes"',
      ),
      ...sandboxFailure(
        'n3',
        `${call('flannel', 'cbr0')}loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`,
      ),
    ],
    code: 'CNI104',
    words: ['n3', 'rights are missing', 'subnet.env'],
  },
  'k3s: nodes share a range': {
    objects: () =>
      ranged(sound.k3s(), 'n3', '10.244.2.0/24').map((one) =>
        one.metadata?.name === 'web-n3' ? pod('web-n3', { node: 'n3', ip: '10.244.2.11' }) : one,
      ),
    code: 'CNI302',
    words: ['n2', 'n3', '10.244.2.0/24'],
  },
  'k3s: kubelet stopped': { objects: () => silent(sound.k3s(), 'n1'), code: 'CNI201', words: ['n1'] },
  'canal: agent not ready': {
    objects: () =>
      agentCrashes(
        sound.canal(),
        'canal',
        'n1',
        'Failed to find any valid interface to use: failed to get default interface',
      ),
    code: 'CNI104',
    words: ['n1', 'no usable interface'],
  },
  'canal: node without range': { objects: () => ranged(sound.canal(), 'n2', undefined), code: 'CNI301', words: ['n2'] },
  'calico: pool used up': {
    objects: () => [
      ...pool(
        NODES.reduce(
          (all, node) => changed(all, 'IPAMBlock', `10-244-${node.slice(1)}-0-26`, () => sound.calicoBlock(node, 64)),
          sound.calico(),
        ),
        { cidr: '10.244.0.0/22', blockSize: 24 },
      ).filter((one) => one.kind !== 'IPAMBlock'),
      ...NODES.map((node) => sound.calicoBlock(node, 64)),
      custom('crd.projectcalico.org/v1', 'IPAMBlock', 'rest', {
        spec: {
          cidr: '10.244.0.0/24',
          affinity: 'host:n1',
          allocations: Array.from({ length: 750 }, () => 0),
          attributes: [{ handle_id: 'x', secondary: {} }],
        },
      }),
      ...sandboxFailure(
        'n2',
        `${call('calico', 'k8s-pod-network')}failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.244.0.0/22]`,
      ),
    ],
    code: 'CNI308',
    words: ['default-ipv4-ippool', '10.244.0.0/22', 'n2'],
  },
  'calico: no pool for a node': {
    objects: () => [
      ...pool(sound.calico(), { nodeSelector: "zone == 'a'" }),
      ...sandboxFailure('n3', `${call('calico', 'k8s-pod-network')}no configured Calico pools for node n3`),
    ],
    code: 'CNI309',
    words: ["zone == 'a'", 'no nodeSelector'],
  },
  'calico: all pools disabled': {
    objects: () => pool(sound.calico(), { disabled: true }),
    code: 'CNI309',
    words: ['every IPPool is disabled'],
  },
  'calico: BGP not established': {
    objects: () =>
      changed(
        sound.calico(),
        'CalicoNodeStatus',
        'status-n1',
        (one) =>
          ({
            ...one,
            status: {
              lastUpdated: '2026-03-01T11:59:55Z',
              bgp: {
                numberEstablishedV4: 1,
                numberNotEstablishedV4: 1,
                peersV4: [
                  { peerIP: '10.0.0.2', type: 'NodeMesh', state: 'Active', since: '11:40:00' },
                  { peerIP: '10.0.0.3', type: 'NodeMesh', state: 'Established' },
                ],
              },
            },
          }) as KubeObject,
      ),
    code: 'CNI401',
    words: ['n1', '10.0.0.2 (node n2)', 'Active'],
  },
  'calico: BGPPeer for no node': {
    objects: () => [
      ...sound.calico(),
      custom('crd.projectcalico.org/v1', 'BGPPeer', 'rack-1', {
        spec: { nodeSelector: "rack == 'rack-1'", peerIP: '192.0.2.1', asNumber: 64512 },
      }),
    ],
    code: 'CNI402',
    words: ['rack-1'],
  },
  'calico: datastore locked': {
    objects: () =>
      changed(
        sound.calico(),
        'ClusterInformation',
        'default',
        (one) => ({ ...one, spec: { calicoVersion: 'v3.28.1', datastoreReady: false } }) as KubeObject,
      ),
    code: 'CNI406',
    words: ['datastoreReady'],
  },
  'calico: address of docker0': {
    objects: () =>
      annotated(sound.calico(), 'n2', (own) => ({ ...own, 'projectcalico.org/IPv4Address': '172.17.0.1/16' })),
    code: 'CNI408',
    words: ['n2', '172.17.0.1', '10.0.0.2'],
  },
  'calico: felix not ready': {
    objects: () => {
      const objects = changed<Pod>(sound.calico(), 'Pod', 'calico-node-n2', (one) => ({
        ...one,
        status: {
          ...one.status,
          conditions: (one.status?.conditions ?? []).map((condition) =>
            condition.type === 'Ready'
              ? { ...condition, status: 'False', lastTransitionTime: secondsAgo(600) }
              : condition,
          ),
          containerStatuses: (one.status?.containerStatuses ?? []).map((status) => ({ ...status, ready: false })),
        },
      }));
      const agent = objects.find((one) => one.metadata?.name === 'calico-node-n2');
      return [
        ...objects,
        event(
          agent ?? {},
          'Unhealthy',
          'Readiness probe failed: calico/node is not ready: BIRD is not ready: BGP not established with 10.0.0.1,10.0.0.3',
        ),
      ];
    },
    code: 'CNI104',
    words: ['n2', 'BGP'],
  },
  'calico operator: degraded': {
    objects: () =>
      changed(
        sound.calicoOperator(),
        'TigeraStatus',
        'calico',
        (one) =>
          ({
            ...one,
            status: {
              conditions: [
                { type: 'Available', status: 'False', reason: 'NotAllReady' },
                {
                  type: 'Degraded',
                  status: 'True',
                  reason: 'ResourceUpdateError',
                  message: 'Could not resolve CalicoNetwork IPPool and kubeadm configuration',
                },
              ],
            },
          }) as KubeObject,
      ),
    code: 'CNI405',
    words: ['TigeraStatus calico', 'ResourceUpdateError'],
  },
  'calico operator: agent kept away': {
    objects: () => keptAway(sound.calicoOperator(), 'calico-node', 'n1'),
    code: 'CNI103',
    words: ['n1', 'dedicated=gpu'],
  },
  'calico eBPF: kernel too old': {
    objects: () =>
      changed<Node>(sound.calicoOperator(true), 'Node', 'n3', (one) => ({
        ...one,
        status: { ...one.status, nodeInfo: { ...one.status?.nodeInfo, kernelVersion: '4.15.0-213-generic' } },
      })),
    code: 'CNI206',
    words: ['n3', '4.15.0', 'eBPF'],
  },
  'calico: two plugins at once': {
    objects: () => [
      ...sound.calico(),
      ...agents('kube-flannel-ds', [{ name: 'kube-flannel', image: 'flannel:v0.27.4' }]),
    ],
    code: 'CNI102',
    words: ['Calico', 'Flannel'],
  },
  'cilium: operator gives no range': {
    objects: () => [
      ...changed(
        sound.cilium(),
        'CiliumNode',
        'n3',
        (one) =>
          ({
            ...one,
            spec: { ipam: {} },
            status: {
              ipam: {
                'operator-status': {
                  error: 'allocator not configured for the requested cidr: all CIDR ranges are exhausted',
                },
              },
            },
          }) as KubeObject,
      ),
      ...sandboxFailure(
        'n3',
        `${call('cilium-cni', 'cilium')}unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 seconds timeout`,
      ),
    ],
    code: 'CNI502',
    words: ['n3', 'all CIDR ranges are exhausted'],
  },
  'cilium: agent down': {
    objects: () => [
      ...agentCrashes(
        sound.cilium(),
        'cilium',
        'n1',
        'level=fatal msg="minimal supported kernel version is >= 5.10.0; kernel version that is running is: 4.18.0"',
      ),
      ...sandboxFailure(
        'n1',
        `${call('cilium-cni', 'cilium')}unable to connect to Cilium agent: dial unix /var/run/cilium/cilium.sock: connect: no such file or directory`,
      ),
    ],
    code: 'CNI104',
    words: ['n1', 'kernel of the node is too old'],
  },
  'cilium: out of addresses': {
    objects: () => [
      ...sound.cilium(),
      ...sandboxFailure(
        'n2',
        `${call('cilium-cni', 'cilium')}unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "range is full"`,
      ),
    ],
    code: 'CNI304',
    words: ['n2', 'range is full'],
  },
  'cilium: neither kube-proxy nor its replacement': {
    objects: () => sound.cilium().filter((one) => !/^kube-proxy/.test(one.metadata?.name ?? '')),
    code: 'CNI210',
    words: ['kube-proxy', 'Cilium'],
  },
  'cilium: operator down': {
    objects: () => [
      ...sound.cilium(),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'cilium-operator', namespace: 'kube-system', creationTimestamp: secondsAgo(86_400) },
        spec: { replicas: 2 },
        status: { replicas: 2 },
      } as KubeObject,
    ],
    code: 'CNI108',
    words: ['cilium-operator', '0 of 2'],
  },
  'gke: kubelet stopped': { objects: () => silent(sound.gkeDataplane(), 'n2'), code: 'CNI201', words: ['n2'] },
  'gke: agent crashes': {
    objects: () => agentCrashes(sound.gkeDataplane(), 'anetd', 'n3', 'level=fatal msg="unable to start: Unauthorized"'),
    code: 'CNI104',
    words: ['n3', 'GKE Dataplane V2', 'credentials'],
  },
  'weave: agent does not answer': {
    objects: () => [
      ...agentCrashes(
        sound.weave(),
        'weave-net',
        'n2',
        'FATA: [kube-peers] Could not get peers: Get "https://10.96.0.1:443/api/v1/nodes": dial tcp 10.96.0.1:443: i/o timeout',
      ),
      ...sandboxFailure(
        'n2',
        `${call('weave-net', 'weave')}unable to allocate IP address: Post "http://127.0.0.1:6784/ip/0f3c": dial tcp 127.0.0.1:6784: connect: connection refused`,
      ),
    ],
    code: 'CNI104',
    words: ['n2', 'cannot reach the API server'],
  },
  'weave: range of Services in that of pods': {
    objects: () =>
      changed(
        sound.weave(),
        'ServiceCIDR',
        'kubernetes',
        (one) => ({ ...one, spec: { cidrs: ['10.40.0.0/16'] } }) as KubeObject,
      ),
    code: 'CNI314',
    words: ['10.40.0.0/16', '10.32.0.0/12'],
  },
  'antrea: Open vSwitch does not answer': {
    objects: () =>
      changed(
        sound.antrea(),
        'AntreaAgentInfo',
        'n1',
        (one) =>
          ({
            ...one,
            agentConditions: [
              { type: 'AgentHealthy', status: 'True' },
              { type: 'OVSDBConnectionUp', status: 'False', message: 'connection refused' },
            ],
          }) as KubeObject,
      ),
    code: 'CNI701',
    words: ['n1', 'OVSDBConnectionUp'],
  },
  'antrea: agent missing': {
    objects: () => keptAway(sound.antrea(), 'antrea-agent', 'n2'),
    code: 'CNI103',
    words: ['n2', 'Antrea'],
  },
  'kindnet: agent crashes': {
    objects: () =>
      agentCrashes(
        sound.kindnet(),
        'kindnet',
        'n1',
        'panic: Get "https://10.96.0.1:443/api/v1/nodes": dial tcp 10.96.0.1:443: connect: no route to host',
      ),
    code: 'CNI104',
    words: ['n1', 'API server'],
  },
  'kindnet: program missing': {
    objects: () => [
      ...sound.kindnet(),
      ...sandboxFailure('n2', `${call('ptp', 'kindnet')}failed to find plugin "ptp" in path [/opt/cni/bin]`),
    ],
    code: 'CNI312',
    words: ['n2', 'program of the plugin'],
  },
  'kube-router: agent crashes': {
    objects: () =>
      agentCrashes(
        sound.kubeRouter(),
        'kube-router',
        'n3',
        'Failed to run kube-router: could not get pod CIDR: node.Spec.PodCIDR is not set for node',
      ),
    code: 'CNI104',
    words: ['n3', 'kube-router'],
  },
  'kube-router: node without range': {
    objects: () => ranged(sound.kubeRouter(), 'n3', undefined),
    code: 'CNI301',
    words: ['n3'],
  },
  'aws: no address for pods': {
    objects: () => [
      ...sound.awsVpc(),
      ...sandboxFailure('n1', `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`),
    ],
    code: 'CNI304',
    words: ['n1', 'failed to assign an IP address'],
  },
  'aws: more pods than addresses': {
    objects: () => sound.awsVpc({}, '110'),
    code: 'CNI706',
    words: ['110', '27', 'm5.large'],
  },
  'aws: ENIConfig missing': {
    objects: () =>
      sound.awsVpc(
        { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' },
        '20',
      ),
    code: 'CNI707',
    words: ['eu-west-1a'],
  },
  'azure: subnet full': {
    objects: () =>
      changed(
        sound.azure(),
        'NodeNetworkConfig',
        'n2',
        (one) =>
          ({
            ...one,
            spec: { requestedIPCount: 32 },
            status: { assignedIPCount: 16, status: 'NCUpdateSubnetFullError' },
          }) as KubeObject,
      ),
    code: 'CNI705',
    words: ['n2', 'NCUpdateSubnetFullError'],
  },
  'azure: agent does not answer': {
    objects: () => [
      ...agentCrashes(sound.azure(), 'azure-cns', 'n3', 'failed to start: bind: address already in use'),
      ...sandboxFailure(
        'n3',
        `${call('azure-vnet', 'azure')}failed to connect to CNS: Post "http://localhost:10090/network/requestipconfigs": connect: connection refused`,
      ),
    ],
    code: 'CNI104',
    words: ['n3', 'a port that it needs is taken'],
  },
  'ovn: node without subnet': {
    objects: () => annotated(sound.ovn(), 'n2', () => ({})),
    code: 'CNI708',
    words: ['n2'],
  },
  'ovn: operator degraded': {
    objects: () =>
      changed(
        sound.ovn(),
        'ClusterOperator',
        'network',
        (one) =>
          ({
            ...one,
            status: {
              conditions: [
                { type: 'Available', status: 'True' },
                {
                  type: 'Degraded',
                  status: 'True',
                  reason: 'RolloutHung',
                  message: 'DaemonSet "/openshift-ovn-kubernetes/ovnkube-node" rollout is not making progress',
                },
              ],
            },
          }) as KubeObject,
      ),
    code: 'CNI702',
    words: ['RolloutHung'],
  },
  'ovn: additional network missing': {
    objects: () => [
      ...sound.ovn(),
      ...sandboxFailure(
        'n1',
        `${call('multus-shim', 'multus-cni-network')}CNI request failed with status 400: cannot find a network-attachment-definition (storage) in namespace (shop): network-attachment-definitions.k8s.cni.cncf.io "storage" not found`,
      ).map((one) =>
        one.kind === 'Pod'
          ? { ...one, metadata: { ...one.metadata, annotations: { 'k8s.v1.cni.cncf.io/networks': 'storage' } } }
          : one,
      ),
    ],
    code: 'CNI704',
    words: ['storage', 'does not exist'],
  },
  'bridge: CNI file gone': {
    objects: () => noNetwork(sound.bridge(), 'n3'),
    code: 'CNI203',
    words: ['n3', 'cni plugin not initialized'],
  },
  'bridge: cluster range used up': {
    objects: () => {
      const objects = ranged(sound.bridge(), 'n3', undefined);
      const node = objects.find((one) => one.kind === 'Node' && one.metadata?.name === 'n3');
      return [
        ...objects.filter((one) => one.metadata?.name !== 'web-n3'),
        event(node ?? {}, 'CIDRNotAvailable', 'Node n3 status is now: CIDRNotAvailable'),
      ];
    },
    code: 'CNI307',
    words: ['n3', 'CIDRNotAvailable'],
  },
  'bridge: nobody installed a plugin': {
    objects: () => NODES.map((name) => withReady(clusterNode(name), 'False', 'KubeletNotReady', NO_CONFIG)),
    code: 'CNI101',
    words: ['n1, n2 and n3'],
  },
  'any: kube-proxy crashes': {
    objects: () => agentCrashes(sound.flannel(), 'kube-proxy', 'n1', 'Error: unknown proxy mode "ipvz"'),
    code: 'CNI209',
    words: ['n1', 'configuration is wrong'],
  },
  'any: kube-proxy missing on a node': {
    objects: () => keptAway(sound.bridge(), 'kube-proxy', 'n2'),
    code: 'CNI208',
    words: ['n2', 'dedicated=gpu'],
  },
  'any: an address given twice': {
    objects: () => [...sound.flannel(), pod('twin', { node: 'n1', ip: '10.244.1.10' })],
    code: 'CNI313',
    words: ['10.244.1.10', 'shop/twin', 'shop/web-n1'],
  },
  'any: nodes in the range of Services': {
    objects: () =>
      changed(
        sound.flannel(),
        'ServiceCIDR',
        'kubernetes',
        (one) => ({ ...one, spec: { cidrs: ['10.0.0.0/16'] } }) as KubeObject,
      ),
    code: 'CNI314',
    words: ['10.0.0.1', '10.0.0.0/16'],
  },
  'any: NetworkUnavailable': {
    objects: () =>
      changed<Node>(sound.calico(), 'Node', 'n2', (one) => ({
        ...one,
        status: {
          ...one.status,
          conditions: (one.status?.conditions ?? []).map((condition) =>
            condition.type === 'NetworkUnavailable'
              ? {
                  ...condition,
                  status: 'True',
                  reason: 'CalicoIsDown',
                  message: 'Calico is shutting down on this node',
                }
              : condition,
          ),
        },
      })),
    code: 'CNI110',
    words: ['n2', 'CalicoIsDown'],
  },
};
