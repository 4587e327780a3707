import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI301 to CNI315 without those of pools: pod addresses: ranges of nodes, what is used up, what overlaps. */
export const addressMessages = defineMessages({
  CNI301: message<{ nodes: string; first: string; why: string; title: string }>({
    slug: 'node-without-pod-range',
    severity: 'critical',
    rung: 9,
    title: 'a node has no range of pod addresses',
    summary: ({ nodes, why, title }) => `${nodes} without podCIDR${why}: ${title} has no addresses to give there`,
    explain:
      'Here each node hands out pod addresses from its own spec.podCIDR, which the controller manager assigns (--allocate-node-cidrs=true, --cluster-cidr, --node-cidr-mask-size) ' +
      'or the cloud provider does. A node without one gets no pod network: Flannel ends with "pod cidr not assigned", others wait.\n' +
      'Missing on all nodes: the controller manager does not allocate. Missing on the newest: the cluster range is used up, see events CIDRNotAvailable. Kubernetes does not let a ' +
      'podCIDR be changed once set, but a missing one can be set by hand.',
    fixes: ({ first }) => [
      {
        title: 'see whether the controller manager allocates',
        command: 'kubectl -n kube-system get pod -l component=kube-controller-manager -o yaml | grep -E "cidr"',
        risk: 'none',
      },
      {
        title: 'and what it said of the node',
        command: `kubectl get events -A --field-selector involvedObject.name=${first}`,
        risk: 'none',
      },
    ],
  }),
  CNI302: message<{ a: string; b: string; range: string; gone: string }>({
    slug: 'pod-ranges-of-nodes-overlap',
    severity: 'critical',
    rung: 9,
    title: 'two nodes have the same range of pod addresses',
    summary: ({ a, b, range, gone }) =>
      `nodes ${a} and ${b} share pod addresses: ${range}${gone === '' ? '' : ` (one is gone, and its ${gone} is left)`}`,
    explain:
      'Each pod address must lead to one node. With the same range on two nodes routes lead to one of them, and pods on the other are unreachable, or two pods have one address. ' +
      'It comes from nodes that joined with a range of their own, from two controllers that allocate, from restored etcd data, or from objects that a node which is gone has left behind. Drain one of the nodes, delete the Node object, ' +
      'and let it join again.',
    fixes: ({ b }) => [
      {
        title: 'see both ranges',
        command: "kubectl get nodes -o custom-columns='NODE:.metadata.name,RANGES:.spec.podCIDRs'",
        risk: 'none',
      },
      {
        title: 'empty one of them, so that it can join again',
        command: `kubectl drain ${b} --ignore-daemonsets --delete-emptydir-data`,
        risk: 'high',
        undo: `kubectl uncordon ${b}`,
      },
    ],
  }),
  CNI303: message<{ nodes: string; ranges: string; lie: string; cluster: string; where: string; fix: readonly Fix[] }>({
    slug: 'pod-range-outside-cluster-range',
    severity: 'warning',
    rung: 10,
    title: 'a node’s pod range lies outside that of the cluster',
    summary: ({ nodes, ranges, lie, cluster, where }) =>
      `the pod ${ranges} of ${nodes} ${lie} outside the ${cluster} of ${where}`,
    explain:
      'The plugin and the controller manager were given different ranges. Flannel refuses to start with a podCIDR outside its Network; kube-proxy takes such pods for clients from outside and ' +
      'masquerades them; routes and policies that are written for the cluster range leave them out. Bring the ranges into line (Network of kube-flannel-cfg, clusterCIDR of kube-proxy, ' +
      '--cluster-cidr of the controller manager), then restart the agents.',
    fixes: ({ fix }) => fix,
  }),
  CNI304: message<{ node: string; numbers: string; waiting: string; why: string; look: string; fix: readonly Fix[] }>({
    slug: 'node-out-of-addresses',
    severity: 'critical',
    rung: 20,
    title: 'a node has no free pod address',
    summary: ({ node, numbers, waiting, why }) => `node ${node} has no free pod address (${numbers})${waiting}${why}`,
    explain:
      'New pods on the node hang in ContainerCreating until an address is free. When pods hold all of them, the range is too small for what the scheduler places there: lower maxPods of the kubelet, ' +
      'give nodes larger ranges, or add nodes. When pods hold fewer than are counted as used, reservations leaked: host-local keeps one file for each address in /var/lib/cni/networks/NETWORK and never ' +
      'removes those of sandboxes that vanished in a crash; agents of Calico and Cilium clean up by themselves.',
    fixes: ({ node, look, fix }) => [
      { title: 'see what holds addresses there', command: `kubectl netcni ipam --node ${node}`, risk: 'none' },
      {
        title: 'take new pods elsewhere for now',
        command: `kubectl cordon ${node}`,
        risk: 'low',
        undo: `kubectl uncordon ${node}`,
      },
      ...fix,
      ...(look === ''
        ? []
        : [{ title: 'on the node: look for reservations without a pod', command: look, risk: 'none' as const }]),
    ],
  }),
  CNI305: message<{ node: string; used: number; capacity: number; percent: number; when: string }>({
    slug: 'node-short-of-addresses',
    severity: 'warning',
    rung: 41,
    title: 'a node is nearly out of pod addresses',
    summary: ({ node, used, capacity, percent, when }) =>
      `node ${node} has used ${used} of ${capacity} pod addresses (${percent} %)${when}`,
    explain:
      'The scheduler counts pods against maxPods and knows nothing of addresses. When the range is smaller than maxPods it goes on placing pods after the last address is gone, and they hang in ' +
      'ContainerCreating. Lower maxPods of this node, or give it more addresses.',
    fixes: ({ node }) => [
      { title: 'see the use of all nodes', command: 'kubectl netcni ipam', risk: 'none' },
      { title: 'or of this one', command: `kubectl netcni ipam --node ${node}`, risk: 'none' },
    ],
  }),
  CNI306: message<{ nodes: string; capacity: number; maxPods: number; hostNetwork: number }>({
    slug: 'pod-range-smaller-than-max-pods',
    severity: 'warning',
    rung: 44,
    title: 'a node’s pod range is smaller than its maxPods',
    summary: ({ nodes, capacity, maxPods }) => `${nodes} may take ${maxPods} pods but has addresses for ${capacity}`,
    explain:
      'Nothing fails yet. When the node fills up the scheduler places pods that cannot get an address. Set maxPods of the kubelet to what the range holds, or --node-cidr-mask-size of the controller ' +
      'manager so that new nodes get larger ranges (a range once assigned stays).',
  }),
  CNI307: message<{ cluster: string; nodes: string; said: string }>({
    slug: 'cluster-range-used-up',
    severity: 'critical',
    rung: 8,
    title: 'the cluster’s pod range is used up',
    summary: ({ cluster, nodes, said }) =>
      `the pod range of the cluster${cluster} is used up: no podCIDR for ${nodes} (${said})`,
    explain:
      'The controller manager gives every node a piece of --cluster-cidr of --node-cidr-mask-size bits, and all pieces are given. New nodes join and get no pods to run. Remove Node objects that are not ' +
      'needed any more (their pieces come back), or move to a plugin that hands out ranges by itself: the controller manager takes one range of each family and cannot be given a second. Clouds add a pod range of their own.',
    fixes: () => [
      {
        title: 'count the pieces',
        command:
          "kubectl get nodes -o custom-columns='NODE:.metadata.name,RANGE:.spec.podCIDR,AGE:.metadata.creationTimestamp'",
        risk: 'none',
      },
    ],
  }),
  CNI313: message<{ address: string; a: string; b: string }>({
    slug: 'address-given-twice',
    severity: 'critical',
    rung: 21,
    title: 'two pods have the same address',
    summary: ({ address, a, b }) => `${address} is the address of two pods at once: ${a} and ${b}`,
    explain:
      'Whoever sends to the address reaches one of the two, and which one changes. It comes from two nodes with the same range, from addresses that were released while a pod still had them, or from a node ' +
      'that was cut off and came back. Delete one of the pods; then look for the reason among overlapping ranges and leaks.',
  }),
  CNI314: message<{ what: string; one: string; other: string; fix: readonly Fix[] }>({
    slug: 'ranges-overlap',
    severity: 'warning',
    rung: 9,
    title: 'ranges of pods, Services and nodes overlap',
    summary: ({ what, one, other }) => `${what}: ${one} and ${other}`,
    explain:
      'Pods, Services and nodes need ranges of their own. Where two overlap, which of the two an address means depends on the way of the packet: kube-proxy catches what looks like a ClusterIP, routes catch what looks ' +
      'like a pod, so that some machines or Services cannot be reached from pods. Pods of Calico can be moved to another IPPool, and single nodes to another network. Other ranges cannot be changed in place: choose another when the cluster is next rebuilt.',
    fixes: ({ fix }) => [{ title: 'draw the ranges', command: 'kubectl netcni ranges', risk: 'none' }, ...fix],
  }),
  CNI315: message<{ what: string }>({
    slug: 'half-of-dual-stack',
    severity: 'warning',
    confidence: 'likely',
    rung: 28,
    title: 'only half of dual-stack is set up',
    summary: ({ what }) => `dual-stack is only half set up: ${what}`,
    explain:
      'Dual-stack needs both families on every level: addresses of nodes, podCIDRs of nodes, the range of Services, and the network plugin. With one half missing, Services of that family get no endpoints, and pods on some ' +
      'nodes lack an address that others have.',
  }),
});
