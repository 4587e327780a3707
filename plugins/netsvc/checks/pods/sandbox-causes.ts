import type { Fix } from '../../../../shared/messages/finding.ts';
import { shorten } from '../../../../shared/util/text.ts';

interface Cause {
  readonly pattern: RegExp;
  /** What the plugin's words mean. */
  readonly meaning: string;
  /** How to find the agents of the plugin. */
  readonly agents?: string;
}

/** Texts of container runtimes and network plugins (Calico, Cilium, flannel, Weave, AWS, Azure, Antrea), most telling first. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /no runtime for "|RuntimeHandler .* not supported/,
    meaning: 'the runtime class of the pod is not set up on the node',
  },
  {
    pattern:
      /No more free affine blocks|limit of \d+ blocks reached|No IPs available in pools|Assigned 0 out of \d+ requested IPv[46]/,
    meaning: 'Calico has no free address for this node',
    agents: '-A -l k8s-app=calico-node',
  },
  {
    pattern: /no configured Calico pools/,
    meaning: 'no Calico address pool is for this node',
    agents: '-A -l k8s-app=calico-node',
  },
  {
    pattern: /\/var\/lib\/calico\/nodename/,
    meaning: 'calico-node does not run on the node',
    agents: '-A -l k8s-app=calico-node',
  },
  {
    pattern: /error getting ClusterInformation: connection is unauthorized/,
    meaning: "Calico's token on the node is not valid any more",
    agents: '-A -l k8s-app=calico-node',
  },
  { pattern: /calico/i, meaning: 'Calico failed', agents: '-A -l k8s-app=calico-node' },
  {
    pattern: /range is full|all CIDR ranges are exhausted|no IPs currently available on the node/,
    meaning: 'Cilium has no free address for this node',
    agents: '-n kube-system -l k8s-app=cilium',
  },
  {
    pattern: /unable to connect to Cilium agent|Cilium API client timeout/i,
    meaning: 'the Cilium agent does not answer on the node',
    agents: '-n kube-system -l k8s-app=cilium',
  },
  { pattern: /cilium/i, meaning: 'Cilium failed', agents: '-n kube-system -l k8s-app=cilium' },
  {
    pattern: /loadFlannelSubnetEnv|\/run\/flannel\/subnet\.env/,
    meaning: 'flannel has not written its subnet file: its agent does not run on the node',
    agents: '-A -l app=flannel',
  },
  {
    pattern: /127\.0\.0\.1:6784|weave/i,
    meaning: 'the Weave agent does not answer on the node',
    agents: '-n kube-system -l name=weave-net',
  },
  {
    pattern: /failed to assign an IP address to container|InsufficientCidrBlocks|PrivateIpAddressLimitExceeded/,
    meaning: 'the node or its subnet has no free address (AWS)',
    agents: '-n kube-system -l k8s-app=aws-node',
  },
  {
    pattern: /waiting on Azure CNS|No available addresses|no available address pools/,
    meaning: 'the node has no free address (Azure)',
    agents: '-n kube-system -l k8s-app=azure-cns',
  },
  { pattern: /all IPPools exhausted/, meaning: 'Antrea has no free address', agents: '-n kube-system -l app=antrea' },
  {
    pattern: /no IP addresses available in range set|no IP ranges specified/,
    meaning: "the address range of the node's pods is used up, or addresses leaked",
  },
  { pattern: /failed to find plugin "([^"]+)"/, meaning: 'the plugin is not installed on the node' },
  {
    pattern: /cni plugin not initialized|NetworkPluginNotReady|no networks found in/,
    meaning: 'no network plugin is set up on the node',
  },
  { pattern: /failed to reserve sandbox name/, meaning: 'the container runtime is still busy with an earlier attempt' },
  {
    pattern: /context deadline exceeded|DeadlineExceeded/,
    meaning: 'the container runtime or the network plugin did not answer in time',
  },
];

/** What a message about a sandbox means, and where to look. */
export function sandboxCause(message: string): { readonly words: string; readonly fixes: readonly Fix[] } {
  const cause = CAUSES.find(({ pattern }) => pattern.test(message));
  const core = coreOf(message);
  const words = cause === undefined ? core : `${cause.meaning} (${core})`;
  const fixes: Fix[] = [
    { title: 'examine the pod network of the nodes', command: 'kubectl netcni', risk: 'none' },
    {
      title: "see whether the plugin's agents run on the node",
      command: `kubectl get pods ${cause?.agents ?? '-n kube-system'} -o wide`,
      risk: 'none',
    },
  ];
  return { words, fixes: /runtime class/.test(words) ? [] : fixes };
}

/** The plugin's words, without the frames and the identity of the sandbox. */
function coreOf(message: string): string {
  const core = message
    .replace(/^Failed to create pod sandbox: /i, '')
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^failed to (?:setup|set up) network for sandbox "[^"]*": /, '')
    .replace(/^failed to (?:set up|setup) (?:sandbox container|pod) "[^"]*" network for pod "[^"]*": /, '')
    .replace(/networkPlugin cni failed to set up pod "[^"]*" network: /, '')
    .replace(/^failed to get sandbox runtime: /, '');
  return shorten(core, 160);
}
