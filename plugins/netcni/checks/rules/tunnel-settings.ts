import type { Link } from '../../../../shared/datapath/dump/links.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { tunnelSettings as settingsOf, type TunnelSettings } from '../../facts/tunnel-settings.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { about, dumpOf, place, where } from './words.ts';

/** VXLAN tunnels against what was configured, what the other nodes use, and the addresses of the node. */
export const tunnelSettings = defineCheck<NodeDumps>({
  id: 'netcni/tunnel-settings',
  group: 'tunnels',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: ({ links, node }) => node !== undefined && links?.some(({ vxlan }) => vxlan !== undefined) === true,
  run: (dumps, { index }) => {
    const node = index.get('Node', undefined, dumps.node ?? '');
    if (node === undefined) return [];
    return settingsOf(index, node).flatMap((settings) => {
      const all = (dumps.links ?? []).filter(({ name, vxlan }) => vxlan !== undefined && settings.device.test(name));
      // One of another number that was left behind is in nobody's way.
      const link = all.find(({ vxlan }) => vxlan?.id === settings.vni?.value) ?? all[0];
      if (link === undefined) return [];
      const problem = number(link, settings) ?? port(link, settings) ?? local(dumps, node, link, settings);
      return problem === undefined ? [] : [raise(index, dumps, link, problem)];
    });
  },
});

interface Problem {
  readonly what: string;
  readonly wanted: string;
  readonly effect: string;
  readonly fact: string;
  readonly against: Evidence;
  readonly severity: 'critical' | 'warning';
}

const APART = 'nodes of the two kinds do not reach each other';

function number({ vxlan }: Link, { vni }: TunnelSettings): Problem | undefined {
  if (vxlan === undefined || vni === undefined || vxlan.id === vni.value) return undefined;
  return {
    what: `VNI ${vxlan.id}`,
    wanted: `${vni.who} VNI ${vni.value}`,
    effect: APART,
    fact: `vxlan id ${vxlan.id}`,
    against: { fact: `VNI ${vni.value}`, source: vni.source },
    severity: 'critical',
  };
}

function port({ vxlan }: Link, { port: wanted }: TunnelSettings): Problem | undefined {
  if (vxlan?.port === undefined || wanted === undefined || vxlan.port === wanted.value) return undefined;
  return {
    what: `UDP port ${vxlan.port}`,
    wanted: `${wanted.who} ${wanted.value}${wanted.source.endsWith('the default') ? ' (the default)' : ''}`,
    effect: APART,
    fact: `dstport ${vxlan.port}`,
    against: { fact: `port ${wanted.value}`, source: wanted.source },
    // All may run on with the one that was configured before.
    severity: 'warning',
  };
}

/**
 * The kernel drops what a tunnel would send from an address that the machine does not have (ip_route_output_key_hash_rcu
 * in net/ipv4/route.c). Another address of its own is a fault only where the one that the others are told is its own too.
 */
function local(dumps: NodeDumps, node: Node, { vxlan }: Link, settings: TunnelSettings): Problem | undefined {
  const announced = settings.local;
  const from = vxlan?.local;
  if (from === undefined || announced === undefined || from === announced.value || settings.overwritten)
    return undefined;
  if (from.includes(':') !== announced.value.includes(':')) return undefined;
  const told = (node.status?.addresses ?? []).flatMap(({ address }) => address ?? []);
  const seen = (dumps.links ?? []).flatMap(({ addresses }) => addresses.map((text) => text.split('/')[0] ?? ''));
  const has = [...told, ...seen].includes(from);
  if (has && (told.includes(from) || ![...told, ...seen].includes(announced.value))) return undefined;
  return {
    what: `the local address ${from}`,
    wanted: has
      ? `the other nodes are told ${announced.value}`
      : `the node has ${joinNames([announced.value, ...told.filter((one) => one !== announced.value && /^[\d.]+$|:/.test(one))], 2)}`,
    effect: has ? 'they may refuse its packets' : 'the kernel sends nothing from an address that is not its own',
    fact: `local ${from}`,
    against: { fact: announced.value, source: announced.source },
    severity: !has && seen.length > 0 ? 'critical' : 'warning',
  };
}

function raise(index: ClusterIndex, dumps: NodeDumps, link: Link, problem: Problem): Finding {
  const { what, wanted, effect, fact, against, severity } = problem;
  const dump = dumpOf(dumps, 'links');
  return messages.CNI839.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      link: link.name,
      what,
      wanted,
      effect,
      fix: [
        { title: 'on the node: take the tunnel away', command: `ip link delete ${link.name}`, risk: 'high' },
        ...restartAgent(index, dumps.node).slice(-1),
      ],
    },
    severity,
    evidence: [{ fact, source: place(dumps, dump, link.line) }, against],
  });
}
