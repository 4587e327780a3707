import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** SVC001 to SVC049: what the user asked about. */
export const targetMessages = defineMessages({
  SVC001: message<{
    kind: string;
    name: string;
    namespace: string;
    /** Namespaces that hold an object of this name. */
    elsewhere: readonly string[];
    nearest: readonly string[];
    fixes: readonly Fix[];
  }>({
    slug: 'target-not-found',
    severity: 'critical',
    rung: 1,
    title: 'there is no object of that name',
    summary: ({ kind, name, namespace, elsewhere, nearest }) =>
      `there is no ${kind} ${name} in namespace ${namespace}` +
      (elsewhere.length > 0
        ? `; namespace ${joinNames(elsewhere)} has one`
        : nearest.length > 0
          ? `; nearest: ${joinNames(nearest)}`
          : ''),
    explain:
      'The name does not exist in the namespace that was asked. The namespace is that of -n, or of the kubeconfig ' +
      'context, or default.\n' +
      'Callers that use this name get "no such host" (NXDOMAIN) from the cluster DNS: a Service that was never created, ' +
      'was renamed, or lives in another namespace looks the same to them.\n' +
      'Ask for one of the names that do exist, or in the namespace that has the object.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC002: message<{ target: string; labels: string; nearest: string; difference: string }>({
    slug: 'no-service-selects-workload',
    severity: 'warning',
    confidence: 'likely',
    rung: 10,
    title: 'no Service selects these pods, one nearly does',
    summary: ({ target, labels, nearest, difference }) =>
      `no Service selects the pods of ${target} (${labels}); Service ${nearest} nearly does: ${difference}`,
    explain:
      'The pods carry labels that no Service of their namespace selects, so no Service sends them requests. That is right ' +
      'for workers that only call others. Here a Service differs from these labels in little, which is how a renamed label ' +
      'or a mistyped selector looks.\n' +
      'Ask about that Service: its diagnosis says which key or value differs and gives the patch for either side.',
    fixes: () => [],
  }),
});
