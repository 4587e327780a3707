import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

/** Sizes from which the makers of each recommend something else. */
const MANY_SERVICES = 5000;
const NODES_FOR_TYPHA = 50;
const NODES_FOR_MESH = 100;

/** Settings that work and that the size of the cluster has outgrown, each with its reason. */
export const tuningHints = defineCheck<ClusterSubject>({
  id: 'netcni/tuning-hint',
  group: 'tuning',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Service', 'Deployment', 'BGPConfiguration'],
  run: (_, { index }) => [...proxyHints(index), ...calicoHints(index), ...flannelHints(index)],
});

function hint(what: string, reason: string, evidence: readonly Evidence[]): Finding {
  return pluginMessages.CNI740.raise({
    subject: { kind: 'Cluster', name: 'tuning' },
    args: { hint: what, reason },
    evidence,
  });
}

function proxyHints(index: ClusterIndex): readonly Finding[] {
  const mode = detectNetwork(index).kubeProxy.mode;
  const services = index.list('Service').length;
  if (mode?.value !== 'iptables' || services < MANY_SERVICES) return [];
  return [
    hint(
      'kube-proxy in mode nftables would serve so many Services better',
      'in mode iptables the first packet of a connection walks a list as long as there are Services',
      [
        { fact: `${services} Services`, source: 'Services of all namespaces' },
        { fact: 'mode iptables', source: mode.source },
      ],
    ),
  ];
}

function calicoHints(index: ClusterIndex): readonly Finding[] {
  const { primary } = detectNetwork(index);
  const nodes = nodeFacts(index).length;
  if (primary?.name !== 'Calico' || nodes <= NODES_FOR_TYPHA) return [];
  const hints: Finding[] = [];
  const typha = index.list('Deployment').some((deployment) => nameOf(deployment) === 'calico-typha');
  if (!typha && isWhollyRead(index, 'Deployment')) {
    hints.push(
      hint(
        'Typha would take load off the API server',
        'above 50 nodes Calico recommends it, because every agent watches the API server by itself',
        [{ fact: `${nodes} nodes and no Deployment calico-typha`, source: 'Nodes, Deployments' }],
      ),
    );
  }
  const mesh = index.get('BGPConfiguration', undefined, 'default')?.spec?.nodeToNodeMeshEnabled !== false;
  const routed = primary.encapsulations.some(({ value }) => value.wrapping !== 'vxlan');
  if (mesh && routed && nodes > NODES_FOR_MESH && isWhollyRead(index, 'BGPConfiguration')) {
    hints.push(
      hint(
        'route reflectors would keep BGP small',
        `a full mesh makes every node hold ${nodes - 1} sessions; Calico recommends it up to about 100 nodes`,
        [{ fact: `${nodes} nodes, node-to-node mesh on`, source: 'BGPConfiguration default' }],
      ),
    );
  }
  return hints;
}

function flannelHints(index: ClusterIndex): readonly Finding[] {
  const slow = detectNetwork(index).primary?.encapsulations.find(({ value }) => value.wrapping === 'udp');
  if (slow === undefined) return [];
  return [
    hint(
      'vxlan would carry packets several times faster',
      'the backend udp copies every packet through flanneld; it is there for debugging and old kernels',
      [{ fact: 'backend udp', source: slow.source }],
    ),
  ];
}
