import type { Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { type CreateFailure, parseAmounts, parseCreateFailure } from '../../../../../shared/model/create-failures.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { tryAtOnce } from '../containers/workload-commands.ts';
import { withWords } from '../dependencies/dependencies.ts';
import { withUndo } from '../rollout-note.ts';
import { readyPods, servicePods } from '../service-pods.ts';
import { workloadUndo } from '../workload-undo.ts';
import { nameOfWorkload } from '../workloads-behind.ts';
import { creationFixes } from './creation-fixes.ts';
import type { Refusal } from './creation-refusals.ts';

/** OpenShift names every security context constraint that the account may not use anyway. */
const NOT_USABLE = /provider "[^"]*": Forbidden: not usable by user or serviceaccount,? ?/g;

/**
 * The finding on pods that the API server refuses to a workload, in the words of its reason. A controller that was refused
 * often tries again after minutes only: what has been mended by then is told.
 */
export function refusalFinding(index: ClusterIndex, subject: ServiceSubject, refusal: Refusal): Finding {
  const finding = refused(index, subject, refusal);
  if (!isMended(index, subject.namespace, parseCreateFailure(refusal.message))) return finding;
  const [now, ...fixes] = tryAtOnce(refusal.workload);
  const words = '; that has been mended since, the controller tries again by and by';
  return withWords(now === undefined ? finding : { ...finding, fixes: [{ ...now, title: 'try at once' }, ...fixes] }, {
    words,
  });
}

function isMended(index: ClusterIndex, namespace: string, failure: CreateFailure): boolean {
  if (failure.is === 'service-account') return index.get('ServiceAccount', namespace, failure.name) !== undefined;
  const quota = failure.is === 'quota' ? index.get('ResourceQuota', namespace, failure.quota) : undefined;
  if (quota === undefined || failure.is !== 'quota') return false;
  return [...parseAmounts(failure.requested)].every(([resource, each]) => {
    const [used, hard] = [quota.status?.used?.[resource], quota.spec?.hard?.[resource]].map((one) =>
      parseQuantity(one),
    );
    return hard === undefined || (used !== undefined && used + (parseQuantity(each) ?? 0) <= hard);
  });
}

function refused(index: ClusterIndex, subject: ServiceSubject, refusal: Refusal): Finding {
  const { workload, missing, wanted, evidence } = refusal;
  const all = servicePods(index, subject).filter((entry) => entry.state.is !== 'terminating');
  const ready = readyPods(all).length;
  const failure = parseCreateFailure(refusal.message);
  const facts = {
    subject: workload.ref,
    evidence,
    severity: ready === 0 ? ('critical' as const) : ('warning' as const),
    // Pods that are there and not ready have a cause of their own, which weighs by their number.
    impact: ready > 0 ? 0.1 : all.length === 0 ? 1 : Math.max(1, missing) / (Math.max(1, missing) + all.length),
    fixes: withUndo(workloadUndo(index, workload), creationFixes(index, refusal, failure)),
  };
  const args = {
    workload: nameOfWorkload(workload),
    missing: missingInWords(missing, wanted),
  };
  switch (failure.is) {
    case 'quota': {
      const { quota, requested, used, limited } = failure;
      const detail = `exceeded quota, requested ${requested}, used ${used}, limited to ${limited}`;
      return podsMessages.SVC206.raise({ ...facts, args: { ...args, quota, detail } });
    }
    case 'quota-unstated':
      return podsMessages.SVC206.raise({ ...facts, args: { ...args, quota: failure.quota, detail: failure.missing } });
    case 'service-account':
      return podsMessages.SVC207.raise({
        ...facts,
        args: { ...args, account: failure.name, namespace: subject.namespace },
      });
    case 'webhook-denied':
      return podsMessages.SVC208.raise({
        ...facts,
        args: {
          ...args,
          by: `admission webhook "${failure.webhook}" denied the request`,
          reason: shorten(failure.text, 160),
        },
      });
    case 'pod-security':
      return podsMessages.SVC208.raise({
        ...facts,
        args: { ...args, by: `it violates PodSecurity "${failure.level}"`, reason: shorten(failure.text, 160) },
      });
    case 'limit-range':
      return podsMessages.SVC208.raise({
        ...facts,
        args: {
          ...args,
          by: `the LimitRange of namespace ${subject.namespace} forbids it`,
          reason: shorten(failure.text, 160),
        },
      });
    case 'policy':
      return podsMessages.SVC208.raise({
        ...facts,
        args: { ...args, by: 'a policy forbids it', reason: shorten(failure.text.replace(NOT_USABLE, ''), 200) },
      });
    case 'webhook-unreachable':
      return podsMessages.SVC209.raise({
        ...facts,
        args: { ...args, webhook: failure.webhook, reason: shorten(failure.text, 160) },
      });
    case 'other':
      return podsMessages.SVC210.raise({ ...facts, args: { ...args, reason: shorten(failure.text, 200) } });
  }
}

/** How many pods are missing is not known where the workload was not read: then both are 0. */
function missingInWords(missing: number, wanted: number): string {
  if (wanted === 0) return 'the pods';
  return missing >= wanted ? `the ${wanted === 1 ? 'pod' : `${wanted} pods`}` : `${missing} of ${wanted} pods`;
}
