import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { conditionOf, podKey } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { shorten } from '../../../shared/util/text.ts';

/** What an agent's own words mean, with the line. */
export interface LogCause {
  readonly meaning: string;
  readonly line: string;
  readonly source: string;
}

type Row = readonly [RegExp, string];

/**
 * Lines of agents, most telling first. From flannel main.go and pkg/subnet/kube, calico node/pkg/lifecycle and felix,
 * cilium daemon/cmd, antrea cmd/antrea-agent, aws-node ipamd, kube-proxy cmd/kube-proxy, weave prog/weaver, ovn-kubernetes.
 */
const ROWS: readonly Row[] = [
  [
    /pod cidr not assigned|node "?[^" ]+"? (has no|doesn't have).*pod ?cidr|podCIDR (is )?(empty|not (set|found|assigned))/i,
    'the node has no podCIDR',
  ],
  [
    /net-conf\.json.*(no such file|invalid|unexpected)|error parsing subnet config|failed to read net conf|invalid character .* (looking for|after)/i,
    'its configuration cannot be read',
  ],
  [
    /failed to find (plugin|interface)|Failed to find any valid interface|Could not find valid interface|Unable to auto-detect an IPv[46] address|couldn't autodetect/i,
    'it found no usable interface or address on the node',
  ],
  [
    /subnet .* specified in the flannel net config doesn't contain .* PodCIDR/i,
    'the podCIDR of the node lies outside its Network',
  ],
  [
    /(duplicate|conflict\w*) .*(IP|address).*(node|already)|IPv4 address .* (is already in use|conflict)/i,
    'another node uses the same address',
  ],
  [
    /(cannot|unable to) (list|get|watch|patch|create) .*is forbidden|is forbidden: User|forbidden: User/i,
    'its rights are missing (RBAC)',
  ],
  [
    /Unauthorized|x509: certificate (has expired|signed by unknown)|certificate has expired or is not yet valid/i,
    'its credentials are refused by the API server',
  ],
  [
    /(10\.\d+\.0\.1|\[?[\da-f:.]+\]?):(443|6443)\b.*(i\/o timeout|connection refused|no route to host|deadline exceeded)|dial tcp .*:(443|6443): /i,
    'it cannot reach the API server',
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
    /bpf.*(not supported|failed to mount)|BPFFS|bpf_filesystem/i,
    'the BPF file system or a BPF feature is missing on the node',
  ],
  [
    /iptables.*(lock|incompatible|Permission denied|can't initialize|Table does not exist)|can't initialize iptables table/i,
    'iptables does not work on the node',
  ],
  [/nft.*(not supported|no such file|failed)|netlink.*operation not supported/i, 'nftables does not work on the node'],
  [/address already in use|bind: address already/i, 'a port that it needs is taken on the node'],
  [/BGP not established with|BIRD is not ready/i, 'its BGP peers are not connected'],
  [
    /failed to (allocate|get|assign).*(IP|cidr|range)|no (more|available|free) (IP|addresses|blocks)/i,
    'it gets no addresses',
  ],
  [
    /UnauthorizedOperation|AccessDenied|not authorized to perform/i,
    'the cloud refuses what it asks for: rights are missing',
  ],
  [
    /dpdk|openvswitch.*(not running|failed)|ovs-vswitchd.*(not|failed)|database connection failed/i,
    'Open vSwitch does not work on the node',
  ],
  [/out of memory|OOM/i, 'it ran out of memory'],
  [
    /unknown (flag|shorthand flag)|flag provided but not defined|unable to load (component )?config|couldn't (parse|load) config|unknown proxy mode|strict decoding error/i,
    'its command line or configuration is wrong',
  ],
];

/** The first known complaint in the logs and status of an agent's pod; the latest lines are read first. */
export function logCause(index: ClusterIndex, pod: Pod): LogCause | undefined {
  for (const { text, source } of textsOf(index, pod)) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    for (const [pattern, meaning] of ROWS) {
      const line = lines.findLast((one) => pattern.test(one) && COMPLAINT.test(one));
      if (line !== undefined) return { meaning, line: shorten(line, 200), source };
    }
  }
  return undefined;
}

/** A line that merely mentions a thing is no complaint about it. */
const COMPLAINT =
  /error|fail|fatal|panic|unable|cannot|can't|couldn't|could not|refused|forbidden|unauthorized|timeout|not |no such|unknown|expired|doesn't|denied|conflict|^E\d{4}|^F\d{4}/i;

function textsOf(index: ClusterIndex, pod: Pod): readonly { readonly text: string; readonly source: string }[] {
  const key = podKey(pod);
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const texts = statuses.flatMap((status) => {
    const { name = '', state, lastState } = status;
    const logs = [true, false].flatMap((previous) => {
      const text = index.log(namespaceOf(pod), nameOf(pod), name, previous);
      return text === undefined ? [] : [{ text: lastPart(text), source: `log of Pod ${key} container ${name}` }];
    });
    const ended = [state?.terminated?.message, lastState?.terminated?.message, state?.waiting?.message].flatMap(
      (text) => (text === undefined || text === '' ? [] : [{ text, source: `Pod ${key} status of container ${name}` }]),
    );
    return [...logs, ...ended];
  });
  const probes = index
    .events(pod, 'Pod')
    .filter(({ reason }) => reason === 'Unhealthy' || reason === 'FailedCreatePodSandBox' || reason === 'FailedMount')
    .slice(-2)
    .map(({ message }) => ({ text: message, source: `Event on Pod ${key}` }));
  const scheduled = conditionOf(pod, 'PodScheduled');
  const refused = scheduled?.status === 'False' ? [{ text: scheduled.message ?? '', source: `Pod ${key} status` }] : [];
  return [...texts, ...probes, ...refused];
}

/** The end of a long log: what ended the agent stands there. */
function lastPart(text: string): string {
  return text.length > 65_536 ? text.slice(-65_536) : text;
}
