import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { isolating, type PolicyModel } from '../../../../shared/policy/model.ts';
import type { Policy } from '../../../../shared/policy/rules/rules.ts';
import { type NearMiss, peerMiss } from '../../../../shared/policy/services/near-misses.ts';
import { plural } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { podCallersModelIn } from '../../policy-facts.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { peerWords } from './peer-words.ts';

/** A peer of a rule that means nobody. */
export type PeerMiss = Extract<NearMiss, { kind: 'peerMatchesNothing' }>;

/** Whether everything that the selector could have matched was read. */
export function couldSee(index: ClusterIndex, namespace: string, miss: PeerMiss): boolean {
  if (miss.on === 'namespace') {
    const { status, whole } = index.seen('Namespace', '*');
    return status === 'ok' && whole;
  }
  const everywhere = index.seen('Pod', '*');
  if (everywhere.status === 'ok' && everywhere.whole) return true;
  const here = index.seen('Pod', namespace);
  return here.status === 'ok' && here.whole && miss.among > 0;
}

/** Peers that match nothing while others are let in: worth knowing when the label is nearly right. */
export function strayPeers(index: ClusterIndex, subject: ServiceSubject, pods: readonly Pod[]): readonly Finding[] {
  const model = podCallersModelIn(index);
  const first = pods[0];
  if (first === undefined) return [];
  return isolating(model, first, 'ingress').flatMap(({ policy }) =>
    strayPeersOf(model, policy).flatMap((miss) => {
      if (!couldSee(index, subject.namespace, miss)) return [];
      const { lets, missing, nearest } = peerWords(miss);
      return [
        policyMessages.SVC606.raise({
          subject: miss.policy,
          args: { policy: formatRef(miss.policy), lets, missing, nearest },
          evidence: [
            {
              fact: `looked at ${plural(miss.among, miss.on)}`,
              source: `${formatRef(miss.policy)} ingress[${miss.rule.index}]`,
            },
          ],
        }),
      ];
    }),
  );
}

/** A policy's peers that match nothing and look like a slip; the same for every Service behind the policy. */
function strayPeersOf(model: PolicyModel, policy: Policy): readonly PeerMiss[] {
  return model.memo(`netsvc/stray-peers/${refKey(policy.ref)}`, () =>
    policy.ingress.flatMap((rule) => {
      if (rule.action !== 'allow' || rule.peers === 'any') return [];
      return rule.peers.flatMap((peer, at): readonly PeerMiss[] => {
        const facts = peer.type === 'pods' ? peerMiss(model, peer, policy.ref.namespace) : undefined;
        if (facts === undefined) return [];
        const near =
          facts.podsElsewhere.length > 0 || facts.nearest.some((entry) => entry.similar !== undefined || entry.named);
        const miss = {
          kind: 'peerMatchesNothing',
          policy: policy.ref,
          rule: { index: rule.index },
          peer: at,
          ...facts,
        } as const;
        return near ? [miss] : [];
      });
    }),
  );
}
