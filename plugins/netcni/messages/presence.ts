import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI101 to CNI108, CNI113 and CNI114: which network plugin is there, and whether its agents work on every node. */
export const presenceMessages = defineMessages({
  CNI101: message<{ nodes: string; said: string; waits: string }>({
    slug: 'no-network-plugin',
    severity: 'critical',
    rung: 8,
    title: 'no network plugin is installed',
    summary: ({ nodes, said, waits }) =>
      `no network plugin is installed: ${nodes} without pod network (${said})${waits}`,
    explain:
      'The kubelet finds no network configuration in /etc/cni/net.d, and the cluster holds no agents of any network plugin that is known. ' +
      'Nodes stay NotReady and pods without hostNetwork stay in ContainerCreating until one is installed.\n' +
      'A fresh kubeadm cluster looks like this until the manifest of a plugin (Flannel, Calico, Cilium …) is applied. Choose one whose pod range is the ' +
      '--cluster-cidr of the controller manager.',
    fixes: ({ waits }) => [
      ...(waits === ''
        ? []
        : [
            {
              title: 'see what it should make (custom-resources.yaml of the Calico release)',
              command: 'kubectl get installations.operator.tigera.io',
              risk: 'none' as const,
            },
          ]),
      { title: 'see what the kubelet says', command: 'kubectl describe nodes | grep -A12 Conditions', risk: 'none' },
    ],
  }),
  CNI102: message<{ plugins: string; first: string }>({
    slug: 'two-network-plugins',
    severity: 'warning',
    confidence: 'likely',
    rung: 10,
    title: 'two network plugins at once',
    summary: ({ plugins }) => `${plugins} are installed at once, and each wants to give pods their network`,
    explain:
      'Each of them writes a file to /etc/cni/net.d, and the container runtime takes the first one by name (00- before 05- before 10-). Which plugin a new ' +
      'pod gets then depends on file names, and pods of the two cannot reach each other or are cut off when one is removed.\n' +
      'It is legal only while a migration is under way, or where one is chained behind the other (Cilium with cni-chaining-mode, Calico for policies only). ' +
      'Decide for one, delete the DaemonSet of the other and its file on every node, then restart the pods that still have its addresses. What would prove ' +
      'it: ls /etc/cni/net.d on a node.',
    fixes: ({ first }) => [
      {
        title: 'see when each was installed',
        command: `kubectl get daemonsets -A -o wide | grep -iE '${first}'`,
        risk: 'none',
      },
    ],
  }),
  CNI103: message<{ title: string; set: string; nodes: string; why: string; fix: string; undo: string }>({
    slug: 'agent-missing-on-node',
    severity: 'critical',
    rung: 12,
    title: 'the network agent does not run on a node',
    summary: ({ title, nodes, why }) => `${title} has no agent on ${nodes}: ${why}`,
    explain:
      'Every Linux node that runs pods needs the agent of the network plugin. Without it new pods there get no network, routes and rules on the node grow ' +
      'stale, and other nodes may not learn how to reach its pods.\n' +
      'A DaemonSet leaves a node out because of its nodeSelector, its node affinity or a taint that it does not tolerate. Agents usually tolerate everything ' +
      '(operator: Exists); a toleration that was lost in an edit or an upgrade is the usual reason.',
    fixes: ({ fix, set, undo }) => [
      { title: 'let the agents run there', command: fix, risk: 'low', ...(undo === '' ? {} : { undo }) },
      { title: 'compare what it asks for with the node', command: `kubectl get ${set} -o yaml`, risk: 'none' },
    ],
  }),
  CNI104: message<{
    title: string;
    nodes: string;
    reason: string;
    why: string;
    namespace: string;
    pod: string;
    fix: readonly Fix[];
  }>({
    slug: 'agent-not-ready',
    severity: 'critical',
    rung: 14,
    title: 'the network agent does not work on a node',
    summary: ({ title, nodes, reason, why }) =>
      `the ${title} agent does not work on ${nodes}: ${reason}${why === '' ? '' : `; ${why}`}`,
    explain:
      'The agent of the network plugin runs on each node: it sets up the network of new pods and keeps routes, tunnels and rules right. While it is down new ' +
      'pods on the node hang in ContainerCreating; pods that run keep their network until something changes.\n' +
      'Read its log first: the last lines before it ended tell the cause. A configuration that was changed lately, a node without podCIDR, an API server that ' +
      'the agent cannot reach, and missing rights are the usual ones.',
    fixes: ({ namespace, pod, fix }) => [
      ...fix,
      {
        title: 'read its last words',
        command: `kubectl logs -n ${namespace} ${pod} --all-containers --tail=50 --prefix`,
        risk: 'none',
      },
      {
        title: 'and those of the run before',
        command: `kubectl logs -n ${namespace} ${pod} --previous --tail=50`,
        risk: 'none',
      },
    ],
  }),
  CNI105: message<{ title: string; where: string; count: number; last: string; namespace: string; pod: string }>({
    slug: 'agent-restarts',
    severity: 'warning',
    rung: 40,
    title: 'the network agent keeps restarting',
    summary: ({ title, where, count, last }) => `the ${title} agent on ${where} restarted ${count} times, ${last}`,
    explain:
      'The agent works between two restarts, so pods keep their network, but every restart is a time in which new pods wait and rules are not updated. ' +
      'OOMKilled means its memory limit is too small for this cluster; exit code 137 without it a liveness probe that fails; any other code stands explained ' +
      'in the log of the run before.',
    fixes: ({ namespace, pod }) => [
      {
        title: 'read why the last run ended',
        command: `kubectl logs -n ${namespace} ${pod} --previous --tail=50`,
        risk: 'none',
      },
    ],
  }),
  CNI106: message<{ title: string; versions: string; set: string }>({
    slug: 'agent-versions-differ',
    severity: 'info',
    rung: 45,
    title: 'agents of several versions run at once',
    summary: ({ title, versions }) => `agents of ${title} run in several versions: ${versions}`,
    explain:
      'During an update this is normal and passes. When the update has stopped (updateStrategy OnDelete, or a new agent that does not become ready and holds ' +
      'the rollout) the two versions stay side by side, which no plugin promises to support for long.',
    fixes: ({ set }) => [
      { title: 'see how far the update is', command: `kubectl rollout status ${set} --timeout=5s`, risk: 'none' },
    ],
  }),
  CNI107: message<{ title: string; nodes: string; sign: string }>({
    slug: 'agents-gone',
    severity: 'critical',
    confidence: 'likely',
    rung: 11,
    title: 'the agents of the network plugin are gone',
    summary: ({ title, nodes, sign }) =>
      `${title} was here (${sign}), but its DaemonSet is gone; ${
        nodes === '' ? 'nodes live on what it left behind' : `without pod network: ${nodes}`
      }`,
    explain:
      'Nodes still carry what the plugin wrote on them, and no DaemonSet of it is left. It was deleted, or its installation was changed half-way. Apply the ' +
      'manifest (or the Helm release) of the plugin again; pods that run keep their addresses.\n' +
      'Until a node restarts its pods go on, and even new ones start: the files in /etc/cni/net.d and the routes are still there. Nobody follows changes any more, such as nodes that join. ' +
      'Where another plugin has taken its place on purpose, its marks on the nodes are what is left.',
    fixes: () => [
      { title: 'see what the nodes remember', command: 'kubectl describe nodes | grep -A12 Annotations', risk: 'none' },
    ],
  }),
  CNI108: message<{ title: string; name: string; namespace: string; state: string; does: string; pod: string }>({
    slug: 'controller-down',
    severity: 'warning',
    rung: 8,
    title: 'a controller of the network plugin is down',
    summary: ({ name, namespace, state, does }) => `${namespace}/${name} has ${state}: ${does}`,
    explain:
      'Beside the agents on nodes most plugins have a controller. While it is down what exists goes on working; what needs it (new addresses for nodes, clean-up ' +
      'of addresses, new policies, scaling of the connection to the API server) stands still, and faults follow later.',
    fixes: ({ name, namespace }) => [
      { title: 'see why', command: `kubectl describe deployment -n ${namespace} ${name}`, risk: 'none' },
      { title: 'read its log', command: `kubectl logs -n ${namespace} deployment/${name} --tail=50`, risk: 'none' },
    ],
  }),
  CNI113: message<{ title: string; namespace: string; name: string }>({
    slug: 'agent-in-pod-network',
    severity: 'critical',
    rung: 9,
    covers: ['CNI104', 'CNI604', 'CNI209'],
    title: 'an agent of the network does not run in the network of its node',
    summary: ({ title, name }) =>
      `${title} runs in a pod network of its own (DaemonSet ${name} lacks hostNetwork): what it sets up never reaches the nodes`,
    explain:
      'Interfaces, routes and rules that an agent makes belong to the network it runs in. Without hostNetwork: true that is its own pod’s, and the pod looks sound. What an earlier agent left on the nodes works on until a node restarts or another one joins.',
    fixes: ({ namespace, name }) => [
      {
        title: 'put it back into the network of the nodes',
        command: `kubectl patch daemonset -n ${namespace} ${name} -p '{"spec":{"template":{"spec":{"hostNetwork":true}}}}'`,
        risk: 'low',
        undo: `kubectl rollout undo daemonset -n ${namespace} ${name}`,
      },
    ],
  }),
  CNI114: message<{ nodes: string; title: string }>({
    slug: 'agent-lacks-services',
    severity: 'critical',
    rung: 24,
    title: 'the network agent needs a Service, and nobody serves Services on its node',
    summary: ({ nodes, title }) =>
      `the ${title} agent on ${nodes} cannot reach the API server by its ClusterIP, and no kube-proxy works there`,
    explain:
      'Agents in pods find the API server by the ClusterIP of Service kubernetes, which kube-proxy turns into its address. Where kube-proxy does not work, or is not there, an agent that starts anew cannot get on. Mend kube-proxy: the agent recovers by itself.',
    fixes: () => [
      {
        title: 'see kube-proxy on all nodes',
        command: 'kubectl get pods -n kube-system -o wide | grep kube-proxy',
        risk: 'none',
      },
    ],
  }),
});
