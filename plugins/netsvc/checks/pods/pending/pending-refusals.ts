import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import {
  isControlPlaneTaint,
  isUnnamedTaint,
  mainRefusal,
  parseScheduling,
  type Refusal,
  type RefusalClass,
  type SchedulingRefusals,
} from '../../../../../shared/model/pod-state-scheduling.ts';
import { matchesLabels } from '../../../../../shared/model/selectors.ts';
import type { PodIn } from '../service-pods.ts';
import { repellingTaints } from './pending-taints.ts';

/**
 * The scheduler's clauses about a pod, with the taints that it no longer names (1.34 writes `untolerated taint(s)`)
 * looked up on the nodes, as far as they were read.
 */
export function refusalsOf(index: ClusterIndex, entry: PodIn<'unscheduled'>): SchedulingRefusals {
  const all = withTaints(index, entry);
  if (all.main?.class !== 'node-selector' || !someNodeFits(index, entry)) return all;
  // A node has what the pod asks for: what else is said of it is what keeps the pod away.
  const others = all.refusals.filter((one) => one.class !== 'node-selector' && !isControlPlaneTaint(one.text));
  return { ...all, main: mainRefusal(others) ?? all.main };
}

function someNodeFits(index: ClusterIndex, { pod }: PodIn<'unscheduled'>): boolean {
  const { nodeSelector, affinity } = pod.spec ?? {};
  if (nodeSelector === undefined || affinity !== undefined) return false;
  return index.list('Node').some((node) => matchesLabels(nodeSelector, node.metadata?.labels));
}

function withTaints(index: ClusterIndex, entry: PodIn<'unscheduled'>): SchedulingRefusals {
  const parsed = parseScheduling(entry.state.message);
  if (!parsed.refusals.some(isUnnamedTaint)) return parsed;
  const found = new Map<string, Refusal>();
  const cordoned = parsed.refusals.some((refusal) => refusal.class === 'cordoned');
  for (const node of index.list('Node')) {
    // A cordoned node has a clause of its own and carries a taint as well.
    if (cordoned && node.spec?.unschedulable === true) continue;
    const taint = [...repellingTaints(node, entry)].sort((a, b) => rank(a.key) - rank(b.key))[0];
    if (taint === undefined) continue;
    const text = `node(s) had untolerated taint {${taint.key ?? ''}: ${taint.value ?? ''}}`;
    found.set(text, { class: classOf(taint.key), nodes: (found.get(text)?.nodes ?? 0) + 1, text });
  }
  if (found.size === 0) return parsed;
  const refusals = parsed.refusals.flatMap((refusal) => (isUnnamedTaint(refusal) ? [...found.values()] : [refusal]));
  return { ...parsed, refusals, main: mainRefusal(refusals) };
}

/** Of several taints of a node, the one that says most about why it takes no pods. */
function rank(key: string | undefined): number {
  return (
    ['node-down', 'node-short', 'cordoned', 'taint'].indexOf(classOf(key)) + (isControlPlaneTaint(key ?? '') ? 1 : 0)
  );
}

function classOf(key: string | undefined): RefusalClass {
  if (/^node\.kubernetes\.io\/(unreachable|not-ready|network-unavailable)$/.test(key ?? '')) return 'node-down';
  if (/^node\.kubernetes\.io\/(disk|memory|pid)-pressure$/.test(key ?? '')) return 'node-short';
  return key === 'node.kubernetes.io/unschedulable' ? 'cordoned' : 'taint';
}
