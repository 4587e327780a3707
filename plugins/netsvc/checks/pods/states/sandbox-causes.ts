import { sandboxCause as causeOf, type SandboxCause } from '../../../../../shared/datapath/cni/sandbox-cause.ts';
import type { Fix } from '../../../../../shared/messages/finding.ts';

/** How to find the agents of a plugin. */
const AGENTS: Readonly<Partial<Record<NonNullable<SandboxCause['plugin']>, string>>> = {
  Calico: '-A -l k8s-app=calico-node',
  Cilium: '-n kube-system -l k8s-app=cilium',
  Flannel: '-A -l app=flannel',
  'Weave Net': '-n kube-system -l name=weave-net',
  'AWS VPC CNI': '-n kube-system -l k8s-app=aws-node',
  'Azure CNI': '-n kube-system -l k8s-app=azure-cns',
  Antrea: '-n kube-system -l app=antrea',
  'OVN-Kubernetes': '-A -l app=ovnkube-node',
};

/** Hands over to the plugin for the network under the pods. */
export const LOOK_AT_NETWORK: Fix = {
  title: 'examine the pod network of the nodes',
  command: 'kubectl netcni',
  risk: 'none',
};

/** What a message about a sandbox means, and where to look. */
export function sandboxCause(message: string): { readonly words: string; readonly fixes: readonly Fix[] } {
  const { meaning, plugin, trouble, words: core } = causeOf(message);
  const words = meaning === '' ? core : `${meaning} (${core})`;
  if (trouble === 'runtime') return { words, fixes: [] };
  const agents = plugin === undefined ? undefined : AGENTS[plugin];
  return {
    words,
    fixes: [
      LOOK_AT_NETWORK,
      {
        title: "see whether the plugin's agents run on the node",
        command: `kubectl get pods ${agents ?? '-n kube-system'} -o wide`,
        risk: 'none',
      },
    ],
  };
}
