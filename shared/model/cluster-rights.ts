import { isWhollyRead } from './absence.ts';
import type { ClusterIndex } from './cluster-index.ts';
import type { ClusterRoleBinding, PolicyRule } from './objects-rights.ts';
import { nameOf } from './refs.ts';

/** Something to be read in all namespaces. */
export interface WantedRead {
  readonly group: string;
  readonly resource: string;
}

/** Verbs of whoever keeps a list of objects up to date. */
const VERBS = ['list', 'watch'];

/**
 * The first of some resources that a ServiceAccount may not list and watch in all namespaces, by the ClusterRoles bound to
 * it or to a group that it is in. Undefined when it may, and when roles or bindings were not all read.
 */
export function missingClusterRead(
  index: ClusterIndex,
  account: { readonly namespace: string; readonly name: string },
  wanted: readonly WantedRead[],
): WantedRead | undefined {
  if (!isWhollyRead(index, 'ClusterRole') || !isWhollyRead(index, 'ClusterRoleBinding')) return undefined;
  const rules = index
    .list('ClusterRoleBinding')
    .filter((binding) => binds(binding, account))
    .flatMap(({ roleRef }) => index.get('ClusterRole', undefined, roleRef?.name ?? '')?.rules ?? []);
  return wanted.find((read) => !VERBS.every((verb) => rules.some((rule) => grants(rule, verb, read))));
}

/** By name, or by one of the groups of every ServiceAccount (kubernetes apiserver/pkg/authentication/serviceaccount). */
function binds(
  { subjects }: ClusterRoleBinding,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): boolean {
  const groups = ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return (subjects ?? []).some((subject) => {
    if (subject.kind === 'Group') return groups.includes(subject.name ?? '');
    if (subject.kind === 'User') return subject.name === `system:serviceaccount:${namespace}:${name}`;
    return subject.kind === 'ServiceAccount' && subject.namespace === namespace && subject.name === name;
  });
}

function grants(rule: PolicyRule, verb: string, { group, resource }: WantedRead): boolean {
  const has = (list: readonly string[] | undefined, word: string): boolean =>
    list?.includes(word) === true || list?.includes('*') === true;
  // A rule that names objects gives no list of all of them.
  if ((rule.resourceNames ?? []).length > 0) return false;
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, resource);
}

/** `ClusterRole system:coredns`, … : the roles that are bound to an account. */
export function rolesBoundTo(
  index: ClusterIndex,
  account: { readonly namespace: string; readonly name: string },
): readonly string[] {
  return index
    .list('ClusterRoleBinding')
    .filter(({ subjects }) =>
      (subjects ?? []).some(
        ({ kind, namespace, name }) =>
          kind === 'ServiceAccount' && namespace === account.namespace && name === account.name,
      ),
    )
    .map((binding) => `${binding.roleRef?.kind ?? 'ClusterRole'} ${binding.roleRef?.name ?? nameOf(binding)}`);
}
