import type { KubeObject } from './objects.ts';

/** rbac.authorization.k8s.io/v1. */
export interface ClusterRole extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
}

export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface ClusterRoleBinding extends KubeObject {
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
  readonly subjects?: readonly Subject[] | null;
}

export interface Subject {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}
