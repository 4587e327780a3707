import type { LabelSelector } from '../../model/objects.ts';
import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../model/objects-network.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import { type AddressRange, parseCidr } from '../../util/addresses.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, protocolOf, unionPorts, wholeProtocol } from './port-set.ts';
import type { NamedPort, Peer, PodsPeer, Policy, Rule, RulePorts, Tier } from './rules.ts';

/**
 * Compiles a NetworkPolicy (networking.k8s.io/v1). Section names in the comments are those of the API reference.
 * Fields that the API server would refuse match nothing, so that a manifest never opens more than a cluster would.
 */
export function compileNetworkPolicy(object: NetworkPolicy): Policy {
  return new CompiledNetworkPolicy(object);
}

/** Rules are compiled when first asked for: a question about one pod needs those of few policies. */
class CompiledNetworkPolicy implements Policy {
  readonly ref: Policy['ref'];
  readonly tier = 'networkPolicy';
  readonly priority = 0;
  readonly subject: PodsPeer;
  readonly affects: Policy['affects'];
  readonly #spec: NonNullable<NetworkPolicy['spec']>;
  readonly #namespace: string;
  #ingress: readonly Rule[] | undefined;
  #egress: readonly Rule[] | undefined;

  constructor(object: NetworkPolicy) {
    const namespace = namespaceOrDefault(object);
    this.#namespace = namespace;
    this.#spec = object.spec ?? {};
    this.ref = { kind: 'NetworkPolicy', namespace, name: object.metadata?.name ?? '' };
    this.subject = podsPeer(namespace, undefined, this.#spec.podSelector ?? {});
    this.affects = directionsOf(object);
  }

  get ingress(): readonly Rule[] {
    this.#ingress ??= this.affects.ingress ? compileRules(this.#namespace, this.#spec.ingress ?? []) : [];
    return this.#ingress;
  }

  get egress(): readonly Rule[] {
    this.#egress ??= this.affects.egress ? compileRules(this.#namespace, this.#spec.egress ?? []) : [];
    return this.#egress;
  }
}

/**
 * All NetworkPolicies as a tier: a pod selected for a direction is isolated there, and what no rule of any selecting
 * policy allows is denied (NetworkPolicySpec.ingress and .egress).
 */
export function networkPolicyTier(policies: readonly Policy[]): Tier {
  return { name: 'networkPolicy', groups: [policies], unmatched: 'deny' };
}

/**
 * NetworkPolicySpec.policyTypes: "If this field is not specified, it will default based on the existence of ingress or
 * egress rules; policies that contain an egress section are assumed to affect egress, and all policies (whether or not
 * they contain an ingress section) are assumed to affect ingress." An empty egress list is no egress section.
 */
export function directionsOf(object: NetworkPolicy): Policy['affects'] {
  const types = object.spec?.policyTypes ?? [];
  if (types.length === 0) return { ingress: true, egress: (object.spec?.egress ?? []).length > 0 };
  return { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
}

type AnyRule = NetworkPolicyIngressRule & NetworkPolicyEgressRule;

function compileRules(namespace: string, rules: readonly (AnyRule | null)[]): readonly Rule[] {
  return rules.map((rule, index) => compileRule(namespace, rule, index));
}

function compileRule(namespace: string, rule: AnyRule | null, index: number): Rule {
  // NetworkPolicyIngressRule.from: "If this field is empty or missing, this rule matches all sources".
  const written = rule?.from ?? rule?.to ?? [];
  const ports = compilePorts(rule?.ports ?? []);
  if (written.length === 0) return { index, action: 'allow', peers: 'any', ports };
  const peers = written.flatMap((peer) => compilePeer(namespace, peer) ?? []);
  return { index, action: 'allow', peers, ports };
}

/** NetworkPolicyPeer: the two selectors are ANDed; ipBlock excludes both. An empty peer is refused by the API. */
function compilePeer(namespace: string, peer: NetworkPolicyPeer | null): Peer | undefined {
  if (peer?.ipBlock) {
    if (peer.podSelector || peer.namespaceSelector) return undefined;
    return blockPeer(peer.ipBlock.cidr ?? '', peer.ipBlock.except ?? []);
  }
  if (peer?.namespaceSelector) return podsPeer(undefined, peer.namespaceSelector, peer.podSelector ?? {});
  if (peer?.podSelector) return podsPeer(namespace, undefined, peer.podSelector);
  return undefined;
}

function podsPeer(
  namespace: string | undefined,
  namespaceSelector: LabelSelector | undefined,
  podSelector: LabelSelector,
) {
  return { type: 'pods', namespace, namespaceSelector, podSelector, hostNetwork: 'undefined' } as const;
}

/** An address block with holes; texts that are no CIDR block are left out. */
export function blockPeer(cidr: string, except: readonly string[]): Peer {
  const holes: { cidr: string; range: AddressRange }[] = [];
  for (const text of except) {
    const range = parseCidr(text);
    if (range !== undefined) holes.push({ cidr: text, range });
  }
  return { type: 'block', cidr, range: parseCidr(cidr), except: holes };
}

/** NetworkPolicyIngressRule.ports: "If this field is empty or missing, this rule matches all ports". */
function compilePorts(ports: readonly (NetworkPolicyPort | null)[]): RulePorts {
  if (ports.length === 0) return { fixed: ALL_PORTS, named: [] };
  let fixed: PortSet = NO_PORTS;
  const named: NamedPort[] = [];
  for (const port of ports) {
    const protocol = protocolOf(port?.protocol);
    if (protocol === undefined) continue;
    const number = port?.port ?? undefined;
    const end = port?.endPort ?? undefined;
    if (number === undefined) {
      // NetworkPolicyPort.port: "If this field is not provided, this matches all port names and numbers" (of its protocol).
      if (end === undefined) fixed = unionPorts(fixed, wholeProtocol(protocol));
    } else if (typeof number === 'string') {
      // NetworkPolicyPort.endPort "cannot be defined if the port field is … defined as a named (string) port".
      if (end === undefined) named.push({ name: number, protocol });
    } else {
      fixed = unionPorts(fixed, portRange(protocol, number, end ?? number));
    }
  }
  return { fixed, named };
}
