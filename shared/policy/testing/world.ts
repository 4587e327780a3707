/** What the tables in `truth` say again and again about the grid of namespaces x, y, z and pods a, b, c. */
import type { LabelSelector } from '../../model/objects.ts';
import type { NetworkPolicyPeer } from '../../model/objects-network.ts';
import type {
  AdminNetworkPolicy,
  AdminPeer,
  AdminRule,
  AdminSubject,
  BaselineAdminNetworkPolicy,
  ClusterNetworkPolicy,
  ClusterRule,
} from '../rules/types.ts';

export const OPEN = '* ... ... ...';

export const podIs = (...names: readonly [string, ...string[]]): LabelSelector =>
  names.length === 1
    ? { matchLabels: { pod: names[0] } }
    : { matchExpressions: [{ key: 'pod', operator: 'In', values: names }] };

export const nsIs = (name: string): LabelSelector => ({ matchLabels: { ns: name } });

/** All pods of the namespace labelled `ns=name`. */
export const ns = (name: string): NetworkPolicyPeer => ({ namespaceSelector: nsIs(name) });

/** Pods of this name in every namespace. */
export const inAll = (name: string): NetworkPolicyPeer => ({ namespaceSelector: {}, podSelector: podIs(name) });

export const everyone: NetworkPolicyPeer = { namespaceSelector: {} };

/** All pods of the namespace labelled `ns=name`, or of all namespaces. */
export const space = (name?: string): AdminPeer => ({ namespaces: name === undefined ? {} : nsIs(name) });

/** Pods of one name in the namespace labelled `ns=name`. */
export const pods = (name: string, podName: string): AdminPeer => ({
  pods: { namespaceSelector: nsIs(name), podSelector: podIs(podName) },
});

interface Rules<R> {
  readonly ingress?: readonly R[];
  readonly egress?: readonly R[];
}

/** Policies of the cluster are about namespace x, unless another subject is given. */
const X: AdminSubject = { namespaces: nsIs('x') };

export function adminPolicy(
  name: string,
  priority: number,
  rules: Rules<AdminRule>,
  subject: AdminSubject = X,
): AdminNetworkPolicy {
  return { metadata: { name }, spec: { priority, subject, ...rules } };
}

export function baseline(rules: Rules<AdminRule>): BaselineAdminNetworkPolicy {
  return { metadata: { name: 'default' }, spec: { subject: X, ...rules } };
}

export function clusterPolicy(
  name: string,
  tier: string,
  priority: number,
  rules: Rules<ClusterRule>,
): ClusterNetworkPolicy {
  return { metadata: { name }, spec: { tier, priority, subject: X, ...rules } };
}
