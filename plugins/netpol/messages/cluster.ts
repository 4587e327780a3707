import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** POL401 to POL449: the cluster around the policies. */
export const clusterMessages = defineMessages({
  POL401: message<{ readonly plugin: string; readonly count: string; readonly fixes: readonly Fix[] }>({
    slug: 'policies-are-not-enforced',
    severity: 'critical',
    rung: 0,
    title: 'nothing enforces network policy here',
    summary: ({ plugin, count }) =>
      `nothing enforces network policy here${plugin}: ${count} without effect, all traffic passes`,
    explain:
      'The API server stores policies whatever the network plugin makes of them. This plugin makes nothing of them: what they deny ' +
      'passes. It is the commonest reason for "my deny does nothing".\n' +
      'Install a plugin that enforces (Calico, Cilium, Antrea, kube-router; Canal adds Calico’s policies to Flannel; ' +
      'kube-network-policies adds enforcement to any plugin), or switch enforcement on (AWS VPC CNI: --enable-network-policy=true).',
    fixes: ({ fixes }) => fixes,
  }),
  POL402: message<{
    readonly plugin: string;
    readonly feature: string;
    readonly policies: string;
    readonly effect: string;
  }>({
    slug: 'feature-missing-in-plugin',
    severity: 'warning',
    confidence: 'likely',
    rung: 3,
    title: 'the network plugin lacks what a policy uses',
    summary: ({ plugin, feature, policies, effect }) =>
      `${plugin} does not know ${feature}, which ${policies} uses: ${effect}`,
    explain:
      'Network plugins implement the policy APIs in part. The API server takes the object, and the plugin ignores the field or the ' +
      'whole kind, without a word.\n' +
      'Write the policy without that feature (single ports instead of a range, a NetworkPolicy instead of a cluster-wide kind), or ' +
      'use a version of the plugin that knows it.',
  }),
  POL411: message<{ readonly namespace: string; readonly pods: string }>({
    slug: 'namespace-without-policy',
    severity: 'info',
    rung: 60,
    title: 'no policy covers a namespace',
    summary: ({ namespace, pods }) =>
      `no policy covers namespace ${namespace}: its ${pods} may be reached by everybody`,
    explain:
      'Pods that no policy selects accept connections from everywhere and may open them to everywhere. That is the default of ' +
      'Kubernetes and no fault by itself.\n' +
      'To begin with a deny-all that you then open step by step: kubectl netpol generate deny-all -n NAMESPACE.',
  }),
  POL412: message<{ readonly workloads: string; readonly namespace: string; readonly verb: string }>({
    slug: 'workloads-without-policy',
    severity: 'info',
    rung: 60,
    title: 'no policy covers some workloads',
    summary: ({ workloads, namespace, verb }) =>
      `in namespace ${namespace} no policy covers ${workloads}, which ${verb} open to everybody`,
    explain:
      'Other workloads of the namespace are selected by policies, these are not: their labels differ, or they came later. They accept ' +
      'connections from everywhere.\n' +
      'A policy with podSelector: {} covers whatever comes; see kubectl netpol generate deny-all.',
  }),
  POL413: message<{ readonly policies: string; readonly family: string }>({
    slug: 'policies-not-judged',
    severity: 'info',
    rung: 60,
    title: 'policies of another family were not judged',
    summary: ({ policies, family }) =>
      `${policies} of ${family} not judged; answers about the pods they select stay open`,
    explain:
      'Policies of Calico and Cilium exist beside those of Kubernetes and may allow or deny more. They are recognised and not yet ' +
      'judged: answers about the pods they select say "depends".\n' +
      'Ask their own tools (calicoctl, cilium) what they say about these pods.',
  }),
});
