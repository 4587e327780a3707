import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

interface WithFixes {
  readonly fixes: readonly Fix[];
}

/** POL321 to POL349: fields that the API refuses or that say less than they seem to, and address blocks. */
export const formMessages = defineMessages({
  POL321: message<
    WithFixes & { readonly rule: string; readonly except: string; readonly cidr: string; readonly why: string }
  >({
    slug: 'except-outside-cidr',
    severity: 'critical',
    rung: 8,
    title: 'an except block is not inside its cidr',
    summary: ({ rule, except, cidr, why }) =>
      `${rule} excepts ${except} from ${cidr}, ${why}: the API server refuses it`,
    explain:
      'except takes addresses out of the cidr above it, so each entry must be a smaller block inside it. The API server refuses any ' +
      'other object, and then none of its rules is in force.\n' +
      'Correct the block, or leave it out: addresses outside the cidr are not allowed anyway.',
    fixes: ({ fixes }) => fixes,
  }),
  POL322: message<WithFixes & { readonly rule: string; readonly problem: string }>({
    slug: 'port-is-not-valid',
    severity: 'critical',
    rung: 8,
    title: 'a port that the API refuses',
    summary: ({ rule, problem }) => `${rule}: ${problem}; the API server refuses the policy`,
    explain:
      'Ports go from 1 to 65535. endPort needs a port that is a number and not larger than endPort. Names have at most 15 small ' +
      'letters, digits and dashes with at least one letter. Protocols are TCP, UDP and SCTP in capitals.\n' +
      'The API server refuses the whole object for one wrong port, and then none of its rules is in force. To mean every port, ' +
      'leave the list out.',
    fixes: ({ fixes }) => fixes,
  }),
  POL323: message<WithFixes & { readonly policy: string; readonly field: string; readonly problem: string }>({
    slug: 'policy-is-not-valid',
    severity: 'critical',
    rung: 8,
    title: 'a field that the API refuses',
    summary: ({ policy, field, problem }) => `${policy} ${field}: ${problem}; the API server refuses the policy`,
    explain:
      'The API server checks a policy when it is applied and refuses the whole object for one wrong field. What the file was to deny ' +
      'or allow is then not in force, and an older version of the policy stays. A field that the API does not have is dropped where ' +
      'validation is switched off: a misspelt selector then means every pod, a misspelt list of rules none.\n' +
      'kubectl apply --dry-run=server -f FILE shows what the server says without changing anything.',
    fixes: ({ fixes }) => fixes,
  }),
  POL324: message<WithFixes & { readonly rule: string; readonly cidr: string; readonly means: string }>({
    slug: 'host-bits-in-cidr',
    severity: 'info',
    rung: 50,
    title: 'an address block that does not begin where it says',
    summary: ({ rule, cidr, means }) => `${rule} has ${cidr}, which means ${means}`,
    explain:
      'Bits behind the prefix length are cut off, so a block begins at its border and not at the address that is written. Newer API ' +
      'servers warn about it. Where one address was meant, its prefix length is 32 (128 for IPv6).\n' +
      'Write the block as it is read.',
    fixes: ({ fixes }) => fixes,
  }),
  POL325: message<{
    readonly place: string;
    readonly object: string;
    readonly field: string;
    readonly word: string;
    readonly as: string;
    readonly fixes: readonly Fix[];
  }>({
    slug: 'word-without-quotes',
    severity: 'critical',
    rung: 5,
    title: 'a word without quotes that kubectl does not read as text',
    summary: ({ place, object, field, word, as }) =>
      `${place}: ${object} has ${field}: ${word} without quotes; kubectl reads ${as}`,
    explain:
      'kubectl reads YAML 1.1, in which y, n, yes, no, on and off are booleans, and every YAML reads 1 as a number. Labels, selectors ' +
      'and names must be text, so the API server refuses the object; other tools skip it silently, and a policy that is skipped ' +
      'reads as open.\n' +
      'Put the word into quotes.',
    fixes: ({ fixes }) => fixes,
  }),
  POL326: message<{
    readonly policy: string;
    readonly field: string;
    readonly kind: string;
    /** How it is judged all the same, as a clause. */
    readonly reading: string;
  }>({
    slug: 'field-is-not-known',
    severity: 'warning',
    confidence: 'likely',
    rung: 20,
    title: 'a field that a cluster holds and that is not known here',
    summary: ({ policy, field, reading }) =>
      `${policy} ${field} is not known to this version; the cluster holds it, and ${reading}`,
    explain:
      'The policy was read from a cluster with a field that the API has not in the versions known here. The cluster may be newer, and ' +
      'what the field means may narrow or widen the policy; answers leave it out. Where a peer or a port of a cluster-wide policy has ' +
      'no other field, the API says how to read the rule: one that allows matches nobody, any other denies everybody.\n' +
      'Look the field up in the API reference of the cluster (kubectl explain KIND.spec), or ask a newer version of this.',
  }),
  POL327: message<{ readonly policy: string; readonly field: string; readonly problem: string }>({
    slug: 'field-means-nothing',
    severity: 'critical',
    rung: 9,
    title: 'a field that the API takes in and that nobody can carry out',
    summary: ({ policy, field, problem }) =>
      `${policy} ${field}: ${problem}; the API server takes it in, and what plugins make of it is open`,
    explain:
      'The definitions of the cluster-wide policies look at the shape of a selector and at nothing else, let every text pass for a ' +
      'protocol, and a range end before it starts. A network plugin that cannot read a field may leave out the rule or the whole ' +
      'policy, and the object looks applied all the same.\n' +
      'Write the field as the API means it; the status of the policy may tell what the plugin made of it ' +
      '(kubectl describe KIND NAME).',
  }),
  POL331: message<{ readonly rule: string; readonly cidr: string; readonly what: string; readonly note: string }>({
    slug: 'block-holds-pods',
    severity: 'warning',
    confidence: 'likely',
    rung: 28,
    title: 'an address block means addresses of pods',
    summary: ({ rule, cidr, what, note }) => `${rule} means ${cidr}, ${what}${note}`,
    explain:
      'Addresses of pods change with every restart, and plugins differ: some compare them with ipBlock, Cilium does not. ipBlock is for ' +
      'addresses outside the cluster; pods are meant by their labels.\n' +
      'Use podSelector and namespaceSelector for pods.',
  }),
  POL332: message<
    WithFixes & { readonly rule: string; readonly cidr: string; readonly what: string; readonly direction: string }
  >({
    slug: 'block-holds-service-addresses',
    severity: 'warning',
    confidence: 'likely',
    rung: 19,
    title: 'an address block means ClusterIPs',
    summary: ({ rule, cidr, what, direction }) =>
      `${rule} means ${cidr}, ${what}: ${
        direction === 'egress'
          ? 'policies see the pods behind a Service, not its address, so this opens nothing'
          : 'no packet comes from the address of a Service'
      }`,
    explain:
      'The address of a Service is replaced by that of one of its pods before policies look (kube-proxy, or the plugin’s own load ' +
      'balancer). An egress rule for a ClusterIP therefore matches nothing, and an ingress rule never does.\n' +
      'Select the pods behind the Service, on their targetPort.',
    fixes: ({ fixes }) => fixes,
  }),
  POL333: message<{ readonly rule: string; readonly cidr: string; readonly nodes: string }>({
    slug: 'block-holds-nodes',
    severity: 'info',
    confidence: 'possible',
    rung: 50,
    title: 'an address block means nodes of the cluster',
    summary: ({ rule, cidr, nodes }) => `${rule} means ${cidr}, with ${nodes} in it`,
    explain:
      'The addresses of nodes stand for kubelets, for pods on the host network and, where the source address is not kept, for ' +
      'everybody who comes through a NodePort or load balancer. Nodes come and go with other addresses.\n' +
      'Keep it if that is meant; else narrow the block, or use externalTrafficPolicy: Local to keep the source address.',
  }),
});
