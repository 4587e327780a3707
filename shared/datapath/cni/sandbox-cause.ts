import type { PluginName } from '../../model/network-plugins.ts';
import { shorten } from '../../util/text.ts';

/** What keeps a pod from getting its network, in classes that each have a remedy of their own. */
export type SandboxTrouble =
  /** No free address for the node, whoever hands them out. */
  | 'no-address'
  /** No pool or range is meant for the node or the pod. */
  | 'no-pool'
  /** The plugin's agent does not answer, or has not prepared the node. */
  | 'agent-down'
  /** The agent answers that it has too much to do. */
  | 'rate-limit'
  /** The node's credentials for the plugin's data are refused. */
  | 'credentials'
  /** The program of a plugin is missing on the node. */
  | 'no-program'
  /** There is no configuration of a network in the runtime's folder. */
  | 'no-configuration'
  /** A configuration that cannot be read, or one that asks for what the node lacks. */
  | 'bad-configuration'
  /** The API server does not answer the plugin. */
  | 'api-unreachable'
  /** A network that the pod asks for beside its own is not there (Multus). */
  | 'attachment'
  /** The cloud refuses what the agent asks for. */
  | 'cloud-refused'
  | 'hostport'
  | 'runtime'
  | 'timeout'
  | 'other';

export interface SandboxCause {
  readonly trouble: SandboxTrouble;
  /** The plugin that speaks, where its words tell. */
  readonly plugin: PluginName | undefined;
  /** What the words mean: `Calico has no free address for this node`. Empty when they are not known. */
  readonly meaning: string;
  /** The plugin's own words, without frames and identities. */
  readonly words: string;
}

type Row = readonly [RegExp, SandboxTrouble, PluginName | undefined, string];

/**
 * Texts of container runtimes and network plugins, most telling first. From projectcalico/calico libcalico-go/lib/ipam and
 * cni-plugin, cilium/cilium plugins/cilium-cni, flannel-io/cni-plugin, containernetworking/plugins host-local, aws/
 * amazon-vpc-cni-k8s, Azure/azure-container-networking, antrea-io/antrea, ovn-org/ovn-kubernetes go-controller/pkg/cni,
 * k8snetworkplumbingwg/multus-cni, containerd and cri-o.
 */
const ROWS: readonly Row[] = [
  [
    /no runtime for "|RuntimeHandler .* not supported|failed to find runtime handler/,
    'runtime',
    undefined,
    'the runtime class of the pod is not set up on the node',
  ],
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
    /(no|not enough) (free|available) (address|ip).*subnet|AddressNotAvailable|NoAvailableAddress/i,
    'no-address',
    undefined,
    'the subnet of the pod has no free address',
  ],
  [
    /cannot find a network-attachment-definition|network-attachment-definitions?\.k8s\.cni\.cncf\.io .* not found/,
    'attachment',
    'Multus',
    'the pod asks for a NetworkAttachmentDefinition that does not exist',
  ],
  [
    /multus.*(connection refused|no such file|is forbidden|Unauthorized)|multus-shim/i,
    'agent-down',
    'Multus',
    'Multus does not answer on the node, or its token is not valid',
  ],
  [
    /Could not allocate IP in range|whereabouts.*(allocat|timeout)/i,
    'no-address',
    'Whereabouts',
    'the range of the additional network has no free address',
  ],
  [
    /no IP addresses available in range set|no IP ranges specified|requested IP address .* is not available/,
    'no-address',
    undefined,
    "the address range of the node's pods is used up, or addresses leaked",
  ],
  [
    /failed to find plugin "([^"]+)"/,
    'no-program',
    undefined,
    'the program of the plugin is not installed on the node',
  ],
  [
    /exec format error|\/opt\/cni\/bin\/[^ ]+: (permission denied|no such file)/,
    'no-program',
    undefined,
    'the program of the plugin cannot run on the node',
  ],
  [
    /cni plugin not initialized|NetworkPluginNotReady|no networks found in|No CNI configuration file in|Missing CNI default network/,
    'no-configuration',
    undefined,
    'no network plugin is set up on the node',
  ],
  [
    /(failed|error) (to )?(parse|load|unmarshal)\w*.*(conf|netconf|config)|incompatible CNI versions|unsupported CNI result version|error parsing configuration/i,
    'bad-configuration',
    undefined,
    'the configuration of the network on the node cannot be used',
  ],
  [
    /already exists: .*bridge|already has an IP address different from|could not add IP address to "cni0"/,
    'bad-configuration',
    undefined,
    'the bridge cni0 on the node still has the address of another range',
  ],
  [
    /cannot open hostport|address already in use/,
    'hostport',
    undefined,
    'a host port that the pod asks for is taken on the node',
  ],
  [
    /failed to reserve sandbox name/,
    'timeout',
    undefined,
    'the container runtime is still busy with an earlier attempt',
  ],
  [
    /(10\.96\.0\.1|https:\/\/[\d.[\]:a-f]+(:\d+)?\/api).*(i\/o timeout|connection refused|no route to host)/,
    'api-unreachable',
    undefined,
    'the plugin cannot reach the API server from the node',
  ],
  [/calico/i, 'other', 'Calico', 'Calico failed'],
  [/cilium/i, 'other', 'Cilium', 'Cilium failed'],
  [/weave/i, 'other', 'Weave Net', 'Weave Net failed'],
  [
    /context deadline exceeded|DeadlineExceeded/,
    'timeout',
    undefined,
    'the container runtime or the network plugin did not answer in time',
  ],
];

/** What a message about a sandbox or an unready network means. */
export function sandboxCause(message: string): SandboxCause {
  const words = plainWords(message);
  const row = ROWS.find(([pattern]) => pattern.test(message));
  if (row === undefined) return { trouble: 'other', plugin: undefined, meaning: '', words };
  return { trouble: row[1], plugin: row[2], meaning: row[3], words };
}

/** The plugin that was called, as containerd and CRI-O name it: `plugin type="bridge" name="cbr0"`. */
export function calledPlugin(message: string): { readonly type: string; readonly name: string } | undefined {
  const match = /plugin type="([^"]*)"(?: name="([^"]*)")?/.exec(message);
  return match === null ? undefined : { type: match[1] ?? '', name: match[2] ?? '' };
}

/** The plugin's words, without the frames and the identity of the sandbox. */
function plainWords(message: string): string {
  const core = message
    .replace(/^Failed to create pod sandbox: /i, '')
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^failed to (?:setup|set up) network for sandbox "[^"]*": /, '')
    .replace(/^failed to (?:set up|setup) (?:sandbox container|pod) "[^"]*" network for pod "[^"]*": /, '')
    .replace(/networkPlugin cni failed to set up pod "[^"]*" network: /, '')
    .replace(/^failed to get sandbox runtime: /, '');
  return shorten(core, 160);
}
