import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import type { BGPPeer, CalicoPeerState } from '../../../../shared/model/objects-cni.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { matchesSelector } from '../../../../shared/model/selectors.ts';
import { parseCalicoSelector } from '../../../../shared/policy/rules/calico-selector.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { calicoAddresses, wrongAddressOf } from '../../facts/calico-addresses.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { sickAgents } from '../../facts/sick-agents.ts';
import { calicoMessages } from '../../messages/calico.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { groupBy, nodeWords } from '../words.ts';
import { isCalico } from './is-calico.ts';

/** Sessions of nodes that a CalicoNodeStatus shows to be down. */
export const bgpNotEstablished = defineCheck<ClusterSubject>({
  id: 'netcni/bgp-peer-not-established',
  group: 'calico',
  needs: ['CalicoNodeStatus'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => index.list('CalicoNodeStatus').length > 0,
  run: (_, { index }) => {
    const troubled = index.list('CalicoNodeStatus').flatMap((status) => {
      const node = status.spec?.node ?? nameOf(status);
      const bgp = status.status?.bgp;
      if (downNodes(index).has(node)) return [];
      const broken = [...(bgp?.peersV4 ?? []), ...(bgp?.peersV6 ?? [])].filter(
        (peer) => peer.state !== 'Established' && !isOfOther(index, peer),
      );
      if (broken.length === 0) return [];
      const args = {
        peers: joinNames(
          broken.map((peer) => peerWords(index, peer)),
          3,
        ),
        states: joinNames([...new Set(broken.map(({ state }) => state ?? 'unknown'))], 3),
        type: joinNames([...new Set(broken.map(({ type }) => type ?? 'peer'))], 2),
      };
      return [{ status, node, bgp, broken, args }];
    });
    // A router that nobody reaches is one cause and not one for each node.
    return groupBy(troubled, ({ args }) => Object.values(args).join(' ')).map((alike) => {
      const [{ status, node, bgp, broken, args }] = alike;
      const names = alike.map((one) => one.node);
      return calicoMessages.CNI401.raise({
        subject: { kind: 'Node', name: node },
        args: { ...args, nodes: nodeWords(names), node },
        impact: names.length / Math.max(1, nodeFacts(index).length),
        pods: names.map(nodeKey),
        evidence: [
          ...broken.slice(0, 3).map(({ peerIP = '', state = '', type = '', since }) => ({
            fact: `${type} ${peerIP}: ${state}${since === undefined ? '' : ` since ${since}`}`,
            source: `CalicoNodeStatus ${nameOf(status)} status.bgp`,
          })),
          {
            fact: `${bgp?.numberEstablishedV4 ?? 0} established, ${bgp?.numberNotEstablishedV4 ?? broken.length} not`,
            source: `CalicoNodeStatus ${nameOf(status)}, written ${status.status?.lastUpdated ?? 'at an unknown time'}`,
          },
        ],
      });
    });
  },
});

/** A session with a node that is down, whose agent is ill, or which goes by a wrong address is a consequence of that. */
function isOfOther(index: ClusterIndex, { peerIP }: CalicoPeerState): boolean {
  const node = nodeOfAddress(index, peerIP ?? '');
  if (node === undefined) return false;
  const name = nameOf(node);
  return downNodes(index).has(name) || sickAgents(index).has(name) || wrongAddressOf(index, node)?.bridge === true;
}

function nodeOfAddress(index: ClusterIndex, address: string): Node | undefined {
  return index
    .list('Node')
    .find(
      (node) =>
        node.status?.addresses?.some((entry) => entry.address === address) ||
        calicoAddresses(node).some((told) => told.split('/')[0] === address),
    );
}

function peerWords(index: ClusterIndex, { peerIP = '' }: CalicoPeerState): string {
  const node = nodeOfAddress(index, peerIP);
  return node === undefined ? peerIP : `${peerIP} (node ${nameOf(node)})`;
}

/** Nodes a BGPPeer is for: one by name, those of a selector, or all. The selector matches too much rather than too little. */
function nodesOfPeer(index: ClusterIndex, { spec }: BGPPeer): readonly string[] {
  return nodeFacts(index)
    .filter(({ name, node }) => {
      if (spec?.node !== undefined && spec.node !== '') return spec.node === name;
      const selector = spec?.nodeSelector;
      return (
        selector === undefined ||
        selector === '' ||
        matchesSelector(parseCalicoSelector(selector), node.metadata?.labels)
      );
    })
    .map(({ name }) => name);
}

/** Peerings that no node takes part in. */
export const bgpPeerSelectsNothing = defineCheck<ClusterSubject>({
  id: 'netcni/bgp-peer-selects-nothing',
  group: 'calico',
  needs: ['BGPPeer', 'Node'],
  applies: (_, { index }) => index.list('BGPPeer').length > 0,
  run: (_, { index }) => {
    if (!isWhollyRead(index, 'Node')) return [];
    return index.list('BGPPeer').flatMap((peer) => {
      if (nodesOfPeer(index, peer).length > 0) return [];
      const byName = peer.spec?.node !== undefined && peer.spec.node !== '';
      return [
        calicoMessages.CNI402.raise({
          subject: { kind: 'BGPPeer', name: nameOf(peer) },
          args: {
            peer: nameOf(peer),
            selector: byName ? (peer.spec?.node ?? '') : (peer.spec?.nodeSelector ?? ''),
            what: byName ? 'spec.node' : 'spec.nodeSelector',
          },
          evidence: [
            {
              fact: byName ? `node ${peer.spec?.node ?? ''}` : `nodeSelector ${peer.spec?.nodeSelector ?? ''}`,
              source: `BGPPeer ${nameOf(peer)} spec`,
            },
            { fact: `${nodeFacts(index).length} nodes were compared`, source: 'Nodes metadata.labels' },
          ],
        }),
      ];
    });
  },
});

/** Nodes without mesh and without peer, where nothing else carries packets between nodes. */
export const noBgpSession = defineCheck<ClusterSubject>({
  id: 'netcni/no-bgp-session-configured',
  group: 'calico',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => isCalico(index),
  run: (_, { index }) => {
    const mesh = index.get('BGPConfiguration', undefined, 'default')?.spec?.nodeToNodeMeshEnabled;
    const tunnels = detectNetwork(index).primary?.encapsulations ?? [];
    const vxlan = tunnels.length > 0 && tunnels.every(({ value }) => value.wrapping === 'vxlan');
    const off = index.list('Installation').some(({ spec }) => spec?.calicoNetwork?.bgp === 'Disabled');
    if (mesh !== false || vxlan || off || !isWhollyRead(index, 'BGPPeer')) return [];
    const peered = new Set(index.list('BGPPeer').flatMap((peer) => nodesOfPeer(index, peer)));
    const alone = nodeFacts(index).filter(({ name, takesAgents }) => takesAgents && !peered.has(name));
    if (alone.length === 0 || nodeFacts(index).length < 2) return [];
    const names = alone.map(({ name }) => name);
    return [
      calicoMessages.CNI403.raise({
        subject: { kind: 'Node', name: names[0] ?? '' },
        args: { nodes: names.length === nodeFacts(index).length ? 'any node' : nodeWords(names) },
        pods: names.map(nodeKey),
        evidence: [
          { fact: 'nodeToNodeMeshEnabled is false', source: 'BGPConfiguration default spec' },
          { fact: `${index.list('BGPPeer').length} BGPPeers`, source: 'BGPPeers' },
        ],
      }),
    ];
  },
});
