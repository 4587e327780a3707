import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** CNI501 to CNI749 without CNI6xx: what Cilium and other plugins say of themselves, MTU, and hints. */
export const pluginMessages = defineMessages({
  CNI501: message<{ nodes: string }>({
    slug: 'cilium-node-missing',
    severity: 'warning',
    confidence: 'likely',
    rung: 15,
    title: 'a node has no CiliumNode',
    summary: ({ nodes }) => `${nodes} without CiliumNode: the Cilium agent there has not registered`,
    explain:
      'Every Cilium agent writes a CiliumNode when it starts; the operator gives it its addresses there, and the other agents learn from it where its pods are. Without it other nodes have no route or tunnel to this one.',
    fixes: () => [{ title: 'see the agents', command: 'kubectl get pods -A -o wide -l k8s-app=cilium', risk: 'none' }],
  }),
  CNI502: message<{ nodes: string; first: string; error: string }>({
    slug: 'cilium-no-range-for-node',
    severity: 'critical',
    rung: 10,
    title: 'Cilium’s operator cannot give a node addresses',
    summary: ({ nodes, error }) => `Cilium's operator gives ${nodes} no pod addresses: ${error}`,
    explain:
      'The operator hands out pieces of the cluster pool (or addresses of the cloud) and writes what went wrong into the CiliumNode. "all CIDR ranges are exhausted" or "range is full": the pool has no piece left; add one to ' +
      'cluster-pool-ipv4-cidr (values once set must stay). "allocation failed" with an address that overlaps: a node came back with a range that another has by now.',
    fixes: ({ first }) => [
      { title: 'read the whole state', command: `kubectl get ciliumnode ${first} -o yaml`, risk: 'none' },
      {
        title: 'and the operator’s log',
        command: 'kubectl logs -n kube-system deployment/cilium-operator --tail=50',
        risk: 'none',
      },
    ],
  }),
  CNI503: message<{ count: number; states: string; nodes: string; example: string }>({
    slug: 'cilium-endpoints-not-ready',
    severity: 'warning',
    rung: 31,
    title: 'Cilium endpoints are not ready',
    summary: ({ count, states, nodes, example }) =>
      `${count} Cilium endpoints on ${nodes} are not ready (${states}), such as ${example}`,
    explain:
      'An endpoint is the network of one pod in the hands of the agent. While it waits for its identity or is regenerated, its policies are not in force or its traffic does not pass. Endpoints that stay so show an agent that cannot ' +
      'reach the API server (identities), or one that fails to load its programs into the kernel: its log tells which.',
  }),
  CNI504: message<{ nodes: string; names: string; taint: string; why: string }>({
    slug: 'agent-taint-stays',
    severity: 'warning',
    rung: 25,
    title: 'the network plugin’s taint stays on a node',
    summary: ({ nodes, names, taint, why }) =>
      `${nodes} still ${names.includes(' ') ? 'have' : 'has'} the taint ${taint} ${why}: no pods are placed there`,
    explain:
      'The taint keeps pods away until the plugin has taken over the node; the agent or the operator takes it off. When it stays, the operator does not run or lacks the right to patch nodes. ' +
      'Where the plugin was taken away or never came, nobody is left to take it off.',
    fixes: ({ names, taint }) => [
      {
        title: 'take it off by hand',
        command: `kubectl taint node ${names} ${taint.replace(/=[^:]*/, '')}-`,
        risk: 'low',
        undo: `kubectl taint node ${names} ${taint}`,
      },
    ],
  }),
  CNI507: message<{ node: string; peers: string; states: string }>({
    slug: 'cilium-bgp-not-established',
    severity: 'warning',
    rung: 22,
    title: 'a BGP session of Cilium is not established',
    summary: ({ node, peers, states }) => `Cilium on node ${node} has no BGP session with ${peers} (${states})`,
    explain:
      'Cilium announces pod ranges or addresses of Services to these routers. Without the session they are not reachable from outside through this node. Pods among each other are concerned only in native routing without other routes. ' +
      'Check that the router answers on TCP 179 from the node, AS numbers and passwords.',
  }),
  CNI508: message<{ pool: string; said: string }>({
    slug: 'load-balancer-pool-conflict',
    severity: 'warning',
    rung: 36,
    title: 'a load-balancer pool overlaps another',
    summary: ({ pool, said }) => `CiliumLoadBalancerIPPool ${pool} is not used because of a conflict: ${said}`,
    explain:
      'Two pools hold the same addresses; Cilium switches the younger one off as a whole. Services that need an address of it stay pending. Make the ranges of the pools disjoint.',
  }),
  CNI701: message<{ nodes: string; many: boolean; conditions: string; said: string }>({
    slug: 'antrea-agent-condition',
    severity: 'critical',
    rung: 15,
    title: 'an Antrea agent reports trouble',
    summary: ({ nodes, many, conditions, said }) =>
      `the Antrea ${many ? 'agents' : 'agent'} of ${nodes} ${many ? 'report' : 'reports'} ${conditions}${said === '' ? '' : `: ${said}`}`,
    explain:
      'AntreaAgentInfo carries what the agent finds out about itself. ControllerConnectionUp False: no new policies arrive. OVSDBConnectionUp or OpenflowConnectionUp False: Open vSwitch does not answer on the node, new pods get no network.',
  }),
  CNI702: message<{ name: string; condition: string; reason: string; said: string }>({
    slug: 'network-operator-reports-trouble',
    severity: 'critical',
    rung: 16,
    title: 'OpenShift’s network operator reports trouble',
    summary: ({ name, condition, reason, said }) =>
      `ClusterOperator ${name} is ${condition}${reason === '' ? '' : ` (${reason})`}: ${said}`,
    explain:
      'The cluster network operator rolls out the network and watches it. Degraded with RolloutHung names the DaemonSet and the node that hold the rollout; ApplyOperatorConfig that the configuration cannot be applied. Look at what it names.',
    fixes: ({ name }) => [
      { title: 'read all of its conditions', command: `oc describe clusteroperator ${name}`, risk: 'none' },
    ],
  }),
  CNI703: message<{ subnet: string; used: number; total: number; gone: number; look: string }>({
    slug: 'subnet-used-up',
    severity: 'warning',
    rung: 19,
    title: 'a subnet has few or no addresses left',
    summary: ({ subnet, used, total, gone }) =>
      `${subnet} has given out ${used} of ${total} addresses${gone === 0 ? '' : `, ${gone} of them to pods that are gone`}`,
    explain:
      'New pods of the namespaces that use this subnet get no address when the last one is gone. Enlarge it, or move namespaces to another subnet or pool. Addresses of pods that are gone come back when the clean-up of the plugin runs (Whereabouts: its pods on each node, or the CronJob ip-reconciler).',
    fixes: ({ look }) => [{ title: 'see who holds its addresses', command: look, risk: 'none' }],
  }),
  CNI704: message<{ pod: string; network: string; why: string }>({
    slug: 'attachment-missing',
    severity: 'warning',
    rung: 29,
    title: 'a pod asks for an additional network that is not there',
    summary: ({ pod, network, why }) => `${pod} asks for the additional network ${network}, ${why}`,
    explain:
      'The annotation k8s.v1.cni.cncf.io/networks names NetworkAttachmentDefinitions, in the namespace of the pod unless another is given. Multus refuses the sandbox when one does not exist, so the pod hangs in ContainerCreating.',
  }),
  CNI705: message<{ node: string; state: string; assigned: number; wanted: number }>({
    slug: 'azure-addresses-missing',
    severity: 'critical',
    rung: 19,
    title: 'Azure gives a node fewer addresses than it asks for',
    summary: ({ node, state, assigned, wanted }) =>
      `node ${node} asks Azure for ${wanted} pod addresses and has ${assigned} (${state})`,
    explain:
      'NodeNetworkConfig tells what azure-cns asked for and what the subnet gave. NCUpdateSubnetFullError or SubnetFull: the pod subnet has no address left; enlarge it, or move node pools to another subnet.',
  }),
  CNI706: message<{ nodes: string; maxPods: number; addresses: number; why: string }>({
    slug: 'more-pods-than-aws-addresses',
    severity: 'warning',
    rung: 44,
    title: 'an EC2 node takes more pods than it has addresses',
    summary: ({ nodes, maxPods, addresses, why }) =>
      `${nodes} may take ${maxPods} pods, and ${why} gives ${addresses} addresses`,
    explain:
      'The number of pod addresses of an EC2 instance is limited by its network interfaces. The scheduler goes by maxPods alone, so pods are placed after the last address is gone and hang in ContainerCreating with "failed to assign an IP address to ' +
      'container". Set maxPods as the AMI’s max-pods-calculator does, or switch prefix delegation on (ENABLE_PREFIX_DELEGATION=true on aws-node).',
  }),
  CNI707: message<{ nodes: string; name: string; label: string }>({
    slug: 'eni-config-missing',
    severity: 'critical',
    rung: 10,
    title: 'custom networking without an ENIConfig for a node',
    summary: ({ nodes, name, label }) =>
      `there is no ENIConfig ${name}, which custom networking wants for ${nodes} (label ${label})`,
    explain:
      'With AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true aws-node takes subnet and security groups of pods from the ENIConfig named by a label or annotation of the node (ENI_CONFIG_LABEL_DEF), usually its zone. Without it no interface for pods is ' +
      'attached, and pods get no address. Make an ENIConfig of that name with a subnet of the same zone.',
  }),
  CNI708: message<{ nodes: string }>({
    slug: 'ovn-subnet-missing',
    severity: 'critical',
    rung: 9,
    title: 'OVN has given a node no subnet',
    summary: ({ nodes }) => `${nodes} without annotation k8s.ovn.org/node-subnets: OVN has given it no pod addresses`,
    explain:
      'ovnkube-control-plane (ovnkube-master before) writes the pod range of each node into this annotation, and ovnkube-node waits for it. Missing on one node: the cluster network has no free piece of hostPrefix size, or the control plane does not run.',
    fixes: () => [
      {
        title: 'see the control plane',
        command: 'kubectl get pods -A -o wide | grep -E "ovnkube-(control-plane|master|cluster-manager)"',
        risk: 'none',
      },
    ],
  }),
  CNI709: message<{ nodes: string; said: string }>({
    slug: 'cloud-route-missing',
    severity: 'critical',
    rung: 22,
    title: 'the cloud could not make a route to a node’s pods',
    summary: ({ nodes, said }) => `the cloud could not make the route to the pods of ${nodes}: ${said}`,
    explain:
      'Where pods have addresses of their own the cloud’s router must know which node has which range. The route controller makes one route for each node; a route table that is full (AWS 50 unless raised, Azure 400) or missing rights stop it.',
  }),
  CNI710: message<{ nodes: string; calls: string; namespace: string }>({
    slug: 'aws-rights-missing',
    severity: 'critical',
    rung: 8,
    title: 'AWS refuses what aws-node asks for',
    summary: ({ nodes, calls }) => `aws-node on ${nodes} may not call ${calls}: its IAM role lacks the right`,
    explain:
      'aws-node attaches interfaces and addresses for pods with the rights of an IAM role: that of the account aws-node (IRSA, EKS Pod Identity), else that of the machine. Without them the node lives on the addresses it has; then pods hang with "failed to assign an IP address to container".\n' +
      'The role needs the policy AmazonEKS_CNI_Policy; with IPv6 one of your own with ec2:AssignIpv6Addresses. A role that was there and is refused now: its trust policy names another OIDC provider or account.',
    fixes: ({ namespace }) => [
      {
        title: 'see which role it has (none here: that of the machine)',
        command: `kubectl get serviceaccount aws-node -n ${namespace} -o jsonpath='{.metadata.annotations}'`,
        risk: 'none',
      },
      {
        title: 'give the role the right',
        command:
          'aws iam attach-role-policy --role-name <ROLE> --policy-arn arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy',
        risk: 'low',
        undo: 'aws iam detach-role-policy --role-name <ROLE> --policy-arn arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy',
      },
    ],
  }),
  CNI720: message<{ title: string; mtu: number; fits: number; overhead: number; parts: string; underlay: string }>({
    slug: 'configured-mtu-too-large',
    severity: 'warning',
    confidence: 'possible',
    rung: 33,
    title: 'the configured MTU of pods is too large',
    summary: ({ title, mtu, fits, overhead, underlay }) =>
      `${title} gives pods an MTU of ${mtu}, and ${fits} is what fits: ${underlay} less ${overhead} bytes of wrapping`,
    explain:
      'A packet of full size plus what wraps it must fit the network between nodes. Otherwise small packets pass and large ones vanish: connections open, then hang at the first large answer, TLS handshakes stall, pulls of images stop. What the network carries ' +
      'is not written in objects; it is taken from the provider, or for 1500 where nothing else is known. Proof: ping -M do -s SIZE between nodes, or ip link on a node (kubectl netcni rules reads it). kubectl netcni mtu shows the arithmetic.',
    fixes: () => [{ title: 'see the arithmetic', command: 'kubectl netcni mtu', risk: 'none' }],
  }),
  CNI721: message<{ large: string; largeMtu: string; small: string; smallMtu: number }>({
    slug: 'node-mtus-differ',
    severity: 'warning',
    confidence: 'likely',
    rung: 33,
    title: 'nodes have interfaces of different MTU',
    summary: ({ large, largeMtu, small, smallMtu }) =>
      `${large} send packets of ${largeMtu} bytes, and ${small} take ${smallMtu} at most: large ones between them are lost`,
    explain:
      'Each agent reckons the MTU of its pods from the interface of its own node, so pods on nodes with jumbo frames send packets that the others do not take. The switch or the receiving interface drops them without a word, because both ' +
      'nodes are in one network and no router is there to answer. Small requests work, large answers hang. Give all nodes the same MTU, or set that of the network plugin to what the smallest carries; then make the pods anew.\n' +
      'Where a router joins the two kinds of nodes and its "too big" gets through, connections only start more slowly.',
    fixes: () => [{ title: 'see the arithmetic of each node', command: 'kubectl netcni mtu', risk: 'none' }],
  }),
  CNI740: message<{ hint: string; reason: string }>({
    slug: 'tuning-hint',
    severity: 'info',
    rung: 60,
    title: 'something that would serve a cluster of this size better',
    summary: ({ hint, reason }) => `${hint}: ${reason}`,
    explain:
      'Nothing is broken. The setting works, and the size of this cluster is beyond what its makers recommend it for; the reason is given with it. Weigh the change at leisure, in a test cluster first.',
  }),
});
