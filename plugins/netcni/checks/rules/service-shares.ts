import { kubeProxySetup } from '../../../../shared/datapath/cni/kube-proxy.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { portsByChain } from '../../../../shared/datapath/proxy/expected.ts';
import { type FoundProxy, proxiesInMode } from '../../../../shared/datapath/proxy/of-dumps.ts';
import type { ChainEndpoint, ServiceChain } from '../../../../shared/datapath/proxy/proxy-rules.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { plural } from '../../../../shared/util/text.ts';
import { hasProxyRules } from '../../facts/replaced-proxy.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, place, restartProxy, where } from './words.ts';

/** kube-proxy gives each endpoint the same; probabilities are rounded in the dump. */
const UNEVEN = 2;
const NOTHING = 1e-6;
const MOST = 6;

/** How requests to a Service are divided among its endpoints. */
export const serviceShares = defineCheck<NodeDumps>({
  id: 'netcni/service-shares',
  group: 'service rules',
  needs: [],
  uses: [...AGENT_USES, 'Service', 'EndpointSlice'],
  applies: hasProxyRules,
  run: (dumps, { index }) =>
    ([4, 6] as const).flatMap((family) => {
      const [proxy] = proxiesInMode(dumps, family, kubeProxySetup(index).mode?.value);
      return proxy === undefined ? [] : judge(index, dumps, proxy);
    }),
});

function judge(index: ClusterIndex, dumps: NodeDumps, proxy: FoundProxy): readonly Finding[] {
  const ports = portsByChain(index, proxy.rules.family);
  const wrong = [...proxy.rules.chains.values()].flatMap((chain) => {
    const what = unfair(chain);
    const name = ports.get(chain.name)?.name;
    return what === undefined || name === undefined ? [] : [{ chain, name, what }];
  });
  const [first] = wrong;
  if (first === undefined) return [];
  const more = wrong.length === 1 ? '' : ` (and ${plural(wrong.length - 1, 'other Service port')})`;
  return [
    messages.CNI812.raise({
      ...about(dumps),
      severity: wrong.some(({ chain }) => isLosing(chain)) ? 'critical' : 'warning',
      args: { where: where(dumps), service: `${first.name}${more}`, what: first.what, fix: restartProxy(index, dumps) },
      evidence: wrong.slice(0, MOST).flatMap(({ chain }) => [
        ...chain.endpoints.map(({ target, chain: name, share, line }) => ({
          fact: `${target === '' ? name : target} gets ${percent(share)}`,
          source: place(dumps, proxy.set, line),
        })),
        ...(isLosing(chain)
          ? [{ fact: `no rule takes ${percent(chain.unclaimed)}`, source: place(dumps, proxy.set, chain.line) }]
          : []),
      ]),
    }),
  ];
}

function unfair(chain: ServiceChain): string | undefined {
  if (isLosing(chain)) return `no rule takes ${percent(chain.unclaimed)} of the requests, which get no answer`;
  const told = chain.endpoints.filter((one): one is ChainEndpoint & { share: number } => one.share !== undefined);
  if (told.length < 2) return undefined;
  const least = told.reduce((a, b) => (b.share < a.share ? b : a));
  const most = told.reduce((a, b) => (b.share > a.share ? b : a));
  if (least.share < NOTHING) return `no request comes to ${least.target || least.chain}`;
  if (most.share / least.share <= UNEVEN) return undefined;
  return `${most.target || most.chain} gets ${percent(most.share)}, ${least.target || least.chain} ${percent(least.share)}`;
}

function isLosing({ unclaimed = 0 }: ServiceChain): boolean {
  return unclaimed > NOTHING;
}

function percent(share = 0): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(2) : Math.round(value)} %`;
}
