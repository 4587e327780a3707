import { formatRef, longName } from '../../../shared/model/refs.ts';
import { unitRef } from '../../../shared/policy/evaluate/explain-peer.ts';
import {
  type ClassIndex,
  type Members,
  membersOf,
  nameClassesOf,
  type PodClass,
} from '../../../shared/policy/many/classes.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import type { PodsPeer, Policy } from '../../../shared/policy/rules/rules.ts';

const NOBODY: Members = { yes: [], maybe: [] };

/**
 * The classes that a selector of a rule or of a subject means by its labels, pods on the host network among them: what
 * becomes of those is another question than whether the labels are right. Equal selectors are looked up once.
 */
export function membersIn(model: PolicyModel, peer: PodsPeer | undefined): Members {
  if (peer === undefined) return NOBODY;
  // Every check asks again for the peers of a policy: the object itself is the quicker key.
  const byPeer = model.memo('lint/members-of-peer', () => new WeakMap<PodsPeer, Members>());
  let members = byPeer.get(peer);
  if (members !== undefined) return members;
  const known = model.memo('lint/members', () => new Map<string, Members>());
  const key = JSON.stringify([peer.namespace, peer.namespaceSelector, peer.podSelector]);
  members = known.get(key);
  if (members === undefined) {
    const traits = { ...model.context.traits, hostNetwork: 'asPods' } as const;
    members = membersOf({ ...peer, hostNetwork: 'undefined' }, classesIn(model), { ...model.context, traits });
    known.set(key, members);
  }
  byPeer.set(peer, members);
  return members;
}

/** The classes that a peer means, surely or perhaps. */
export function classesOf(model: PolicyModel, peer: PodsPeer | undefined): readonly PodClass[] {
  const { yes, maybe } = membersIn(model, peer);
  return maybe.length === 0 ? yes : [...yes, ...maybe];
}

/** The classes that a policy selects. */
export function selectedClasses(model: PolicyModel, policy: Policy | undefined): readonly PodClass[] {
  return classesOf(model, policy?.subject);
}

/** Pods that neither labels nor the names of their ports tell apart. */
export function classesIn(model: PolicyModel): ClassIndex {
  return nameClassesOf(model);
}

/** Names of some pods of classes, `shop/web-1`, for evidence. */
export function podNames(classes: readonly PodClass[], max: number): readonly string[] {
  const names: string[] = [];
  for (const { pods } of classes) {
    for (const pod of pods) {
      if (names.length === max) return names;
      names.push(longName(pod));
    }
  }
  return names;
}

/** The object of the first class in a sentence: `pod shop/web-1`, or `Deployment shop/web` where it stands for its pods. */
export function firstWords([first]: readonly PodClass[]): string {
  return first === undefined ? '' : formatRef(unitRef(first.unit)).replace(/^Pod /, 'pod ');
}

/** The same as the source of a fact: `Pod shop/web-1 spec.hostNetwork`, or the field of the template. */
export function firstField([first]: readonly PodClass[], field: string): string {
  if (first === undefined) return '';
  const ref = unitRef(first.unit);
  return `${formatRef(ref)} ${ref.kind === 'Pod' ? field : `spec.template.${field}`}`;
}

/** How many pods some classes hold. */
export function countPods(classes: readonly PodClass[]): number {
  return classes.reduce((sum, { pods }) => sum + pods.length, 0);
}
