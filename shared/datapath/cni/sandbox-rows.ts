import { NODE_ROWS } from './sandbox-rows-node.ts';
import { PLUGIN_ROWS } from './sandbox-rows-plugins.ts';
import type { SandboxRow } from './sandbox-trouble.ts';

/**
 * Texts of container runtimes and network plugins, most telling first. From projectcalico/calico libcalico-go/lib/ipam and
 * cni-plugin, cilium/cilium plugins/cilium-cni, flannel-io/cni-plugin, containernetworking/plugins host-local, aws/
 * amazon-vpc-cni-k8s, Azure/azure-container-networking, antrea-io/antrea, ovn-org/ovn-kubernetes go-controller/pkg/cni,
 * k8snetworkplumbingwg/multus-cni, containerd and cri-o, kubeovn/kube-ovn, AliyunContainerService/terway.
 */
export const SANDBOX_ROWS: readonly SandboxRow[] = [
  ...NODE_ROWS,
  [
    /no runtime for "|RuntimeHandler .* not supported|failed to find runtime handler/,
    'runtime',
    undefined,
    'the runtime class of the pod is not set up on the node',
  ],
  [
    /failed to get sandbox image|(pull|unpack)\w* (and unpack )?image/,
    'runtime',
    undefined,
    'the container runtime cannot get the image of the sandbox (pause)',
  ],
  [
    /OCI runtime create failed|failed to (create|start) (containerd|shim|sandbox) (task|container)|failed to mount rootfs/,
    'runtime',
    undefined,
    'the container runtime cannot start the sandbox',
  ],
  [/no space left on device/, 'runtime', undefined, 'the disk of the node is full'],
  ...PLUGIN_ROWS,
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
    /readinessindicatorfile|waiting for readiness ?indicator|cannot find valid master CNI config/i,
    'agent-down',
    'Multus',
    'the default network is not set up on the node: Multus waits for its configuration file',
  ],
  [
    /multus-shim.*timed out waiting for the condition/,
    'timeout',
    'Multus',
    'Multus waited in vain for the default network or for the pod in the API server',
  ],
  [
    /multus\S*\.sock.*(connection refused|no such file)|multus.*(is forbidden|Unauthorized|http:\/\/dummy\/cni": EOF)/i,
    'agent-down',
    'Multus',
    'Multus does not answer on the node, or its token is not valid',
  ],
  [
    /failed to lookup (master|parent)|: Link not found/,
    'attachment',
    undefined,
    'the interface of the node that the network is to use does not exist there',
  ],
  [
    /DHCP daemon|\/run\/cni\/dhcp\.sock/i,
    'attachment',
    undefined,
    'the network asks a DHCP daemon of the CNI plugins, which does not run on the node',
  ],
  [
    /no address allocated to pod/,
    'no-pool',
    'Kube-OVN',
    'kube-ovn-controller has given the pod no address: it hangs, or the subnet of the pod is full',
  ],
  [
    /kube-ovn-daemon\.sock.*(refused|no such file)/,
    'agent-down',
    'Kube-OVN',
    'kube-ovn-cni does not answer on the node',
  ],
  [/IpNotEnough|InsufficientIp/i, 'no-address', 'Terway', 'the subnet (vSwitch) has no free address'],
  [/\/var\/run\/eni\/eni\.socket/, 'agent-down', 'Terway', 'terway does not answer on the node'],
  [
    /Could not allocate IP in range|whereabouts.*(allocat|timeout)/i,
    'attachment',
    'Whereabouts',
    'the range of the additional network has no free address',
  ],
  [
    /SRIOV-CNI.*VF pci addr is required/,
    'attachment',
    undefined,
    'the network is of SR-IOV, and the pod asks for no device of it in its resources',
  ],
  [
    /requested IP address .* is not available|AddressConflict|AddressOutOfRange/,
    'attachment',
    undefined,
    'the address that the pod asks for is taken, or not of the range',
  ],
  [
    /no IP ranges specified/,
    'no-configuration',
    undefined,
    'the configuration on the node names no range: the agent has not written it, or the node has no podCIDR',
  ],
  [
    /no IP addresses available in range set/,
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
    /holding the xtables lock/,
    'timeout',
    undefined,
    'another program holds the lock of iptables on the node for too long',
  ],
  [
    /iptables.*(can't initialize|exit status|Permission denied|not found)|unable to create chain/,
    'bad-configuration',
    undefined,
    'iptables does not work on the node',
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
  [
    /failed \(add\): .*(\bUnauthorized\b|x509: )/,
    'credentials',
    undefined,
    "the plugin's credentials on the node are not valid any more",
  ],
  [/is forbidden: User/, 'credentials', undefined, 'the account of the plugin lacks rights (RBAC)'],
  [
    /permission denied|operation not permitted/,
    'other',
    undefined,
    'the node does not let the plugin do its work (SELinux, AppArmor, mounts)',
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
