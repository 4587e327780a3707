import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../../shared/model/objects.ts';
import { isControlPlaneTaint } from '../../../../../shared/model/pod-state-scheduling.ts';
import { compareText, joinNames } from '../../../../../shared/util/text.ts';
import { isPatchable, patchTemplateSpec } from '../containers/workload-commands.ts';
import type { ServicePod } from '../service-pods.ts';
import type { PendingDetail } from './pending-addition.ts';

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
  readonly nodes: readonly string[];
}

/** The taints that keep a pod away: from the scheduler's words, else from the nodes. */
export function taintDetail(index: ClusterIndex, entry: ServicePod, text: string): PendingDetail {
  const named = /\{([^:}]+):\s*([^}]*)\}/.exec(text);
  const there = taintsOf(index, entry);
  const key = named?.[1]?.trim();
  const value = named?.[2]?.trim() ?? '';
  const taints = key === undefined ? there : there.filter((taint) => taint.key === key && taint.value === value);
  const known: readonly Taint[] =
    taints.length > 0 || key === undefined ? taints : [{ key, value, effect: '', nodes: [] }];
  const words =
    taints.length === 0
      ? ''
      : `; ${taints.map((taint) => `${joinNames(taint.nodes, 3)} ${taint.nodes.length === 1 ? 'has' : 'have'} taint ${inWords(taint)}`).join(', ')}`;
  return {
    words,
    evidence: taints.map((taint) => ({
      fact: `taint ${inWords(taint)}`,
      source: `Node ${joinNames(taint.nodes, 3)} spec.taints`,
    })),
    fixes: known.slice(0, 1).flatMap((taint) => fixesOf(entry, taint)),
  };
}

function inWords({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
}

/** Taints that the pod does not tolerate, those of control-plane nodes left out when there are others. */
function taintsOf(index: ClusterIndex, entry: ServicePod): readonly Taint[] {
  const found = new Map<string, { key: string; value: string; effect: string; nodes: string[] }>();
  for (const node of index.list('Node')) {
    for (const { key = '', value = '', effect = '' } of repellingTaints(node, entry)) {
      const id = `${key}=${value}:${effect}`;
      const taint = found.get(id) ?? { key, value, effect, nodes: [] };
      taint.nodes.push(node.metadata?.name ?? '');
      found.set(id, taint);
    }
  }
  const all = [...found].sort(([a], [b]) => compareText(a, b)).map(([, taint]) => taint);
  const telling = all.filter((taint) => !isControlPlaneTaint(taint.key));
  return telling.length > 0 ? telling : all;
}

/** Taints of a node that keep the pod away. */
export function repellingTaints(node: Node, entry: ServicePod): NonNullable<NonNullable<Node['spec']>['taints']> {
  return (node.spec?.taints ?? []).filter(
    ({ key = '', value = '', effect = '' }) => effect !== 'PreferNoSchedule' && !isTolerated(entry, key, value, effect),
  );
}

function isTolerated(entry: ServicePod, key: string, value: string, effect: string): boolean {
  return (entry.pod.spec?.tolerations ?? []).some((toleration) => {
    if ((toleration.effect ?? '') !== '' && toleration.effect !== effect) return false;
    if ((toleration.key ?? '') === '') return toleration.operator === 'Exists';
    if (toleration.key !== key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === value;
  });
}

/** Taints that a controller sets and takes off by itself: kubelet, cloud controller, network plugin. */
const OF_CONTROLLERS =
  /^(node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io|node\.cilium\.io|[\w.-]*\.?projectcalico\.org|karpenter\.sh)\//;

function fixesOf(entry: ServicePod, taint: Taint): readonly Fix[] {
  const fixes: Fix[] = [];
  const { key, value, effect } = taint;
  const node = taint.nodes[0];
  const equals = value === '' ? '' : `=${value}`;
  if (node !== undefined && OF_CONTROLLERS.test(key)) {
    return [
      { title: 'see why its controller keeps the taint on', command: `kubectl describe node ${node}`, risk: 'none' },
    ];
  }
  if (node !== undefined && effect !== '' && !isControlPlaneTaint(key)) {
    fixes.push({
      title: 'take the taint off the node, if it is not meant to stay',
      command: `kubectl taint node ${node} ${key}${equals}:${effect}-`,
      risk: 'low',
      undo: `kubectl taint node ${node} ${key}${equals}:${effect}`,
    });
  }
  if (isPatchable(entry.owner)) {
    // The list is replaced as a whole, so the tolerations of the template are repeated.
    const former = entry.workload?.template?.spec?.tolerations ?? [];
    const added = {
      key,
      ...(value === '' ? { operator: 'Exists' } : { operator: 'Equal', value }),
      ...(effect === '' ? {} : { effect }),
    };
    fixes.push({
      title: 'or let the pods tolerate it',
      command: patchTemplateSpec(entry.owner, { tolerations: [...former, added] }),
      risk: 'low',
      undo: patchTemplateSpec(entry.owner, { tolerations: former.length === 0 ? null : former }),
    });
  }
  return fixes;
}
