import type { SandboxRow } from './sandbox-trouble.ts';

/**
 * What the node lacks or refuses, whatever plugin speaks: from containernetworking/plugins, containernetworking/cni
 * pkg/invoke, microsoft/hcsshim and the errors of Linux; see sandbox-rows.ts.
 */
export const NODE_ROWS: readonly SandboxRow[] = [
  [
    /create netns.*no space left|unshare.*no space left/,
    'runtime',
    undefined,
    'the node allows no more network namespaces (user.max_net_namespaces)',
  ],
  [
    /could not add IP address to "[^"]+": permission denied|\/proc\/sys\/net\/ipv6\/\S+: no such file/,
    'bad-configuration',
    undefined,
    'the plugin sets up IPv6, which is switched off on the node (disable_ipv6)',
  ],
  [
    /to bridge \S+: exchange full/,
    'bad-configuration',
    undefined,
    'the bridge of the node is full: it takes 1,023 pods',
  ],
  [
    /(make veth|add "cni0"|create (macvlan|ipvlan|bridge)|qdisc)\S*.*(operation not supported|no such (file|device)|unknown device type)|failed to create ingress qdisc/,
    'bad-configuration',
    undefined,
    'the kernel of the node lacks a module that the plugin needs (veth, bridge, sch_tbf, ifb)',
  ],
  [
    /failed to create (macvlan|ipvlan): device or resource busy/,
    'attachment',
    undefined,
    'the interface of the node that the network is to use serves another purpose already',
  ],
  [
    /failed to find network info for sandbox/,
    'bad-configuration',
    undefined,
    'the plugin made an interface and gave it no address: its configuration names no IPAM',
  ],
  [/read-only file system/, 'runtime', undefined, 'the file system of the node is read-only'],
  [
    /netplugin failed( with no error message|: "|\b.*unexpected end of JSON)|signal: (killed|segmentation fault)/,
    'no-program',
    undefined,
    'the program of the plugin ended without an answer: killed, out of memory, or broken',
  ],
  [
    /hnsCall failed|hcn\w+ failed in Win32|HNS failed|HostComputeEndpoint/,
    'bad-configuration',
    undefined,
    'Windows could not make the interface of the pod (HNS): its network is gone, or has another range',
  ],
];
