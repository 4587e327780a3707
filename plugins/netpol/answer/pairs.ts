import type { PolicyModel } from '../../../shared/policy/model.ts';
import { isSamePod, type Unit } from '../../../shared/policy/rules/units.ts';
import { type Like, likesOf, type Party } from '../targets/party.ts';

/** A sender and a receiver that stand for several. */
export interface Pair {
  readonly from: Unit;
  readonly to: Unit;
  /** How many pairs they stand for. */
  readonly count: number;
}

/**
 * Every sort of sender with every sort of receiver; a pod is not paired with itself unless nothing else was asked. Where
 * one end is on the host network, pairs on one node stand apart: such a pod can pass for the node, whose traffic with its
 * own pods is always let through.
 */
export function pairsOf(model: PolicyModel, from: Party, to: Party): readonly Pair[] {
  const receivers = likesOf(model, to);
  const all = likesOf(model, from).flatMap((a) => receivers.flatMap((b) => pairsOfLikes(a, b)));
  const others = all.filter(({ from: a, to: b, count }) => count > 1 || !isSame(a, b));
  return others.length > 0 ? others : all;
}

function pairsOfLikes(a: Like, b: Like): readonly Pair[] {
  const pairs: Pair[] = [];
  let near = 0;
  if (onHost(a.unit) || onHost(b.unit)) {
    for (const [node, senders] of a.onNodes) {
      const receivers = node === '' ? [] : (b.onNodes.get(node) ?? []);
      const [from, to] = [senders[0], receivers[0]];
      if (from === undefined || to === undefined) continue;
      near += senders.length * receivers.length;
      pairs[0] = { from, to, count: near };
    }
  }
  const far = a.count * b.count - near;
  return far === 0 ? pairs : [...pairs, { from: a.unit, to: b.unit, count: far }];
}

function onHost(unit: Unit): boolean {
  return unit.type === 'pod' && unit.hostNetwork;
}

/** Whether two ends are one pod. */
export function isSame(a: Unit, b: Unit): boolean {
  return a.type === 'pod' && b.type === 'pod' && isSamePod(a.pod, b.pod);
}
