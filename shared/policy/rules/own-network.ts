import { ALL_PORTS } from './port-set.ts';
import type { PodsPeer, Policy, Rule } from './rules.ts';
import { NAMESPACE_NAME_LABEL } from './units.ts';

/** A namespace that is on another network than that of the cluster, and those that are on the same. */
export interface OwnNetwork {
  readonly namespace: string;
  readonly shared: readonly string[];
}

/**
 * A network of a namespace's own (OVN-Kubernetes, "User-Defined Networks") in the form of a policy: pods of other
 * namespaces may be kept out in both directions. Perhaps, because not all is known of who shares such a network, and
 * because what all need (DNS, the API server) is let through. What policies deny stays denied.
 */
export function networkOf({ namespace, shared }: OwnNetwork): Policy {
  const here = [namespace, ...shared];
  const elsewhere: PodsPeer = {
    type: 'pods',
    namespace: undefined,
    namespaceSelector: { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'NotIn', values: here }] },
    podSelector: {},
    hostNetwork: 'excluded',
    apartFrom: namespace,
  };
  const rule: Rule = { index: 0, action: 'deny', peers: [elsewhere], ports: { fixed: ALL_PORTS, named: [] } };
  return {
    ref: { kind: 'Namespace', name: namespace },
    tier: 'network',
    priority: 0,
    subject: {
      type: 'pods',
      namespace,
      namespaceSelector: undefined,
      podSelector: {},
      hostNetwork: 'excluded',
    },
    affects: { ingress: true, egress: true },
    ingress: [rule],
    egress: [rule],
  };
}
