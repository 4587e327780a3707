import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

export interface UpstreamArgs {
  /** `names outside of the cluster`, `names of corp.example`. */
  readonly names: string;
  /** `10.0.0.2:53`, or what the Corefile says. */
  readonly upstream: string;
  /** What happened: `no answer within 5 s`, `SERVFAIL`, `310 ms`. */
  readonly what: string;
  /** ` from DNS server coredns-x on node2`; empty when all servers see the same. */
  readonly from: string;
  readonly namespace: string;
  readonly configMap: string;
}

const look: Fix = { title: 'see how each upstream does', command: 'kubectl netdns metrics --for 30s', risk: 'none' };

function fixes({ namespace, configMap }: UpstreamArgs): readonly Fix[] {
  if (configMap === '') return [look];
  const edit = `kubectl edit configmap ${configMap} -n ${namespace}`;
  return [look, { title: 'or forward to resolvers that answer', command: edit, risk: 'low' }];
}

/** DNS140 to DNS149: the resolvers above the cluster, asked through each server for names that nobody has. */
export const upstreamMessages = defineMessages({
  DNS140: message<UpstreamArgs>({
    slug: 'upstream-silent',
    severity: 'critical',
    rung: 35,
    covers: ['DNS252', 'DNS253', 'DNS259', 'DNS270', 'DNS272', 'DNS278', 'DNS611'],
    title: 'an upstream resolver does not answer',
    summary: ({ names, upstream, what, from }) => `${names} do not resolve${from}: upstream ${upstream}: ${what}`,
    explain:
      'The DNS servers pass names on that are not theirs, to what stands behind "forward" in the Corefile; "/etc/resolv.conf" ' +
      'there is that of the node on which a server runs. They were asked for a name that nobody has, and heard nothing from ' +
      'above, where "no such name" is the right answer. Names of the cluster still resolve.\nLook whether the resolver runs, ' +
      'and whether a firewall, a route or a NetworkPolicy stands between it and the nodes. When only some servers are ' +
      'affected, it is the node on which they run.',
    fixes,
  }),

  DNS141: message<UpstreamArgs>({
    slug: 'upstream-fails',
    severity: 'critical',
    confidence: 'likely',
    rung: 36,
    covers: ['DNS272', 'DNS611'],
    title: 'an upstream resolver answers with a failure',
    summary: ({ names, upstream, what, from }) =>
      `${names} do not resolve${from}: upstream ${upstream} answers ${what}`,
    explain:
      'The upstream resolver runs and answers, but with SERVFAIL or REFUSED where "no such name" is right: for a name below ' +
      '"invalid", and for one below "localhost", which resolvers answer by themselves.\nSERVFAIL: it cannot reach the servers ' +
      'above it, or its check of signatures (DNSSEC) fails. REFUSED: it does not serve clients with the addresses of these ' +
      'nodes.',
    fixes,
  }),

  DNS142: message<UpstreamArgs>({
    slug: 'upstream-slow-now',
    severity: 'warning',
    confidence: 'likely',
    rung: 42,
    covers: ['DNS270'],
    title: 'an upstream resolver answers slowly',
    summary: ({ names, upstream, what, from }) => `${names} resolve slowly${from}: upstream ${upstream} takes ${what}`,
    explain:
      'Asked again for a name that it has just looked up, the upstream needs that long: it is far away, overloaded, or ' +
      'packets are lost on the way. A name that is searched for along a list of domains takes the time several times over.',
    fixes,
  }),

  DNS143: message<UpstreamArgs>({
    slug: 'upstream-without-tcp',
    severity: 'warning',
    confidence: 'likely',
    rung: 37,
    title: 'an upstream resolver does not answer over TCP',
    summary: ({ names, upstream, what, from }) =>
      `long answers for ${names} are lost${from}: upstream ${upstream} answers over UDP, but not over TCP: ${what}`,
    explain:
      'Answers that do not fit into a UDP packet are asked for again over TCP, and the servers then ask their upstream over ' +
      'TCP too. That way is blocked: mostly a firewall that lets only UDP 53 pass. Short answers arrive, so that most names ' +
      'resolve.',
    fixes: () => [look],
  }),

  DNS144: message<{ pod: string; perSecond: string; seconds: string }>({
    slug: 'no-udp-arrives',
    severity: 'critical',
    confidence: 'likely',
    rung: 38,
    title: 'questions over UDP no longer reach a DNS server',
    summary: ({ pod, perSecond, seconds }) =>
      `no question over UDP reaches ${pod}: none within ${seconds} s, where ${perSecond} a second are usual`,
    explain:
      'Pods ask over UDP. The server runs and answers over TCP, but its counter of UDP questions stands still, although since ' +
      'its start many came each second. Something between pods and servers drops UDP 53: rules of a firewall, of kube-proxy, ' +
      'or of a network policy.',
    fixes: () => [
      { title: 'see the way of the DNS Service', command: 'kubectl netsvc path kube-dns -n kube-system', risk: 'none' },
    ],
  }),
});
