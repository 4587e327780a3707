import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import { podsNodesExplains as why } from './pods-nodes-explains.ts';

/** SVC235 to SVC249: nodes, volumes, sandboxes, and pods that have ended or are ending. */
export const podsNodesMessages = defineMessages({
  SVC235: message<{ node: string; state: string; pods: string }>({
    slug: 'node-not-ready',
    severity: 'critical',
    rung: 5,
    title: 'the node under the pods is not ready',
    summary: ({ node, state, pods }) => `node ${node} ${state}; it holds ${pods}`,
    explain: why.nodeNotReady,
  }),
  SVC236: message<{ node: string; pods: string; state: string }>({
    slug: 'node-does-not-take-pods',
    severity: 'critical',
    rung: 6,
    title: 'the kubelet does not start the pods that are bound to its node',
    summary: ({ node, pods, state }) => `nothing happens with ${pods} on node ${node}: ${state}`,
    explain: why.unclaimed,
  }),
  SVC237: message<{ pods: string; kind: string; name: string; volume: string; key: string }>({
    slug: 'volume-source-missing',
    severity: 'critical',
    rung: 22,
    title: 'a Secret or ConfigMap that a volume needs is missing',
    summary: ({ pods, kind, name, volume, key }) =>
      `volume ${volume} of ${pods} cannot be mounted (FailedMount): ` +
      (key === '' ? `${kind} "${name}" not found` : `${kind} "${name}" has no key ${key}`),
    explain: why.volumeSource,
  }),
  SVC238: message<{ pods: string; detail: string }>({
    slug: 'volume-not-mounted',
    severity: 'critical',
    rung: 22,
    title: 'a volume cannot be mounted',
    summary: ({ pods, detail }) => `a volume of ${pods} cannot be mounted: ${detail}`,
    explain: why.volume,
  }),
  SVC239: message<{ pods: string; detail: string }>({
    slug: 'volume-not-attached',
    severity: 'critical',
    rung: 22,
    title: 'a volume cannot be attached to the node',
    summary: ({ pods, detail }) => `a volume of ${pods} cannot be attached (FailedAttachVolume): ${detail}`,
    explain: why.attach,
  }),
  SVC240: message<{ pods: string; nodes: string; cause: string }>({
    slug: 'sandbox-not-created',
    severity: 'critical',
    rung: 21,
    title: 'the network or sandbox of the pods cannot be set up',
    summary: ({ pods, nodes, cause }) => `${pods} cannot get a sandbox on ${nodes} (FailedCreatePodSandBox): ${cause}`,
    explain: why.sandbox,
  }),
  SVC241: message<{ pods: string; nodes: string; cause: string }>({
    slug: 'node-network-not-ready',
    severity: 'critical',
    rung: 8,
    title: 'the pod network of the node is not ready',
    summary: ({ pods, nodes, cause }) => `the pod network of ${nodes} is not ready, so ${pods} cannot start: ${cause}`,
    explain: why.network,
  }),
  SVC242: message<{ pods: string; since: string; suspects: string }>({
    slug: 'containers-not-created',
    severity: 'critical',
    confidence: 'possible',
    rung: 24,
    title: 'pods hang in ContainerCreating',
    summary: ({ pods, since, suspects }) =>
      `containers of ${pods} are not created (ContainerCreating)${since}${suspects}`,
    explain: why.creating,
  }),
  SVC243: message<{ pods: string; end: string }>({
    slug: 'pods-have-ended',
    severity: 'critical',
    rung: 13,
    title: 'the pods behind the Service have ended',
    summary: ({ pods, end }) => `${pods} ${end}; a pod that has ended serves nobody and nothing replaces it`,
    explain: why.ended,
  }),
  SVC244: message<{ pods: string; reason: string; detail: string }>({
    slug: 'kubelet-rejects-pods',
    severity: 'critical',
    rung: 14,
    covers: ['SVC212'],
    title: 'the kubelet rejects the pods',
    summary: ({ pods, reason, detail }) => `${pods} failed with ${reason}${detail === '' ? '' : `: ${detail}`}`,
    explain: why.rejected,
  }),
  SVC245: message<{ pods: string; one: boolean; detail: string }>({
    slug: 'only-terminating-pods',
    severity: 'warning',
    confidence: 'likely',
    rung: 17,
    title: 'only terminating pods are left',
    summary: ({ pods, one, detail }) => `${pods} ${one ? 'is' : 'are'} terminating and no other pod is there${detail}`,
    explain: why.terminating,
  }),
  SVC246: message<{ pods: string; since: string; holder: string }>({
    slug: 'pod-stuck-terminating',
    severity: 'critical',
    rung: 17,
    covers: ['SVC212'],
    title: 'a pod cannot be removed',
    summary: ({ pods, since, holder }) => `${pods} should be gone${since} and cannot be removed: ${holder}`,
    explain: why.stuck,
  }),
});
