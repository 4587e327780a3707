import type { RuleWalk, SideWalk } from '../../../shared/policy/evaluate/verdict.ts';
import type { Peer } from '../../../shared/policy/rules/rules.ts';

/** A walk as the JSON has it: blocks of addresses by their text, as the policy writes them. */
export function walkValue({ tiers, ...side }: SideWalk): object {
  return {
    ...side,
    tiers: tiers.map(({ policies, ...tier }) => ({
      ...tier,
      policies: policies.map(({ rules, ...policy }) => ({ ...policy, rules: rules.map(ruleValue) })),
    })),
  };
}

function ruleValue({ peers, ...rule }: RuleWalk): object {
  return {
    ...rule,
    peers: peers === 'any' ? peers : peers.map(({ peer, ...walk }) => ({ peer: peerValue(peer), ...walk })),
  };
}

function peerValue(peer: Peer): object {
  if (peer.type === 'block') return { type: peer.type, cidr: peer.cidr, except: peer.except.map(({ cidr }) => cidr) };
  if (peer.type !== 'pods') return peer;
  const { hostNetwork, ...rest } = peer;
  return hostNetwork === 'undefined' ? rest : { ...rest, hostNetwork };
}
