import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Condition, KubeObject, Node } from '../../../../shared/model/objects.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { formatAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups } from '../../facts/agents.ts';
import { calicoAddresses } from '../../facts/calico-addresses.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { ofSickAgents } from '../../facts/sick-agents.ts';
import { calicoMessages } from '../../messages/calico.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { isCalico } from './is-calico.ts';

/** What the operator says of itself and of its components. */
export const operatorReports = defineCheck<ClusterSubject>({
  id: 'netcni/operator-reports-trouble',
  group: 'calico',
  needs: ['TigeraStatus'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => index.list('TigeraStatus').length + index.list('Installation').length > 0,
  run: (_, { index }) => {
    const told = index
      .list('TigeraStatus')
      .flatMap((object) => trouble(index, 'TigeraStatus', object, object.status?.conditions));
    if (told.length > 0) return told;
    // Its conditions are the same, gathered.
    return index
      .list('Installation')
      .flatMap((object) => trouble(index, 'Installation', object, object.status?.conditions));
  },
});

/** Components that only watch or tell, without which pods have their network all the same. */
const BESIDE =
  /^(apiserver|monitor|log-|compliance|intrusion|manager|management|policy-recommendation|goldmane|whisker|packetcapture|ippools)/;

function trouble(
  index: ClusterIndex,
  kind: string,
  object: KubeObject,
  conditions: readonly Condition[] | undefined,
): readonly Finding[] {
  const degraded = conditions?.find(({ type, status }) => type === 'Degraded' && status === 'True');
  const unavailable = conditions?.find(({ type, status }) => type === 'Available' && status === 'False');
  const progressing = conditions?.find(({ type, status }) => type === 'Progressing' && status === 'True');
  const told = degraded ?? (progressing === undefined ? unavailable : undefined);
  if (told === undefined) return [];
  const name = `${kind} ${nameOf(object)}`;
  const waiting = /^(calico|default)$/.test(nameOf(object)) ? nodesBeforeAgents(index) : [];
  return [
    calicoMessages.CNI405.raise({
      subject: { kind, name: nameOf(object) },
      args: {
        name,
        condition: told === degraded ? 'degraded' : 'not available',
        reason: told.reason ?? '',
        said: shorten(told.message ?? '', 200),
        refused: waiting.length > 0,
      },
      severity:
        (unavailable !== undefined || waiting.length > 0) && !BESIDE.test(nameOf(object)) ? 'critical' : 'warning',
      ...(waiting.length > 0 ? { pods: waiting.map(nodeKey) } : ofSickAgents(index, `${told.reason} ${told.message}`)),
      evidence: (conditions ?? []).map(({ type = '', status = '', reason = '', message = '' }) => ({
        fact: `${type} ${status}${reason === '' ? '' : ` (${reason})`}${message === '' ? '' : `: ${shorten(message, 160)}`}`,
        source: `${name} status.conditions`,
      })),
    }),
  ];
}

/** Nodes without network, as long as the operator has not made the agents at all. */
function nodesBeforeAgents(index: ClusterIndex): readonly string[] {
  const read = index.list('DaemonSet').length > 0 || isWhollyRead(index, 'DaemonSet');
  if (!read || agentGroups(index).some(({ role }) => role === 'network')) return [];
  return nodeFacts(index)
    .filter(({ standing }) => standing === 'no-network')
    .map(({ name }) => name);
}

/** The datastore was locked for a migration. */
export const datastoreLocked = defineCheck<ClusterSubject>({
  id: 'netcni/datastore-locked',
  group: 'calico',
  needs: ['ClusterInformation'],
  uses: ['Node'],
  applies: (_, { index }) => index.list('ClusterInformation').length > 0,
  run: (_, { index }) => {
    const information = index.get('ClusterInformation', undefined, 'default');
    if (information?.spec?.datastoreReady !== false) return [];
    return [
      calicoMessages.CNI406.raise({
        subject: { kind: 'ClusterInformation', name: 'default' },
        args: {},
        pods: nodeFacts(index).map(({ name }) => nodeKey(name)),
        evidence: [{ fact: 'datastoreReady is false', source: 'ClusterInformation default spec' }],
      }),
    ];
  },
});

/** Pools that Calico itself marks as unusable, a disabled one left out: that is a choice. */
export const poolNotAllocatable = defineCheck<ClusterSubject>({
  id: 'netcni/pool-not-allocatable',
  group: 'calico',
  needs: ['IPPool'],
  applies: (_, { index }) => index.list('IPPool').length > 0,
  run: (_, { index }) =>
    index.list('IPPool').flatMap((pool) => {
      const condition = pool.status?.conditions?.find(
        ({ type, status }) => type === 'Allocatable' && status === 'False',
      );
      if (condition === undefined || condition.reason === 'PoolDisabled' || pool.spec?.disabled === true) return [];
      return [
        calicoMessages.CNI407.raise({
          subject: { kind: 'IPPool', name: nameOf(pool) },
          args: {
            pool: nameOf(pool),
            why: `${condition.reason ?? ''}${condition.message === undefined ? '' : ` (${condition.message})`}`,
          },
          evidence: [
            {
              fact: `Allocatable is False: ${condition.reason ?? ''} ${condition.message ?? ''}`.trim(),
              source: `IPPool ${nameOf(pool)} status.conditions`,
            },
            { fact: `cidr ${pool.spec?.cidr ?? ''}`, source: `IPPool ${nameOf(pool)} spec` },
          ],
        }),
      ];
    }),
});

/** No tunnel, and nodes whose addresses are not of one subnet as Calico saw it. */
export const noTunnelAcrossSubnets = defineCheck<ClusterSubject>({
  id: 'netcni/no-tunnel-across-subnets',
  group: 'calico',
  needs: ['IPPool', 'Node'],
  uses: [...AGENT_USES, 'BGPPeer', 'BGPConfiguration'],
  applies: (_, { index }) => isCalico(index),
  run: (_, { index }) => {
    const bare = (detectNetwork(index).primary?.encapsulations ?? []).filter(({ value }) => value.wrapping === 'none');
    // With peers of one's own the routers are told; an empty list of them leaves no trace in most recordings.
    const peers = index.seen('BGPPeer').status;
    if (bare.length === 0 || index.list('BGPPeer').length > 0 || !['ok', 'notCollected'].includes(peers)) return [];
    // Who switched the mesh off has peers.
    if (index.get('BGPConfiguration', undefined, 'default')?.spec?.nodeToNodeMeshEnabled === false) return [];
    const subnets = new Map<string, string>();
    for (const { node, name } of nodeFacts(index)) {
      const subnet = subnetOf(node);
      if (subnet !== undefined && !subnets.has(subnet)) subnets.set(subnet, name);
    }
    if (subnets.size < 2) return [];
    return [
      calicoMessages.CNI404.raise({
        subject: { kind: 'IPPool', name: bare[0]?.value.pool ?? '' },
        args: {
          pools: joinNames(
            bare.map(({ value }) => `IPPool ${value.pool ?? ''}`),
            2,
          ),
          subnets: joinNames([...subnets.keys()], 3),
        },
        evidence: [
          ...[...subnets].slice(0, 3).map(([subnet, name]) => ({
            fact: subnet,
            source: `Node ${name} annotation projectcalico.org/${subnet.includes(':') ? 'IPv6Address' : 'IPv4Address'}`,
          })),
          ...bare.slice(0, 2).map(({ source }) => ({ fact: 'no tunnel', source })),
          ...(peers === 'ok' ? [] : [{ fact: 'none was read', source: 'BGPPeers' }]),
        ],
      }),
    ];
  },
});

/** The subnet of the address that Calico wrote on the node, as `10.0.1.0/24`: the one of IPv4 where there are two. */
function subnetOf(node: Node): string | undefined {
  const [text] = calicoAddresses(node);
  const range = text?.includes('/') === true ? parseCidr(text) : undefined;
  if (text === undefined || range === undefined || range.first === range.last) return undefined;
  return `${formatAddress({ family: range.family, value: range.first })}${text.slice(text.indexOf('/'))}`;
}
