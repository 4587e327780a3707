import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** SVC101 to SVC149: which pods the selector means. */
export const selectorMessages = defineMessages({
  SVC101: message<{
    service: string;
    selector: string;
    namespace: string;
    /** `app=web-v2 instead of app=web`, empty when no workload is near. */
    difference: string;
    nearest: string;
    fixes: readonly Fix[];
  }>({
    slug: 'selector-matches-no-pod',
    severity: 'critical',
    rung: 10,
    title: 'the selector matches no pod',
    summary: ({ service, selector, namespace, difference, nearest }) =>
      `Service ${service} selects ${selector}, which no pod in namespace ${namespace} carries` +
      (nearest === '' ? '' : `; ${nearest} ${difference}`),
    explain:
      'A Service sends requests to the pods whose labels contain every key and value of spec.selector. When none does, ' +
      'it has no endpoints: connections to the ClusterIP are refused or time out, and a headless name does not resolve.\n' +
      'It usually follows a rename: the labels of the workload template or the selector changed and the other side did not.\n' +
      'Mend the side that is wrong. The selector of a Service can be changed at any time. Labels of pods are changed in the ' +
      "workload's template, and only where its own selector (immutable) allows.",
    fixes: ({ fixes }) => fixes,
  }),
});
