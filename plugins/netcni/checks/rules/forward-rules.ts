import type { RuleSet, Table } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { proxiesOf } from '../../../../shared/datapath/proxy/of-dumps.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { hasProxyRules } from '../../facts/replaced-proxy.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, place, restartProxy, where } from './words.ts';

/** kube-proxy's chain for packets that are passed on (pkg/proxy/iptables), in its iptables mode. */
export const forwardRules = defineCheck<NodeDumps>({
  id: 'netcni/forward-rules',
  group: 'service rules',
  needs: [],
  uses: AGENT_USES,
  applies: hasProxyRules,
  run: (dumps, { index }) =>
    ([4, 6] as const).flatMap((family) => {
      const [proxy] = proxiesOf(dumps, family);
      if (proxy?.set === undefined || proxy.rules.mode !== 'iptables' || proxy.rules.portals.size === 0) return [];
      const filter = filterOf(proxy.set, family);
      const what = filter === undefined ? undefined : lacking(filter);
      return filter === undefined || what === undefined ? [] : [tell(index, dumps, proxy.set, filter, what)];
    }),
});

/** Only a table with its chains declared, some of Kubernetes among them: what was cut down proves nothing by what it lacks. */
function filterOf({ tables }: RuleSet, family: 4 | 6): Table | undefined {
  return tables.find(
    (table) =>
      table.name === 'filter' &&
      table.family === (family === 4 ? 'ip' : 'ip6') &&
      table.excerpt !== true &&
      table.chains.get('FORWARD')?.policy !== undefined &&
      [...table.chains.keys()].some((name) => name.startsWith('KUBE-')),
  );
}

function lacking({ chains }: Table): string | undefined {
  const own = chains.get('KUBE-FORWARD');
  if (own === undefined) return 'the chain KUBE-FORWARD is gone';
  if (own.rules.length === 0) return 'the chain KUBE-FORWARD is empty';
  const jumps = chains
    .get('FORWARD')
    ?.rules.some(({ verdict }) => verdict.kind === 'jump' && verdict.chain === 'KUBE-FORWARD');
  return jumps === true ? undefined : 'chain FORWARD has no jump to KUBE-FORWARD';
}

function tell(index: ClusterIndex, dumps: NodeDumps, set: RuleSet, filter: Table, what: string): Finding {
  const forward = filter.chains.get('FORWARD');
  const drops = forward?.policy === 'drop';
  return messages.CNI813.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      what,
      effect: drops
        ? 'the policy DROP of FORWARD meets what no other rule lets pass'
        : 'packets of broken connections pass, and can reset sound ones',
      fix: restartProxy(index, dumps),
    },
    evidence: [
      { fact: what, source: `${place(dumps, set, filter.chains.get('KUBE-FORWARD')?.line ?? 0)} table filter` },
      { fact: `policy of FORWARD: ${forward?.policy ?? ''}`, source: place(dumps, set, forward?.line ?? 0) },
    ],
  });
}
