/**
 * Manifests hold an application, and not all that calls it or that it calls. A rule for pods of which the files hold none
 * still lets them through, and "nobody" would be a guess.
 */
import type { Ref } from '../../../shared/model/refs.ts';
import { namedPort } from '../../../shared/policy/evaluate/side.ts';
import { isolating, type PolicyModel } from '../../../shared/policy/model.ts';
import { matchPeer } from '../../../shared/policy/rules/match.ts';
import { hasPort, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Direction, Peer, Rule } from '../../../shared/policy/rules/rules.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';
import { likesOf, type Party } from '../targets/party.ts';
import type { AskedPort } from '../targets/ports.ts';
import { peerWords } from '../words/peers.ts';
import { rulePortWords } from '../words/ports.ts';

/** A rule of a NetworkPolicy that lets through pods which the files do not hold. */
export interface NotInFiles {
  readonly policy: Ref;
  readonly rule: Rule;
  /** Those pods, in words. */
  readonly peers: readonly string[];
  readonly ports: string;
}

/** The rules that select a party and mean pods which are not among the facts, each once. */
export function notInFiles(
  model: PolicyModel,
  party: Party,
  asked: readonly AskedPort[] | undefined,
  direction: Direction,
): readonly NotInFiles[] {
  const found = new Map<Rule, NotInFiles>();
  for (const { unit } of likesOf(model, party)) {
    if (unit.type !== 'pod') continue;
    for (const { policy } of isolating(model, unit, direction)) {
      if (policy.tier !== 'networkPolicy') continue;
      for (const rule of policy[direction]) {
        const { peers, ports } = rule;
        if (found.has(rule) || peers === 'any' || !opens(rule, unit, asked, direction)) continue;
        const absent = peers.filter((peer) => mayBeAbsent(model, peer)).map(peerWords);
        if (absent.length > 0)
          found.set(rule, { policy: policy.ref, rule, peers: absent, ports: rulePortWords(ports) });
      }
    }
  }
  return [...found.values()];
}

/** A peer for all pods of the cluster, or one that means none of those that are there. */
function mayBeAbsent(model: PolicyModel, peer: Peer): boolean {
  if (peer.type !== 'pods') return false;
  const { namespace, namespaceSelector, podSelector } = peer;
  const everyone = [namespaceSelector ?? {}, podSelector].every((selector) => Object.keys(selector).length === 0);
  return (
    (namespace === undefined && everyone) || model.units.every((unit) => matchPeer(peer, unit, model.context) === 'no')
  );
}

/** Whether a rule is about one of the ports that were asked about. What pods to reach call theirs is not known. */
function opens({ ports }: Rule, unit: Unit, asked: readonly AskedPort[] | undefined, direction: Direction): boolean {
  if (asked === undefined || (direction === 'egress' && ports.named.length > 0)) return true;
  const open = ports.named.reduce((all, named) => unionPorts(all, namedPort(named, unit)), ports.fixed);
  return asked.some(({ protocol, on }) => {
    const number = on(unit);
    return number !== undefined && hasPort(open, protocol, number);
  });
}
