import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** DNS214, DNS218: whether the Corefile that is written is the one that runs. */
export const corefileInForceMessages = defineMessages({
  DNS214: message<{
    pods: readonly string[];
    all: boolean;
    place: string;
    namespace: string;
  }>({
    slug: 'older-corefile-runs',
    severity: 'warning',
    rung: 26,
    covers: ['DNS276'],
    title: 'servers run on another Corefile than the ConfigMap holds',
    summary: ({ pods, all, place }) =>
      `${all ? 'the DNS servers run' : `${joinNames([...pods])} ${pods.length === 1 ? 'runs' : 'run'}`} on another Corefile than ${place} holds: its last change is not in force there`,
    explain:
      'Each server logs a hash of the Corefile that it runs on, and that of the ConfigMap was computed. A change comes into ' +
      'force within two or three minutes, when the kubelet has renewed the file and plugin reload has seen it. Without plugin ' +
      'reload, after a reload that failed, or where the file is mounted with subPath, it never does, until the server is ' +
      'started anew. The same name then has different answers, depending on the server that is asked.',
    fixes: ({ pods, all, namespace }) => [
      {
        title: all
          ? 'start the servers anew, one by one'
          : 'start anew what runs on the other text; the others answer meanwhile',
        command: all
          ? `kubectl rollout restart deployment coredns -n ${namespace}`
          : `kubectl delete pod ${pods.join(' ')} -n ${namespace}`,
        risk: 'low',
      },
    ],
  }),

  DNS218: message<{ namespace: string; keys: readonly string[]; imports: readonly string[] }>({
    slug: 'custom-key-unread',
    severity: 'warning',
    rung: 60,
    title: 'settings in coredns-custom are read by nobody',
    summary: ({ namespace, keys, imports }) =>
      `${joinNames([...keys])} of ConfigMap ${namespace}/coredns-custom ${keys.length === 1 ? 'has' : 'have'} no effect: ${imports.length === 0 ? 'the Corefile imports nothing' : `the Corefile takes ${joinNames(imports.map((line) => line.replace(/^import\s+\S*?([^/\s]+)$/, '$1')))} only`}`,
    explain:
      'AKS, Gardener and K3s import keys of ConfigMap coredns-custom by their endings: NAME.server holds whole server blocks, ' +
      'NAME.override lines for the block of ".". A key with another ending is passed over without a word. Other ' +
      'distributions (kubeadm, EKS) have no such import: there the settings belong into the Corefile itself.',
    fixes: ({ namespace, keys, imports }) => [
      imports.length === 0
        ? {
            title: 'write them into the Corefile',
            command: `kubectl edit configmap coredns -n ${namespace}`,
            risk: 'low',
          }
        : {
            title: `give ${keys[0] ?? 'the key'} a name with such an ending`,
            command: `kubectl edit configmap coredns-custom -n ${namespace}`,
            risk: 'low',
          },
    ],
  }),
});
