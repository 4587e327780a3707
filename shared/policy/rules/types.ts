/**
 * The policy objects of the policy.networking.k8s.io group, as their JSON stands in the API. Everything is optional and
 * read-only, as in `shared/model/objects.ts`: objects come from servers and files of every version.
 * Source: kubernetes-sigs/network-policy-api, apis/v1alpha1 (AdminNetworkPolicy, BaselineAdminNetworkPolicy) and
 * apis/v1alpha2 (ClusterNetworkPolicy; v1beta1 has the same fields).
 */
import type { KubeObject, LabelSelector } from '../../model/objects.ts';

export interface AdminNetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly priority?: number;
    readonly subject?: AdminSubject;
    readonly ingress?: readonly AdminRule[] | null;
    readonly egress?: readonly AdminRule[] | null;
  };
}

/** Has no priority: there is one object, named `default`. */
export interface BaselineAdminNetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly subject?: AdminSubject;
    readonly ingress?: readonly AdminRule[] | null;
    readonly egress?: readonly AdminRule[] | null;
  };
}

/** Exactly one field is set. */
export interface AdminSubject {
  readonly namespaces?: LabelSelector | null;
  readonly pods?: NamespacedPods | null;
}

/** Both selectors must hold; an empty one holds for all. */
export interface NamespacedPods {
  readonly namespaceSelector?: LabelSelector | null;
  readonly podSelector?: LabelSelector | null;
}

export interface AdminRule {
  readonly name?: string;
  /** Allow, Deny or Pass; Pass only in AdminNetworkPolicy. */
  readonly action?: string;
  readonly from?: readonly AdminPeer[] | null;
  readonly to?: readonly AdminPeer[] | null;
  /** Not set: the rule does not look at ports. */
  readonly ports?: readonly AdminPort[] | null;
}

/** Exactly one field is set; none means a field that this version does not know. `from` has the first two only. */
export interface AdminPeer {
  readonly namespaces?: LabelSelector | null;
  readonly pods?: NamespacedPods | null;
  readonly nodes?: LabelSelector | null;
  readonly networks?: readonly string[] | null;
  readonly domainNames?: readonly string[] | null;
}

/** Exactly one field is set. */
export interface AdminPort {
  readonly portNumber?: { readonly protocol?: string; readonly port?: number };
  readonly namedPort?: string;
  readonly portRange?: { readonly protocol?: string; readonly start?: number; readonly end?: number };
}

export interface ClusterNetworkPolicy extends KubeObject {
  readonly spec?: {
    /** Admin or Baseline. */
    readonly tier?: string;
    readonly priority?: number;
    readonly subject?: AdminSubject;
    readonly ingress?: readonly ClusterRule[] | null;
    readonly egress?: readonly ClusterRule[] | null;
  };
}

export interface ClusterRule {
  readonly name?: string;
  /** Accept, Deny or Pass. */
  readonly action?: string;
  readonly from?: readonly AdminPeer[] | null;
  readonly to?: readonly AdminPeer[] | null;
  /** Not set: the rule does not look at protocols and ports. */
  readonly protocols?: readonly ClusterProtocol[] | null;
}

/** Exactly one field is set; none means a field that this version does not know. */
export interface ClusterProtocol {
  readonly tcp?: ClusterProtocolPorts | null;
  readonly udp?: ClusterProtocolPorts | null;
  readonly sctp?: ClusterProtocolPorts | null;
  readonly destinationNamedPort?: string;
}

export interface ClusterProtocolPorts {
  readonly destinationPort?: {
    readonly number?: number;
    readonly range?: { readonly start?: number; readonly end?: number };
  };
}
