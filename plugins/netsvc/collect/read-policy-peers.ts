import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { formatSelector, matchesSelector } from '../../../shared/model/selectors.ts';
import { directionsOf } from '../../../shared/policy/rules/compile-network-policy.ts';
import { dnsPods } from './read-namespace.ts';
import { allPods } from './read-pods.ts';

/** Selectors that are looked for elsewhere at most: each costs the server a look at all pods. */
const MOST = 3;

/**
 * Whom the policies on these pods let in: the labels of namespaces, the pods of the own namespace, and pods elsewhere
 * that a peer means. When a peer seems to mean nobody, all pods are read, because only then that can be said.
 */
export async function readPolicyPeers(gatherer: Gatherer, namespace: string, pods: readonly Pod[]): Promise<void> {
  const policies = await gatherer.list('NetworkPolicy', { namespace });
  const concerned = policies.filter((policy) => pods.some((pod) => selects(policy, pod)));
  if (concerned.length === 0) return;
  const peers = concerned.flatMap((policy) => (policy.spec?.ingress ?? []).flatMap((rule) => rule.from ?? []));
  await Promise.all([
    gatherer.list('Namespace'),
    allPods(gatherer, namespace).then((own) => readStrangers(gatherer, peers, own)),
    // A policy that keeps pods from asking names is known by the DNS servers that it does not let them reach.
    concerned.some((policy) => directionsOf(policy).egress) && pods.some((pod) => !isReady(pod))
      ? dnsPods(gatherer)
      : undefined,
    ...peers.filter((peer) => peer.namespaceSelector && peer.podSelector).map((peer) => readPeer(gatherer, peer)),
  ]);
}

/** Pods elsewhere that a peer without a namespaceSelector may mean, where the own namespace has none for it. */
async function readStrangers(
  gatherer: Gatherer,
  peers: readonly NetworkPolicyPeer[],
  own: readonly Pod[],
): Promise<void> {
  const lost = peers.filter(
    ({ namespaceSelector, podSelector }) =>
      podSelector && !namespaceSelector && !own.some((pod) => matchesSelector(podSelector, pod.metadata?.labels)),
  );
  const texts = new Set(lost.map(selectorText).filter((text) => text !== ''));
  await Promise.all([...texts].slice(0, MOST).map((labelSelector) => gatherer.list('Pod', { labelSelector })));
}

function selects(policy: NetworkPolicy, pod: Pod): boolean {
  return matchesSelector(policy.spec?.podSelector ?? {}, pod.metadata?.labels);
}

async function readPeer(gatherer: Gatherer, peer: NetworkPolicyPeer): Promise<void> {
  const labelSelector = selectorText(peer);
  const [namespaces, pods] = await Promise.all([
    gatherer.list('Namespace'),
    gatherer.list('Pod', labelSelector === '' ? {} : { labelSelector }),
  ]);
  const meant = new Set(
    namespaces
      .filter((entry) => matchesSelector(peer.namespaceSelector, entry.metadata?.labels))
      .map((entry) => entry.metadata?.name),
  );
  if (!pods.some((pod) => meant.has(pod.metadata?.namespace))) await gatherer.list('Pod');
}

/** The selector as the API's labelSelector parameter takes it; empty for one that matches every pod. */
function selectorText(peer: NetworkPolicyPeer): string {
  const text = formatSelector(peer.podSelector);
  return text === '<all>' || text === '<none>' ? '' : text;
}
