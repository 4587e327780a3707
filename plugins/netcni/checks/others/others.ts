import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { withoutOvnSubnet } from '../../facts/controllers.ts';
import { downNodes } from '../../facts/nodes.ts';
import { ofSickAgents } from '../../facts/sick-agents.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { groupBy, nodeWords } from '../words.ts';

/** What Antrea's agents find out about themselves. */
export const antreaConditions = defineCheck<ClusterSubject>({
  id: 'netcni/antrea-agent-condition',
  group: 'antrea',
  needs: ['AntreaAgentInfo'],
  uses: ['Node'],
  applies: (_, { index }) => index.list('AntreaAgentInfo').length > 0,
  run: (_, { index }) => {
    const troubled = index.list('AntreaAgentInfo').flatMap((info) => {
      const node = info.nodeRef?.name ?? nameOf(info);
      const bad = (info.agentConditions ?? []).filter(({ status }) => status === 'False' || status === 'Unknown');
      if (bad.length === 0 || downNodes(index).has(node)) return [];
      const conditions = joinNames(
        bad.map(({ type = '', status = '' }) => `${type} ${status}`),
        3,
      );
      return [{ info, node, bad, conditions }];
    });
    return groupBy(troubled, ({ conditions, bad }) => `${conditions} ${bad[0]?.message ?? ''}`).map((alike) => {
      const [{ node, bad, conditions }] = alike;
      const names = alike.map((one) => one.node);
      return pluginMessages.CNI701.raise({
        subject: { kind: 'Node', name: node },
        args: {
          nodes: nodeWords(names),
          many: names.length > 1,
          conditions,
          said: shorten(bad[0]?.message ?? '', 120),
        },
        pods: names.map(nodeKey),
        evidence: alike.slice(0, 3).flatMap((one) =>
          one.bad.map(({ type = '', status = '', message = '', lastHeartbeatTime = '' }) => ({
            fact: `${type} ${status}${message === '' ? '' : `: ${shorten(message, 160)}`}${lastHeartbeatTime === '' ? '' : `, last heartbeat ${lastHeartbeatTime}`}`,
            source: `AntreaAgentInfo ${nameOf(one.info)} agentConditions`,
          })),
        ),
      });
    });
  },
});

/** What OpenShift's operator says of the network. */
export const networkOperator = defineCheck<ClusterSubject>({
  id: 'netcni/network-operator-reports-trouble',
  group: 'openshift',
  needs: ['ClusterOperator'],
  uses: [...AGENT_USES, 'Event'],
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
        ...ofSickAgents(index, told.message),
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
    const names = withoutOvnSubnet(index);
    if (names.length === 0) return [];
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
