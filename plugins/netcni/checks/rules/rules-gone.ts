import { kubeProxySetup } from '../../../../shared/datapath/cni/kube-proxy.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { type DumpTime, dumpTime } from '../../../../shared/datapath/proxy/compare.ts';
import { expectedPorts } from '../../../../shared/datapath/proxy/expected.ts';
import { writtenAt } from '../../../../shared/datapath/proxy/of-dumps.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { about, place, restartProxy, where } from './words.ts';

/** A dump that ought to hold kube-proxy's rules of a family and holds none at all. */
export function goneAltogether(index: ClusterIndex, dumps: NodeDumps, family: 4 | 6, now: number): readonly Finding[] {
  const mode = kubeProxySetup(index).mode?.value;
  const name = family === 4 ? 'ip' : 'ip6';
  if (mode === 'ipvs') return noVirtualServers(index, dumps, family, now);
  const set = dumps.rules.find(({ tool, tables }) =>
    mode === 'iptables'
      ? tool === 'iptables' &&
        tables.some((table) => table.family === name && table.name === 'nat' && table.chains.size > 0)
      : mode === 'nftables' &&
        tool === 'nft' &&
        tables.some((table) => table.family === name || table.family === 'inet'),
  );
  if (set === undefined || mode === undefined || !runsHere(index, dumps)) return [];
  const time = dumpTime(now, writtenAt(set));
  const wanted = portsToExpect(index, family, time);
  if (wanted === 0) return [];
  // The kubelet writes to the iptables that kube-proxy uses: with its mark the dump is of the right one.
  const marked = set.tables.some((table) =>
    [...table.chains.keys()].some((chain) => /^KUBE-(KUBELET-CANARY|IPTABLES-HINT)$/.test(chain)),
  );
  if (mode === 'iptables' && !marked && set.backend === 'legacy') return [];
  return [
    messages.CNI802.raise({
      ...about(dumps),
      args: { where: where(dumps), wanted, mode: `${mode} mode, IPv${family}`, fix: restartProxy(index, dumps) },
      confidence: 'likely',
      evidence: [
        {
          fact: mode === 'nftables' ? `no chain in a table ${name} kube-proxy` : `no chain of kube-proxy in table nat`,
          source: place(dumps, set, 0),
        },
      ],
    }),
  ];
}

/** Ports of Services that any node has had time to make rules for. */
function portsToExpect(index: ClusterIndex, family: 4 | 6, time: DumpTime): number {
  return expectedPorts(index, family).filter(
    ({ known, sure, local }) =>
      sure && !local && [...known.values()].some(({ ready, since }) => ready && since <= time.settledBefore),
  ).length;
}

/** `ipvsadm -Ln` of a node whose kube-proxy works with virtual servers, and there is none. */
function noVirtualServers(index: ClusterIndex, dumps: NodeDumps, family: 4 | 6, now: number): readonly Finding[] {
  const [dump] = dumps.ipvs;
  const wanted = portsToExpect(index, family, dumpTime(now, undefined));
  if (dump === undefined || dump.named > 0 || wanted === 0 || !runsHere(index, dumps)) return [];
  return [
    messages.CNI802.raise({
      ...about(dumps),
      args: { where: where(dumps), wanted, mode: `ipvs mode, IPv${family}`, fix: restartProxy(index, dumps) },
      confidence: 'likely',
      evidence: [{ fact: `no virtual server of IPv${family}`, source: place(dumps, dump, 0) }],
    }),
  ];
}

/** kube-proxy ought to run on this node: one of its pods does, or it is part of another process. */
function runsHere(index: ClusterIndex, { node }: NodeDumps): boolean {
  const { elsewhere, sets } = kubeProxySetup(index);
  if (elsewhere !== undefined) return true;
  return sets.length > 0 && node !== undefined;
}
