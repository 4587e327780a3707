import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI109 to CNI112: the CNI configuration of a node, and what comes of a wrong one. */
export const configurationMessages = defineMessages({
  CNI109: message<{
    nodes: string;
    many: boolean;
    title: string;
    said: string;
    namespace: string;
    agents: readonly string[];
  }>({
    slug: 'network-configuration-missing',
    severity: 'critical',
    confidence: 'likely',
    rung: 16,
    title: 'the CNI configuration is missing on a node',
    summary: ({ nodes, many, title, said }) =>
      `${nodes} ${many ? 'have' : 'has'} no usable CNI configuration although the ${title} agent runs there: ${said}`,
    explain:
      'The container runtime finds no file it can use in /etc/cni/net.d (or an init container that writes it did not run again). The agent itself is ready, so ' +
      'the file was removed or renamed behind its back: by a clean-up, by another installation, or by a node image that replaces the folder.\n' +
      'Most agents write the file when they start: deleting the agent pod on that node brings it back. It would be proven by: ls -l /etc/cni/net.d on the node.',
    fixes: ({ namespace, agents }) => [
      {
        title: agents.length === 1 ? 'let the agent write it again' : 'let the agents write it again',
        command: `kubectl delete pod -n ${namespace} ${agents.join(' ')}`,
        risk: 'low',
      },
    ],
  }),
  CNI110: message<{
    nodes: string;
    many: boolean;
    first: string;
    reason: string;
    said: string;
    fix: readonly Fix[];
  }>({
    slug: 'network-unavailable',
    severity: 'critical',
    rung: 24,
    title: 'a node reports that its network is unavailable',
    summary: ({ nodes, many, reason, said }) =>
      `${nodes} ${many ? 'report' : 'reports'} NetworkUnavailable (${reason}): ${said}`,
    explain:
      'The condition NetworkUnavailable is set by the network plugin or by the cloud when the routes of a node are not in place, and keeps new pods away by the ' +
      'taint node.kubernetes.io/network-unavailable. The plugin clears it when it has started on the node. CalicoIsDown and friends mean that the agent ended or ' +
      'never started there; NoRouteCreated means that the cloud has no route to the pod range of the node.',
    fixes: ({ first, fix }) => [
      ...fix,
      { title: 'see what else the node says', command: `kubectl describe node ${first}`, risk: 'none' },
    ],
  }),
  CNI111: message<{ nodes: string; first: string; type: string; name: string; title: string; pods: string }>({
    slug: 'foreign-cni-configuration',
    severity: 'critical',
    confidence: 'likely',
    rung: 17,
    title: 'another CNI configuration is in force on a node',
    summary: ({ nodes, type, name, title, pods }) =>
      `on ${nodes} pods are set up by the network "${name}" (plugin ${type}), which is not ${title}'s; it fails for ${pods}`,
    explain:
      'The runtime takes the first file by name in /etc/cni/net.d. Another one sorts before that of the network plugin: left behind by a former plugin, shipped ' +
      'with the container runtime (10-containerd-net.conflist, 87-podman-bridge.conflist, 100-crio-bridge.conf), or put there by a script. Remove it on the node; the ' +
      'pods concerned then have to be made again.',
    fixes: ({ first }) => [
      {
        title: `look at the files on node ${first}`,
        command: `kubectl debug node/${first} -it --image=busybox -- ls -l /host/etc/cni/net.d`,
        risk: 'low',
      },
    ],
  }),
  CNI112: message<{
    node: string;
    count: number;
    example: string;
    range: string;
    joined: string;
    fix: readonly Fix[];
  }>({
    slug: 'addresses-outside-node-range',
    severity: 'warning',
    confidence: 'likely',
    rung: 17,
    title: 'pods have addresses outside the range of their node',
    summary: ({ node, count, example, range, joined }) =>
      joined === ''
        ? `${count === 1 ? 'a pod' : `${count} pods`} on node ${node} got an address outside its range ${range}, such as ${example}`
        : `node ${node} joined anew ${joined} with range ${range}, and ${
            count === 1 ? 'a pod there keeps an address' : `${count} pods there keep addresses`
          } of its former one, such as ${example}: other nodes have no way to ${count === 1 ? 'it' : 'them'}`,
    explain:
      'Here each node hands out addresses from its own spec.podCIDR, and routes of the other nodes lead there and nowhere else: a pod with another address cannot ' +
      'be reached from other nodes. Either a second CNI configuration on the node comes first by name (look into /etc/cni/net.d), or the podCIDR of the node changed ' +
      'after the pods had started (a node that was deleted and joined again), or the bridge kept its former address.',
    fixes: ({ node, fix }) =>
      fix.length > 0
        ? fix
        : [
            {
              title: 'look at the files on the node',
              command: `kubectl debug node/${node} -it --image=busybox -- ls -l /host/etc/cni/net.d`,
              risk: 'low',
            },
          ],
  }),
});
