import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** CNI870 to CNI879: settings of the kernel (sysctl) on nodes. */
export const rulesSettingsMessages = defineMessages({
  CNI870: message<{ where: string; name: string; family: 4 | 6; device: string }>({
    slug: 'node-does-not-forward',
    severity: 'critical',
    rung: 50,
    title: 'the node passes no packets on',
    summary: ({ where, name, family, device }) =>
      device === ''
        ? `${where} does not forward IPv${family} packets (${name} = 0): its pods reach nobody outside the node, and nobody reaches them`
        : `${where} does not forward IPv${family} packets that come in by ${device} (${name} = 0)`,
    explain:
      'A node is the router of its pods. Network plugins and the container runtime switch forwarding on when they start; a ' +
      'later sysctl (hardening scripts, a file in /etc/sysctl.d that is loaded after them, cloud-init, tuned, systemd-networkd) ' +
      'switches it off again, for all or for one interface, and every packet from or to a pod is dropped without a word. Pods ' +
      'of the node with hostNetwork are spared.\n' +
      'Switch it on, then find what switched it off: grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d.',
    fixes: ({ name }) => setting(name, 1, 0, '99-kubernetes-forward'),
  }),

  CNI871: message<{ where: string; what: string; loaded: boolean }>({
    slug: 'bridged-packets-skip-rules',
    severity: 'critical',
    rung: 50,
    title: 'packets between pods of one bridge pass by the rules',
    summary: ({ where, what }) =>
      `on ${where} rules do not see what the bridge of the pods hands on (${what}): a pod gets no answer from a Service whose endpoint is on the same node`,
    explain:
      'A request to a ClusterIP is turned towards a pod by rules. When that pod is in the same bridge, its answer goes straight ' +
      'from port to port; unless the bridge shows it to the rules, nobody turns it back, and the client drops an answer from an ' +
      'address it never asked. It looks like a Service, often DNS, that fails now and then: on the share of requests that meet an ' +
      'endpoint of the same node.\n' +
      'kubeadm asked for br_netfilter before 1.30, and Flannel does since 0.25; a module that is only loaded by hand is gone after ' +
      'the next start. Clusters whose pods are not in a bridge (Calico, Cilium, kindnet, AWS) do not need it.',
    fixes: ({ loaded }) => [
      {
        title: 'switch it on now, on the node',
        command: `${loaded ? '' : 'modprobe br_netfilter && '}sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1`,
        risk: 'low',
        undo: loaded
          ? 'sysctl -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0'
          : 'modprobe -r br_netfilter',
      },
      {
        title: 'and after the next start',
        command:
          "echo br_netfilter > /etc/modules-load.d/kubernetes.conf; printf 'net.bridge.bridge-nf-call-iptables = 1\\nnet.bridge.bridge-nf-call-ip6tables = 1\\n' > /etc/sysctl.d/99-kubernetes-bridge.conf",
        risk: 'low',
        undo: 'rm /etc/modules-load.d/kubernetes.conf /etc/sysctl.d/99-kubernetes-bridge.conf',
      },
    ],
  }),

  CNI872: message<{ where: string; name: string; value: number; effect: string; better: number; each: string }>({
    slug: 'reverse-path-filter',
    severity: 'critical',
    confidence: 'likely',
    rung: 50,
    title: 'the check of where packets come from is set against the network plugin',
    summary: ({ where, name, value, effect }) => `on ${where} ${name} is ${value}: ${effect}`,
    explain:
      'rp_filter lets the kernel drop packets that come in by another interface than the one a packet back would leave by: 1 is ' +
      'strict, 2 asks only for any way back, 0 does not ask. Of the value for all and that of an interface the larger counts.\n' +
      'Plugins set it for their interfaces, and files of the distribution (systemd 245 and later: /usr/lib/sysctl.d/50-default.conf) ' +
      'set it again for each new one. Name the interfaces in a file that is read later, such as /etc/sysctl.d/99-override.conf.',
    fixes: ({ name, value, better, each }) => [
      {
        title: 'set it now, on the node',
        command: `sysctl -w ${name}=${better}`,
        risk: 'low',
        undo: `sysctl -w ${name}=${value}`,
      },
      {
        title: 'and after the next start',
        command: `echo '${each} = ${better}' > /etc/sysctl.d/99-override_rp_filter.conf && systemctl restart systemd-sysctl`,
        risk: 'low',
        undo: 'rm /etc/sysctl.d/99-override_rp_filter.conf',
      },
    ],
  }),

  CNI873: message<{ where: string }>({
    slug: 'ipv6-switched-off',
    severity: 'critical',
    rung: 50,
    title: 'IPv6 is switched off on a node whose pods need it',
    summary: ({ where }) =>
      `IPv6 is switched off on ${where} (net.ipv6.conf.all.disable_ipv6 = 1), and its pods have IPv6 addresses`,
    explain:
      'No interface of the node has an IPv6 address any more, so its pods lose that half of their network, or all of it. ' +
      'Hardening guides switch IPv6 off where nobody uses it; here the nodes have podCIDRs of IPv6.',
    fixes: () => setting('net.ipv6.conf.all.disable_ipv6', 0, 1, '99-kubernetes-ipv6'),
  }),
});

/** Sets a value now, and after the next start. */
function setting(name: string, value: number, before: number, file: string) {
  return [
    {
      title: 'set it now, on the node',
      command: `sysctl -w ${name}=${value}`,
      risk: 'low' as const,
      undo: `sysctl -w ${name}=${before}`,
    },
    {
      title: 'and keep it after the next start',
      command: `echo '${name} = ${value}' > /etc/sysctl.d/${file}.conf`,
      risk: 'low' as const,
      undo: `rm /etc/sysctl.d/${file}.conf`,
    },
  ];
}
