import type { Command } from '../../../shared/cli/command.ts';

/** What stands in /etc/resolv.conf of a pod. */
export const resolvconf: Command = {
  name: 'resolvconf',
  usage: 'POD',
  summary: 'what the kubelet writes into resolv.conf of a pod, and why',
  about:
    'Worked out from dnsPolicy, dnsConfig, hostNetwork and what kubelets were given, without entering the pod. A workload ' +
    'stands for its pods: deploy/NAME.',
  examples: [
    { line: 'kubectl netdns resolvconf web-1 -n shop', says: 'one pod' },
    { line: 'kubectl netdns resolvconf deploy/web -o json', says: 'the pods of a Deployment' },
  ],
  formats: ['table', 'json', 'yaml'],
  watches: true,
  completes: 'pod',
  run: async (request) => (await import('../actions/resolvconf.ts')).runResolvconf(request),
};
