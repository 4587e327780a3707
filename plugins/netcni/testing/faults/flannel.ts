import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { pod, service } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { canal, flannel, k3s } from '../networks/flannel.ts';
import { configMap, kubeProxy, NODES } from '../networks/parts.ts';
import { agentCrashes, annotated, controlPlane, keptAway, type NetworkFaults, ranged, silent } from './fault.ts';

/** net-conf.json with other fields. */
function withNetwork(objects: readonly KubeObject[], fields: object): readonly KubeObject[] {
  const text = JSON.stringify({ Network: '10.244.0.0/16', Backend: { Type: 'vxlan' }, ...fields });
  return changed(objects, 'ConfigMap', 'kube-flannel-cfg', () =>
    configMap('kube-flannel-cfg', { 'net-conf.json': text }, 'kube-flannel'),
  );
}

const isNotProxy = ({ metadata }: KubeObject): boolean => !/^kube-proxy/.test(metadata?.name ?? '');

export const FLANNEL_FAULTS: NetworkFaults = {
  'flannel: the agents lost hostNetwork': {
    objects: () =>
      NODES.reduce<readonly KubeObject[]>(
        (objects, node) =>
          changed<Pod>(objects, 'Pod', `kube-flannel-ds-${node}`, (one) => ({
            ...one,
            spec: { ...one.spec, hostNetwork: false },
            status: {
              ...one.status,
              podIP: `10.244.${node.slice(1)}.9`,
              podIPs: [{ ip: `10.244.${node.slice(1)}.9` }],
            },
          })),
        flannel(),
      ),
    code: 'CNI113',
    words: ['hostNetwork', '10.244.1.9', 'node n1 has 10.0.0.1'],
  },
  'flannel: its Network was edited, and holds the range of no node': {
    objects: () => withNetwork(flannel(), { Network: '10.250.0.0/16' }),
    code: 'CNI303',
    words: ['10.244.1.0/24', '10.250.0.0/16', 'ranges'],
  },
  'flannel: backend edited, and no agent restarted since': {
    objects: () => withNetwork(flannel(), { Backend: { Type: 'host-gw' } }),
    code: 'CNI608',
    words: ['host-gw', 'vxlan', 'n1', 'Backend.Type'],
    sound: () => [withNetwork(flannel(), { Backend: { Type: 'VXLAN' } })],
  },
  'flannel: a backend that does not exist': {
    objects: () =>
      agentCrashes(
        withNetwork(flannel(), { Backend: { Type: 'vxlann' } }),
        'kube-flannel-ds',
        'n2',
        'E1128 13:13:32.100434       1 main.go:373] Error fetching backend: unknown backend type: vxlann',
      ),
    code: 'CNI601',
    words: ['net-conf.json', 'vxlann'],
  },
  'flannel: the tunnels of two clones have one hardware address': {
    objects: () =>
      annotated(flannel(), 'n3', (own) => ({
        ...own,
        'flannel.alpha.coreos.com/backend-data': '{"VNI":1,"VtepMAC":"aa:bb:cc:00:00:02"}',
      })),
    code: 'CNI609',
    words: ['n2', 'n3', 'aa:bb:cc:00:00:02'],
  },
  'flannel: kubelet stopped': {
    objects: () => silent(agentCrashes(flannel(), 'kube-flannel-ds', 'n2', 'old news'), 'n2'),
    code: 'CNI201',
    words: ['n2', 'NodeStatusUnknown'],
  },
  'flannel: agent crashes because the node has no podCIDR': {
    objects: () =>
      ranged(
        agentCrashes(
          flannel(),
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
        changed(flannel(), 'ConfigMap', 'kube-flannel-cfg', () =>
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
    objects: () => keptAway(flannel(), 'kube-flannel-ds', 'n3'),
    code: 'CNI103',
    words: ['n3', 'dedicated=gpu:NoSchedule'],
  },
  'flannel: agent wanted on no node': {
    objects: () => {
      const base = NODES.reduce<readonly KubeObject[]>(
        (all, node) => changed(all, 'Pod', `kube-flannel-ds-${node}`, () => undefined),
        flannel(),
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
    objects: () => annotated(flannel(), 'n2', () => ({})),
    code: 'CNI603',
    words: ['n2', 'backend-type'],
  },
  'flannel: announces an address that is gone': {
    objects: () => annotated(flannel(), 'n2', (own) => ({ ...own, 'flannel.alpha.coreos.com/public-ip': '10.0.9.9' })),
    code: 'CNI604',
    words: ['n2', '10.0.9.9', '10.0.0.2'],
  },
  'flannel: the kubelet of a node announces an interface beside that of the others': {
    objects: () =>
      changed<Node>(flannel(), 'Node', 'n2', (one) => ({
        ...one,
        status: { ...one.status, addresses: [{ type: 'InternalIP', address: '192.168.121.2' }] },
      })),
    code: 'CNI604',
    words: ['node n2 tells Kubernetes that its address is 192.168.121.2', 'uses 10.0.0.2, in one network with node n1'],
  },
  'flannel: two nodes announce one address': {
    objects: () => annotated(flannel(), 'n2', (own) => ({ ...own, 'flannel.alpha.coreos.com/public-ip': '10.0.0.1' })),
    code: 'CNI606',
    words: ['n1', 'n2', '10.0.0.1'],
  },
  'flannel: the interface that has one address on all machines': {
    objects: () =>
      NODES.reduce(
        (all, node) => annotated(all, node, (own) => ({ ...own, 'flannel.alpha.coreos.com/public-ip': '10.0.2.15' })),
        flannel(),
      ),
    code: 'CNI606',
    words: ['nodes n1, n2 and n3 all announce 10.0.2.15'],
  },
  'flannel: two backends': {
    objects: () =>
      annotated(flannel(), 'n3', (own) => ({ ...own, 'flannel.alpha.coreos.com/backend-type': 'host-gw' })),
    code: 'CNI605',
    words: ['host-gw on n3', 'vxlan'],
  },
  'flannel: Network is not the cluster range': {
    objects: () =>
      changed(flannel(), 'ConfigMap', 'kube-flannel-cfg', () =>
        configMap(
          'kube-flannel-cfg',
          { 'net-conf.json': '{"Network":"10.200.0.0/16","Backend":{"Type":"vxlan"}}' },
          'kube-flannel',
        ),
      ),
    code: 'CNI303',
    words: ['10.244.1.0/24', '10.200.0.0/16'],
  },
  'k3s: nodes share a range': {
    objects: () =>
      ranged(k3s(), 'n3', '10.244.2.0/24').map((one) =>
        one.metadata?.name === 'web-n3' ? pod('web-n3', { node: 'n3', ip: '10.244.2.11' }) : one,
      ),
    code: 'CNI302',
    words: ['n2', 'n3', '10.244.2.0/24'],
  },
  'k3s: kubelet stopped': { objects: () => silent(k3s(), 'n1'), code: 'CNI201', words: ['n1'] },
  'canal: agent not ready': {
    objects: () =>
      agentCrashes(
        canal(),
        'canal',
        'n1',
        'Failed to find any valid interface to use: failed to get default interface',
      ),
    code: 'CNI104',
    words: ['n1', 'no usable interface'],
  },
  'canal: node without range': { objects: () => ranged(canal(), 'n2', undefined), code: 'CNI301', words: ['n2'] },
  'flannel: Network smaller than what the controller manager gives': {
    objects: () => [...flannel(), controlPlane('kube-controller-manager', '--cluster-cidr=10.240.0.0/12')],
    code: 'CNI602',
    words: ['10.244.0.0/16', '10.240.0.0/12', 'kube-controller-manager'],
    sound: () => [
      [...flannel(), controlPlane('kube-controller-manager', '--cluster-cidr=10.244.0.0/16')],
      [...flannel(), controlPlane('kube-controller-manager', '--cluster-cidr=10.244.0.0/16,fd00:10:244::/56')],
    ],
  },
  'flannel: Network is another than that of the controller manager': {
    objects: () => [
      ...withNetwork(flannel(), { Network: '10.200.0.0/16' }),
      controlPlane('kube-controller-manager', '--cluster-cidr=10.244.0.0/16'),
    ],
    code: 'CNI602',
    words: ['10.200.0.0/16', '10.244.0.0/16', 'as a result', 'n1, n2 and n3'],
  },
  'flannel: many Services in mode iptables': {
    objects: () => [...flannel(), ...Array.from({ length: 5000 }, (_, at) => service(`svc-${at}`))],
    code: 'CNI740',
    words: ['nftables', '5000 Services', 'mode iptables'],
    note: true,
    sound: () => [[...flannel(), ...Array.from({ length: 50 }, (_, at) => service(`svc-${at}`))]],
  },
  'flannel: nftables beside iptables': {
    objects: () => withNetwork(flannel(), { EnableNFTables: true }),
    code: 'CNI607',
    words: ['EnableNFTables', 'iptables'],
    note: true,
    sound: () => [
      [...withNetwork(flannel(), { EnableNFTables: true }).filter(isNotProxy), ...kubeProxy('nftables').slice(0, -1)],
    ],
  },
};
