import type { KubeObject } from '../../../../shared/model/objects.ts';
import { flannel, rke2 } from '../networks/flannel.ts';
import { agentCrashes, keptAway, type NetworkFaults, withoutSet } from './fault.ts';

/** Flannel of a node that cannot reach the API server by its ClusterIP. */
const unserved = (node: string): readonly KubeObject[] =>
  agentCrashes(
    flannel(),
    'kube-flannel-ds',
    node,
    'Failed to create SubnetManager: Get "https://10.96.0.1:443/api/v1/namespaces/kube-flannel/pods/x": dial tcp 10.96.0.1:443: i/o timeout',
  );

/** kube-proxy, and what else on a node needs it. */
export const KUBE_PROXY_FAULTS: NetworkFaults = {
  'rke2: the static kube-proxy of a node crashes': {
    objects: () => agentCrashes(rke2(), 'kube-proxy', 'n2', 'Error: unknown proxy mode "ipvz"'),
    code: 'CNI209',
    words: ['n2', 'configuration is wrong'],
  },
  'rke2: a node without the static kube-proxy of the others': {
    objects: () => rke2().filter(({ metadata }) => metadata?.name !== 'kube-proxy-n2'),
    code: 'CNI208',
    words: ['n2', 'the other nodes run it as a static pod'],
  },
  'flannel: the agent asks for a ClusterIP where kube-proxy does not work': {
    objects: () => agentCrashes(unserved('n2'), 'kube-proxy', 'n2', 'Error: unknown proxy mode "ipvz"'),
    code: 'CNI209',
    words: ['n2', 'configuration is wrong', 'as a result: the Flannel agent on node n2 cannot reach the API server'],
  },
  'flannel: the agent asks for a ClusterIP where no kube-proxy is': {
    objects: () => keptAway(unserved('n2'), 'kube-proxy', 'n2'),
    code: 'CNI208',
    words: ['n2', 'as a result: the Flannel agent on node n2 cannot reach the API server'],
  },
  'flannel: the agent asks for a ClusterIP, and kube-proxy was deleted': {
    objects: () => withoutSet(unserved('n2'), 'kube-proxy'),
    code: 'CNI210',
    words: ['kube-proxy is gone', 'as a result: the Flannel agent on node n2 cannot reach the API server'],
  },
  'flannel: kube-proxy of another node has nothing to do with it': {
    objects: () => agentCrashes(unserved('n2'), 'kube-proxy', 'n3', 'Error: unknown proxy mode "ipvz"'),
    code: 'CNI104',
    words: ['n2', 'cannot reach the API server'],
    second: 'CNI209',
  },
  'flannel: agent and kube-proxy of a node, each by its own fault': {
    objects: () =>
      agentCrashes(
        agentCrashes(flannel(), 'kube-flannel-ds', 'n2', 'Failed to find any valid interface to use'),
        'kube-proxy',
        'n2',
        'Error: unknown proxy mode "ipvz"',
      ),
    code: 'CNI104',
    words: ['n2', 'no usable interface'],
    second: 'CNI209',
  },
};
