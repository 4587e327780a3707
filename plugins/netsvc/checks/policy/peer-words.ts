import { formatRef } from '../../../../shared/model/refs.ts';
import { formatSelector } from '../../../../shared/model/selectors.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import type { NearMiss } from '../../../../shared/policy/services/near-misses.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { likeness } from '../selector/label-distance.ts';

/** A peer that matches nothing, in three parts of a sentence. */
export interface PeerWords {
  /** `namespaces labelled team=front`. */
  readonly lets: string;
  /** `no namespace has that label`. */
  readonly missing: string;
  /** `; nearest: Namespace front has no label team`, or empty. */
  readonly nearest: string;
}

/** A peer that matches nothing, in words: whom it lets in, what is missing, what comes nearest. */
export function peerWords(miss: Extract<NearMiss, { kind: 'peerMatchesNothing' }>): PeerWords {
  const selector = formatSelector(miss.selector);
  const noun = miss.on === 'namespace' ? 'namespace' : 'pod';
  const [other] = elsewhereOf(miss);
  if (other !== undefined) {
    return {
      lets: `pods labelled ${selector} of its own namespace`,
      missing: 'there are none',
      nearest: `; pods with that label are in namespace ${other}, for which the rule needs a namespaceSelector`,
    };
  }
  return {
    lets: miss.on === 'namespace' ? `namespaces labelled ${selector}` : `pods labelled ${selector}`,
    missing: `no ${noun} here is (label ${selector} is missing)`,
    nearest: nearestWords(miss),
  };
}

/** Namespaces that hold the pods which a rule without a namespaceSelector means. */
export function elsewhereOf({
  on,
  local,
  podsElsewhere,
}: Extract<NearMiss, { kind: 'peerMatchesNothing' }>): readonly string[] {
  return on === 'pod' && local ? [...new Set(podsElsewhere.flatMap(({ namespace }) => namespace ?? []))] : [];
}

/** Whether that which comes nearest has something of what is wanted, so that it may be meant. */
export function comesNear({ nearest, podsElsewhere }: Extract<NearMiss, { kind: 'peerMatchesNothing' }>): boolean {
  const [first] = nearest;
  if (first === undefined) return false;
  if (first.similar !== undefined || first.named || podsElsewhere.length > 0) return true;
  return first.misses.some(
    ({ key, found, values }) =>
      found !== undefined && (key !== NAMESPACE_NAME_LABEL || values.some((value) => likeness(value, found) >= 0.5)),
  );
}

function nearestWords(miss: Extract<NearMiss, { kind: 'peerMatchesNothing' }>): string {
  const { nearest, podsElsewhere } = miss;
  const first = nearest[0];
  const parts: string[] = [];
  if (first !== undefined && comesNear(miss)) {
    const has =
      first.similar !== undefined
        ? `has ${first.similar.key}=${first.similar.value}`
        : first.misses
            .map(({ key, found }) => (found === undefined ? `lacks ${key}` : `has ${key}=${found}`))
            .join(' and ');
    parts.push(`nearest: ${formatRef(first.object)} ${has}`);
  }
  if (podsElsewhere.length > 0) {
    parts.push(
      `pods that fit otherwise: ${joinNames(
        podsElsewhere.map((ref) => `${ref.namespace ?? ''}/${ref.name}`),
        2,
      )}`,
    );
  }
  return parts.length === 0 ? '' : `; ${parts.join('; ')}`;
}
