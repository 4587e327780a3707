import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** DNS214: whether the Corefile that is written is the one that runs. */
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
});
