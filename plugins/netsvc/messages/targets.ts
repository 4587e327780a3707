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
    /** What else the words may mean, such as `the pods of Deployment rate are selected by Service rate-api`. */
    meant: string;
    /** The whole sentence, for an address: it is no name. */
    told?: string;
    fixes: readonly Fix[];
  }>({
    slug: 'target-not-found',
    severity: 'critical',
    rung: 1,
    title: 'there is no object of that name',
    summary: ({ kind, name, namespace, elsewhere, nearest, meant, told }) =>
      told ??
      `there is no ${kind} ${name} in namespace ${namespace}` +
        (meant === '' ? '' : `; ${meant}`) +
        (elsewhere.length > 0
          ? `; namespace${elsewhere.length === 1 ? '' : 's'} ${joinNames(elsewhere)} ${elsewhere.length === 1 ? 'has' : 'have'} one`
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
    severity: 'info',
    title: 'no Service selects these pods',
    summary: ({ target, labels, nearest, difference }) =>
      `no Service selects the pods of ${target} (${labels})` +
      (nearest === '' ? '' : `; nearest is Service ${nearest}: ${difference}`),
    explain:
      'The pods carry labels that no Service of their namespace selects, so no Service sends them requests. That is right ' +
      'for workers that only call others, and for pods that are deliberately kept out of rotation.\n' +
      'If callers should reach them, create a Service (kubectl expose), or change the selector of the nearest one or the ' +
      "labels in the workload's template.",
    fixes: () => [],
  }),
});
