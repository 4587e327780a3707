import { pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { flannel } from '../networks/flannel.ts';
import { NODES } from '../networks/parts.ts';
import {
  agentCrashes,
  annotated,
  call,
  crowd,
  type NetworkFaults,
  noNetwork,
  ranged,
  sandboxFailure,
  staysDeleted,
  withoutSet,
} from './fault.ts';

/** What pods of a Flannel network fail with. */
export const FLANNEL_PODS_FAULTS: NetworkFaults = {
  'flannel: CNI file gone': {
    objects: () => noNetwork(flannel(), 'n2'),
    code: 'CNI109',
    words: ['n2', 'cni plugin not initialized'],
  },
  'flannel: another CNI file first': {
    objects: () => [
      ...flannel(),
      ...sandboxFailure('n2', `${call('macvlan', 'old-net')}failed to look up master "eth9": Link not found`),
    ],
    code: 'CNI111',
    words: ['n2', 'old-net', 'macvlan'],
  },
  'flannel: the agent of Istio, chained behind it, does not answer': {
    objects: () => [
      ...flannel(),
      ...sandboxFailure(
        'n2',
        `${call('istio-cni', 'istio-cni')}cmdAdd failed to contact node CNI agent: Post "http://localhost/cmdadd": dial unix /var/run/istio-cni/pluginevent.sock: connect: connection refused`,
      ),
    ],
    code: 'CNI312',
    words: ['n2', 'the agent of Istio (istio-cni-node) does not answer'],
  },
  'flannel: a pod that was deleted stays': {
    objects: () => [
      ...flannel(),
      ...staysDeleted('n2', 'plugin type="portmap" failed (delete): incompatible CNI versions; config is "9.9.9"'),
    ],
    code: 'CNI320',
    words: ['pod shop/old-1 on node n2 cannot be removed', 'incompatible CNI versions', 'for 5m'],
    sound: () => [
      // Within what an end may take, and for a reason that is not the network's.
      [...flannel(), ...staysDeleted('n2', 'plugin type="portmap" failed (delete): busy', 10)],
      [...flannel(), pod('old-1', { node: 'n2', ip: '10.244.2.77', meta: { deletionTimestamp: secondsAgo(300) } })],
    ],
  },
  'flannel: pods with addresses of another range': {
    objects: () => [...flannel(), pod('stray', { node: 'n2', ip: '192.168.77.4' })],
    code: 'CNI112',
    words: ['n2', '192.168.77.4', '10.244.2.0/24'],
  },
  'flannel: addresses leaked on a node': {
    objects: () => [
      ...flannel(),
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
      ...ranged(flannel(), 'n2', '10.244.2.0/26'),
      ...crowd('n2'),
      pod('last', { node: 'n2', ip: '10.244.2.62' }),
    ],
    code: 'CNI304',
    words: ['n2', '61 of 61'],
  },
  'flannel: subnet file missing while the agent is down': {
    objects: () => [
      ...agentCrashes(
        flannel(),
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
  'flannel: subnet file gone while the agent is well': {
    objects: () => [
      ...flannel(),
      ...sandboxFailure('n3', `${call('flannel', 'cbr0')}open /run/flannel/subnet.env: no such file or directory`),
    ],
    code: 'CNI312',
    words: ['n3', 'kube-flannel-ds-n3 is ready and writes it only when it starts', 'subnet.env'],
  },
  'flannel: the bridge has the address of another range': {
    objects: () => [
      ...flannel(),
      ...sandboxFailure(
        'n3',
        `${call('flannel', 'cbr0')}failed to set bridge addr: "cni0" already has an IP address different from 10.244.3.1/24`,
      ),
    ],
    code: 'CNI312',
    words: ['n3', 'the bridge cni0 on the node still has the address of another range'],
  },
  'flannel: agents crash for want of a kernel module': {
    objects: () => [
      ...NODES.reduce(
        (all, node) =>
          agentCrashes(
            all,
            'kube-flannel-ds',
            node,
            'E0703 12:45:00.969209 1 main.go:268] Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: no such file or directory',
          ),
        flannel(),
      ),
      ...sandboxFailure('n1', `${call('flannel', 'cbr0')}open /run/flannel/subnet.env: no such file or directory`),
    ],
    code: 'CNI104',
    words: ['n1, n2 and n3', 'the kernel module br_netfilter is not loaded', 'as a result'],
  },
  'flannel: the program of the bridge is gone, whatever ails the agent': {
    objects: () => [
      ...agentCrashes(
        flannel(),
        'kube-flannel-ds',
        'n3',
        'nodes is forbidden: User "flannel" cannot list resource "nodes"',
      ),
      ...sandboxFailure('n3', `${call('flannel', 'cbr0')}failed to find plugin "bridge" in path [/opt/cni/bin]`),
    ],
    code: 'CNI104',
    words: ['n3', 'rights are missing'],
    second: 'CNI312',
  },
  'flannel: another CNI file first, whose program nobody installed': {
    objects: () => [
      ...flannel(),
      ...sandboxFailure('n2', `${call('calico', 'old')}failed to find plugin "calico" in path [/opt/cni/bin]`),
    ],
    code: 'CNI111',
    words: ['n2', '"old" (plugin calico)'],
  },
  'flannel: kube-proxy is gone': {
    objects: () => withoutSet(flannel(), 'kube-proxy'),
    code: 'CNI210',
    words: ['kube-proxy is gone from all nodes', 'ConfigMap kube-system/kube-proxy'],
    // Nothing tells that there ever was one.
    sound: () => [withoutSet(flannel(), 'kube-proxy').filter(({ metadata }) => metadata?.name !== 'kube-proxy')],
  },
  'flannel: tunnels of two numbers': {
    objects: () =>
      NODES.reduce(
        (all, node) =>
          annotated(all, node, (own) => ({
            ...own,
            'flannel.alpha.coreos.com/backend-data': (own['flannel.alpha.coreos.com/backend-data'] ?? '').replace(
              '"VNI":1',
              node === 'n3' ? '"VNI":7' : '"VNI":1',
            ),
          })),
        flannel(),
      ),
    code: 'CNI605',
    words: ['vxlan with VNI 7 on n3', 'vxlan with VNI 1 on n1 and n2'],
  },
  'flannel: the runtime cannot get its pause image': {
    objects: () => [
      ...flannel(),
      ...sandboxFailure(
        'n2',
        'failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image "registry.k8s.io/pause:3.9": dial tcp 192.0.2.7:443: i/o timeout',
        'api-1',
        'Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = ',
      ),
    ],
    code: 'CNI312',
    words: ['n2', 'cannot get the image of the sandbox', 'registry.k8s.io/pause:3.9'],
    sound: () => [
      // A class of runtime that the node does not offer is a matter of the pod.
      [
        ...flannel(),
        ...sandboxFailure(
          'n2',
          'failed to get sandbox runtime: no runtime for "gvisor" is configured',
          'api-1',
          'Failed to create pod sandbox: rpc error: code = Unknown desc = ',
        ),
      ],
    ],
  },
};
