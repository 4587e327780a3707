import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import type { SideWalk } from '../../../shared/policy/evaluate/verdict.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { NO_PORTS, type PortSet, subtractPorts, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Rule } from '../../../shared/policy/rules/rules.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { type Party, podsOfParty } from '../targets/party.ts';
import { waysIn } from '../ways-in.ts';
import { portsValue, portWords } from '../words/ports.ts';
import { refValue } from './end-values.ts';

/** What comes to a party through some Ingress, Route or Gateway objects, by what policies make of it. */
export interface WayIn {
  readonly through: readonly object[];
  readonly allowed: PortSet;
  readonly depends: PortSet;
  readonly denied: PortSet;
  readonly words: string;
}

/** The ways that lead from outside to the pods of a party, those that have the same end told together. */
export function waysInTo(index: ClusterIndex, model: PolicyModel, party: Party): readonly WayIn[] {
  const own = new Set<Pod>(podsOfParty(party));
  const found = new Map<string, WayIn>();
  for (const { unit, through, ports, allowed, depends } of waysIn(index, model)) {
    if (!own.has(unit.pod)) continue;
    const names = joinNames(through.map(formatRef), 3);
    const known = found.get(names);
    const sets = {
      allowed: unionPorts(known?.allowed ?? NO_PORTS, allowed),
      depends: unionPorts(known?.depends ?? NO_PORTS, subtractPorts(depends, allowed)),
      denied: unionPorts(known?.denied ?? NO_PORTS, subtractPorts(subtractPorts(ports, allowed), depends)),
    };
    found.set(names, { ...sets, through: through.map(refValue), words: `Through ${names}: ${setsWords(sets)}` });
  }
  return [...found.values()];
}

function setsWords({ allowed, depends, denied }: Pick<WayIn, 'allowed' | 'depends' | 'denied'>): string {
  return [
    ...(allowed.length === 0 ? [] : [`${portWords(allowed)} is let in`]),
    ...(depends.length === 0 ? [] : [`${portWords(depends)} depends on which pods the controller has`]),
    ...(denied.length === 0 ? [] : [`${portWords(denied)} is kept out`]),
  ].join(', ');
}

/** A way in as the JSON has it. */
export function wayInValue({ through, allowed, depends, denied }: WayIn): object {
  return {
    through,
    allowed: portsValue(allowed),
    depends: portsValue(depends),
    denied: portsValue(denied),
  };
}

/**
 * What is to be minded of callers outside that policies let in to a Service: policies see the pods, and what leads there
 * from outside may change the address that they see, or not lead there at all (Kubernetes documentation, "Using Source IP").
 * `byAddress`: a rule for a block of addresses lets them in.
 */
export function outsideNote({ service, words }: Party, byAddress: boolean): string | undefined {
  if (service === undefined) return undefined;
  const { type = 'ClusterIP', externalIPs = [], externalTrafficPolicy } = service.spec ?? {};
  if (type === 'ClusterIP' && externalIPs.length === 0) {
    return `${words} has no address outside the cluster (ClusterIP): callers from there come through an Ingress or a proxy, and policies see the pods of that`;
  }
  if (externalTrafficPolicy === 'Local' || !byAddress) return undefined;
  return `a node may put its own address in place of the caller's (${words} has no externalTrafficPolicy: Local), which the rule for addresses then does not mean`;
}

/** Whether a rule for a block that is not the whole address space is what lets traffic in. */
export function isByAddress({ tiers }: SideWalk): boolean {
  return tiers.some(({ policies }) =>
    policies.some(({ rules }) =>
      rules.some(
        ({ action, matched, peers }) =>
          action === 'allow' &&
          matched !== 'no' &&
          peers !== 'any' &&
          meansSomeAddresses(peers.filter((one) => one.matched !== 'no').map(({ peer }) => peer)),
      ),
    ),
  );
}

/** Whether a rule goes by addresses, and not by all there are. */
export function meansSomeAddresses(peers: Rule['peers']): boolean {
  return (
    peers !== 'any' &&
    peers.some((peer) => peer.type === 'block' && !(peer.cidr.endsWith('/0') && peer.except.length === 0))
  );
}
