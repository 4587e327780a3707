import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI820 to CNI869 without the routes: what dumps of nodes show of filters, links, tunnels and connections. */
export const rulesPacketsMessages = defineMessages({
  CNI820: message<{ where: string; rule: string; place: string; what: string; fix: readonly Fix[] }>({
    slug: 'pod-packets-dropped',
    severity: 'critical',
    rung: 60,
    title: 'a rule that is not from Kubernetes drops packets of pods',
    summary: ({ where, rule, place, what }) => `on ${where} ${place} (${rule}) drops ${what}`,
    explain:
      'Before a packet reaches a pod it passes every filter of the node. This rule, or the policy of the chain, ends it, and ' +
      'no rule before it lets it go. It is not one of kube-proxy or a network plugin: a firewall (firewalld, ufw, docker, a ' +
      'script) or a person put it there.\nLet the firewall accept the range of the pods in both directions, before the rule ' +
      'that drops. Docker sets the policy of FORWARD to DROP; network plugins accept their range, unless their rules were ' +
      'flushed.',
    fixes: ({ fix }) => fix,
  }),

  CNI835: message<{ where: string; link: string; what: string; effect: string; fix: readonly Fix[] }>({
    slug: 'network-link-down',
    severity: 'critical',
    rung: 60,
    covers: ['CNI830', 'CNI831', 'CNI832', 'CNI840'],
    title: 'an interface of the pod network is down on a node',
    summary: ({ where, link, what, effect }) => `on ${where} interface ${link} ${what}: ${effect}`,
    explain:
      'Packets of pods go through this interface: a tunnel to the other nodes, or the bridge of the pods of the node. The network plugin makes it when it starts and ' +
      'does not always watch it afterwards.\nStart the agent of the network plugin on the node anew.',
    fixes: ({ fix }) => fix,
  }),

  CNI836: message<{ where: string; link: string; mtu: number; fits: number; over: string }>({
    slug: 'tunnel-mtu-too-large',
    severity: 'warning',
    rung: 60,
    title: 'the MTU of the tunnel is larger than what fits through',
    summary: ({ where, link, mtu, fits, over }) =>
      `on ${where} ${link} has MTU ${mtu}, but only ${fits} fit through ${over}: large packets between nodes are lost or cut`,
    explain:
      'The tunnel adds its headers to every packet. When what comes out is larger than the network between the nodes ' +
      'carries, small requests work and large answers hang: TLS handshakes, uploads, image pulls.\nEither the interface beneath was ' +
      'lowered (ip link set DEV mtu N brings it back), or the MTU in the configuration of the network plugin is too large. An agent that starts reckons anew where no MTU is set; make pods anew after that: ' +
      'their interfaces keep the old one.',
  }),

  CNI837: message<{ where: string; links: string; count: number; mtu: number; tunnel: string; fits: number }>({
    slug: 'pod-mtu-too-large',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    covers: ['CNI844'],
    title: 'interfaces of pods have a larger MTU than the tunnel',
    summary: ({ where, links, count, mtu, tunnel, fits }) =>
      `on ${where} ${count === 1 ? 'a pod interface has' : `${count} pod interfaces have`} MTU ${mtu} (${links}), the tunnel ${tunnel} carries ${fits}`,
    explain:
      'Pods then send packets that the tunnel cannot take. The node answers "too big", and what heeds it slows down once for ' +
      'each connection; UDP without that answer, and pods whose policy drops ICMP, lose them.\nInterfaces keep the MTU of the ' +
      'day they were made: after a change make the pods anew.',
  }),

  CNI838: message<{ where: string; plugin: string; fix: readonly Fix[] }>({
    slug: 'pods-not-hidden-outside',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'pods leave the cluster with their own address',
    summary: ({ where, plugin }) =>
      `nothing on ${where} hides the addresses of its pods on their way out (${plugin}'s rules for that are gone): from outside they get no answer`,
    explain:
      'flanneld with --ip-masq (chain FLANNEL-POSTRTG, or a table of its own in nftables), Calico for pools with natOutgoing (cali-nat-outgoing), aws-node (AWS-SNAT-CHAIN-0), Antrea, Cilium, kindnet and Weave Net write rules that replace the address of a ' +
      'pod by that of its node when it speaks to the outside. Without them answers go to an address that no router outside knows. Inside of the cluster everything works.\nThey were flushed, or the agent has not come so far. It writes them again ' +
      'within minutes; where it does not, it hangs.',
    fixes: ({ fix }) => fix,
  }),

  CNI839: message<{ where: string; link: string; what: string; wanted: string; effect: string; fix: readonly Fix[] }>({
    slug: 'tunnel-not-as-configured',
    severity: 'warning',
    rung: 60,
    title: 'the tunnel is not made as the configuration says',
    summary: ({ where, link, what, wanted, effect }) =>
      `on ${where} the tunnel ${link} uses ${what}, and ${wanted}: ${effect}`,
    explain:
      'Nodes take packets of a VXLAN tunnel only with its own number (VNI) and on its UDP port, and the kernel sends none from an address that the node does not have.\n' +
      'flanneld reads net-conf.json once, when it starts, and makes its tunnel by it. After an edit of Port or VNI the agents that started since then speak otherwise than those that run on. ' +
      'An agent that starts keeps the tunnel it finds when Port is not set any more, so the tunnel has to be taken away before; that cuts the node off until the agent has started. ' +
      'A node whose address changed keeps the old one in its tunnel until its agent starts anew. Felix and Cilium make the tunnel again by themselves; one that stays otherwise was made by hand, or by an agent that hangs.',
    fixes: ({ fix }) => fix,
  }),

  CNI840: message<{ where: string; other: string; what: string; fix: readonly Fix[] }>({
    slug: 'tunnel-neighbour-wrong',
    severity: 'critical',
    rung: 60,
    title: 'a tunnel does not know where another node is',
    summary: ({ where, other, what }) => `the tunnel of ${where} to node ${other} is broken: ${what}`,
    explain:
      'Flannel and Calico tell each node the MAC address and the host address of the tunnel of every other node, in annotations ' +
      'of the Node. The table of this node (bridge fdb, ip neigh) says something else, so packets to the pods there go to the wrong ' +
      'machine or are dropped.\nHappens when the agent on this node hangs, or two nodes swapped addresses. A new agent ' +
      'writes the table anew.',
    fixes: ({ fix }) => fix,
  }),

  CNI841: message<{ where: string; who: string; address: string; device: string; effect: string; fix: readonly Fix[] }>(
    {
      slug: 'neighbour-does-not-answer',
      severity: 'warning',
      confidence: 'likely',
      rung: 60,
      title: 'a neighbour does not answer when asked for its hardware address',
      summary: ({ where, who, address, device, effect }) =>
        `${where} gets no answer from ${who} (${address}) on ${device}: ${effect}`,
      explain:
        'Before a packet goes to a machine of the same network the kernel asks for its hardware address (ARP, neighbour discovery). FAILED and INCOMPLETE mean that nobody answered, although Kubernetes counts the other side as running.\n' +
        'Between nodes: a switch port, VLAN or security group that parts them, a wrong netmask, an address that moved. For a pod: its interface is down, hangs on another bridge, or lives in a network that is gone. An entry can be old where nobody has asked since: ask anew.',
      fixes: ({ fix }) => fix,
    },
  ),

  CNI842: message<{ where: string; links: string; count: number; bridge: string; first: string }>({
    slug: 'pod-interface-without-bridge',
    severity: 'critical',
    confidence: 'likely',
    rung: 60,
    title: 'an interface of a pod hangs on no bridge',
    summary: ({ where, links, count, bridge }) =>
      `on ${where} ${count === 1 ? 'an interface of a pod' : `${count} interfaces of pods`} (${links}) ${count === 1 ? 'is' : 'are'} not in the bridge ${bridge}: no packet of the ${count === 1 ? 'pod' : 'pods'} gets out`,
    explain:
      'The node’s end of a pod’s interface belongs into the bridge of the pods. It fell out when the bridge was made anew (its deletion lets all interfaces go), or somebody took it out; NetworkManager does so when it takes the interface for its own.\nDelete the pod: a new one gets a new interface. The line below mends it at once.',
    fixes: ({ bridge, first }) => [
      {
        title: 'on the node: put it back into the bridge',
        command: `ip link set ${first} master ${bridge}`,
        risk: 'low',
        undo: `ip link set ${first} nomaster`,
      },
    ],
  }),

  CNI844: message<{ where: string; bridge: string; mtu: number; pods: number }>({
    slug: 'bridge-mtu-differs',
    severity: 'warning',
    rung: 60,
    title: 'the bridge of the pods has another MTU than their interfaces',
    summary: ({ where, bridge, mtu, pods }) =>
      mtu < pods
        ? `on ${where} the bridge ${bridge} has MTU ${mtu}, the interfaces of its pods ${pods}: large packets to the pods are cut or refused`
        : `on ${where} the bridge ${bridge} has MTU ${mtu}, the interfaces of its pods ${pods}: larger packets to the pods (UDP) are lost in it`,
    explain:
      'Packets to pods leave the node by the bridge. When it takes less than the pods, the node cuts them or answers "too big", and senders that never hear that hang on large answers. When it takes more, the bridge throws away what does not fit the ' +
      'interface of the pod, without a word; TCP keeps to the smaller size by itself.\nThe kernel gives a bridge the smallest MTU of its interfaces unless somebody sets one: the network plugin when it made the bridge, before its MTU was changed, or a person.',
    fixes: ({ bridge, pods, mtu }) => [
      {
        title: 'on the node: set it to that of the pods',
        command: `ip link set ${bridge} mtu ${pods}`,
        risk: 'low',
        undo: `ip link set ${bridge} mtu ${mtu}`,
      },
    ],
  }),

  CNI850: message<{ where: string; count: number; max: number; percent: number }>({
    slug: 'conntrack-full',
    severity: 'critical',
    rung: 60,
    title: 'the table of connections is full',
    summary: ({ where, count, max, percent }) =>
      `the connection table of ${where} holds ${count} of ${max} entries (${percent} %): new connections are dropped when it is full`,
    explain:
      'The kernel remembers every connection that passes its rules. When the table is full, first packets are dropped at ' +
      'random ("nf_conntrack: table full, dropping packet" in the kernel log), most visibly DNS.\nFind who opens so many ' +
      '(conntrack -L | sort by source), and raise the limit: kube-proxy sets it from conntrack.maxPerCore.',
    fixes: ({ max }) => [
      {
        title: 'raise the limit now, on the node',
        command: `sysctl -w net.netfilter.nf_conntrack_max=${max * 2}`,
        risk: 'low',
        undo: `sysctl -w net.netfilter.nf_conntrack_max=${max}`,
      },
    ],
  }),

  CNI851: message<{ where: string; service: string; target: string; count: number }>({
    slug: 'flows-to-dead-endpoint',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    title: 'UDP flows stick to an endpoint that is gone',
    summary: ({ where, service, target, count }) =>
      `on ${where} ${count === 1 ? 'a UDP flow' : `${count} UDP flows`} to Service ${service} still ${count === 1 ? 'leads' : 'lead'} to ${target}, which is no endpoint any more, and get no answer`,
    explain:
      'For UDP an entry in the connection table is used again for as long as the client sends from the same port, whatever ' +
      'the rules say by now. kube-proxy deletes the entries of endpoints that go away; these were missed. DNS of a client ' +
      'with one socket then fails until the entry expires.',
    fixes: ({ target }) => [
      {
        title: 'forget these flows, on the node',
        command: `conntrack -D -p udp --reply-src ${target.replace(/:\d+$/, '')}`,
        risk: 'low',
      },
    ],
  }),

  CNI860: message<{ peer: string; other: string; owner: string }>({
    slug: 'peer-range-overlaps',
    severity: 'warning',
    rung: 60,
    title: 'a range named by --peer overlaps one of the cluster',
    summary: ({ peer, other, owner }) =>
      `${peer} overlaps ${other} (${owner}): addresses they share cannot be reached from pods`,
    explain:
      'Packets to an address that stands for a pod, a Service or a node of the cluster never leave it, whoever else has that ' +
      'address outside. Choose ranges for the cluster that no network you must reach uses.',
  }),

  CNI861: message<{ from: string; to: string; ports: string; by: string }>({
    slug: 'path-denied-by-policy',
    severity: 'warning',
    rung: 60,
    title: 'policies deny the connection',
    summary: ({ from, to, ports, by }) => `policies deny pod ${from} to reach pod ${to} on ${ports}: ${by}`,
    explain:
      'The network may be sound, and a network policy keeps these two apart, on purpose or not. kubectl netpol tells which ' +
      'rule would have to match, and what else a change would open.',
  }),

  CNI862: message<{ from: string; to: string }>({
    slug: 'no-common-family',
    severity: 'critical',
    rung: 60,
    title: 'two pods have no address family in common',
    summary: ({ from, to }) =>
      `pod ${from} and pod ${to} have no address of the same family: neither can reach the other`,
    explain:
      'One speaks IPv4 only and the other IPv6 only, or one of them has no address of that family yet. Nothing between pods ' +
      'translates from one family to the other. Look at the podCIDRs of both nodes and at the settings of the network plugin.',
  }),

  CNI852: message<{ where: string; count: number }>({
    slug: 'conntrack-drops',
    severity: 'info',
    title: 'the connection table has dropped packets since the node started',
    summary: ({ where, count }) => `the connection table of ${where} has dropped ${count} packets since it started`,
    explain:
      'The counter drop of conntrack -S grows when an entry cannot be made, most often because the table is full. It never ' +
      'goes back: look twice, a minute apart, to know whether it happens now.',
  }),
});
