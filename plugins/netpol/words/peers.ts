import type { LabelSelector } from '../../../shared/model/objects.ts';
import { formatSelector } from '../../../shared/model/selectors.ts';
import type { BlockPeer, Peer, PodsPeer, Rule } from '../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL } from '../../../shared/policy/rules/units.ts';
import { joinAnd, joinNames } from '../../../shared/util/text.ts';

/** Whom a peer, or the subject of a policy, means: `pods app=web of namespaces team=data`. */
export function peerWords(peer: Peer): string {
  switch (peer.type) {
    case 'pods':
      return podsWords(peer);
    case 'block':
      return blockWords(peer);
    case 'nodes':
      return isEmpty(peer.selector) ? 'all nodes' : `nodes ${formatSelector(peer.selector)}`;
    case 'domains':
      return `the names ${joinNames(peer.names)}`;
  }
}

/** The peers of a rule in one phrase; a rule without a list means everybody, outside the cluster too. */
export function peersWords(peers: Rule['peers'], max = 3): string {
  if (peers === 'any') return 'everybody';
  if (peers.length === 0) return 'nobody';
  return joinNames(peers.map(peerWords), max);
}

function podsWords({ namespace, namespaceSelector, podSelector }: PodsPeer): string {
  const pods = isEmpty(podSelector) ? 'all pods' : `pods ${formatSelector(podSelector)}`;
  if (namespace !== undefined) return `${pods} of namespace ${namespace}`;
  const selector = namespaceSelector ?? {};
  if (isEmpty(selector)) return `${pods} of all namespaces`;
  const names = namesIn(selector);
  if (names === undefined) return `${pods} of namespaces ${formatSelector(selector)}`;
  return `${pods} of namespace${names.length === 1 ? '' : 's'} ${joinAnd(names)}`;
}

/** The namespaces that a selector calls by name and by nothing else. */
function namesIn({ matchLabels, matchExpressions }: LabelSelector): readonly string[] | undefined {
  const labels = Object.entries(matchLabels ?? {});
  const [first] = labels;
  if (labels.length === 1 && (matchExpressions ?? []).length === 0) {
    return first?.[0] === NAMESPACE_NAME_LABEL ? [first[1]] : undefined;
  }
  const [only, ...more] = matchExpressions ?? [];
  if (labels.length > 0 || more.length > 0 || only?.operator !== 'In') return undefined;
  return only.key === NAMESPACE_NAME_LABEL ? (only.values ?? []) : undefined;
}

function blockWords({ cidr, except }: BlockPeer): string {
  const plain = cidr === '0.0.0.0/0' ? 'all IPv4 addresses' : cidr === '::/0' ? 'all IPv6 addresses' : cidr;
  return except.length === 0 ? plain : `${plain} except ${joinNames(except.map((hole) => hole.cidr))}`;
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}
