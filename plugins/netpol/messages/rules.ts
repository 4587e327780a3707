import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

interface WithFixes {
  readonly fixes: readonly Fix[];
}

/** POL301 to POL319: rules against each other. */
export const ruleMessages = defineMessages({
  POL301: message<
    WithFixes & { readonly policy: string; readonly rules: string; readonly direction: string; readonly types: string }
  >({
    slug: 'policy-types-leave-rules-out',
    severity: 'warning',
    rung: 14,
    title: 'policyTypes leaves the policy’s own rules out',
    summary: ({ policy, rules, direction, types }) =>
      `${policy} has ${rules}, but policyTypes is ${types}: its ${direction} rules have no effect`,
    explain:
      'policyTypes says for which directions a policy counts. Rules of a direction that it does not list are ignored, and the pods ' +
      'stay open in that direction.\n' +
      'Add the direction to policyTypes, or delete the rules.',
    fixes: ({ fixes }) => fixes,
  }),
  POL302: message<WithFixes & { readonly policy: string; readonly what: string; readonly then: string }>({
    slug: 'policy-types-not-written',
    severity: 'warning',
    confidence: 'likely',
    rung: 16,
    title: 'policyTypes is not written and means something else',
    summary: ({ policy, what, then }) => `${policy} has no policyTypes and ${what}: ${then}`,
    explain:
      'Without policyTypes a policy always counts for ingress, and for egress only when it has at least one egress rule. A policy ' +
      'that was written for egress alone therefore also shuts the pods to everybody, and `egress: []` alone denies nothing.\n' +
      'Write policyTypes out.',
    fixes: ({ fixes }) => fixes,
  }),
  POL303: message<{ readonly policy: string; readonly direction: string; readonly pods: string }>({
    slug: 'policy-type-without-rules',
    severity: 'info',
    confidence: 'possible',
    rung: 45,
    title: 'a direction is listed and has no rule',
    summary: ({ policy, direction, pods }) =>
      `${policy} has rules for one direction and denies all ${direction} of ${pods}: policyTypes lists it, and no rule allows any`,
    explain:
      'A direction in policyTypes without a rule denies all traffic of that direction that no other policy allows. Beside rules for ' +
      'the other direction that is often a line copied from an example.\n' +
      'Take the direction out of policyTypes if it was not meant, or leave it if it was.',
  }),
  POL311: message<{ readonly policy: string; readonly rule: string; readonly by: string }>({
    slug: 'rule-adds-nothing',
    severity: 'info',
    rung: 50,
    title: 'a rule allows what another one allows already',
    summary: ({ policy, rule, by }) => `${policy}: ${rule} adds nothing, ${by} allows the same and more`,
    explain:
      'All rules of NetworkPolicies are a union. A rule whose peers and ports are covered by another rule of the same policy changes ' +
      'nothing. It is harmless, and misleads readers who tighten it and see no effect.\n' +
      'Delete it, or narrow the wider rule if that one was too wide.',
  }),
  POL312: message<{ readonly policy: string; readonly other: string }>({
    slug: 'policy-says-the-same',
    severity: 'info',
    rung: 50,
    title: 'two policies say the same',
    summary: ({ policy, other }) => `${policy} says the same as ${other}`,
    explain:
      'Both select the same pods with the same rules. One of them can go. Whoever changes only one of them sees no effect, because ' +
      'rules of all policies are a union.\n' +
      'Delete the one that nobody manages any more.',
  }),
  POL313: message<WithFixes & { readonly rule: string; readonly by: string; readonly opposite: boolean }>({
    slug: 'rule-is-never-reached',
    severity: 'warning',
    rung: 22,
    title: 'a rule is never reached',
    summary: ({ rule, by, opposite }) =>
      `${rule} is never reached: ${by} decides the same traffic first${opposite ? ', the other way' : ''}`,
    explain:
      'In AdminNetworkPolicy and ClusterNetworkPolicy the first matching rule decides: lower priority numbers come first, and within ' +
      'a policy the rules in their order. A rule behind one that covers all its pods, peers and ports has no effect.\n' +
      'Move it before the wider rule, give its policy a lower priority number, or delete it.',
    fixes: ({ fixes }) => fixes,
  }),
  POL314: message<
    WithFixes & {
      readonly policy: string;
      readonly direction: string;
      readonly deny: string;
      readonly pods: string;
    }
  >({
    slug: 'deny-is-undone',
    severity: 'warning',
    confidence: 'possible',
    rung: 24,
    title: 'a policy for everything undoes a deny-all',
    summary: ({ policy, direction, deny, pods }) =>
      `${policy} allows all ${direction} of ${pods}, so ${deny} denies nothing`,
    explain:
      'NetworkPolicies only add up: a rule without peers and ports opens everything for the pods it selects, whatever a deny-all ' +
      'beside it was meant to do. Such a policy is often left over from a search for a fault.\n' +
      'Delete it if the deny-all is meant, or delete the deny-all.',
    fixes: ({ fixes }) => fixes,
  }),
  POL315: message<
    WithFixes & {
      readonly policy: string;
      readonly other: string;
      readonly priority: number;
      readonly conflict: string;
    }
  >({
    slug: 'same-priority',
    severity: 'warning',
    rung: 23,
    title: 'two policies have the same priority',
    summary: ({ policy, other, priority, conflict }) =>
      `${policy} and ${other} both have priority ${priority} and ${conflict}`,
    explain:
      'The API leaves undefined what happens to traffic that two policies of equal priority both match; it may change from one moment ' +
      'to the next.\n' +
      'Give them different numbers; the lower one comes first.',
    fixes: ({ fixes }) => fixes,
  }),
  POL316: message<{
    readonly rule: string;
    readonly direction: 'ingress' | 'egress';
    readonly by: string;
    readonly kind: string;
    readonly name: string;
  }>({
    slug: 'denied-before',
    severity: 'warning',
    rung: 21,
    title: 'what a NetworkPolicy allows is denied before it is asked',
    summary: ({ rule, direction, by }) =>
      `${rule} ${direction === 'ingress' ? 'lets nobody in' : 'opens nothing'}: ${by} denies the same traffic first`,
    explain:
      'AdminNetworkPolicies and ClusterNetworkPolicies of the Admin tier are asked before NetworkPolicies. What they deny no ' +
      'NetworkPolicy can allow; only what they pass, or do not match, is left to it.\n' +
      'Ask who manages the cluster for a Pass or Allow rule in front of the one that denies, or delete the rule of the ' +
      'NetworkPolicy that has no effect.',
    fixes: ({ kind, name }) => [
      { title: 'see the rule that denies', command: `kubectl get ${kind} ${name} -o yaml`, risk: 'none' },
    ],
  }),
  POL317: message<{
    readonly rule: string;
    readonly direction: 'ingress' | 'egress';
    readonly others: string;
    readonly namespace: string;
  }>({
    slug: 'across-networks',
    severity: 'warning',
    rung: 21,
    title: 'a rule means pods of another network',
    summary: ({ rule, direction, others, namespace }) =>
      `${rule} ${direction === 'ingress' ? 'lets nobody in' : 'opens nothing'}: the pods of ${others} are on another network than those of namespace ${namespace}`,
    explain:
      'Namespaces with the label k8s.ovn.org/primary-user-defined-network have networks of their own (OVN-Kubernetes). Between two ' +
      'such networks, and between one and that of the cluster, nothing passes, whatever policies say.\n' +
      'Put both namespaces on one ClusterUserDefinedNetwork, connect their networks with a ClusterNetworkConnect, or delete the rule.',
    fixes: () => [
      {
        title: 'see the networks and what they take in',
        command: 'kubectl get userdefinednetworks,clusteruserdefinednetworks -A',
        risk: 'none',
      },
    ],
  }),
});
