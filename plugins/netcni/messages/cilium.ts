import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI509 to CNI519: settings of Cilium that do not go together with what is there. */
export const ciliumMessages = defineMessages({
  CNI509: message<{ nodes: string; set: string; namespace: string }>({
    slug: 'cilium-api-address-missing',
    severity: 'critical',
    confidence: 'likely',
    rung: 8,
    covers: ['CNI104'],
    title: 'Cilium replaces kube-proxy and was not told where the API server is',
    summary: ({ nodes }) =>
      `Cilium on ${nodes} cannot start: it is to replace kube-proxy, so nobody serves the ClusterIP by which it looks for the API server`,
    explain:
      'Inside the cluster the API server is found by the ClusterIP of Service kubernetes, and kube-proxy turns that into its address. With ' +
      'kube-proxy gone and Cilium to do its work, Cilium needs the address itself to start with: k8sServiceHost and k8sServicePort of its Helm ' +
      'chart (in the DaemonSet: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT). Give an address or name that every node reaches without ' +
      'the cluster, such as that of the load balancer in front of the control plane, or localhost:7445 on Talos.',
    fixes: ({ set, namespace }) => [
      {
        title: 'find the address of the API server',
        command: 'kubectl get endpoints kubernetes -o yaml; kubectl config view --minify | grep server',
        risk: 'none',
      },
      {
        title: 'tell it to Cilium (put the address in)',
        command: `kubectl -n ${namespace} set env daemonset/${set} KUBERNETES_SERVICE_HOST=<ADDRESS> KUBERNETES_SERVICE_PORT=6443`,
        risk: 'low',
        undo: `kubectl -n ${namespace} set env daemonset/${set} KUBERNETES_SERVICE_HOST- KUBERNETES_SERVICE_PORT-`,
      },
    ],
  }),

  CNI510: message<{ nodes: string; encryption: string }>({
    slug: 'cilium-encryption-not-in-force',
    severity: 'warning',
    confidence: 'likely',
    rung: 32,
    title: 'Cilium does not encrypt on a node',
    summary: ({ nodes, encryption }) =>
      `Cilium's configuration asks for ${encryption}, and its agent on ${nodes} has no key: packets to and from there are not encrypted, or dropped`,
    explain:
      'Agents read their configuration when they start, and write the key of their node into its CiliumNode. One that has run since before the ' +
      'change has none: the others send to it in plain text, or drop the packets where strict mode is on. Start its agent anew. Where it has ' +
      'just started, its log tells why it has no key: a kernel without WireGuard, a missing Secret cilium-ipsec-keys.',
    fixes: () => [
      {
        title: 'start all agents anew, one after the other',
        command: 'kubectl rollout restart daemonset -n kube-system cilium',
        risk: 'low',
      },
    ],
  }),
  CNI511: message<{ node: string; announced: string; own: string; fix: readonly Fix[] }>({
    slug: 'cilium-address-stale',
    severity: 'critical',
    confidence: 'likely',
    rung: 13,
    title: 'Cilium announces an address that the node does not have',
    summary: ({ node, announced, own }) =>
      `Cilium tells the others that node ${node} is at ${announced}, and its InternalIP is ${own}: packets for its pods go astray`,
    explain:
      'Each agent writes the address of its node into its CiliumNode when it starts; tunnels and routes of the other nodes lead there. It stays when the address of the node changes. Start the agent of that node anew.',
    fixes: ({ fix }) => fix,
  }),
});
