import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { perhaps, surely } from '../../../shared/policy/decide.ts';
import { buildPolicyModel, type PolicyFacts } from '../../../shared/policy/model.ts';
import { pairSets } from '../../../shared/policy/pair-sets.ts';
import { hasPort, type PortSet, portRange, subtractPorts, unionPorts } from '../../../shared/policy/port-set.ts';
import { destinationsOf, sourcesOf } from '../../../shared/policy/reach.ts';
import { addressTextsOf } from '../../../shared/policy/units.ts';
import { type AddressRange, coversRange, inRange, parseAddress } from '../../../shared/util/addresses.ts';
import { type Party, podsOfParty } from '../targets/party.ts';
import { portWords } from '../words/ports.ts';
import type { Flow, Side } from './build.ts';

export interface Verified {
  /** Wanted flows that policies would not let through. */
  readonly closed: readonly string[];
  /** What would be let in beyond what is wanted. */
  readonly more: readonly string[];
  readonly unsure: readonly string[];
}

/**
 * Judges generated policies with the engine: beside the ones that are there, every wanted flow must pass; alone, nothing
 * else may reach a receiver, nor leave a sender whose egress they limit.
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
      const meant = ranges.every((range) => own.some(({ from }) => meansRange(from, range)));
      if (allowed.length > 0 && !meant) more.add(`addresses outside to Pod ${name} on ${portWords(allowed)}`);
    }
  }
  for (const line of sentAsWell(facts, policies, flows)) more.add(line);
  return { closed: [...closed], more: [...more], unsure: [...unsure] };
}

/** What senders whose egress the policies limit may send beyond what is wanted and DNS, whatever the receivers say. */
function sentAsWell(facts: PolicyFacts, policies: readonly NetworkPolicy[], flows: readonly Flow[]): readonly string[] {
  const egress = policies.filter(({ spec }) => spec?.policyTypes?.includes('Egress') === true);
  if (egress.length === 0) return [];
  const model = buildPolicyModel({
    ...facts,
    networkPolicies: egress,
    adminNetworkPolicies: [],
    baselineAdminNetworkPolicies: [],
    clusterNetworkPolicies: [],
  });
  const found: string[] = [];
  for (const sender of new Set(flows.flatMap(({ from }) => podsOfParty(from.party)))) {
    const name = `${sender.metadata?.namespace}/${sender.metadata?.name}`;
    const { pods, outside } = destinationsOf(model, { type: 'pod', pod: sender });
    for (const { allowed, pods: receivers } of pods) {
      for (const receiver of receivers) {
        const rest = subtractPorts(subtractPorts(allowed, wanted(flows, receiver, sender)), isDns(receiver) ? DNS : []);
        if (rest.length > 0)
          found.push(
            `Pod ${name} to Pod ${receiver.metadata?.namespace}/${receiver.metadata?.name} on ${portWords(rest)}`,
          );
      }
    }
    for (const { allowed, ranges } of outside) {
      const own = flows.filter(({ from }) => podsOfParty(from.party).includes(sender));
      const meant = ranges.every((range) => own.some(({ to }) => meansRange(to, range)));
      if (allowed.length > 0 && !meant) found.push(`Pod ${name} to addresses outside on ${portWords(allowed)}`);
    }
  }
  return found;
}

const DNS: PortSet = unionPorts(portRange('UDP', 53), portRange('TCP', 53));

/** The pods that the rule for DNS means. */
function isDns({ metadata }: Pod): boolean {
  return metadata?.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns';
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
