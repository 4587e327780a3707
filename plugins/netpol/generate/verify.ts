import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatRef, longName } from '../../../shared/model/refs.ts';
import { perhaps, surely } from '../../../shared/policy/evaluate/decide.ts';
import { unitRef } from '../../../shared/policy/evaluate/explain-peer.ts';
import { pairSets } from '../../../shared/policy/many/pair-sets.ts';
import { destinationsOf, sourcesOf } from '../../../shared/policy/many/reach.ts';
import { buildPolicyModel, isolating, type PolicyFacts, type PolicyModel } from '../../../shared/policy/model.ts';
import { hasPort, type PortSet, portRange, subtractPorts, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import { addressTextsOf } from '../../../shared/policy/rules/units.ts';
import { type AddressRange, coversRange, inRange, parseAddress } from '../../../shared/util/addresses.ts';
import { type Party, podsOfParty } from '../targets/party.ts';
import { portWords } from '../words/ports.ts';
import type { Flow, Side } from './build.ts';
import type { Dns } from './dns-rules.ts';

export interface Verified {
  /** Wanted flows that policies would not let through. */
  readonly closed: readonly string[];
  /** What would be let in beyond what is wanted. */
  readonly more: readonly string[];
  readonly unsure: readonly string[];
  /** What policies that are there already let through beside them. */
  readonly beside: readonly string[];
}

/**
 * Judges generated policies with the engine: beside the ones that are there, every wanted flow must pass; alone, nothing
 * else may reach a receiver, nor leave a sender whose egress they limit. A policy of the same name is replaced by them.
 */
export function verify(
  facts: PolicyFacts,
  policies: readonly NetworkPolicy[],
  flows: readonly Flow[],
  dns: Dns,
): Verified {
  const real = applied(facts, policies);
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
  const outward = alone(facts, policies.filter(limitsEgress));
  const senders = [...new Set(flows.flatMap(({ from }) => podsOfParty(from.party)))];
  const limited = senders.filter((pod) => isolating(outward, pod, 'egress').length > 0);
  const more = new Set([...receivedAsWell(alone(facts, policies), flows), ...sentAsWell(outward, flows, limited, dns)]);
  const beside = [...receivedAsWell(real, flows), ...sentAsWell(real, flows, limited, dns)];
  return {
    closed: [...closed],
    more: [...more],
    unsure: [...unsure],
    beside: [...new Set(beside)].filter((line) => !more.has(line)),
  };
}

/** The facts as they would be with the policies: one of the same name is replaced. */
export function applied(facts: PolicyFacts, policies: readonly NetworkPolicy[]): PolicyModel {
  const names = new Set(policies.map(longName));
  const others = (facts.networkPolicies ?? []).filter((one) => !names.has(longName(one)));
  return buildPolicyModel({ ...facts, networkPolicies: [...others, ...policies] });
}

function limitsEgress({ spec }: NetworkPolicy): boolean {
  return spec?.policyTypes?.includes('Egress') === true;
}

/** The generated policies without any other. */
function alone(facts: PolicyFacts, networkPolicies: readonly NetworkPolicy[]): PolicyModel {
  return buildPolicyModel({
    ...facts,
    networkPolicies,
    adminNetworkPolicies: [],
    baselineAdminNetworkPolicies: [],
    clusterNetworkPolicies: [],
  });
}

/** Who reaches the receivers beyond what is wanted. */
function receivedAsWell(model: PolicyModel, flows: readonly Flow[]): readonly string[] {
  const found: string[] = [];
  for (const receiver of new Set(flows.flatMap(({ to }) => podsOfParty(to.party)))) {
    const { pods, outside } = sourcesOf(model, { type: 'pod', pod: receiver });
    const name = wordsOf(model, receiver);
    for (const { allowed, pods: senders } of pods) {
      for (const sender of senders) {
        const rest = subtractPorts(allowed, wanted(flows, receiver, sender));
        if (rest.length > 0) found.push(`${wordsOf(model, sender)} to ${name} on ${portWords(rest)}`);
      }
    }
    for (const { allowed, ranges } of outside) {
      const own = flows.filter(
        ({ from, to }) => podsOfParty(to.party).includes(receiver) && podsOfParty(from.party).length === 0,
      );
      const meant = ranges.every((range) => own.some(({ from }) => meansRange(from, range)));
      if (allowed.length > 0 && !meant) found.push(`addresses outside to ${name} on ${portWords(allowed)}`);
    }
  }
  return found;
}

/** What senders whose egress is limited may send beyond what is wanted and DNS. */
function sentAsWell(model: PolicyModel, flows: readonly Flow[], limited: readonly Pod[], dns: Dns): readonly string[] {
  const found: string[] = [];
  for (const sender of limited) {
    const name = wordsOf(model, sender);
    const { pods, outside } = destinationsOf(model, { type: 'pod', pod: sender });
    for (const { allowed, pods: receivers } of pods) {
      for (const receiver of receivers) {
        const rest = subtractPorts(subtractPorts(allowed, wanted(flows, receiver, sender)), dns.withPod(receiver));
        if (rest.length > 0) found.push(`${name} to ${wordsOf(model, receiver)} on ${portWords(rest)}`);
      }
    }
    for (const { allowed, ranges } of outside) {
      const own = flows.filter(({ from }) => podsOfParty(from.party).includes(sender));
      const meant = ranges.every((range) => dns.isCache(range) || own.some(({ to }) => meansRange(to, range)));
      if (allowed.length > 0 && !meant) found.push(`${name} to addresses outside on ${portWords(allowed)}`);
    }
  }
  return found;
}

function wordsOf(model: PolicyModel, pod: Pod): string {
  return formatRef(unitRef(model.unitOf(pod)));
}

function wanted(flows: readonly Flow[], receiver: Pod, sender: Pod): PortSet {
  return flows
    .filter(({ from, to }) => isMember(to.party, receiver) && isMember(from.party, sender))
    .flatMap(({ ports }) => ports)
    .reduce<PortSet>((all, { protocol, port }) => unionPorts(all, portRange(protocol, port)), []);
}

/** One of its pods, or a pod whose addresses lie in its ranges: whoever names a block means the pods in it too. */
function isMember(party: Party, pod: Pod): boolean {
  if (podsOfParty(party).includes(pod)) return true;
  const texts = addressTextsOf(pod);
  const addresses = texts.flatMap((text) => parseAddress(text) ?? []);
  return (
    addresses.length > 0 &&
    addresses.every((address) => party.members.some((unit) => unit.type === 'range' && inRange(unit.range, address)))
  );
}

function meansRange({ end, party }: Side, range: AddressRange): boolean {
  return (
    end.type === 'internet' || party.members.some((unit) => unit.type === 'range' && coversRange(unit.range, range))
  );
}
