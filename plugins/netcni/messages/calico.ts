import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** CNI401 to CNI419: Calico's own state. */
export const calicoMessages = defineMessages({
  CNI401: message<{ nodes: string; node: string; peers: string; states: string; type: string }>({
    slug: 'bgp-peer-not-established',
    severity: 'critical',
    rung: 22,
    title: 'a BGP session of a node is not established',
    summary: ({ nodes, peers, states, type }) =>
      `BGP of ${nodes} is not established with ${peers} (${states}, ${type})`,
    explain:
      'Nodes tell each other by BGP (TCP 179) where the pods are. Without the session this node and the peer do not know each other’s pods; routes that were known stay for a while and then vanish.\n' +
      'Idle and Active mean that no TCP connection comes about: the peer is down, a firewall closes 179, or Calico chose an address of the wrong interface (docker0, a VPN) for the node: compare ' +
      'projectcalico.org/IPv4Address of the node with its InternalIP. OpenSent and OpenConfirm mean that they talk and do not agree: AS numbers, passwords.',
    fixes: ({ node }) => [
      {
        title: 'see the addresses Calico uses',
        command: `kubectl get node ${node} -o yaml | grep projectcalico.org`,
        risk: 'none',
      },
      {
        title: 'find its agent, to read what BIRD says',
        command: 'kubectl get pods -A -o wide -l k8s-app=calico-node',
        risk: 'none',
      },
    ],
  }),
  CNI402: message<{ peer: string; selector: string; what: string }>({
    slug: 'bgp-peer-selects-nothing',
    severity: 'warning',
    rung: 40,
    title: 'a BGPPeer is for no node',
    summary: ({ peer, selector, what }) => `BGPPeer ${peer} is for no node: ${what} ${selector} matches none`,
    explain:
      'The peering is configured for nodes that do not exist (spec.node), or for a selector that no node satisfies, so it does nothing. A label that was renamed, or a node that was replaced under another name, ' +
      'is the usual reason. With the node-to-node mesh switched off this can leave nodes without any session.',
    fixes: ({ peer }) => [
      { title: 'see the peer', command: `kubectl get bgppeers.crd.projectcalico.org ${peer} -o yaml`, risk: 'none' },
    ],
  }),
  CNI403: message<{ nodes: string }>({
    slug: 'no-bgp-session-configured',
    severity: 'warning',
    confidence: 'likely',
    rung: 23,
    title: 'nodes have no BGP session at all',
    summary: ({ nodes }) =>
      `the node-to-node mesh is off and no BGPPeer is for ${nodes}: nobody tells them where pods are`,
    explain:
      'nodeToNodeMeshEnabled: false in BGPConfiguration default asks for peerings of one’s own (route reflectors, routers). These nodes have none, so without VXLAN their pods cannot be reached from others.',
    fixes: () => [
      {
        title: 'switch the mesh on again',
        command: `kubectl patch bgpconfigurations.crd.projectcalico.org default --type=merge -p '{"spec":{"nodeToNodeMeshEnabled":true}}'`,
        risk: 'low',
        undo: `kubectl patch bgpconfigurations.crd.projectcalico.org default --type=merge -p '{"spec":{"nodeToNodeMeshEnabled":false}}'`,
      },
    ],
  }),
  CNI404: message<{ pools: string; subnets: string }>({
    slug: 'no-tunnel-across-subnets',
    severity: 'warning',
    confidence: 'possible',
    rung: 27,
    title: 'nodes of several subnets and no tunnel',
    summary: ({ pools, subnets }) =>
      `pods of ${pools} go without a tunnel between nodes of several subnets (${subnets})`,
    explain:
      'With ipipMode and vxlanMode Never packets of pods go out with pod addresses. Within one subnet the nodes route them themselves; between subnets the routers there must know the pod ranges, by BGP with ' +
      'them or by static routes, or drop them. If they do not, CrossSubnet (ipipMode or vxlanMode) is the mode for this network.',
  }),
  CNI405: message<{ name: string; condition: string; reason: string; said: string; refused: boolean }>({
    slug: 'operator-reports-trouble',
    severity: 'warning',
    rung: 16,
    title: 'the operator reports trouble',
    summary: ({ name, condition, reason, said }) =>
      `${name} is ${condition}${reason === '' ? '' : ` (${reason})`}: ${said}`,
    explain:
      'The operator compares what it was asked for with what is there, and says in its conditions what it cannot bring about. Available False means that the component does not work; Degraded that something in ' +
      'its configuration or its pods is wrong; the message names it.',
    fixes: ({ name, refused }) => [
      ...(refused
        ? [
            {
              title: 'change what it refuses; it goes on by itself',
              command: 'kubectl edit installations.operator.tigera.io default',
              risk: 'low' as const,
            },
          ]
        : []),
      {
        title: 'read all of its conditions',
        command: `kubectl describe ${name.replace(/^(\w+) /, (_, kind: string) => `${kind.toLowerCase()} `)}`,
        risk: 'none',
      },
    ],
  }),
  CNI406: message<Record<string, never>>({
    slug: 'datastore-locked',
    severity: 'critical',
    rung: 9,
    title: 'Calico’s datastore is locked',
    summary: () =>
      'Calico’s datastore is locked (datastoreReady: false): its agents change nothing and new pods get no network',
    explain:
      'ClusterInformation.spec.datastoreReady is set to false by calicoctl datastore migrate lock, and back by unlock. While it is false the CNI plugin refuses new pods. A migration that was broken off leaves it so.',
    fixes: () => [
      {
        title: 'unlock it, when no migration is under way',
        command: `kubectl patch clusterinformations.crd.projectcalico.org default --type=merge -p '{"spec":{"datastoreReady":true}}'`,
        risk: 'low',
        undo: `kubectl patch clusterinformations.crd.projectcalico.org default --type=merge -p '{"spec":{"datastoreReady":false}}'`,
      },
    ],
  }),
  CNI407: message<{ pool: string; why: string }>({
    slug: 'pool-not-allocatable',
    severity: 'warning',
    rung: 19,
    title: 'Calico takes no addresses from a pool',
    summary: ({ pool, why }) => `Calico takes no addresses from IPPool ${pool}: ${why}`,
    explain:
      'The pool’s condition Allocatable is False. PoolDisabled is a choice; CIDROverlap means that another pool holds the same addresses and came first; Terminating that the pool is being deleted and waits for ' +
      'its last addresses to be released.',
  }),
  CNI408: message<{
    node: string;
    used: string;
    internal: string;
    why: string;
    others: string;
    fix: readonly Fix[];
  }>({
    slug: 'wrong-address-detected',
    severity: 'warning',
    confidence: 'likely',
    rung: 11,
    title: 'Calico uses another address of a node than Kubernetes',
    summary: ({ node, used, internal, why, others }) =>
      `Calico uses ${used} for node ${node}, whose InternalIP is ${internal}${why}${others}`,
    explain:
      'Calico finds the address of a node by itself (IP_AUTODETECTION_METHOD, first-found unless set) and sends tunnels and BGP there. With several interfaces it may find one that other nodes cannot reach, such as docker0 or a VPN. ' +
      'Set IP_AUTODETECTION_METHOD=kubernetes-internal-ip (operator: nodeAddressAutodetectionV4.kubernetes: NodeInternalIP). Where the nodes do reach each other on that address, this is a choice.',
    fixes: ({ fix }) => fix,
  }),
  CNI409: message<{ pools: string; between: string; first: string; mode: string }>({
    slug: 'ipip-not-carried',
    severity: 'critical',
    confidence: 'likely',
    rung: 24,
    title: 'the network between the nodes does not carry IP in IP',
    summary: ({ pools, between }) =>
      `Calico wraps packets of ${pools} in IP in IP, which Azure's network drops: pods reach no pods across ${between}`,
    explain:
      'IP in IP is a protocol of its own (number 4), neither TCP nor UDP, and virtual networks of Azure carry only TCP, UDP, ICMP and a few ' +
      'others. VXLAN travels as UDP (port 4789) and passes. Agents, BGP sessions and pods of one node look well all the same.',
    fixes: ({ first, mode }) => [
      {
        title: 'wrap in VXLAN instead',
        command: `kubectl patch ippools.crd.projectcalico.org ${first} --type=merge -p '{"spec":{"ipipMode":"Never","vxlanMode":"${mode}"}}'`,
        risk: 'low',
        undo: `kubectl patch ippools.crd.projectcalico.org ${first} --type=merge -p '{"spec":{"ipipMode":"${mode}","vxlanMode":"Never"}}'`,
      },
    ],
  }),
  CNI410: message<{ nodes: string; namespace: string }>({
    slug: 'calico-api-address-missing',
    severity: 'critical',
    confidence: 'likely',
    rung: 8,
    covers: ['CNI104'],
    title: 'Calico replaces kube-proxy and was not told where the API server is',
    summary: ({ nodes, namespace }) =>
      `Calico on ${nodes} cannot start: its eBPF dataplane is to replace kube-proxy, and ConfigMap ${namespace}/kubernetes-services-endpoint with the address of the API server is missing`,
    explain:
      'Inside the cluster the API server is found by the ClusterIP of Service kubernetes, and kube-proxy turns that into its address. With kube-proxy gone and the eBPF dataplane to do its work, agents and ' +
      'operator take the address from ConfigMap kubernetes-services-endpoint. Give an address or name that every node reaches without the cluster, such as that of the load balancer in front of the control plane.',
    fixes: ({ namespace }) => [
      {
        title: 'find the address of the API server',
        command: 'kubectl get endpoints kubernetes -o yaml; kubectl config view --minify | grep server',
        risk: 'none',
      },
      {
        title: 'tell it to Calico (put the address in); its agents start anew by themselves within a minute',
        command: `kubectl create configmap kubernetes-services-endpoint -n ${namespace} --from-literal=KUBERNETES_SERVICE_HOST=<ADDRESS> --from-literal=KUBERNETES_SERVICE_PORT=6443`,
        risk: 'low',
        undo: `kubectl delete configmap kubernetes-services-endpoint -n ${namespace}`,
      },
    ],
  }),
});
