import { flannelNetwork } from '../../../../shared/datapath/cni/settings-flannel.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { flannelOf, podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { formatAddress } from '../../../../shared/util/addresses.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { restartAgent } from '../restart-agent.ts';
import { about, place, where } from './words.ts';

const YOUNG_MS = 60_000;
const DEVICE = /^flannel(-v6)?\.\d+$/;

/** Flannel's tunnel: for each other node its MAC with the host address (fdb), and its first address with the MAC (neigh). */
export const tunnelNeighbours = defineCheck<NodeDumps>({
  id: 'netcni/tunnel-neighbours',
  group: 'tunnels',
  needs: ['Node'],
  uses: ['ConfigMap', 'DaemonSet', 'Pod'],
  applies: ({ fdb, neighbours, node }) => (fdb !== undefined || neighbours !== undefined) && node !== undefined,
  run: (dumps, { index, now }) =>
    index.list('Node').flatMap((other) => {
      if (nameOf(other) === dumps.node || !(now - Date.parse(other.metadata?.creationTimestamp ?? '') > YOUNG_MS))
        return [];
      return ([4, 6] as const).flatMap((family) => judge(index, dumps, other, family));
    }),
});

function judge(index: ClusterIndex, dumps: NodeDumps, other: Node, family: 4 | 6): readonly Finding[] {
  const flannel = flannelOf(other, family);
  if (flannel?.backend !== 'vxlan' || flannel.mac === undefined || flannel.publicAddress === undefined) return [];
  const range = podRangesOf(other).find((entry) => entry.range.family === family)?.range;
  const vtep = range === undefined ? undefined : formatAddress({ family, value: range.first });
  if (vtep === undefined || isDirect(index, dumps, vtep)) return [];
  const problem = inFdb(dumps, flannel.mac, flannel.publicAddress) ?? inNeighbours(dumps, vtep, flannel.mac);
  if (problem === undefined) return [];
  return [
    messages.CNI840.raise({
      ...about(dumps),
      args: { where: where(dumps), other: nameOf(other), what: problem.fact, fix: restartAgent(index, dumps.node) },
      evidence: [
        problem,
        {
          fact: `VtepMAC ${flannel.mac}, public-ip ${flannel.publicAddress}`,
          source: `Node ${nameOf(other)} annotations flannel.alpha.coreos.com`,
        },
      ],
    }),
  ];
}

/** With DirectRouting nodes of one subnet do without the tunnel; their routes, or the setting, tell. */
function isDirect(index: ClusterIndex, dumps: NodeDumps, vtep: string): boolean {
  const device = dumps.routes === undefined ? undefined : lookUp(dumps.routes, vtep)?.hops[0]?.device;
  if (device !== undefined) return !DEVICE.test(device);
  const backend = flannelNetwork(index)?.value.Backend as { readonly DirectRouting?: boolean } | undefined;
  return backend?.DirectRouting === true;
}

function inFdb(dumps: NodeDumps, mac: string, host: string): Evidence | undefined {
  if (dumps.fdb === undefined) return undefined;
  const own = dumps.fdb.filter((entry) => DEVICE.test(entry.device));
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
    dumps.fdb.some(({ device }) => device !== '') &&
    new Set(dumps.fdb.map(({ device }) => device)).size < 2
  )
    return undefined;
  return { fact: `no entry for ${mac} (${host})`, source: `${place(dumps, dumpOf(dumps, 'fdb'), 0)} bridge fdb` };
}

function inNeighbours(dumps: NodeDumps, vtep: string, mac: string): Evidence | undefined {
  if (dumps.neighbours === undefined) return undefined;
  const own = dumps.neighbours.filter((entry) => DEVICE.test(entry.device));
  const entry = own.find(({ address }) => address === vtep);
  if (entry === undefined) {
    return own.length === 0
      ? undefined
      : {
          fact: `no neighbour ${vtep} in the tunnel`,
          source: `${place(dumps, dumpOf(dumps, 'neighbours'), 0)} ip neigh`,
        };
  }
  if (entry.mac === mac) return undefined;
  return {
    fact: `neighbour ${vtep} has ${entry.mac ?? `no MAC (${entry.state})`} instead of ${mac}`,
    source: place(dumps, dumpOf(dumps, 'neighbours'), entry.line),
  };
}

function dumpOf(dumps: NodeDumps, kind: 'fdb' | 'neighbours'): unknown {
  return dumps.files.flatMap((file) => file.dumps).find((dump) => dump.kind === kind);
}
