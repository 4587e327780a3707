import type { SettingsDump } from '../../../../shared/datapath/dump/settings.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { about, place, where } from './words.ts';

/** The setting without which a node passes no packet on (Linux, Documentation/networking/ip-sysctl). */
const FORWARDING = { 4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding' } as const;

/** A node that does not forward: its pods reach nobody, and nobody reaches them, from outside the node. */
export const forwarding = defineCheck<NodeDumps>({
  id: 'netcni/forwarding',
  group: 'routes',
  needs: [],
  uses: ['Node'],
  applies: ({ settings }) => settings.length > 0,
  run: (dumps, { index }) =>
    dumps.settings.flatMap((dump) =>
      ([4, 6] as const).flatMap((family) => (isUsed(index, family) ? judge(dumps, dump, family) : [])),
    ),
});

/** Pods have IPv4 addresses unless the ranges of the nodes say otherwise, IPv6 ones only where these say so. */
function isUsed(index: ClusterIndex, family: 4 | 6): boolean {
  const families = index.list('Node').flatMap((node) => podRangesOf(node).map(({ range }) => range.family));
  return families.length === 0 ? family === 4 : families.includes(family);
}

function judge(dumps: NodeDumps, dump: SettingsDump, family: 4 | 6): readonly Finding[] {
  const name = FORWARDING[family];
  const setting = dump.values.get(name);
  if (setting?.value !== '0') return [];
  return [
    messages.CNI870.raise({
      ...about(dumps),
      args: { where: where(dumps), name, family },
      evidence: [{ fact: `${name} = 0`, source: place(dumps, dump, setting.line) }],
    }),
  ];
}
