import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

interface WithFixes {
  readonly fixes: readonly Fix[];
}

/** POL101 to POL149: whom a policy and its rules mean. */
export const selectorMessages = defineMessages({
  POL101: message<
    WithFixes & { readonly policy: string; readonly selects: string; readonly none: string; readonly nearest: string }
  >({
    slug: 'policy-selects-nothing',
    severity: 'warning',
    confidence: 'likely',
    rung: 10,
    title: 'the policy selects no pod',
    summary: ({ policy, selects, none, nearest }) =>
      `${policy} protects nobody: it selects ${selects}, and ${none}${nearest}`,
    explain:
      'A policy acts on the pods that its podSelector (or subject) matches. This one matches no pod, and no Deployment, StatefulSet, ' +
      'DaemonSet, Job or CronJob would make one, so it has no effect: what it was meant to deny passes.\n' +
      'Most often a label was misspelt, or the application was relabelled. Compare the selector with the labels of the pods.',
    fixes: ({ fixes }) => fixes,
  }),
  POL102: message<
    WithFixes & {
      readonly rule: string;
      readonly means: string;
      readonly none: string;
      readonly nearest: string;
      readonly effect: string;
    }
  >({
    slug: 'peer-selects-nothing',
    severity: 'warning',
    confidence: 'likely',
    rung: 20,
    title: 'a rule means pods that do not exist',
    summary: ({ rule, means, none, nearest, effect }) => `${rule} means ${means}, but ${none}${nearest}${effect}`,
    explain:
      'A peer of a rule matches no pod. Whoever was meant by it is not let through; when no other peer or rule lets them, they time ' +
      'out. A podSelector without a namespaceSelector means pods of the policy’s own namespace only: for pods elsewhere both stand ' +
      'in one list item.\n' +
      'Correct the label, add the namespaceSelector, or delete the peer if those pods are gone for good.',
    fixes: ({ fixes }) => fixes,
  }),
  POL103: message<
    WithFixes & {
      readonly rule: string;
      readonly selector: string;
      /** `in the files `, where more may be elsewhere. */
      readonly where: string;
      readonly nearest: string;
      readonly effect: string;
    }
  >({
    slug: 'namespace-label-missing',
    severity: 'warning',
    confidence: 'likely',
    rung: 15,
    title: 'no namespace has the label that a rule asks for',
    summary: ({ rule, selector, where, nearest, effect }) =>
      `${rule} means namespaces labelled ${selector}, but no namespace ${where}has that label${nearest}${effect}`,
    explain:
      'A namespaceSelector compares labels of Namespace objects, not their names. The label is on none of them: it was never set, was ' +
      'lost when the namespace was made anew, or is misspelt.\n' +
      'Label the namespace, or select it by kubernetes.io/metadata.name, which the API server puts on every namespace and which ' +
      'cannot be lost.',
    fixes: ({ fixes }) => fixes,
  }),
  POL104: message<
    WithFixes & {
      readonly rule: string;
      readonly written: string;
      readonly other: string;
      readonly why: string;
    }
  >({
    slug: 'and-or-trap',
    severity: 'warning',
    confidence: 'likely',
    rung: 18,
    title: 'two list items where one was meant, or one where two were meant',
    summary: ({ rule, written, other, why }) => `${rule} means ${written}; was it to mean ${other}? ${why}`,
    explain:
      'In `from` and `to`, every list item (every dash) stands for itself: two items are OR. A podSelector and a namespaceSelector in ' +
      'one item are AND. One dash more or less changes who is let in:\n' +
      '- namespaceSelector: A / podSelector: B (one dash): pods B of namespaces A.\n' +
      '- namespaceSelector: A / - podSelector: B (two dashes): all pods of namespaces A, and pods B of the policy’s own namespace.\n' +
      'Write the form that was meant; `kubectl netpol diff -f FILE` shows who gains and who loses before you apply it.',
    fixes: ({ fixes }) => fixes,
  }),
  POL105: message<
    WithFixes & { readonly policy: string; readonly direction: string; readonly first: string; readonly second: string }
  >({
    slug: 'rule-split-in-two',
    severity: 'warning',
    confidence: 'likely',
    rung: 17,
    title: 'peers and ports stand in two rules where one was meant',
    summary: ({ policy, direction, first, second }) =>
      `${policy} has its ${direction} peers and ports in two rules: as written it allows ${first} on every port, and ` +
      `everybody on ${second}`,
    explain:
      'Rules of a policy are OR. A rule without peers means everybody, a rule without ports means every port. With a dash before ' +
      '`ports` the list of peers and the list of ports fall into two rules, and each opens more than both together would.\n' +
      'Put both into one rule: remove the dash before `ports`.',
    fixes: ({ fixes }) => fixes,
  }),
  POL106: message<WithFixes & { readonly policy: string; readonly pods: string; readonly all: boolean }>({
    slug: 'selects-host-network-pods',
    severity: 'warning',
    confidence: 'likely',
    rung: 30,
    title: 'the policy selects pods on the host network',
    summary: ({ policy, pods, all }) =>
      `${policy} selects ${pods} on the host network, where ${all ? 'it has no effect' : 'policies have no effect'}`,
    explain:
      'A pod with hostNetwork: true uses the address and the interfaces of its node. NetworkPolicy leaves its effect on such pods ' +
      'undefined, and most plugins do not apply it; AdminNetworkPolicy and ClusterNetworkPolicy exclude them.\n' +
      'Protect them on the node (host firewall, or host policies of Calico and Cilium), or take hostNetwork away.',
    fixes: ({ fixes }) => fixes,
  }),
  POL107: message<
    WithFixes & {
      readonly rule: string;
      /** The peer in words, where the rule has others. */
      readonly peer: string | undefined;
      readonly pods: string;
      readonly direction: string;
    }
  >({
    slug: 'peer-is-on-the-host-network',
    severity: 'warning',
    confidence: 'likely',
    rung: 25,
    title: 'a rule means pods that come with their node’s address',
    summary: ({ rule, peer, pods, direction }) =>
      `${rule} means ${peer === undefined ? 'only' : `by its peer ${peer} only`} ${pods} on the host network: ${direction === 'ingress' ? 'their packets come from' : 'they answer at'} ` +
      'the address of their node, which pod selectors do not match',
    explain:
      'Pods with hostNetwork: true use the address of their node. A rule that means them by labels matches nothing with most ' +
      'plugins; which ones differ is not specified. Typical are ingress controllers and monitoring agents on the host network.\n' +
      'Allow the addresses of the nodes with an ipBlock instead.',
    fixes: ({ fixes }) => fixes,
  }),
});
