import type { Fix } from '../../../shared/messages/finding.ts';

/** A complaint, what it means, and what mends it or shows more where that follows from the line. */
export type LogRow = readonly [RegExp, string, (Fix | ((line: string) => readonly Fix[]))?];

/** The meaning of complaints about flags and configuration files. */
export const WRONG_SETTING = 'its command line or configuration is wrong';

/** The meaning of complaints about the API server, by whatever address. */
export const API_UNREACHABLE = 'it cannot reach the API server';

/** Meanings of complaints about what a plugin has beside its agents. */
export const TYPHA_UNREACHABLE = 'it cannot reach Typha (TCP 5473)';
export const CONTROLLER_UNREACHABLE = 'it cannot reach antrea-controller';
export const DEFINITIONS_MISSING =
  'its resource definitions (CRDs) are missing: not all of its manifest was applied, or its operator is down';
/** The meaning of BIRD's complaint about its sessions. */
export const PEERS_UNCONNECTED = 'its BGP peers are not connected';

/**
 * Lines of agents, most telling first. From flannel main.go and pkg/subnet/kube, calico node/pkg/lifecycle and felix,
 * cilium daemon/cmd, antrea cmd/antrea-agent, aws-node ipamd, kube-proxy cmd/kube-proxy, weave prog/weaver, ovn-kubernetes.
 */
