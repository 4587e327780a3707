import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { agentGroups } from '../../facts/agents.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { proxyWouldShow } from '../../facts/proxy-at-work.ts';
import { unknownNetwork } from '../../facts/unknown-network.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

/** Nobody turns ClusterIPs into addresses: no kube-proxy, and a plugin that could and is told not to. */
export const nobodyServesServices = defineCheck<ClusterSubject>({
  id: 'netcni/nobody-serves-services',
  group: 'kube-proxy',
  needs: ['DaemonSet'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const { kubeProxy, plugins } = detectNetwork(index);
    if (kubeProxy.elsewhere !== undefined || !proxyWouldShow(index)) return [];
    if (kubeProxy.sets.length > 0 || agentGroups(index).some(({ role }) => role === 'kube-proxy')) return [];
    const left = whatIsLeft(index);
    if (left !== undefined && !plugins.some(({ replacesKubeProxy }) => replacesKubeProxy?.value === true))
      return [left];
    // Without a setting that says no, who serves is simply not known.
    const told = plugins.find(({ replacesKubeProxy }) => replacesKubeProxy?.value === false);
    if (
      told?.replacesKubeProxy === undefined ||
      plugins.some(({ replacesKubeProxy }) => replacesKubeProxy?.value === true)
    )
      return [];
    return [
      nodeMessages.CNI210.raise({
        subject: { kind: 'Cluster', name: 'kube-proxy' },
        args: { title: told.title, setting: told.replacesKubeProxy.source, gone: false },
        evidence: [
          {
            fact: 'no DaemonSet, static pod or process of kube-proxy was found',
            source: 'DaemonSets and pods of kube-system',
          },
          {
            fact: `the replacement of kube-proxy is off (${nodeFacts(index).length} nodes)`,
            source: told.replacesKubeProxy.source,
          },
        ],
      }),
    ];
  },
});

/** Plugins that never do the work of kube-proxy. */
const LEAVES_IT: ReadonlySet<string> = new Set(['Flannel', 'Canal', 'Weave Net', 'kindnet']);

/** Its settings are still there and it is not, on a network whose plugin leaves that work to it. */
function whatIsLeft(index: ClusterIndex): Finding | undefined {
  const { primary } = detectNetwork(index);
  const config = index.get('ConfigMap', 'kube-system', 'kube-proxy');
  const title = primary?.title ?? (byHandAlone(index) ? 'a network of bridges and routes between the nodes' : '');
  if (config === undefined || title === '' || (primary !== undefined && !LEAVES_IT.has(primary.name))) return undefined;
  return nodeMessages.CNI210.raise({
    subject: { kind: 'Cluster', name: 'kube-proxy' },
    args: { title, setting: 'its ConfigMap is still there', gone: true },
    evidence: [
      { fact: 'no DaemonSet or static pod of kube-proxy was found', source: 'DaemonSets and pods of kube-system' },
      { fact: 'its settings are still there', source: 'ConfigMap kube-system/kube-proxy' },
    ],
  });
}

/** Nobody gives the network but files on the nodes, and no program on each node is left that could serve Services. */
function byHandAlone(index: ClusterIndex): boolean {
  const onNodes = index.list('DaemonSet').some(({ spec }) => spec?.template?.spec?.hostNetwork === true);
  return !onNodes && unknownNetwork(index)?.byHand === true;
}

/** kube-proxy runs on, although the plugin does its work. */
export const kubeProxyBesideReplacement = defineCheck<ClusterSubject>({
  id: 'netcni/kube-proxy-beside-replacement',
  group: 'kube-proxy',
  needs: ['DaemonSet'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const { kubeProxy, plugins } = detectNetwork(index);
    const set = kubeProxy.sets.find(({ status }) => (status?.desiredNumberScheduled ?? 0) > 0);
    const told = plugins.find(
      ({ replacesKubeProxy, alive }) => replacesKubeProxy?.value === true && alive !== 'leftover',
    );
    if (set === undefined || told?.replacesKubeProxy === undefined) return [];
    return [
      nodeMessages.CNI211.raise({
        subject: refOf(set, 'DaemonSet'),
        args: {
          title: told.title,
          setting: told.replacesKubeProxy.source,
          namespace: namespaceOf(set),
          set: nameOf(set),
        },
        evidence: [
          { fact: `${told.title} replaces kube-proxy`, source: told.replacesKubeProxy.source },
          {
            fact: `wanted on ${set.status?.desiredNumberScheduled ?? 0} nodes`,
            source: `DaemonSet ${namespaceOf(set)}/${nameOf(set)} status`,
          },
        ],
      }),
    ];
  },
});
