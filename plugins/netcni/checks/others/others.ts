import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

/** What Antrea's agents find out about themselves. */
export const antreaConditions = defineCheck<ClusterSubject>({
  id: 'netcni/antrea-agent-condition',
  group: 'antrea',
  needs: ['AntreaAgentInfo'],
  uses: ['Node'],
  applies: (_, { index }) => index.list('AntreaAgentInfo').length > 0,
  run: (_, { index }) =>
    index.list('AntreaAgentInfo').flatMap((info) => {
      const node = info.nodeRef?.name ?? nameOf(info);
      const bad = (info.agentConditions ?? []).filter(({ status }) => status === 'False' || status === 'Unknown');
      if (bad.length === 0 || downNodes(index).has(node)) return [];
      return [
        pluginMessages.CNI701.raise({
          subject: { kind: 'Node', name: node },
          args: {
            node,
            conditions: joinNames(
              bad.map(({ type = '', status = '' }) => `${type} ${status}`),
              3,
            ),
            said: shorten(bad[0]?.message ?? '', 120),
          },
          pods: [nodeKey(node)],
          evidence: bad.map(({ type = '', status = '', message = '', lastHeartbeatTime = '' }) => ({
            fact: `${type} ${status}${message === '' ? '' : `: ${shorten(message, 160)}`}${lastHeartbeatTime === '' ? '' : `, last heartbeat ${lastHeartbeatTime}`}`,
            source: `AntreaAgentInfo ${nameOf(info)} agentConditions`,
          })),
        }),
      ];
    }),
});

/** What OpenShift's operator says of the network. */
export const networkOperator = defineCheck<ClusterSubject>({
  id: 'netcni/network-operator-reports-trouble',
  group: 'openshift',
  needs: ['ClusterOperator'],
  applies: (_, { index }) => index.get('ClusterOperator', undefined, 'network') !== undefined,
  run: (_, { index }) => {
    const operator = index.get('ClusterOperator', undefined, 'network');
    const conditions = operator?.status?.conditions ?? [];
    const told =
      conditions.find(({ type, status }) => type === 'Degraded' && status === 'True') ??
      conditions.find(({ type, status }) => type === 'Available' && status === 'False');
    if (told === undefined) return [];
    return [
      pluginMessages.CNI702.raise({
        subject: { kind: 'ClusterOperator', name: 'network' },
        args: {
          name: 'network',
          condition: told.type === 'Degraded' ? 'degraded' : 'not available',
          reason: told.reason ?? '',
          said: shorten(told.message ?? '', 200),
        },
        severity: conditions.some(({ type, status }) => type === 'Available' && status === 'False')
          ? 'critical'
          : 'warning',
        evidence: conditions.map(({ type = '', status = '', message = '' }) => ({
          fact: `${type} ${status}${message === '' ? '' : `: ${shorten(message, 160)}`}`,
          source: 'ClusterOperator network status.conditions',
        })),
      }),
    ];
  },
});

/** Nodes that OVN has given no range. */
export const ovnSubnetMissing = defineCheck<ClusterSubject>({
  id: 'netcni/ovn-subnet-missing',
  group: 'ovn',
  needs: ['Node'],
  uses: [...AGENT_USES],
  applies: (_, { index }) => detectNetwork(index).primary?.name === 'OVN-Kubernetes',
  run: (_, { index }) => {
    const nodes = nodeFacts(index).filter(
      ({ takesAgents, fresh, name }) => takesAgents && !fresh && !downNodes(index).has(name),
    );
    const bare = nodes.filter(({ node }) => node.metadata?.annotations?.['k8s.ovn.org/node-subnets'] === undefined);
    // Where no node has it, annotations were left out of what was read.
    if (bare.length === 0 || bare.length === nodes.length) return [];
    const names = bare.map(({ name }) => name);
    return [
      pluginMessages.CNI708.raise({
        subject: { kind: 'Node', name: names[0] ?? '' },
        args: { nodes: nodeWords(names) },
        pods: names.map(nodeKey),
        evidence: names.slice(0, 3).map((name) => ({
          fact: 'no annotation k8s.ovn.org/node-subnets',
          source: `Node ${name} metadata.annotations`,
        })),
      }),
    ];
  },
});
