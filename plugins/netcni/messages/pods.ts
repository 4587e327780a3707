import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI312, CNI316, CNI317 and CNI320: pods that wait for their network, or cannot give it back. */
export const podMessages = defineMessages({
  CNI312: message<{
    pods: string;
    nodes: string;
    first: string;
    meaning: string;
    numbers: string;
    fix: readonly Fix[];
    byHand: readonly Fix[];
  }>({
    slug: 'pods-without-network',
    severity: 'critical',
    rung: 30,
    title: 'pods get no network',
    summary: ({ pods, nodes, meaning, numbers }) =>
      `${pods} on ${nodes} ${pods.includes(' and ') || /^\d/.test(pods) ? 'get' : 'gets'} no network: ${meaning}${numbers}`,
    explain:
      'The kubelet asks the container runtime for a sandbox, and the runtime asks the network plugin. That failed, and the message of the plugin stands in the event FailedCreatePodSandBox; it is tried again ' +
      'every few seconds. What the words of each plugin mean is told in the first line; the agent of the plugin on this node is the first place to look at.',
    fixes: ({ first, fix, byHand }) => [
      ...fix,
      ...(byHand.length > 0
        ? byHand
        : [
            {
              title: `see the agents on node ${first}`,
              command: `kubectl get pods -A -o wide --field-selector spec.nodeName=${first}`,
              risk: 'none' as const,
            },
          ]),
    ],
  }),
  CNI316: message<{ pods: string; node: string; since: string; numbers: string }>({
    slug: 'pods-hang-in-creation',
    severity: 'warning',
    confidence: 'possible',
    rung: 46,
    title: 'pods hang in ContainerCreating and nobody says why',
    summary: ({ pods, node, since, numbers }) =>
      `${pods} on node ${node} without sandbox${since}, and no event tells why${numbers}`,
    explain:
      'Events are kept for an hour, and may not have been read. A pod in this state waits for its volumes, for the container runtime, or for its network. The network is one of three suspects: what would prove it is the event ' +
      'FailedCreatePodSandBox, or the log of the kubelet on the node.',
    fixes: ({ node }) => [
      {
        title: 'read the events of the pods there',
        command: `kubectl get events -A --field-selector source=kubelet | grep -i ${node}`,
        risk: 'none',
      },
    ],
  }),
  CNI317: message<{ pod: string; what: string }>({
    slug: 'pod-waits-for-something-else',
    severity: 'warning',
    rung: 1,
    title: 'the pod has no network because it is not that far yet',
    summary: ({ pod, what }) => `pod ${pod} has no network yet because ${what}`,
    explain:
      'A pod gets its network after it was placed on a node and its volumes are there. What holds it up stands before the network: mend that first, the address comes by itself.',
  }),
  CNI320: message<{
    pods: string;
    node: string;
    meaning: string;
    agent: readonly Fix[];
    namespace: string;
    name: string;
  }>({
    slug: 'pods-not-removed',
    severity: 'warning',
    rung: 31,
    title: 'pods that were deleted stay, because their network cannot be taken down',
    summary: ({ pods, node, meaning }) =>
      `${pods} on node ${node} cannot be removed, because the network plugin fails to take the network down: ${meaning}`,
    explain:
      'Before a pod goes, the kubelet has the plugin of the network give its address back. As long as that fails the pod stays in Terminating, and a StatefulSet makes no new one. What the plugin says stands in the event ' +
      'FailedKillPod. Mend that and the pods go by themselves; --force only takes the object away, and the address may stay taken on the node.',
    fixes: ({ agent, node, namespace, name }) => [
      ...(agent.length > 0
        ? agent
        : [
            {
              title: 'see the agents on that node',
              command: `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`,
              risk: 'none' as const,
            },
          ]),
      {
        title: 'last of all: take the object away',
        command: `kubectl delete pod ${name} -n ${namespace} --force --grace-period=0`,
        risk: 'high',
      },
    ],
  }),
});
