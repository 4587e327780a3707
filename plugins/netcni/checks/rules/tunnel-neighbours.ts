import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { flannelOf, podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { formatAddress } from '../../../../shared/util/addresses.ts';
import { downNodes } from '../../facts/nodes.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { about, dumpOf, place, where } from './words.ts';

const YOUNG_MS = 60_000;

/** The end of the tunnel of another node, as that node announces it. */
interface TunnelEnd {
  readonly device: RegExp;
  readonly mac: string;
  /** The address of the node that carries the tunnel. */
  readonly host: string;
  /** The address of the tunnel itself. */
  readonly inner: string;
  readonly source: string;
}

/** VXLAN of Flannel and Calico: for each other node its MAC with the host address (fdb), and its inner address with the MAC (neigh). */
export const tunnelNeighbours = defineCheck<NodeDumps>({
  id: 'netcni/tunnel-neighbours',
  group: 'tunnels',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: ({ fdb, neighbours, node }) => (fdb !== undefined || neighbours !== undefined) && node !== undefined,
  run: (dumps, { index, now }) =>
    index.list('Node').flatMap((other) => {
      const age = now - Date.parse(other.metadata?.creationTimestamp ?? '');
      if (nameOf(other) === dumps.node || !(age > YOUNG_MS) || downNodes(index).has(nameOf(other))) return [];
      return [flannelEnd(other, 4), flannelEnd(other, 6), calicoEnd(other)].flatMap((end) =>
        end === undefined ? [] : judge(index, dumps, other, end),
      );
    }),
});

function flannelEnd(other: Node, family: 4 | 6): TunnelEnd | undefined {
  const flannel = flannelOf(other, family);
  if (flannel?.backend !== 'vxlan' || flannel.mac === undefined || flannel.publicAddress === undefined)
    return undefined;
  const range = podRangesOf(other).find((entry) => entry.range.family === family)?.range;
  if (range === undefined) return undefined;
  return {
    device: /^flannel(-v6)?\.\d+$/,
    mac: flannel.mac,
    host: flannel.publicAddress,
    inner: formatAddress({ family, value: range.first }),
    source: 'annotations flannel.alpha.coreos.com',
  };
}

/** Written by calico-node (libcalico-go/lib/backend/k8s/resources/node.go); without the MAC Felix reckons one from the name. */
function calicoEnd({ metadata, status }: Node): TunnelEnd | undefined {
  const notes = metadata?.annotations ?? {};
  const inner = notes['projectcalico.org/IPv4VXLANTunnelAddr'];
  const mac = notes['projectcalico.org/VXLANTunnelMACAddr'];
  const own =
    notes['projectcalico.org/IPv4Address'] ?? status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (inner === undefined || mac === undefined || own === undefined) return undefined;
  return {
    device: /^vxlan\.calico$/,
    mac: mac.toLowerCase(),
    host: own.replace(/\/\d+$/, ''),
    inner,
    source: 'annotations projectcalico.org',
  };
}

function judge(index: ClusterIndex, dumps: NodeDumps, other: Node, end: TunnelEnd): readonly Finding[] {
  if (isDirect(index, dumps, end)) return [];
  const problem = inFdb(dumps, end) ?? inNeighbours(dumps, end);
  if (problem === undefined) return [];
  return [
    messages.CNI840.raise({
      ...about(dumps),
      args: { where: where(dumps), other: nameOf(other), what: problem.fact, fix: restartAgent(index, dumps.node) },
      evidence: [problem, { fact: `MAC ${end.mac}, host ${end.host}`, source: `Node ${nameOf(other)} ${end.source}` }],
    }),
  ];
}

/** Where a tunnel is used between subnets only, nodes of one subnet do without; their routes, or the setting, tell. */
function isDirect(index: ClusterIndex, dumps: NodeDumps, { inner, device }: TunnelEnd): boolean {
  const out = dumps.routes === undefined ? undefined : lookUp(dumps.routes, inner)?.hops[0]?.device;
  if (out !== undefined) return !device.test(out);
  return (detectNetwork(index).primary?.encapsulations ?? []).some(({ value }) => value.when === 'crossSubnet');
}

function inFdb(dumps: NodeDumps, { device, mac, host }: TunnelEnd): Evidence | undefined {
  if (dumps.fdb === undefined) return undefined;
  const own = dumps.fdb.filter((entry) => device.test(entry.device));
  const entries = own.filter((entry) => entry.mac === mac);
  if (entries.some(({ dst }) => dst === host)) return undefined;
  const [wrong] = entries;
  if (wrong !== undefined) {
    return {
      fact: `${mac} is looked for at ${wrong.dst ?? 'no address'} instead of ${host}`,
      source: place(dumps, dumpOf(dumps, 'fdb'), wrong.line),
    };
  }
  // A table without the tunnel at all was asked of another device (bridge fdb show dev cni0).
  if (
    own.length === 0 &&
    dumps.fdb.some((entry) => entry.device !== '') &&
    new Set(dumps.fdb.map((entry) => entry.device)).size < 2
  )
    return undefined;
  return { fact: `no entry for ${mac} (${host})`, source: `${place(dumps, dumpOf(dumps, 'fdb'), 0)} bridge fdb` };
}

function inNeighbours(dumps: NodeDumps, { device, inner, mac }: TunnelEnd): Evidence | undefined {
  if (dumps.neighbours === undefined) return undefined;
  const own = dumps.neighbours.filter((entry) => device.test(entry.device));
  const entry = own.find(({ address }) => address === inner);
  if (entry === undefined) {
    // A list that tells of one device only was asked for that one.
    return own.length === 0 && new Set(dumps.neighbours.map((one) => one.device)).size < 2
      ? undefined
      : {
          fact: `no neighbour ${inner} in the tunnel`,
          source: `${place(dumps, dumpOf(dumps, 'neighbours'), 0)} ip neigh`,
        };
  }
  if (entry.mac === mac) return undefined;
  return {
    fact: `neighbour ${inner} has ${entry.mac ?? `no MAC (${entry.state})`} instead of ${mac}`,
    source: place(dumps, dumpOf(dumps, 'neighbours'), entry.line),
  };
}
