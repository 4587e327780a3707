import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

interface WithFixes {
  readonly fixes: readonly Fix[];
}

/** POL201 to POL249: ports, and DNS among them. */
export const portMessages = defineMessages({
  POL201: message<
    WithFixes & { readonly rule: string; readonly port: string; readonly who: string; readonly near: string }
  >({
    slug: 'unknown-port-name',
    severity: 'warning',
    confidence: 'likely',
    rung: 20,
    title: 'a rule opens a port by a name that no pod knows',
    summary: ({ rule, port, who, near }) => `${rule} opens port ${port}, but ${who}${near}`,
    explain:
      'A port name in a policy is looked up in the containers of the destination pod, together with the protocol (TCP when none is ' +
      'written). A pod that declares no such port is not opened, and addresses outside the cluster have no port names at all.\n' +
      'Write the name that the containers declare, or the number.',
    fixes: ({ fixes }) => fixes,
  }),
  POL202: message<
    WithFixes & {
      readonly rule: string;
      readonly port: string;
      readonly service: string;
      readonly targets: string;
    }
  >({
    slug: 'service-port-instead-of-target-port',
    severity: 'warning',
    confidence: 'likely',
    rung: 18,
    title: 'a rule opens the port of the Service, not that of its pods',
    summary: ({ rule, port, service, targets }) =>
      `${rule} opens ${port}, the port of Service ${service}, but its pods are reached on ${targets}, which stays closed`,
    explain:
      'Policies see a packet after the Service’s address and port were translated: the destination is a pod and its targetPort. A ' +
      'rule with the port of the Service opens nothing unless both numbers are the same.\n' +
      'Write the targetPort, or the name of the container port.',
    fixes: ({ fixes }) => fixes,
  }),
  POL221: message<
    WithFixes & { readonly policy: string; readonly pods: string; readonly what: string; readonly others: string }
  >({
    slug: 'dns-egress-forgotten',
    severity: 'warning',
    confidence: 'likely',
    rung: 12,
    title: 'egress rules leave out DNS',
    summary: ({ policy, pods, what, others }) =>
      `${policy} limits what ${pods} may send${others} and leaves out DNS: ${what}`,
    explain:
      'As soon as a policy selects a pod for egress, everything that no rule allows is dropped, questions to DNS too. Names then ' +
      'fail after seconds, and rules for destinations that are called by name are of no use.\n' +
      'Allow UDP and TCP 53 to the DNS pods; with NodeLocal DNSCache also its address (169.254.20.10), which no pod selector covers; ' +
      'for pods with a dnsConfig of their own, the nameservers in it. Without a protocol a port means TCP, and DNS asks over UDP first.',
    fixes: ({ fixes }) => fixes,
  }),
  POL222: message<WithFixes & { readonly policy: string; readonly pods: string }>({
    slug: 'dns-over-tcp-forgotten',
    severity: 'info',
    rung: 40,
    title: 'egress rules allow DNS over UDP only',
    summary: ({ policy, pods }) => `${policy} lets ${pods} ask DNS over UDP only; long answers need TCP 53`,
    explain:
      'Answers that do not fit into one UDP packet come truncated, and the client asks again over TCP. Most names work without; ' +
      'names with many addresses, and some resolvers that always use TCP, do not.\n' +
      'Add TCP 53 beside UDP 53.',
    fixes: ({ fixes }) => fixes,
  }),
  POL223: message<WithFixes & { readonly policy: string; readonly pods: string; readonly address: string }>({
    slug: 'dns-node-local-address-forgotten',
    severity: 'warning',
    confidence: 'likely',
    rung: 13,
    title: 'egress rules leave out the NodeLocal DNS cache',
    summary: ({ policy, pods, address }) =>
      `${policy} lets ${pods} ask the DNS pods, but here they ask the NodeLocal cache at ${address}, which no rule allows`,
    explain:
      'NodeLocal DNSCache answers on each node, on the host network, at a link-local address (169.254.20.10) and often at the ' +
      'address of the kube-dns Service. A rule that selects the kube-dns pods covers neither.\n' +
      'Add an ipBlock with the address for UDP and TCP 53. Whether traffic to the own node is filtered at all differs between plugins.',
    fixes: ({ fixes }) => fixes,
  }),
  POL224: message<{ readonly policy: string; readonly pods: string }>({
    slug: 'egress-cut-off',
    severity: 'info',
    rung: 45,
    title: 'pods that may send nothing at all',
    summary: ({ policy, pods }) => `${policy} lets ${pods} send nothing, not even ask DNS, and no policy allows more`,
    explain:
      'The policy denies all egress of the pods that it selects, and there is no other policy with an egress rule for any of them. ' +
      'They answer whoever may reach them, but open no connection of their own and resolve no name. That is right for a start, and for ' +
      'workloads that only answer.\n' +
      'Where they need more, add policies for it: kubectl netpol generate dns, kubectl netpol generate --egress --allow "A -> B:PORT".',
  }),
});
