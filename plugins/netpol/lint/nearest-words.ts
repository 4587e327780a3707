import { distance } from 'fastest-levenshtein';
import type { Evidence } from '../../../shared/messages/finding.ts';
import type { LabelSelector } from '../../../shared/model/objects.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { unitRef } from '../../../shared/policy/evaluate/explain-peer.ts';
import { type Candidate, type Nearest, nearestTo } from '../../../shared/policy/evaluate/nearest.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { matchNamespace } from '../../../shared/policy/rules/match.ts';
import type { PodsPeer } from '../../../shared/policy/rules/rules.ts';
import type { PodUnit } from '../../../shared/policy/rules/units.ts';
import { requirementWords } from '../words/misses.ts';
import { classesIn } from './members.ts';

/** What comes nearest to a selector that matches nothing, told. */
export interface NearWords {
  readonly nearest: Nearest;
  /** `; nearest: pod shop/web-1 has app=web`. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  /** One label differs, by little: a slip of the pen. */
  readonly slip: boolean;
}

/** The pods of the namespaces meant that come nearest to a pod selector. */
export function nearestPods(model: PolicyModel, peer: PodsPeer): readonly Nearest[] {
  const { byNamespace, classes } = classesIn(model);
  const among = peer.namespace === undefined ? classes : (byNamespace.get(peer.namespace)?.classes ?? []);
  const candidates = among
    .filter(({ unit }) => matchNamespace(peer, unit) !== 'no')
    .map(({ unit }): Candidate => ({ ref: podOrWorkload(model, unit), labels: unit.labels }));
  return nearestTo(peer.podSelector, candidates);
}

/** A stand-in goes by the name of its workload. */
function podOrWorkload(model: PolicyModel, unit: PodUnit): Candidate['ref'] {
  const { uid } = unit.pod.metadata ?? {};
  return uid === undefined && unit.pod.status === undefined ? model.workloadOf(unit.pod) : unitRef(unit);
}

/** The namespaces whose labels come nearest to a selector, the nearest first. */
export function nearestNamespaces(model: PolicyModel, selector: LabelSelector): readonly Nearest[] {
  const candidates = [...model.namespaces.values()].map(
    ({ name, labels }): Candidate => ({ ref: { kind: 'Namespace', name }, labels }),
  );
  return nearestTo(selector, candidates);
}

/** Kinds whose own labels selectors look at; of workloads those of the template count. */
const OWN_LABELS: ReadonlySet<string> = new Set(['Pod', 'Namespace']);

/** Undefined when nothing comes near: any object would then be as good. */
export function nearWords(all: readonly Nearest[]): NearWords | undefined {
  const nearest = all.find(({ similar, named, misses, asked }) => {
    return similar !== undefined || named || misses.length < asked || misses.some(({ found }) => found !== undefined);
  });
  if (nearest === undefined) return undefined;
  const has = hasWords(nearest);
  return {
    nearest,
    words: `; nearest: ${formatRef(nearest.object)} ${has}`,
    evidence: [
      {
        fact: `${formatRef(nearest.object)} ${has}; wanted is ${wantedWords(nearest)}`,
        source: `${formatRef(nearest.object)} ${OWN_LABELS.has(nearest.object.kind) ? '' : 'spec.template.'}metadata.labels`,
      },
    ],
    slip: nearest.misses.length === 1 && (nearest.similar !== undefined || nearest.misses.some(isSlip)),
  };
}

function hasWords({ misses, similar }: Nearest): string {
  if (similar !== undefined) return `has ${similar.key}=${similar.value}`;
  return misses.map(({ key, found }) => (found === undefined ? `lacks ${key}` : `has ${key}=${found}`)).join(' and ');
}

function wantedWords({ misses }: Nearest): string {
  return misses.map(requirementWords).join(' and ');
}

/** `backend` and `back-end`, `payment` and `payments`; another version or number is no slip of the pen. */
function isSlip({ found, values }: Nearest['misses'][number]): boolean {
  if (found === undefined) return false;
  const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  return values.some((value) => {
    const [a, b] = [letters(value), letters(found)];
    if (a === '' || b === '' || (a === b && value.replaceAll(/\D/g, '') !== found.replaceAll(/\D/g, ''))) return false;
    const shorter = Math.min(a.length, b.length);
    // Short words are near to each other without being meant: `api` and `app`.
    return (
      [...a].sort().join('') === [...b].sort().join('') ||
      (shorter >= 4 && distance(a, b) <= 2) ||
      (shorter === 3 && a.length !== b.length && distance(a, b) === 1)
    );
  });
}
