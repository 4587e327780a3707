import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { perhaps, surely } from '../../../shared/policy/decide.ts';
import { buildPolicyModel, type PolicyFacts } from '../../../shared/policy/model.ts';
import { pairSets } from '../../../shared/policy/pair-sets.ts';
import { hasPort, type PortSet, portRange, subtractPorts, unionPorts } from '../../../shared/policy/port-set.ts';
import { sourcesOf } from '../../../shared/policy/reach.ts';
import { coversRange } from '../../../shared/util/addresses.ts';
import { podsOfParty } from '../targets/party.ts';
import { portWords } from '../words/ports.ts';
import type { Flow } from './build.ts';

export interface Verified {
  /** Wanted flows that policies would not let through. */
  readonly closed: readonly string[];
  /** What would be let in beyond what is wanted. */
  readonly more: readonly string[];
  readonly unsure: readonly string[];
}

/**
 * Judges generated policies with the engine: beside the ones that are there, every wanted flow must pass; alone, nothing
 * else may reach a receiver.
 */
export function verify(facts: PolicyFacts, policies: readonly NetworkPolicy[], flows: readonly Flow[]): Verified {
  const real = buildPolicyModel({ ...facts, networkPolicies: [...(facts.networkPolicies ?? []), ...policies] });
  const alone = buildPolicyModel({
    ...facts,
    networkPolicies: policies,
    adminNetworkPolicies: [],
    baselineAdminNetworkPolicies: [],
    clusterNetworkPolicies: [],
  });
  const closed = new Set<string>();
  const unsure = new Set<string>();
  for (const { from, to, ports } of flows) {
    for (const a of from.party.members) {
      for (const b of to.party.members) {
        if (a === b) continue;
        const sets = pairSets(real, a, b);
        for (const { protocol, port } of ports) {
          if (hasPort(surely(sets), protocol, port)) continue;
          const text = `${from.party.words} to ${to.party.words} on ${protocol} ${port}`;
          (hasPort(perhaps(sets), protocol, port) ? unsure : closed).add(text);
        }
      }
    }
  }
  const more = new Set<string>();
  for (const receiver of new Set(flows.flatMap(({ to }) => podsOfParty(to.party)))) {
    const { pods, outside } = sourcesOf(alone, { type: 'pod', pod: receiver });
    const name = `${receiver.metadata?.namespace}/${receiver.metadata?.name}`;
    for (const { allowed, pods: senders } of pods) {
      for (const sender of senders) {
        const rest = subtractPorts(allowed, wanted(flows, receiver, sender));
        if (rest.length > 0)
          more.add(`Pod ${sender.metadata?.namespace}/${sender.metadata?.name} to Pod ${name} on ${portWords(rest)}`);
      }
    }
    for (const { allowed, ranges } of outside) {
      const own = flows.filter(
        ({ from, to }) => podsOfParty(to.party).includes(receiver) && podsOfParty(from.party).length === 0,
      );
      const meant = ranges.every((range) =>
        own.some(
          ({ from }) =>
            from.end.type === 'internet' ||
            from.party.members.some((unit) => unit.type === 'range' && coversRange(unit.range, range)),
        ),
      );
      if (allowed.length > 0 && !meant) more.add(`addresses outside to Pod ${name} on ${portWords(allowed)}`);
    }
  }
  return { closed: [...closed], more: [...more], unsure: [...unsure] };
}

function wanted(flows: readonly Flow[], receiver: Pod, sender: Pod): PortSet {
  return flows
    .filter(({ from, to }) => podsOfParty(to.party).includes(receiver) && podsOfParty(from.party).includes(sender))
    .flatMap(({ ports }) => ports)
    .reduce<PortSet>((all, { protocol, port }) => unionPorts(all, portRange(protocol, port)), []);
}
