import type { RuleSet } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { proxiesOf } from '../../../../shared/datapath/proxy/of-dumps.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { joinAnd, plural } from '../../../../shared/util/text.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, place, restartProxy, where } from './words.ts';

/** Rules of Kubernetes in both iptables, and rules of two modes of kube-proxy. */
export const twoSystems = defineCheck<NodeDumps>({
  id: 'netcni/two-rule-systems',
  group: 'service rules',
  needs: [],
  uses: AGENT_USES,
  applies: ({ rules }) => rules.length > 0,
  run: (dumps, { index }) => {
    const modes = [
      ...new Set(
        ([4, 6] as const).flatMap((family) =>
          proxiesOf(dumps, family)
            .filter(({ rules }) => rules.portals.size > 0)
            .map(({ rules }) => rules.mode),
        ),
      ),
    ];
    const replaced = leftBehind(index, dumps);
    if (replaced.length > 0) return [...twoIptables(dumps), ...replaced];
    const both =
      modes.length < 2
        ? []
        : [
            messages.CNI809.raise({
              ...about(dumps),
              args: {
                where: where(dumps),
                modes: `${joinAnd(modes.map((mode) => `kube-proxy's ${mode} mode`))}`,
                fix: restartProxy(index, dumps),
              },
              evidence: proxiesOf(dumps, 4).map(({ rules, set }) => ({
                fact: `${plural(rules.portals.size, 'ClusterIP port')} in ${rules.mode} mode`,
                source: place(dumps, set, 0),
              })),
            }),
          ];
    return [...twoIptables(dumps), ...both];
  },
});

/** kube-proxy was replaced and its rules were left. */
function leftBehind(index: ClusterIndex, dumps: NodeDumps): readonly Finding[] {
  const plugin = proxyReplacement(index);
  const old = ([4, 6] as const)
    .flatMap((family) => proxiesOf(dumps, family))
    .filter(({ rules }) => rules.portals.size > 0);
  if (plugin === undefined || old.length === 0) return [];
  const { title, replacesKubeProxy } = plugin;
  return [
    messages.CNI809.raise({
      ...about(dumps),
      args: {
        where: where(dumps),
        modes: `kube-proxy, which is gone, and of ${title}`,
        fix: old.some(({ rules }) => rules.mode === 'iptables') ? TAKE_AWAY : [],
      },
      severity: 'info',
      evidence: [
        ...old.map(({ rules, set }) => ({
          fact: `${plural(rules.portals.size, 'ClusterIP port')} in ${rules.mode} mode`,
          source: place(dumps, set, 0),
        })),
        { fact: `${title} replaces kube-proxy`, source: replacesKubeProxy?.source ?? '' },
      ],
    }),
  ];
}

const TAKE_AWAY: readonly Fix[] = [
  {
    title: 'on the node: take its rules away (or start the node anew)',
    command: 'iptables-save > before.rules && grep -v KUBE before.rules | iptables-restore',
    risk: 'high',
    undo: 'iptables-restore < before.rules',
  },
];

function twoIptables(dumps: NodeDumps): readonly Finding[] {
  const legacy = dumps.rules.filter(({ tool, backend }) => tool === 'iptables' && backend === 'legacy');
  const modern = dumps.rules.filter(({ tool, backend }) => tool === 'nft' || backend === 'nft');
  const [old, fresh] = [kubeRules(legacy), kubeRules(modern)];
  if (old > 0 && fresh > 0) {
    return [
      messages.CNI808.raise({
        ...about(dumps),
        args: { where: where(dumps), what: `${old} rules in legacy, ${fresh} in nft` },
        confidence: 'proven',
        evidence: [...legacy, ...modern].map((set) => ({
          fact: `${kubeRules([set])} rules in chains of Kubernetes`,
          source: `${place(dumps, set, 0)} (${set.backend})`,
        })),
      }),
    ];
  }
  return [];
}

/** Rules in chains that kube-proxy fills; canaries and hints of the kubelet do not count. */
function kubeRules(sets: readonly RuleSet[]): number {
  let count = 0;
  for (const set of sets) {
    for (const table of set.tables) {
      if (table.name === 'kube-proxy') continue;
      for (const chain of table.chains.values()) {
        if (/^KUBE-(SERVICES|SVC-|SEP-|NODEPORTS|EXT-)/.test(chain.name)) count += chain.rules.length;
      }
    }
  }
  return count;
}
