import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import type { Finding, Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { compareText } from '../../../shared/util/text.ts';

/** Commands that change the template of a set: `kubectl patch statefulset db …`, `kubectl set image daemonset/agent …`. */
const CHANGES = /^kubectl (?:patch|edit|set \w+|rollout undo) (?:statefulset|daemonset)[ /]/;

/**
 * Some workloads do not replace their pods when the template is mended: a StatefulSet with OrderedReady waits for the
 * broken pod to become Ready first (StatefulSets, "Forced rollback"), and one with updateStrategy OnDelete waits for
 * somebody to delete it. There the fix needs one more line.
 */
export function withStuckPods(runs: readonly CheckRun[], index: ClusterIndex): readonly CheckRun[] {
  return runs.map((run) => {
    const { outcome } = run;
    if (outcome.result !== 'fail') return run;
    return { ...run, outcome: { ...outcome, findings: outcome.findings.map((one) => withDeletion(one, index)) } };
  });
}

function withDeletion(finding: Finding, index: ClusterIndex): Finding {
  const last = finding.fixes.findLastIndex(({ command }) => CHANGES.test(command));
  const deletion = last < 0 ? undefined : deletionOf(finding, index);
  if (deletion === undefined) return finding;
  return { ...finding, fixes: [...finding.fixes.slice(0, last + 1), deletion, ...finding.fixes.slice(last + 1)] };
}

function deletionOf({ subject, pods = [] }: Finding, index: ClusterIndex): Fix | undefined {
  const { kind, namespace = '', name } = subject;
  if (kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
  const set = index.get(kind, namespace, name);
  if (set === undefined) return undefined;
  const byHand = set.spec?.updateStrategy?.type === 'OnDelete';
  const ordered = kind === 'StatefulSet' && set.spec?.podManagementPolicy !== 'Parallel';
  if (!byHand && !ordered) return undefined;
  const stuck = pods
    .map((key) => key.slice(key.indexOf('/') + 1))
    .filter((pod) => {
      const found = index.get('Pod', namespace, pod);
      return found !== undefined && (byHand || !isReady(found));
    })
    .sort(compareText);
  if (stuck.length === 0) return undefined;
  const many = stuck.length > 1;
  return {
    title: `then delete the old ${many ? 'pods' : 'pod'}: ${
      byHand
        ? 'updateStrategy OnDelete waits for that'
        : `the StatefulSet waits for ${many ? 'them' : 'it'} to become Ready`
    }`,
    command: `kubectl delete pod ${stuck.slice(0, 20).join(' ')} -n ${namespace}`,
    risk: 'low',
  };
}
