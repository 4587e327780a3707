import type { Service } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Ref } from '../../model/refs.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import { unitRef } from '../evaluate/explain-peer.ts';
import type { RuleName } from '../evaluate/verdict.ts';
import { isolating, type PolicyModel } from '../model.ts';
import { matchPeer } from '../rules/match.ts';
import { formatPorts } from '../rules/port-set.ts';
import type { Action, Peer, Policy, Rule, TierName } from '../rules/rules.ts';
import type { PodUnit } from '../rules/units.ts';
import { type NearMiss, nearMissesOf } from './near-misses.ts';
import { type AccessPort, accessPort } from './service-reach.ts';
import { serviceTargets } from './service-targets.ts';

export { type AccessPort, someoneIsLetIn } from './service-reach.ts';

/** Who is let in to a Service by the ingress policies of the pods behind it. Egress policies of callers come on top. */
export interface ServiceAccess {
  readonly service: Ref;
  /** The pods that were judged. */
  readonly pods: readonly Ref[];
  /** Those of them that a NetworkPolicy surely isolates for ingress. */
  readonly isolated: readonly Ref[];
  /** Policies that select at least one of the pods for ingress, in their order of evaluation. */
  readonly policies: readonly AccessPolicy[];
  readonly ports: readonly AccessPort[];
  /** Rules that would let in if a label or a port were another; empty where all ports let in pods from everywhere. */
  readonly nearMisses: readonly NearMiss[];
}

export interface AccessPolicy {
  readonly policy: Ref;
  readonly tier: TierName;
  /** Set for policies that exist and could not be judged. */
  readonly unjudged?: Policy['unjudged'];
  readonly selects: readonly Ref[];
  /** Selected perhaps: host-networked pods, unknown namespace labels. */
  readonly maySelect: readonly Ref[];
  readonly rules: readonly AccessRule[];
}

export interface AccessRule extends RuleName {
  readonly action: Action;
  /** `any`: the rule has no peer list. */
  readonly peers: readonly AccessPeer[] | 'any';
  /** The rule's ports as text, with names resolved for the first selected pod. */
  readonly ports: string;
}

export interface AccessPeer {
  readonly peer: Peer;
  /** Pods of the facts that the peer means, and perhaps means. */
  readonly pods: number;
  readonly maybe: number;
}

/** Judges the ingress side of a Service. `pods` are the pods behind it (`selectedPods`, or those of its endpoints). */
export function serviceAccess(model: PolicyModel, service: Service, pods: readonly Pod[]): ServiceAccess {
  const units = pods.map((pod) => model.unitOf(pod));
  const namespace = namespaceOrDefault(service);
  const isolated = units.filter((unit) =>
    isolating(model, unit, 'ingress').some(
      ({ policy, selects }) => policy.tier === 'networkPolicy' && selects === 'yes',
    ),
  );
  const ports = serviceTargets(service, pods).map((port) => accessPort(model, namespace, port));
  const policies = accessPolicies(model, units);
  const shut = ports.filter(
    (port) => port.anySource === 'no' || port.sameNamespace.all === 0 || port.otherNamespaces.all === 0,
  );
  return {
    service: { kind: 'Service', namespace, name: service.metadata?.name ?? '' },
    pods: units.map(unitRef),
    isolated: isolated.map(unitRef),
    policies,
    ports,
    nearMisses: nearMissesOf(model, service, pods, shut),
  };
}

function accessPolicies(model: PolicyModel, units: readonly PodUnit[]): readonly AccessPolicy[] {
  const found = new Map<Policy, { readonly yes: PodUnit[]; readonly maybe: PodUnit[] }>();
  for (const unit of units) {
    for (const { policy, selects } of isolating(model, unit, 'ingress')) {
      let entry = found.get(policy);
      if (entry === undefined) {
        entry = { yes: [], maybe: [] };
        found.set(policy, entry);
      }
      entry[selects].push(unit);
    }
  }
  return [...found].map(([policy, { yes, maybe }]) => ({
    policy: policy.ref,
    tier: policy.tier,
    ...(policy.unjudged === undefined ? {} : { unjudged: policy.unjudged }),
    selects: yes.map(unitRef),
    maySelect: maybe.map(unitRef),
    rules: policy.ingress.map((rule) => accessRule(model, rule)),
  }));
}

function accessRule(model: PolicyModel, rule: Rule): AccessRule {
  const { index, action } = rule;
  const names = rule.ports.named.map(({ name, protocol }) => (protocol === undefined ? name : `${protocol} ${name}`));
  const fixed = rule.ports.fixed.length === 0 && names.length > 0 ? [] : [formatPorts(rule.ports.fixed)];
  return {
    index,
    ...(rule.name === undefined ? {} : { name: rule.name }),
    action,
    peers: rule.peers === 'any' ? 'any' : rule.peers.map((peer) => countPeer(model, peer)),
    ports: [...fixed, ...names].join(', '),
  };
}

function countPeer(model: PolicyModel, peer: Peer): AccessPeer {
  let pods = 0;
  let maybe = 0;
  for (const unit of model.units) {
    const matched = matchPeer(peer, unit, model.context);
    if (matched === 'yes') pods++;
    else if (matched === 'maybe') maybe++;
  }
  return { peer, pods, maybe };
}
