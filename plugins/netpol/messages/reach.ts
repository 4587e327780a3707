import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** Answers that make the exit status 1. */
export const policyMessages = defineMessages({
  POL001: message<{ from: string; to: string; port: string }>({
    slug: 'traffic-denied',
    severity: 'critical',
    title: 'policies deny this connection',
    summary: ({ from, to, port }) => `${from} cannot reach ${to}${port}: policies deny it`,
    explain:
      'Traffic passes when the policies of both ends let it: the egress policies of the sender, then the ingress ' +
      'policies of the receiver. Admin policies come first, in the order of their priority. A pod that any ' +
      'NetworkPolicy selects for a direction is isolated in it: only what some rule of some such policy allows passes. ' +
      'Baseline policies are asked only where no NetworkPolicy selects the pod.\n' +
      'The walk names each policy that selects the pod, each of its rules, and why it did not match. Replies need no ' +
      'rule. Policies see the pod and its own port, never the address and port of a Service.',
  }),
  POL002: message<{ service: string; name: string; namespace: string }>({
    slug: 'service-without-pods',
    severity: 'warning',
    title: 'no pod stands behind the Service',
    summary: ({ service }) => `no pod stands behind ${service}, so no policy decides who reaches it`,
    explain:
      'Policies select pods, never Services. The Service exists, but its selector matches no living pod (or it has no selector and ' +
      'no addresses were given by hand), so there is nobody who could be reached, whatever the policies say.\n' +
      'kubectl netsvc SERVICE names the cause: a label that differs, a workload scaled to nothing, pods that do not start.',
    fixes: ({ name, namespace }) => [
      { title: 'why it has none, and the fix', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),
});
