import { isApplied } from '../../model/applied.ts';
import { partsOfField } from '../../model/field-parts.ts';
import { type KindName, kindKeyOf } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { ParsedValue } from '../parse/parsed.ts';

/** The kinds of policy that are judged: a slip in one of their manifests must not read as "nothing is denied". */
export function isPolicy(key: KindName | undefined): boolean {
  return key?.endsWith('NetworkPolicy') === true && !/^(?:Calico|Cilium)/.test(key);
}

/** Whether two manifests of one object say different things. */
export function differ(a: KubeObject, b: KubeObject): boolean {
  const specOf = (object: KubeObject): string => JSON.stringify((object as { readonly spec?: unknown }).spec ?? null);
  return specOf(a) !== specOf(b);
}

/** The line of the field that a message begins with, where it is known; else that of the object. */
export function lineOfField({ line, rules = [] }: ParsedValue, message: string): number | undefined {
  const lines = new Map(rules);
  const part = partsOfField(message).find((one) => lines.has(one));
  return part === undefined ? line : lines.get(part);
}

/** What serves the policies that are judged, by their kinds in small letters. */
const SERVED: Readonly<Record<string, string>> = {
  networkpolicy: 'NetworkPolicy of networking.k8s.io/v1',
  adminnetworkpolicy: 'AdminNetworkPolicy of policy.networking.k8s.io/v1alpha1',
  baselineadminnetworkpolicy: 'BaselineAdminNetworkPolicy of policy.networking.k8s.io/v1alpha1',
  clusternetworkpolicy: 'ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2',
};

/** Groups of Kubernetes itself; others have kinds of the same name that are another thing (Calico, Antrea). */
const OWN_GROUP = /^(?:|apps|batch|extensions|policy|.*\.k8s\.io)$/;

/** The groups in which a kind with such a name can be nothing else. */
const POLICY_GROUP = /^(?:policy\.)?networking\.k8s\.io$/;

/** `NetworkPolicies`, `NetworkPolciy`: what has the letters of a kind of policy, of the longest name that it holds. */
function nearPolicy(kind: string): string | undefined {
  const lower = kind.toLowerCase();
  if (!/^\w*net\w*pol\w*$/.test(lower)) return undefined;
  const adjective = ['baseline', 'cluster', 'admin'].find((word) => lower.includes(word)) ?? '';
  return SERVED[`${adjective === 'baseline' ? 'baselineadmin' : adjective}networkpolicy`];
}

/**
 * What to say of a policy under a kind or an apiVersion that no server has: it would be refused, and must not be passed
 * over as if it were not there. Undefined for anything else.
 */
export function misnamedPolicy(value: Readonly<Record<string, unknown>>): string | undefined {
  const { apiVersion, kind, spec } = value;
  if (typeof kind !== 'string' || typeof spec !== 'object') return undefined;
  const group = typeof apiVersion === 'string' ? apiVersion.replace(/(^|\/)[^/]*$/, '') : undefined;
  const meant = SERVED[kind.toLowerCase()] ?? (POLICY_GROUP.test(group ?? '') ? nearPolicy(kind) : undefined);
  if (meant === undefined) return undefined;
  if (group === undefined) return `${kind} without apiVersion; ${meant} may be meant`;
  const known = kindKeyOf(String(apiVersion), kind) !== undefined;
  // The one version that this group ever served it in.
  const version = group === 'networking.k8s.io' && apiVersion !== 'networking.k8s.io/v1' && !isApplied(value);
  if (!OWN_GROUP.test(group) || (known && !version)) return undefined;
  return `there is no ${kind} of ${apiVersion}; ${meant} may be meant`;
}
