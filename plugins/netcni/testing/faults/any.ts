import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { event, pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { calico } from '../networks/calico.ts';
import { flannel } from '../networks/flannel.ts';
import { bridge } from '../networks/others.ts';
import { agents, clusterNode, NODES, withReady } from '../networks/parts.ts';
import {
  agentCrashes,
  joined,
  keptAway,
  type NetworkFaults,
  NO_CONFIG,
  noNetwork,
  ranged,
  sandboxFailure,
  withoutSet,
  withSpec,
} from './fault.ts';

export const ANY_FAULTS: NetworkFaults = {
  'bridge: CNI file gone': {
    objects: () => noNetwork(bridge(), 'n3'),
    code: 'CNI203',
    words: ['n3', 'no agent writes the configuration', 'cni plugin not initialized'],
  },
  'bridge: a configuration without IPAM': {
    objects: () => [...bridge(), ...sandboxFailure('n3', 'failed to find network info for sandbox "0f3c"')],
    code: 'CNI312',
    words: ['n3', 'its configuration names no IPAM'],
  },
  'bridge: a node joined anew with another range than its bridge has': {
    objects: () => ranged(bridge(), 'n3', '10.244.7.0/24'),
    code: 'CNI112',
    words: ['n3', '10.244.3.10', '10.244.7.0/24'],
  },
  'bridge: the node of most pods joined anew with another range': {
    objects: () => [
      ...ranged(bridge(), 'n3', '10.244.7.0/24').filter(
        ({ metadata, spec }: KubeObject & { spec?: { nodeName?: string } }) =>
          metadata?.name !== 'n1' && spec?.nodeName !== 'n1',
      ),
      ...[11, 12, 13].map((number) => pod(`more-${number}`, { node: 'n3', ip: `10.244.3.${number}` })),
    ],
    code: 'CNI112',
    words: ['n3', '10.244.7.0/24'],
  },
  'flannel: a node joined anew with another range than its pods have': {
    objects: () =>
      joined(ranged(flannel(), 'n3', '10.244.7.0/24'), 'n3', 600).map((one) =>
        one.kind === 'Pod' ? { ...one, metadata: { ...one.metadata, creationTimestamp: secondsAgo(7200) } } : one,
      ),
    code: 'CNI112',
    words: ['node n3 joined anew 10m ago', '10.244.3.10', '10.244.7.0/24', 'no way to it'],
  },
  'flannel: two nodes share both of their ranges': {
    objects: () =>
      ['n1', 'n2', 'n3'].reduce(
        (all, node) =>
          withSpec(all, 'Node', node, {
            podCIDRs: node === 'n1' ? ['10.244.1.0/24', 'fd00:10:244:1::/64'] : ['10.244.2.0/24', 'fd00:10:244:2::/64'],
          }),
        flannel(),
      ),
    code: 'CNI302',
    words: ['nodes n2 and n3 share pod addresses: 10.244.2.0/24 and fd00:10:244:2::/64'],
  },
  'bridge: cluster range used up': {
    objects: () => {
      const objects = ranged(bridge(), 'n3', undefined);
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
    objects: () => agentCrashes(flannel(), 'kube-proxy', 'n1', 'Error: unknown proxy mode "ipvz"'),
    code: 'CNI209',
    words: ['n1', 'configuration is wrong'],
  },
  'any: kube-proxy refuses its mode on all nodes': {
    objects: () =>
      NODES.reduce<readonly KubeObject[]>(
        (objects, node) =>
          agentCrashes(
            objects,
            'kube-proxy',
            node,
            `E1128 13:43:0${node.slice(1)}.577725       1 run.go:72] "command failed" err="failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \\"iptabels\\": must be iptables, ipvs, nftables or blank"`,
          ),
        flannel(),
      ),
    code: 'CNI209',
    words: ['n1, n2 and n3', 'configuration is wrong', 'iptabels'],
  },
  'any: kube-proxy missing on a node': {
    objects: () => keptAway(bridge(), 'kube-proxy', 'n2'),
    code: 'CNI208',
    words: ['n2', 'dedicated=gpu'],
  },
  'bridge: kube-proxy was deleted, and its settings are left': {
    objects: () => withoutSet(bridge(), 'kube-proxy'),
    code: 'CNI210',
    words: ['kube-proxy is gone from all nodes', 'routes between the nodes'],
    // Another program on each node may do its work.
    sound: () => [
      [...withoutSet(bridge(), 'kube-proxy'), ...agents('acme-services', [{ name: 'a', image: 'acme/services:1' }])],
    ],
  },
  'any: an address given twice': {
    objects: () => [...flannel(), pod('twin', { node: 'n1', ip: '10.244.1.10' })],
    code: 'CNI313',
    words: ['10.244.1.10', 'shop/twin', 'shop/web-n1'],
  },
  'any: nodes in the range of Services': {
    objects: () =>
      changed(
        flannel(),
        'ServiceCIDR',
        'kubernetes',
        (one) => ({ ...one, spec: { cidrs: ['10.0.0.0/16'] } }) as KubeObject,
      ),
    code: 'CNI314',
    words: ['10.0.0.1', '10.0.0.0/16'],
  },
  'any: NetworkUnavailable': {
    objects: () =>
      changed<Node>(calico(), 'Node', 'n2', (one) => ({
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
