import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

interface Need {
  readonly mode: string;
  readonly source: string;
  readonly major: number;
  readonly minor: number;
}

/** Nodes whose kernel lacks what the chosen mode is built on. */
export const kernelTooOld = defineCheck<ClusterSubject>({
  id: 'netcni/kernel-too-old',
  group: 'nodes',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) =>
    needsOf(index).flatMap((need) => {
      const old = nodeFacts(index).flatMap(({ name, node, takesAgents }) => {
        const kernel = node.status?.nodeInfo?.kernelVersion ?? '';
        return takesAgents && isOlder(kernel, need) ? [{ name, kernel }] : [];
      });
      const [first] = old;
      if (first === undefined) return [];
      return [
        nodeMessages.CNI206.raise({
          subject: { kind: 'Node', name: first.name },
          args: {
            nodes: nodeWords(old.map(({ name }) => name)),
            mode: need.mode,
            needs: `${need.major}.${need.minor}`,
            have: first.kernel,
          },
          pods: old.map(({ name }) => nodeKey(name)),
          evidence: [
            { fact: `kernel ${first.kernel}`, source: `Node ${first.name} status.nodeInfo.kernelVersion` },
            { fact: need.mode, source: need.source },
          ],
        }),
      ];
    }),
});

/** Kubernetes (nftables mode), WireGuard's place in the kernel, Calico's and Cilium's system requirements. */
function needsOf(index: ClusterIndex): readonly Need[] {
  const { plugins, kubeProxy } = detectNetwork(index);
  const needs: Need[] = [];
  if (kubeProxy.mode?.value === 'nftables') {
    needs.push({ mode: 'kube-proxy in mode nftables', source: kubeProxy.mode.source, major: 5, minor: 13 });
  }
  for (const { name, title, encryption, dataplane, version } of plugins) {
    if (encryption?.value === 'wireguard') {
      needs.push({ mode: `WireGuard encryption of ${title}`, source: encryption.source, major: 5, minor: 6 });
    }
    if (name === 'Calico' && dataplane?.value === 'eBPF') {
      needs.push({ mode: 'the eBPF dataplane of Calico', source: dataplane.source, major: 5, minor: 3 });
    }
    if (name === 'Cilium' && dataplane !== undefined) {
      const modern = /^v?1\.(1[89]|[2-9]\d)\b/.test(version?.value ?? '');
      needs.push({
        mode: `${title}${version === undefined ? '' : ` ${version.value}`}`,
        source: version?.source ?? '',
        ...(modern ? { major: 5, minor: 10 } : { major: 4, minor: 19 }),
      });
    }
  }
  return needs;
}

/** Whether a kernel is older; enterprise kernels (`.el8`) carry newer code under an old number. */
function isOlder(kernel: string, { major, minor }: Need): boolean {
  const match = /^(\d+)\.(\d+)/.exec(kernel);
  if (match === null || /\.el\d/.test(kernel)) return false;
  const [have, less] = [Number(match[1]), Number(match[2])];
  return have < major || (have === major && less < minor);
}
