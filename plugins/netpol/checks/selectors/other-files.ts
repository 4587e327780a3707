import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodsPeer } from '../../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import { isWritten, lintModelIn } from '../../lint/lint-facts.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';

/**
 * Manifests hold an application, and seldom the DNS, the monitoring or the other applications of the cluster: a namespace
 * that is called by its name, a label that nothing here goes by, and pods of any namespace whatever may be in other files.
 */
export function mayBeElsewhere(
  index: ClusterIndex,
  { ref }: PolicySubject,
  { namespace, namespaceSelector = {} }: PodsPeer,
  on: 'namespace' | 'pod',
): boolean {
  if (!isWritten(index) || namespace !== undefined) return false;
  const { matchLabels = {}, matchExpressions } = namespaceSelector;
  const keys = [...Object.keys(matchLabels), ...(matchExpressions ?? []).flatMap(({ key }) => key ?? [])];
  if (on === 'pod') return keys.length === 0;
  if (keys.includes(NAMESPACE_NAME_LABEL)) return true;
  const model = lintModelIn(index);
  const isOnlyOne = model.units.every((unit) => unit.namespace.name === ref.namespace);
  return (
    isOnlyOne && !index.list('Namespace').some(({ metadata }) => keys.some((key) => key in (metadata?.labels ?? {})))
  );
}

/** What every cluster has: the namespaces of Kubernetes itself, and the pods of its DNS. */
export function isEverywhere({ namespaceSelector, podSelector }: PodsPeer): boolean {
  const name = namespaceSelector?.matchLabels?.[NAMESPACE_NAME_LABEL] ?? '';
  return name.startsWith('kube-') || name === 'default' || podSelector.matchLabels?.['k8s-app'] === 'kube-dns';
}