export const LOG_ROWS: readonly LogRow[] = [
  [
    /pod cidr not assigned|node "?[^" ]+"? (has no|doesn't have).*pod ?cidr|podCIDR (is )?(empty|not (set|found|assigned|available))/i,
    'the node has no podCIDR',
  ],
  [
    /br_netfilter.*no such file|bridge-nf-call-iptables: no such file/,
    'the kernel module br_netfilter is not loaded on the node',
    onNode(
      'modprobe br_netfilter && echo br_netfilter > /etc/modules-load.d/kubernetes.conf',
      'rm /etc/modules-load.d/kubernetes.conf',
    ),
  ],
  [
    /RPF check is set to 'loose'/,
    "the node's net.ipv4.conf.all.rp_filter is 2, which Felix does not bear",
    onNode(
      "sysctl -w net.ipv4.conf.all.rp_filter=1 && echo 'net.ipv4.conf.all.rp_filter = 1' > /etc/sysctl.d/99-calico.conf",
      'rm /etc/sysctl.d/99-calico.conf && sysctl -w net.ipv4.conf.all.rp_filter=2',
    ),
  ],
  [
    /nf_conntrack_max: permission denied/,
    'it may not set the size of the connection table (conntrack.maxPerCore: 0 leaves it alone)',
  ],
  [/exec format error/i, 'its image is of another processor architecture than the node'],
  [/no space left on device/i, 'the disk of the node is full'],
  [/read-only file system/i, 'the file system of the node is read-only'],
  [
    /link has incompatible addresses/,
    'its tunnel on the node still has the address of another range; when it is gone it is made anew',
    {
      title: 'on each of these nodes: take it away, the agent makes it anew',
      command: 'ip link delete flannel.1',
      risk: 'low',
    },
  ],
  [/unable to find default v6 route/i, 'it is to carry IPv6, and the node has no default route of IPv6'],
  [/no default route|unable to find default route|failed to get default gateway/i, 'the node has no default route'],
  [
    /x509: .*current time \S+ is before/,
    'a certificate is not valid yet at the time of its node: its clock is behind, or the certificate is brand-new',
    { title: 'on the node: compare its clock', command: 'timedatectl; date -u', risk: 'none' },
  ],
  [
    /(typha.*(x509|tls: )|tls: .*typha)/i,
    'the certificates between it and Typha are not valid (Secrets node-certs and typha-certs)',
  ],
  [/could not find the requested resource|no matches for kind|Unable to find all Cilium CRDs/, DEFINITIONS_MISSING],
  [
    /EC2MetadataRequestError|instance metadata|169\.254\.169\.254/,
    'it cannot read the metadata of its machine (169.254.169.254; IMDS and its hop limit)',
  ],
  [/connect to antrea-controller/, CONTROLLER_UNREACHABLE],
  [
    /allocate router IP|not in the valid range of allocations/,
    'the range of the node changed, and its own address is of the old one',
  ],
  [/IPVS proxier|ipset version|IPVS modules/i, 'the node lacks modules or tools of IPVS (ip_vs, ipset)'],
  [/kubeconfig\S*: no such file/i, 'its kubeconfig is missing'],
  [/too many open files|inotify.*(limit|no space)/i, 'the node allows no more open files or inotify watches'],
  [/(secret|configmap) "[^"]+" not found/i, 'a Secret or ConfigMap that it mounts does not exist'],
  [
    /net-conf\.json.*(no such file|invalid|unexpected)|error parsing subnet config|failed to load configuration: |failed to read net conf|invalid character .* (looking for|after)/i,
    'its configuration cannot be read',
  ],
  [
    /failed to find (plugin|interface)|Failed to find any valid interface|Could not find valid interface|Unable to auto-detect an IPv[46] address|couldn't autodetect|unable to determine direct routing device/i,
    'it found no usable interface or address on the node',
  ],
  [
    /subnet .* specified in the flannel net config doesn't contain .* PodCIDR/i,
    'the podCIDR of the node lies outside its Network',
  ],
  [
    /is already using the IPv[46] address|(duplicate|conflict\w*) .*(IP|address).*(node|already)|IPv4 address .* (is already in use|conflict)/i,
    'another node uses the same address',
  ],
  [
    /(cannot|unable to) (list|get|watch|patch|create) .*is forbidden|is forbidden: User|forbidden: User/i,
    'its rights are missing (RBAC)',
    bindingsOf,
  ],
  [
    /\bUnauthorized\b|x509: certificate (has expired|signed by unknown)|certificate has expired or is not yet valid/i,
    'its credentials are refused by the API server',
  ],
  [
    /(ec2|sts)[.\w-]*\.amazonaws\.com.*(timeout|refused|no such host|deadline)|RequestError: send request failed/i,
    'it cannot reach the API of the cloud (EC2, STS)',
  ],
  [/failed to connect to typha|typha.*(i\/o timeout|connection refused|no route to host)/i, TYPHA_UNREACHABLE],
  [
    /(kvstore|etcd).*(i\/o timeout|connection refused|deadline exceeded)|unable to connect to (kvstore|etcd)/i,
    'it cannot reach its store (etcd)',
  ],
  [
    /(10\.\d+\.0\.1|\[?[\da-f:.]+\]?):(443|6443)\b.*(i\/o timeout|connection refused|no route to host|deadline exceeded)|dial tcp .*:(443|6443): |unable to reach API server/i,
    API_UNREACHABLE,
  ],
  [
    /dial tcp: lookup .* (no such host|i\/o timeout|server misbehaving)/i,
    'it cannot resolve the name of the API server',
  ],
  [
    /modprobe|Failed to load kernel module|kernel module.*not (found|loaded)|operation not supported/i,
    'the kernel lacks what it needs',
  ],
  [
    /minimal supported kernel version|kernel version.*(not supported|too old)|requires kernel/i,
    'the kernel of the node is too old',
  ],
  [
    /bpf.*(not supported|failed to mount|not mounted)|BPFFS|bpf_filesystem/i,
    'the BPF file system or a BPF feature is missing on the node',
  ],
  [
    /incompatible nft rules in the table/,
    'rules written with nft stand in the tables of iptables on the node, and iptables cannot read them',
  ],
  [
    /iptables(-restore)?.*(exit status|RULE_\w+ failed|lock|incompatible|Permission denied|can't initialize|Table does not exist)|can't initialize iptables table/i,
    'iptables does not work on the node',
  ],
  [
    /nft.*(not supported|no such file|failed|could not|unable)|unable to initialize nftables|netlink.*operation not supported/i,
    'nftables does not work on the node',
  ],
  [
    /ipset.*(exit status|Kernel error|failed)/i,
    'ipset does not work on the node (its kernel modules are missing or too old)',
  ],
  [/ovsdb.*(error reading record|syntax error|not valid)/i, 'its database on the node is damaged (OVN, Open vSwitch)'],
  [/address already in use|bind: address already/i, 'a port that it needs is taken on the node'],
  [/unable to connect to BIRDv?[46]? ?socket|bird\d?\.ctl/i, 'BIRD, its part that speaks BGP, does not run'],
  [/felix is not ready/i, 'Felix, its part that writes rules and routes, is not ready'],
  [/BGP not established with|BIRD is not ready/i, PEERS_UNCONNECTED],
  [/nodes? \\?"[^"]+" not found/i, 'it looks for its node under a name that no Node has'],
  [
    /(subnet|cluster|cidr)\S* (pool|range|ranges)\b.*exhausted|no (more )?subnets? (left|available)/i,
    'the range of the cluster has no free piece left for a node',
  ],
  [/node-subnets.*(not found|missing|waiting)|timed out waiting for node.*subnet/i, 'OVN has given the node no subnet'],
  [
    /seeded by different peers|inconsistent entries in peer/i,
    'its peers do not agree on who shares the range of addresses',
  ],
  [/overlaps with existing route/i, 'its range overlaps a route of the node'],
  [
    /cannot find valid master CNI config|readinessindicatorfile/i,
    'the default network has not written its configuration on the node',
  ],
  [
    /failed to (allocate|get|assign).*(IP|cidr|range)|no (more|available|free) (IP|addresses|blocks)/i,
    'it gets no addresses',
  ],
  [
    /UnauthorizedOperation|AccessDenied|not authorized to perform/i,
    'the cloud refuses what it asks for: rights are missing',
  ],
  [
    /dpdk|openvswitch.*(not running|failed|refused|no such file)|ovs-vswitchd.*(not|failed)|database connection failed/i,
    'Open vSwitch does not work on the node',
  ],
  [/out of memory|OOM/i, 'it ran out of memory'],
  [
    /permission denied|operation not permitted/i,
    'it may not do what it must on the node (privileges, SELinux, AppArmor)',
  ],
  [
    /failed validate: |unknown (flag|shorthand flag)|flag provided but not defined|unable to load (component )?config|couldn't (parse|load) config|unknown proxy mode|invalid value for --|strict decoding error|failed to decode: |error converting YAML|invalid (daemon )?configuration|cannot be used with|must be (set|specified|disabled|enabled) when|unknown backend type/i,
    WRONG_SETTING,
  ],
];

function onNode(command: string, undo: string): Fix {
  return { title: 'on each of these nodes', command, risk: 'low', undo };
}

/** The account that was refused: what is bound to it shows whether its binding is gone. */
function bindingsOf(line: string): readonly Fix[] {
  const [, namespace, name] = /system:serviceaccount:([^:"\s]+):([^:"\s\\]+)/.exec(line) ?? [];
  if (name === undefined) return [];
  return [
    {
      title: 'see which roles are bound to its account; the manifest of the plugin brings them back',
      command: `kubectl get clusterrolebindings,rolebindings -A -o wide | grep ${namespace}/${name}`,
      risk: 'none',
    },
  ];
}
