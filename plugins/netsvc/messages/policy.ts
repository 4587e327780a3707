import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** How an enforcement that is missing or unseen is told at the end of a sentence. */
interface UnderEnforcement {
  /** Empty when the policy is enforced; else `; nothing enforces policy here (Flannel)`. */
  readonly enforcement: string;
}

/** SVC601 to SVC649: network policies in the way. */
export const policyMessages = defineMessages({
  SVC601: message<
    UnderEnforcement & {
      readonly policies: string;
      readonly pods: string;
      readonly service: string;
      readonly ports: string;
      /** Other ports stay open. */
      readonly partly: boolean;
      readonly fixes: readonly Fix[];
    }
  >({
    slug: 'policy-lets-nobody-in',
    severity: 'critical',
    rung: 70,
    covers: ['SVC608'],
    title: 'a network policy lets nobody in',
    summary: ({ policies, pods, service, ports, partly, enforcement }) =>
      `${policies} ${enforcement === '' ? 'denies' : 'would deny'} all traffic to ${partly ? `${ports} of ` : ''}${pods} of Service ${service}` +
      `${partly ? '' : `: no rule lets anyone in to ${ports}`}${enforcement}`,
    explain:
      'As soon as one NetworkPolicy selects a pod for ingress, everything that no policy allows is dropped. Here no rule of any ' +
      'selecting policy opens the port that the Service sends to, so connections time out although pods and endpoints are sound.\n' +
      'Add a policy that lets the callers in on the pods’ port (the targetPort, not the Service port), or narrow the podSelector.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC602: message<
    UnderEnforcement & {
      readonly policy: string;
      readonly opens: string;
      readonly opensServicePort: boolean;
      readonly targetPorts: string;
      readonly fixes: readonly Fix[];
    }
  >({
    slug: 'policy-opens-another-port',
    severity: 'critical',
    rung: 69,
    covers: ['SVC601', 'SVC608'],
    title: 'a network policy opens another port than the pods listen on',
    summary: ({ policy, opens, opensServicePort, targetPorts, enforcement }) =>
      `${policy} opens ${opensServicePort ? `port ${opens}, the Service port` : opens}, but the Service sends to the pods' port ` +
      `${targetPorts}, which stays closed${enforcement}`,
    explain:
      'Network policies see a packet after kube-proxy has translated it: the destination is a pod and its targetPort. A rule that ' +
      'names the port of the Service opens nothing unless both numbers are the same.\n' +
      'Write the targetPort, or the name of the container port, into the policy.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC603: message<
    UnderEnforcement & {
      readonly policy: string;
      readonly lets: string;
      readonly missing: string;
      readonly nearest: string;
      readonly fixes: readonly Fix[];
    }
  >({
    slug: 'policy-peers-match-nothing',
    severity: 'critical',
    confidence: 'likely',
    rung: 68,
    covers: ['SVC601', 'SVC608'],
    title: 'a network policy lets in only pods that do not exist',
    summary: ({ policy, lets, missing, nearest, enforcement }) =>
      `${policy} lets in only ${lets}, and ${missing}${nearest}${enforcement}`,
    explain:
      'The rules of the policy open the right port, but the selectors of their peers match nothing: a namespace lost its label when ' +
      'it was made anew, pods were relabelled, or the label was misspelt. Traffic from everybody else is dropped.\n' +
      'Give the namespace or the pods the label that the rule wants, or write the label they have into the rule. Every namespace ' +
      'carries kubernetes.io/metadata.name with its own name, which cannot be lost.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC604: message<
    UnderEnforcement & {
      readonly caller: string;
      readonly side: 'egress' | 'ingress';
      readonly policies: readonly string[];
      readonly port: string;
      readonly service: string;
      /** The nearest rule and why it does not fit; empty when there is no rule at all. */
      readonly why: string;
      readonly fixes: readonly Fix[];
    }
  >({
    slug: 'policy-keeps-the-caller-out',
    severity: 'critical',
    rung: 66,
    title: 'a network policy keeps this caller out',
    summary: ({ caller, side, policies, port, service, why, enforcement }) =>
      `${notLet(policies)} ${caller} ${side === 'egress' ? 'send' : 'in'} to the pods of Service ${service} on ${port}` +
      `${why === '' ? '' : `: ${why}`}${enforcement}`,
    explain:
      'Both ends must allow a connection: the egress policies of the sender and the ingress policies of the receiver. Policies are ' +
      'judged after translation, for the pods behind the Service and their targetPort.\n' +
      'Ask `kubectl netpol can-reach` for the whole walk and the smallest change that would let the caller in.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC605: message<
    UnderEnforcement & {
      readonly caller: string;
      readonly policies: readonly string[];
      readonly ports: string;
      readonly fixes: readonly Fix[];
    }
  >({
    slug: 'policy-keeps-the-caller-from-dns',
    severity: 'critical',
    rung: 65,
    title: 'an egress policy keeps this caller from DNS',
    summary: ({ caller, policies, ports, enforcement }) =>
      `${notLet(policies)} ${caller} ask the cluster's DNS (${ports}): the name of the Service does not resolve there${enforcement}`,
    explain:
      'An egress policy that lists the destinations of an application and forgets DNS breaks every name: lookups time out after ' +
      'seconds. UDP and TCP 53 to the DNS pods must be allowed, and the node-local cache address where one is used.\n' +
      'Add an egress rule for port 53 over UDP and TCP to namespace kube-system, pods k8s-app=kube-dns.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC606: message<{
    readonly policy: string;
    readonly lets: string;
    readonly missing: string;
    readonly nearest: string;
  }>({
    slug: 'policy-peer-matches-nothing',
    severity: 'info',
    confidence: 'possible',
    title: 'one peer of a network policy matches nothing',
    summary: ({ policy, lets, missing, nearest }) => `${policy} would let in ${lets}, but ${missing}${nearest}`,
    explain:
      'Others are let in, so the Service may be sound; whoever was meant by this peer is kept out. A label that is nearly right is ' +
      'often a slip, a namespace that does not exist yet is often on purpose.',
  }),
  SVC607: message<{ readonly policies: string; readonly why: string }>({
    slug: 'policy-not-judged',
    severity: 'info',
    title: 'policies of another kind were not judged',
    summary: ({ policies, why }) => `${policies} selects pods of this Service and was not judged${why}`,
    explain:
      'Policies of Calico or Cilium exist beside the Kubernetes ones, or the list of policies could not be read. What they allow or ' +
      'deny is not part of this answer. Ask their own tools (calicoctl, cilium) what they say about these pods.',
  }),
  SVC608: message<
    UnderEnforcement & {
      readonly policies: readonly string[];
      readonly controller: string;
      readonly ingress: string;
      readonly service: string;
      readonly port: string;
      readonly why: string;
      readonly fixes: readonly Fix[];
    }
  >({
    slug: 'policy-keeps-the-ingress-out',
    severity: 'critical',
    rung: 71,
    title: 'a network policy keeps the Ingress controller out',
    summary: ({ policies, controller, ingress, service, port, why, enforcement }) =>
      `${notLet(policies)} the controller of Ingress ${ingress} (${controller}) in to the pods of Service ${service} on ` +
      `${port}${why === '' ? '' : `: ${why}`}${enforcement}`,
    explain:
      'Requests from outside reach the pods from the pods of the Ingress controller, most often in a namespace of its own. A ' +
      'policy that lets in the own namespace only, or forgot that one, leaves the Service sound for callers inside and makes ' +
      'the controller answer 504 Gateway Timeout.\n' +
      'Let the namespace of the controller in on the pods’ port.',
    fixes: ({ fixes }) => fixes,
  }),
});

function notLet(policies: readonly string[]): string {
  return `${joinNames(policies, 2)} ${policies.length === 1 ? 'does' : 'do'} not let`;
}
