import type { LabelSelector } from '../../../shared/model/objects.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { podUnit, type Unit } from '../../../shared/policy/rules/units.ts';

/**
 * Of a namespace of which manifests hold no pod, one with just the labels that a selector asks for: what passes between an
 * application and the DNS or the monitoring of its cluster. Undefined where the files hold pods of that namespace, or where
 * the selector does not say which labels. What labels such a namespace has, beside its name, is not known.
 */
export function imaginedPod(model: PolicyModel, selector: LabelSelector, namespace: string): Unit | undefined {
  if (model.units.some((unit) => unit.namespace.name === namespace)) return undefined;
  const labels = new Map(Object.entries(selector.matchLabels ?? {}));
  for (const { key = '', operator, values = [] } of selector.matchExpressions ?? []) {
    const [only, ...more] = values;
    if (operator !== 'In' || only === undefined || more.length > 0) return undefined;
    labels.set(key, only);
  }
  if (labels.size === 0) return undefined;
  const name = [...labels.values()].join('-');
  return podUnit({ metadata: { namespace, name, labels: Object.fromEntries(labels) } }, model.namespaceOf(namespace));
}
