import { dnsAddress } from '../../cluster/addresses.ts';
import { runOn, tryOn } from '../../cluster/machine/enter.ts';
import { addressOf, type TestCluster } from '../cluster.ts';
import { allOf, once, type Undo } from '../undo.ts';

export interface PacketFault {
  /** drop: silence. reject: an ICMP error, "refused" for UDP. reset: TCP is refused. */
  readonly verdict?: 'drop' | 'reject' | 'reset';
  /** Part of the packets, above 0 and up to 1. */
  readonly share?: number;
}

interface Filter extends PacketFault {
  readonly machine: string;
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output';
  /** What to meet, in words of nft(8). */
  readonly match: string;
}

let tables = 0;

/** Meets packets on a machine before any other filter does. Each fault has a table of its own, so they come and go alone. */
export async function filterPackets(cluster: TestCluster, filter: Filter): Promise<Undo> {
  const { machine, hook, match, verdict = 'drop', share = 1 } = filter;
  tables += 1;
  const table = `kit_fault_${process.pid}_${tables}`;
  const some = share < 1 ? `numgen random mod 1000 < ${Math.round(share * 1000)} ` : '';
  const words = { drop: 'drop', reject: 'reject', reset: 'reject with tcp reset' };
  const script = `table inet ${table} {
  chain faults {
    type filter hook ${hook} priority -310; policy accept;
    ${match} ${some}counter ${words[verdict]}
  }
}
`;
  await runOn(cluster.name, machine, ['nft', '-f', '-'], script);
  return once(async () => {
    await tryOn(cluster.name, machine, ['nft', 'delete', 'table', 'inet', table]);
  });
}

/** Packets from one node to another are lost, all of them or only the overlay's (VXLAN); in both directions on request. */
export async function blockNodes(
  cluster: TestCluster,
  from: string,
  to: string,
  options: PacketFault & { readonly both?: boolean; readonly only?: 'vxlan' } = {},
): Promise<Undo> {
  const port = options.only === 'vxlan' ? ' udp dport 8472' : '';
  const oneWay = (sender: string, receiver: string): Promise<Undo> =>
    filterPackets(cluster, {
      ...options,
      machine: receiver,
      hook: 'input',
      match: `ip saddr ${addressOf(cluster, sender)}${port}`,
    });
  const undos = [await oneWay(from, to), ...(options.both ? [await oneWay(to, from)] : [])];
  return allOf(...undos);
}

export interface PodTarget {
  readonly node: string;
  readonly ip: string;
}

/**
 * Packets to a pod (or from it) are lost on its node, as an enforced NetworkPolicy
 * would do it. The node's own packets, a kubelet's probes, still pass unless asked.
 */
export async function blockPod(
  cluster: TestCluster,
  pod: PodTarget,
  options: PacketFault & {
    readonly direction?: 'to' | 'from' | 'both';
    readonly port?: number;
    readonly protocol?: 'tcp' | 'udp';
    readonly probesToo?: boolean;
  } = {},
): Promise<Undo> {
  const { direction = 'to', port, protocol = 'tcp', verdict } = options;
  const portWords =
    port === undefined ? (verdict === 'reset' ? ' meta l4proto tcp' : '') : ` ${protocol} dport ${port}`;
  const matches = {
    to: [`ip daddr ${pod.ip}${portWords}`],
    from: [`ip saddr ${pod.ip}${portWords}`],
    both: [`ip daddr ${pod.ip}${portWords}`, `ip saddr ${pod.ip}${portWords}`],
  }[direction];
  const hooks = options.probesToo ? (['forward', 'output'] as const) : (['forward'] as const);
  const undos: Undo[] = [];
  for (const match of matches) {
    for (const hook of hooks) {
      undos.push(await filterPackets(cluster, { ...options, machine: pod.node, hook, match }));
    }
  }
  return allOf(...undos);
}

/** DNS over one protocol is lost on every node: from clients to the DNS Service, or from CoreDNS to the resolver above it. */
export async function blockDns(
  cluster: TestCluster,
  protocol: 'udp' | 'tcp',
  options: PacketFault & { readonly towards?: 'service' | 'upstream'; readonly nodes?: readonly string[] } = {},
): Promise<Undo> {
  const { towards = 'service', nodes = cluster.nodes } = options;
  const target = towards === 'service' ? dnsAddress : addressOf(cluster, 'plane');
  const undos: Undo[] = [];
  for (const machine of nodes) {
    // Clients' packets are met before the Service's address is translated.
    const hook = towards === 'service' && options.verdict !== 'reset' ? 'prerouting' : 'forward';
    const match =
      hook === 'prerouting' || towards === 'upstream'
        ? `ip daddr ${target} ${protocol} dport 53`
        : `ct original ip daddr ${target} ${protocol} dport 53`;
    undos.push(await filterPackets(cluster, { ...options, machine, hook, match }));
  }
  return allOf(...undos);
}
