import type { ConntrackDump, Flow } from '../../../../shared/datapath/dump/conntrack.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { dumpTime } from '../../../../shared/datapath/proxy/compare.ts';
import { type ExpectedPort, expectedPorts } from '../../../../shared/datapath/proxy/expected.ts';
import { portalKey, targetOf } from '../../../../shared/datapath/proxy/proxy-rules.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { about, place, where } from './words.ts';

/** Fill from which new connections are in danger; node-problem-detector warns at the same one. */
const WARN = 0.9;
const FULL = 0.97;

/** The table of connections: how full, and what sticks to the dead. */
export const connections = defineCheck<NodeDumps>({
  id: 'netcni/connections',
  group: 'connections',
  needs: [],
  uses: ['Service', 'EndpointSlice', 'Pod', 'Node'],
  applies: ({ conntrack }) => conntrack.length > 0,
  run: (dumps, { index, now }) => [...fill(dumps), ...drops(dumps), ...stuck(index, dumps, now)],
});

function fill(dumps: NodeDumps): readonly Finding[] {
  const max = dumps.conntrack.find((dump) => dump.max !== undefined)?.max;
  const counted = dumps.conntrack.find((dump) => dump.count !== undefined);
  const count = counted?.count;
  if (max === undefined || count === undefined || max <= 0 || count / max < WARN) return [];
  return [
    messages.CNI850.raise({
      ...about(dumps),
      args: { where: where(dumps), count, max, percent: Math.round((count / max) * 100) },
      severity: count / max >= FULL ? 'critical' : 'warning',
      evidence: [{ fact: `nf_conntrack_count ${count}, nf_conntrack_max ${max}`, source: place(dumps, counted, 0) }],
    }),
  ];
}

function drops(dumps: NodeDumps): readonly Finding[] {
  return dumps.conntrack.flatMap((dump) => {
    const count = dump.statistics.drop ?? 0;
    return count === 0
      ? []
      : [
          messages.CNI852.raise({
            ...about(dumps),
            args: { where: where(dumps), count },
            evidence: [
              { fact: `drop=${count}, early_drop=${dump.statistics.early_drop ?? 0}`, source: place(dumps, dump, 0) },
            ],
          }),
        ];
  });
}

/** UDP flows without an answer whose answer is awaited from somebody who is no endpoint of the Service any more. */
function stuck(index: ClusterIndex, dumps: NodeDumps, now: number): readonly Finding[] {
  const { settledBefore } = dumpTime(now, undefined);
  const groups = new Map<string, { expected: ExpectedPort; target: string; flows: Flow[]; dump: ConntrackDump }>();
  for (const dump of dumps.conntrack) {
    for (const flow of dump.flows) {
      if (flow.protocol !== 'udp' || !flow.unreplied) continue;
      const expected = byKey(index).get(portalKey(flow.destination, 'udp', flow.port));
      if (expected === undefined || !expected.sure || expected.changedAt > settledBefore) continue;
      const target = targetOf(flow.replySource, flow.replyPort);
      // Not translated at all: the flow began while there was no endpoint.
      if (flow.replySource === flow.destination || expected.known.has(target)) continue;
      const key = `${expected.key} ${target}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { expected, target, flows: [flow], dump });
      else group.flows.push(flow);
    }
  }
  return [...groups.values()].map(({ expected, target, flows, dump }) =>
    messages.CNI851.raise({
      ...about(dumps),
      args: { where: where(dumps), service: expected.name, target, count: flows.length },
      evidence: flows.slice(0, 3).map(({ source, destination, port, line }) => ({
        fact: `${source} to ${destination}:${port} is answered by ${target}, unreplied`,
        source: place(dumps, dump, line),
      })),
    }),
  );
}

function byKey(index: ClusterIndex): ReadonlyMap<string, ExpectedPort> {
  return index.memo('netcni/ports-by-key', () => {
    const map = new Map<string, ExpectedPort>();
    for (const family of [4, 6] as const) for (const port of expectedPorts(index, family)) map.set(port.key, port);
    return map;
  });
}
