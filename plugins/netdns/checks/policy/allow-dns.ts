import { policyFix } from '../../../../shared/diagnose/policy-fix.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { LabelSelector } from '../../../../shared/model/objects.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';

/** A port of the servers' pods, behind the translation of the Service. */
export interface DnsPort {
  readonly protocol: string;
  readonly port: number;
}

/** Where the servers stand: their namespace, and the labels by which their Service selects them. */
export interface ServersPlace {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly DnsPort[];
}

const NODE_CACHE_PORTS: readonly DnsPort[] = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

/** Whose questions are let out: the pods that are isolated already, for a policy isolates all that it selects. */
export interface Askers {
  readonly namespace: string;
  readonly selector: LabelSelector;
  /** `all pods of shop`, `the pods of NetworkPolicy shop/deny`. */
  readonly words: string;
}

/** One policy that lets these pods ask the servers; policies add up, so that it mends all others. */
export function letAsk({ namespace, selector, words }: Askers, { namespace: of, labels, ports }: ServersPlace): Fix {
  const peer = {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: of } },
    podSelector: { matchLabels: labels },
  };
  return policyFix(`let ${words} ask DNS`, 'allow-dns', namespace, {
    podSelector: selector,
    policyTypes: ['Egress'],
    egress: [{ to: [peer], ports }],
  });
}

/** The same for the node cache, which no selector of pods covers. */
export function letAskCache({ namespace, selector, words }: Askers, address: string): Fix {
  const cidr = `${address}${address.includes(':') ? '/128' : '/32'}`;
  return policyFix(`let ${words} ask the node cache`, 'allow-node-cache', namespace, {
    podSelector: selector,
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr } }], ports: NODE_CACHE_PORTS }],
  });
}

/** The servers answer whoever asks: names are no secret within a cluster, and nodes ask too. */
export function letIn({ namespace, labels, ports }: ServersPlace): Fix {
  return policyFix('let everybody ask the DNS servers', 'allow-dns-questions', namespace, {
    podSelector: { matchLabels: labels },
    policyTypes: ['Ingress'],
    ingress: [{ ports }],
  });
}

/** What the servers themselves need: the resolvers above them and the API server, wherever these are. */
export function letOut(namespace: string, labels: Readonly<Record<string, string>>): Fix {
  const ports = [...NODE_CACHE_PORTS, { protocol: 'TCP', port: 443 }, { protocol: 'TCP', port: 6443 }];
  return policyFix('let the DNS servers out to resolvers and the API server', 'allow-dns-servers-out', namespace, {
    podSelector: { matchLabels: labels },
    policyTypes: ['Egress'],
    egress: [{ ports }],
  });
}
