import type { Plan, Request } from '../../../shared/cli/command.ts';
import { UnseenError, UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import { noNamespace } from '../../../shared/cli/no-namespace.ts';
import { isApplied } from '../../../shared/model/applied.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Enforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import { selects } from '../../../shared/policy/evaluate/side.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { wrap } from '../../../shared/util/text.ts';
import { networkGaps } from '../answer/own-networks.ts';
import { unknownFieldsOf } from '../checks/form/unknown-fields.ts';
import { unreadableIn } from '../checks/form/unreadable.ts';
import type { LintedKind } from '../lint/policy-subject.ts';
import { CNI_NAMES, enforcementIn, isPaper, ownNetworksUnder, policyModelIn, takenAsOpen } from '../policy-facts.ts';
import type { Party } from '../targets/party.ts';
import type { Naming } from '../words/misses.ts';
import { namingOf } from '../words/names.ts';
import { type Places, placesOf } from '../words/places.ts';
import { type Gaps, gapsAboutAll, gapsOf, type Refused } from './gaps.ts';

/** Facts made ready for a question about policies. */
export interface Asked {
  readonly snapshot: Snapshot;
  readonly index: ClusterIndex;
  readonly model: PolicyModel;
  /** What acts on policies here. In files that were never applied there is nothing that could: policies count as they are. */
  readonly enforcement: Enforcement;
  readonly places: Places;
  readonly name: Naming;
  /** What could not be read. */
  readonly gaps: Gaps;
  /** The namespace in force. */
  readonly namespace: string;
}

/** Reads what a plan asks for and prepares it. Throws a UsageError for a network plugin that nobody knows. */
export async function ask(request: Request, plan: Plan): Promise<Asked> {
  const cni = cniOf(request);
  const snapshot = await request.facts.snapshot(plan);
  const index = createIndex(snapshot);
  const model = policyModelIn(index, cni, snapshot.source.type === 'cluster');
  const gaps = gapsOf(snapshot, model.facts.unseen ?? [], takenAsOpen(index), await refusedIn(snapshot, index, cni));
  return {
    snapshot,
    index,
    model,
    enforcement: isPaper(index) && cni === undefined ? ON_PAPER : enforcementIn(index, cni),
    places: placesOf(index),
    name: namingOf(model),
    gaps: { ...gaps, notChecked: [...gaps.notChecked, ...networkGaps(ownNetworksUnder(index, cni))] },
    namespace: await request.facts.namespace(),
  };
}

/** The same facts for a question about two ends: policies that can concern neither leave no gap. */
export function askedAbout(asked: Asked, from: Party, to: Party): Asked {
  const units = [from, to].flatMap(({ members }) => members);
  const { context, policies } = asked.model;
  const concerns = (reason: string): boolean =>
    policies.some(
      (policy) =>
        policy.unjudged?.reason === reason &&
        [['egress', from] as const, ['ingress', to] as const].some(
          ([direction, { members }]) =>
            policy.affects[direction] && members.some((unit) => selects(policy, unit, context) !== 'no'),
        ),
    );
  const namespaces = new Set(units.flatMap((unit) => (unit.type === 'pod' ? [unit.namespace.name] : [])));
  return { ...asked, gaps: { ...asked.gaps, incomplete: asked.gaps.incompleteFor(namespaces, concerns) } };
}

/** A namespace that is not there is a slip, not one in which nobody may talk. Throws an UnseenError. */
export function refuseNowhere({ index }: Pick<Asked, 'index'>, namespace: string): void {
  const nowhere = noNamespace(index, namespace);
  if (nowhere !== undefined) throw new UnseenError(nowhere, '');
}

/** The same facts for a question about everybody. */
export function askedAboutAll(asked: Asked): Asked {
  const { index, model } = asked;
  const gaps = gapsAboutAll(asked.gaps, asked.snapshot);
  const { status, reason } = index.seen('Pod');
  // In manifests there is what they hold; of a cluster of which no pod was read nothing is known.
  if (model.units.length > 0 || status === 'ok' || isPaper(index) || gaps.incomplete !== undefined) {
    return { ...asked, gaps };
  }
  const unseen = { check: 'pods', reason };
  return { ...asked, gaps: { ...gaps, incomplete: reason, notChecked: [...gaps.notChecked, unseen] } };
}

/** What an API server would refuse of policies that none has seen yet, and what is not understood of those that one holds. */
export async function refusedIn(
  snapshot: Snapshot,
  index: ClusterIndex,
  cni: string | undefined,
): Promise<readonly Refused[]> {
  const isPlain = (kind: LintedKind, policy: KubeObject): boolean =>
    isApplied(policy) &&
    unknownFieldsOf(kind, policy).length === 0 &&
    (kind === 'NetworkPolicy' || unreadableIn(policy).length === 0);
  if (LINTED.every((kind) => index.list(kind).every((policy) => isPlain(kind, policy)))) return [];
  const { refusedPolicies, misreadPolicies, unknownInHeld } = await import('../lint/refused.ts');
  return [...misreadPolicies(snapshot), ...unknownInHeld(index, cni), ...refusedPolicies(index, cni)];
}

const LINTED = [
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
] as const satisfies readonly KindName[];

/** What manifests are judged by. */
export const ON_PAPER: Enforcement = { enforced: 'yes', by: undefined, plugins: [] };

/** The network plugin that `--cni` names. Throws a UsageError for one that nobody knows. */
export function cniOf(request: Request): string | undefined {
  const word = request.options.string('cni')?.toLowerCase();
  if (word === undefined || CNI_NAMES.includes(word)) return word;
  const hint = didYouMean(word, CNI_NAMES);
  const known = wrap(`${hint} Known: ${CNI_NAMES.join(', ')}.`.trim(), 80).join('\n');
  throw new UsageError(`no network plugin is known by the name ${word}`, known);
}
