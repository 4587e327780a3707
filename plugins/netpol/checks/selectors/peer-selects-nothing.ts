import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatSelector } from '../../../../shared/model/selectors.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import type { PodsPeer } from '../../../../shared/policy/rules/rules.ts';
import { peerMiss } from '../../../../shared/policy/services/near-misses.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { lintModelIn, templatesSeen } from '../../lint/lint-facts.ts';
import { nearWords } from '../../lint/nearest-words.ts';
import { atField } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { selectorMessages } from '../../messages/selectors.ts';
import { peerWords } from '../../words/peers.ts';
import { ruleWords } from '../../words/policies.ts';
import { isOneWhereTwo, isTwoWhereOne } from './and-or-trap.ts';
import { isEverywhere, mayBeElsewhere } from './other-files.ts';
import { namespaceFixes, podFixes } from './peer-fixes.ts';
import {
  everyPeer,
  isCrossNamespace,
  isDead,
  meansNobody,
  meansNoNamespace,
  type PlacedPeer,
  peerField,
  placedPeers,
} from './peers.ts';

const uses = POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod' && kind !== 'Namespace');

/** A peer for the policy's own namespace matches no pod and no template there. */
export const ownPeerSelectsNothing = defineCheck<PolicySubject>({
  id: 'netpol/own-peer-selects-nothing',
  group: 'selectors',
  needs: ['Pod'],
  uses: [...uses, 'Namespace'],
  applies: (subject) => placedPeers(subject).some(({ peer }) => peer.type === 'pods' && peer.namespace !== undefined),
  run: (subject, { index }) =>
    placedPeers(subject).flatMap((place) =>
      place.peer.type === 'pods' && place.peer.namespace !== undefined ? judge(index, subject, place, place.peer) : [],
    ),
});

/** A peer for other namespaces matches none of them, or no pod in them. Judged only where all of both was read. */
export const farPeerSelectsNothing = defineCheck<PolicySubject>({
  id: 'netpol/far-peer-selects-nothing',
  group: 'selectors',
  needs: ['Pod', 'Namespace'],
  uses,
  applies: isCrossNamespace,
  run: (subject, { index }) =>
    placedPeers(subject).flatMap((place) =>
      place.peer.type === 'pods' && place.peer.namespace === undefined ? judge(index, subject, place, place.peer) : [],
    ),
});

/**
 * The same where pods of other namespaces were not read: that no namespace carries a label is seen from the namespaces
 * alone.
 */
export const namespaceSelectorMatchesNone = defineCheck<PolicySubject>({
  id: 'netpol/namespace-selector-matches-none',
  group: 'selectors',
  needs: ['Namespace'],
  uses: [...uses, 'Pod'],
  applies: (subject, { index }) => isCrossNamespace(subject) && index.seen('Pod').status !== 'ok',
  run: (subject, { index }) =>
    placedPeers(subject).flatMap((place) =>
      place.peer.type === 'pods' && meansNoNamespace(index, place.peer)
        ? judge(
            index,
            subject,
            place,
            place.peer,
            everyPeer(place.rule, (peer) => meansNoNamespace(index, peer)),
          )
        : [],
    ),
});

function judge(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  peer: PodsPeer,
  dead = isDead(index, place.rule),
): readonly Finding[] {
  // A dash too many or too few is told by the check for that trap.
  if (!meansNobody(index, peer) || isOneWhereTwo(index, subject, peer) || isTwoWhereOne(index, subject, place)) {
    return [];
  }
  const miss = peerMiss(lintModelIn(index), peer);
  if (miss === undefined) return [];
  const told = nearWords(miss.nearest);
  const elsewhereToo =
    miss.podsElsewhere.length === 0 &&
    told?.slip !== true &&
    told?.nearest.named !== true &&
    mayBeElsewhere(index, subject, peer, miss.on);
  if (elsewhereToo && isEverywhere(peer)) return [];
  // What stands nearest among a few files is not what was meant.
  const near = elsewhereToo ? undefined : told;
  const optIn = isOptIn(peer);
  const severity: Severity = dead && !optIn && !elsewhereToo ? 'warning' : 'info';
  const sure = templatesSeen(index, peer.namespace ?? '*');
  const plain = near?.slip === true || near?.nearest.named === true || miss.podsElsewhere.length > 0;
  // Which labels namespaces carry is seen whole; pods may come that nobody has written yet.
  const confidence = !elsewhereToo && (miss.on === 'namespace' || (sure && plain)) ? 'likely' : 'possible';
  const effect =
    dead && !elsewhereToo ? `; the rule lets nobody ${place.direction === 'ingress' ? 'in' : 'be reached'}` : '';
  const rule = ruleWords(subject.ref, place.direction, place.rule);
  const common = { subject: subject.ref, severity, confidence } as const;
  const evidence = [
    atField(index, subject, peerField(place), `means ${peerWords(peer)}`),
    ...(near?.evidence ?? []),
    ...elsewhere(
      miss.podsElsewhere.map((ref) => `${ref.namespace ?? ''}/${ref.name}`),
      miss.on,
    ),
  ];
  if (miss.on === 'namespace') {
    const args = {
      rule,
      selector: formatSelector(miss.selector),
      where: elsewhereToo ? 'in the files ' : '',
      nearest: near?.words ?? '',
      effect,
      fixes: elsewhereToo ? [] : namespaceFixes(index, subject, place, peer, near),
    };
    return [selectorMessages.POL103.raise({ ...common, args, evidence })];
  }
  const away = miss.podsElsewhere[0]?.namespace;
  const none =
    peer.namespace === undefined
      ? `no pod of those namespaces ${elsewhereToo ? 'in the files ' : ''}has these labels`
      : away === undefined
        ? 'no pod there has these labels'
        : `such pods are in namespace ${away} only`;
  const args = {
    rule,
    means: peerWords(peer),
    none,
    nearest: away === undefined ? (near?.words ?? '') : '',
    effect,
    fixes: elsewhereToo ? [] : podFixes(index, subject, place, peer, near, away),
  };
  return [selectorMessages.POL102.raise({ ...common, args, evidence })];
}

function elsewhere(pods: readonly string[], on: 'namespace' | 'pod'): readonly Evidence[] {
  if (pods.length === 0) return [];
  return [
    {
      fact: `pods that fit ${on === 'namespace' ? 'otherwise' : 'stand elsewhere'}: ${joinNames(pods)}`,
      source: 'pods of all namespaces',
    },
  ];
}

/** `redis-client: "true"`: a label that a client puts on to be let in. That nobody does today is nothing wrong. */
function isOptIn({ podSelector }: PodsPeer): boolean {
  const values = Object.values(podSelector.matchLabels ?? {});
  return values.length > 0 && values.some((value) => /^(?:true|yes|allow(?:ed)?|enabled|granted)$/i.test(value));
}
