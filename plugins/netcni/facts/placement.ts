import type { LabelSelectorRequirement, Node } from '../../../shared/model/objects.ts';
import type { PodSpec, Toleration } from '../../../shared/model/objects-pod.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import { joinAnd } from '../../../shared/util/text.ts';

/** Taints that the DaemonSet controller tolerates for its pods by itself (pkg/controller/daemon/util). */
const TOLERATED_ALWAYS =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable|network-unavailable)$/;

/** Why a DaemonSet with this template puts no pod on a node; undefined when nothing keeps it away. */
export function keptAway(node: Node, spec: PodSpec | undefined): string | undefined {
  const labels = node.metadata?.labels ?? {};
  const missing = Object.entries(spec?.nodeSelector ?? {}).filter(([key, value]) => labels[key] !== value);
  if (missing.length > 0) {
    return `its nodeSelector asks for ${joinAnd(missing.map(([key, value]) => `${key}=${value}`))}`;
  }
  const terms = requiredTerms(spec);
  if (terms !== undefined && !terms.some((term) => fits(term, node))) return affinityWords(terms, node);
  const taint = (node.spec?.taints ?? []).find(
    ({ key = '', value = '', effect = '' }) =>
      effect !== 'PreferNoSchedule' &&
      !TOLERATED_ALWAYS.test(key) &&
      !(spec?.tolerations ?? []).some((toleration) => tolerates(toleration, key, value, effect)),
  );
  if (taint === undefined) return undefined;
  const { key = '', value = '', effect = '' } = taint;
  return `it does not tolerate the taint ${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

/** What of the first term does not hold: `its node affinity asks for network not in (off)`. */
function affinityWords([term]: readonly NodeTerm[], node: Node): string {
  const labels = node.metadata?.labels ?? {};
  const failing = (term?.matchExpressions ?? []).filter((one) => !holds(one, labels));
  if (failing.length === 0) return 'its node affinity does not take this node';
  return `its node affinity asks for ${joinAnd(failing.map(inWords))}`;
}

function inWords({ key = '', operator = '', values = [] }: LabelSelectorRequirement): string {
  if (operator === 'Exists') return `label ${key}`;
  if (operator === 'DoesNotExist') return `no label ${key}`;
  if (operator === 'Gt' || operator === 'Lt') return `${key} ${operator === 'Gt' ? '>' : '<'} ${values[0] ?? ''}`;
  return `${key} ${operator === 'NotIn' ? 'not in' : 'in'} (${values.join(', ')})`;
}

function tolerates(toleration: Toleration, key: string, value: string, effect: string): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== effect) return false;
  if ((toleration.key ?? '') === '') return toleration.operator === 'Exists';
  if (toleration.key !== key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === value;
}

interface NodeTerm {
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
  readonly matchFields?: readonly LabelSelectorRequirement[];
}

function requiredTerms(spec: PodSpec | undefined): readonly NodeTerm[] | undefined {
  const affinity = spec?.affinity as
    | {
        nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: readonly NodeTerm[] } };
      }
    | undefined;
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

function fits({ matchExpressions = [], matchFields = [] }: NodeTerm, node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  const fields = { 'metadata.name': node.metadata?.name ?? '' };
  return matchExpressions.every((one) => holds(one, labels)) && matchFields.every((one) => holds(one, fields));
}

function holds(requirement: LabelSelectorRequirement, labels: Readonly<Record<string, string>>): boolean {
  const { operator, key = '', values = [] } = requirement;
  if (operator !== 'Gt' && operator !== 'Lt') return matchesSelector({ matchExpressions: [requirement] }, labels);
  const have = Number(labels[key] ?? Number.NaN);
  return operator === 'Gt' ? have > Number(values[0]) : have < Number(values[0]);
}
