import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI830 to CNI834, CNI843: what dumps of nodes show of routes, and of the rules that choose among them. */
export const rulesRoutesMessages = defineMessages({
  CNI830: message<{ where: string; range: string; others: string; instead: string; fix: readonly Fix[] }>({
    slug: 'pod-route-missing',
    severity: 'critical',
    rung: 60,
    title: 'a node has no route to the pods of another node',
    summary: ({ where, range, others, instead }) =>
      `${where} has no route to ${range}, the pods of ${others}: ${instead}`,
    explain:
      'The network plugin writes a route for the pod range of every other node, or whoever set the nodes up did. Without it ' +
      'packets to those pods take the default route and are lost, unless a router there knows the way.\nIts agent on this node does not run, cannot read the nodes, or somebody flushed the ' +
      'routes (NetworkManager, systemd-networkd with ManageForeignRoutes). An agent that starts writes all of them.',
    fixes: ({ fix }) => fix,
  }),

  CNI831: message<{ where: string; range: string; other: string; what: string; fix: readonly Fix[] }>({
    slug: 'pod-route-wrong',
    severity: 'critical',
    rung: 60,
    title: 'the route to the pods of another node leads elsewhere',
    summary: ({ where, range, other, what }) => `the route of ${where} to ${range}, the pods of node ${other}, ${what}`,
    explain:
      'The route stands for what was true when it was written: the node has another address now, its range moved, or a ' +
      'route was set by hand. Packets to its pods go to the wrong machine or nowhere.',
    fixes: ({ fix }) => fix,
  }),

  CNI832: message<{ where: string; pods: string; count: number; instead: string }>({
    slug: 'local-pod-route-missing',
    severity: 'critical',
    rung: 60,
    title: 'a node has no route to its own pods',
    summary: ({ where, pods, count, instead }) =>
      `${where} has no route to its own ${count === 1 ? 'pod' : 'pods'} ${pods}: ${instead}`,
    explain:
      'Packets to a pod end at its node, and the node does not know by which interface to hand them over; other pods of the ' +
      'node have such a route. Readiness probes fail too. The network plugin lost it, most often when its agent was ' +
      'restarted or the interface was made anew.\nDelete the pod: a new one gets a new interface and route.',
  }),

  CNI833: message<{ where: string; range: string; why: string; fix: readonly Fix[] }>({
    slug: 'no-route-to-services',
    severity: 'warning',
    rung: 60,
    title: 'a node itself has no way to ClusterIPs',
    summary: ({ where, range, why }) =>
      `${where} has no route for ClusterIPs (${range}), ${why}: its own processes and pods with hostNetwork reach no Service`,
    explain:
      'A program on the node gets "network is unreachable" before kube-proxy\'s rules see its packet: the kernel looks for a route first. Pods of the pod network are not ' +
      'concerned, their packets meet the rules before. Agents of network plugins, which run on the network of the node and ask the API server by its ClusterIP, fail ' +
      'first.\nHappens on machines without a default route. Any route for the range will do, since the rules change the destination.',
    fixes: ({ fix }) => fix,
  }),

  CNI834: message<{ where: string; range: string; wins: string; loses: string }>({
    slug: 'pod-range-on-two-bridges',
    severity: 'critical',
    rung: 60,
    covers: ['CNI832'],
    title: 'the pods of a node are behind two bridges with one range',
    summary: ({ where, range, wins, loses }) =>
      `${where} has its pod range ${range} on two interfaces, ${wins} and ${loses}: packets to pods behind ${loses} go out by ${wins} and get lost`,
    explain:
      'A bridge of pods has the range of the node as its own network. When the name of the bridge changes in the CNI configuration, new pods are put behind a new bridge, and the old one stays with its ' +
      'pods and its route.\nDecide which name is right (a file in /etc/cni/net.d), take the other bridge away, and make the pods behind it anew.',
    fixes: ({ loses }) => [
      {
        title: 'on the node: see what the configuration says',
        command: 'grep -rn bridge /etc/cni/net.d',
        risk: 'none',
      },
      { title: 'and which pods are behind the second', command: `bridge link | grep "master ${loses}"`, risk: 'none' },
    ],
  }),

  CNI843: message<{ where: string; what: string; fix: readonly Fix[] }>({
    slug: 'routing-rule-in-the-way',
    severity: 'critical',
    rung: 60,
    title: 'a routing rule keeps packets of pods from their route',
    summary: ({ where, what }) => `on ${where} ${what}`,
    explain:
      'Rules (ip rule) choose, by smallest number first, the table in which the kernel looks for a route. Network plugins write routes to pods into the table main, which is asked near the end ' +
      '(32766). A rule before it that takes packets of pods elsewhere, or drops them, makes the best routes useless. VPN clients, scripts for a second uplink and source routing of clouds write such rules.\n' +
      'Give the rule an exception in front of it: a rule of a smaller number, to the range of the pods, that looks into main.',
    fixes: ({ fix }) => fix,
  }),
});
