import type { SandboxRow } from './sandbox-trouble.ts';

/** What the plugins themselves say, each by its name; see sandbox-rows.ts. */
export const PLUGIN_ROWS: readonly SandboxRow[] = [
  [
    /No more free affine blocks|limit of \d+ blocks reached|No IPs available in pools|Assigned 0 out of \d+ requested IPv[46]/,
    'no-address',
    'Calico',
    'Calico has no free address for this node',
  ],
  [
    /no configured Calico pools|no qualified IP ?pool|unable to find .*IPPool/i,
    'no-pool',
    'Calico',
    'no Calico address pool is for this node',
  ],
  [
    /\/var\/lib\/calico\/nodename/,
    'agent-down',
    'Calico',
    'calico-node has not prepared the node: it does not run there',
  ],
  [
    /(error getting ClusterInformation|calico).*(connection is unauthorized|Unauthorized)/,
    'credentials',
    'Calico',
    "Calico's token on the node is not valid any more",
  ],
  [
    /(error getting ClusterInformation|calico).*x509: /,
    'credentials',
    'Calico',
    "Calico's credentials on the node are of another cluster, or of another time",
  ],
  [
    /error getting ClusterInformation.*(i\/o timeout|connection refused|no route to host|deadline exceeded)/,
    'api-unreachable',
    'Calico',
    "Calico's plugin cannot reach the API server from the node",
  ],
  [
    /range is full|all CIDR ranges are exhausted|all pod CIDR ranges are exhausted|no IPs currently available on the node|No more IPs available/,
    'no-address',
    'Cilium',
    'Cilium has no free address for this node',
  ],
  [
    /putEndpointIdTooManyRequests|\[PUT \/endpoint\/\{id\}\]\[429\]/,
    'rate-limit',
    'Cilium',
    'the Cilium agent takes no more new endpoints for the moment',
  ],
  [
    /unable to (connect to|create) Cilium|Cilium API client timeout|cilium\.sock|Is the agent running\?/i,
    'agent-down',
    'Cilium',
    'the Cilium agent does not answer on the node',
  ],
  [
    /loadFlannelSubnetEnv|\/run\/flannel\/subnet\.env/,
    'agent-down',
    'Flannel',
    'flannel has not written its subnet file: its agent does not run on the node, or got no range',
  ],
  [/127\.0\.0\.1:6784.*(refused|timeout)/, 'agent-down', 'Weave Net', 'the Weave agent does not answer on the node'],
  [
    /IP allocation was seeded by different peers|weave.*(allocate|no available IP)/i,
    'no-address',
    'Weave Net',
    'Weave Net cannot hand out an address',
  ],
  [
    /127\.0\.0\.1:50051.*(refused|timeout|deadline)|dial tcp 127\.0\.0\.1:50051/,
    'agent-down',
    'AWS VPC CNI',
    'ipamd of aws-node does not answer on the node',
  ],
  [
    /InsufficientCidrBlocks|InsufficientFreeAddressesInSubnet|DataStore has no available/,
    'no-address',
    'AWS VPC CNI',
    'the subnet has no free address or no free prefix',
  ],
  [
    /PrivateIpAddressLimitExceeded|AttachmentLimitExceeded/,
    'no-address',
    'AWS VPC CNI',
    'the instance holds as many addresses as its type may',
  ],
  [
    /UnauthorizedOperation|MissingIAMPermissions|is not authorized to perform: ec2:/,
    'cloud-refused',
    'AWS VPC CNI',
    'AWS refuses what aws-node asks for: rights are missing',
  ],
  [
    /failed to assign an IP address to container/,
    'no-address',
    'AWS VPC CNI',
    'the node or its subnet has no free address (AWS)',
  ],
  [
    /waiting on Azure CNS|No available addresses|no available address pools|AddressUnavailable|not enough IPs available/,
    'no-address',
    'Azure CNI',
    'the node has no free address (Azure)',
  ],
  [
    /127\.0\.0\.1:10090|localhost:10090|failed to connect to CNS/i,
    'agent-down',
    'Azure CNI',
    'azure-cns does not answer on the node',
  ],
  [/all IPPools exhausted|Antrea.*no available IP/, 'no-address', 'Antrea', 'Antrea has no free address'],
  [
    /\/var\/run\/antrea\/cni\.sock|antrea.*(connection refused|no such file)/,
    'agent-down',
    'Antrea',
    'the Antrea agent does not answer on the node',
  ],
  [
    /timed out waiting for (OVS port binding|annotations|pod annotation)|failed to get pod annotation/,
    'agent-down',
    'OVN-Kubernetes',
    'OVN has not prepared the port of the pod',
  ],
  [
    /ovn-cni-server|ovnkube-node.*(refused|no such file)|\/var\/run\/ovn-kubernetes\/cni/,
    'agent-down',
    'OVN-Kubernetes',
    'ovnkube-node does not answer on the node',
  ],
  [
    /istio-cni\/pluginevent\.sock|failed to contact node CNI agent/,
    'agent-down',
    undefined,
    'the agent of Istio (istio-cni-node) does not answer on the node',
  ],
];
