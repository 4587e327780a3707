import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type ClusterDns, dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { missingClusterRead, rolesBoundTo } from '../../../../shared/model/cluster-rights.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, type Ref } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { egressPoliciesOf } from '../../egress-policies.ts';
import { apiAccessMessages } from '../../messages/api-access.ts';
import { SERVER_KINDS, serverLog } from './server-facts.ts';

/** Lines of the Kubernetes client inside CoreDNS, with and without its prefix. */
const CLIENT_LINE =
  /(?:failed to (?:list|watch)|Unhandled Error.*reflector|plugin\/kubernetes:.*(?:unsynced|waiting for Kubernetes API|Kubernetes API connection failure))/i;
const FORBIDDEN = /failed to list \*?v\d\w*\.(\w+):.*is forbidden: User "([^"]+)" cannot list resource "([^"]+)"/;
const FAULT =
  /(dial tcp [^\s]+: (?:i\/o timeout|connect: [a-z ]+)|x509: [^"]+|Unauthorized|connection refused|no route to host|context deadline exceeded|TLS handshake timeout|http2: client connection lost|EOF)/i;

/**
 * What CoreDNS 1.12 and 1.13 log of the same without its reason, and what every version says while it waits.
 */
const WAITS =
  /plugin\/kubernetes: (?:Unhandled Error|Failed to watch|starting server with unsynced|waiting for Kubernetes API)|plugin\/ready: (?:Plugins not ready|Still waiting on): ".*\bkubernetes\b/;

const WAITING = /waiting for Kubernetes API/;

/** Servers that never read the Services, or lost sight of them, and say why in their log. */
export const apiUnreachable = defineCheck<DnsSubject>({
  id: 'netdns/api-unreachable',
  group: 'servers',
  needs: ['Pod'],
  uses: [...SERVER_KINDS, ...POLICY_FACT_KINDS, 'ClusterRole', 'ClusterRoleBinding'],
  run: ({ dns }, { index }) => {
    if (dns === undefined) return [];
    const subject = dnsServersRef(dns);
    // A ready server has read the Services; old lines of its log are over.
    const unready = dns.pods.filter((pod) => !isReady(pod));
    const told = unready.flatMap((pod) => complaintOf(index, pod));
    const [first] = told;
    if (first === undefined) return refusedLater(index, dns, subject);
    const forbidden = told.find((entry) => entry.forbidden !== undefined)?.forbidden;
    const severity = dns.pods.some(isReady) ? 'warning' : 'critical';
    if (forbidden !== undefined) {
      return [
        apiAccessMessages.DNS112.raise({
          subject,
          severity,
          args: { ...forbidden, namespace: dns.namespace },
          evidence: told.slice(0, 3).map(({ evidence }) => evidence),
        }),
      ];
    }
    const refused = refusedByRoles(index, dns.namespace, told);
    return [refused?.(subject, severity) ?? unreachable(index, subject, told, severity)];
  },
});

/**
 * Servers that serve what they read before the right was taken from them. Those that began without it say so at their start,
 * and what they were refused until it came is over; here the log begins well and ends with refusals.
 */
function refusedLater(index: ClusterIndex, dns: ClusterDns, subject: Ref): readonly Finding[] {
  const told = dns.pods.filter(isReady).flatMap((pod) => {
    const text = serverLog(index, pod).replaceAll('\\"', '"');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const [last, before] = [lines.at(-1) ?? '', lines.slice(0, -1)];
    const refused = FORBIDDEN.exec(last);
    if (refused === null || NOT_YET.test(text) || !before.some((line) => FORBIDDEN.test(line))) return [];
    return [complaint(pod, last, refused)];
  });
  const [first] = told;
  if (first?.forbidden === undefined) return [];
  return [
    apiAccessMessages.DNS112.raise({
      subject,
      severity: 'warning',
      confidence: 'likely',
      args: { ...first.forbidden, namespace: dns.namespace, later: true },
      evidence: told.slice(0, 3).map(({ evidence }) => evidence),
    }),
  ];
}

/** What a server says that serves before it has read the Services. */
const NOT_YET = /starting server with unsynced|plugin\/ready: (?:Plugins not ready|Still waiting on)/;

interface Complaint {
  readonly pod: Pod;
  readonly what: string;
  readonly evidence: Evidence;
  readonly forbidden: { readonly resource: string; readonly account: string } | undefined;
}

/** The last thing that a server says about the API server; none when it says nothing of the kind. */
function complaintOf(index: ClusterIndex, pod: Pod): readonly Complaint[] {
  for (const previous of [false, true]) {
    // Structured lines of the client have their quotes escaped.
    const lines = serverLog(index, pod, previous).replaceAll('\\"', '"').split('\n');
    // A server that stopped for another reason says so last.
    if (/\[FATAL\]|Error during parsing|plugin\/loop: Loop/.test(lines.slice(-5).join('\n'))) return [];
    const refused = lines.findLast((line) => FORBIDDEN.test(line));
    const line = refused ?? lines.findLast((text) => CLIENT_LINE.test(text) && FAULT.test(text));
    if (line !== undefined) return [complaint(pod, line, FORBIDDEN.exec(line))];
  }
  const own = serverLog(index, pod).split('\n');
  // Every start waits; the version comes when the waiting is over, after a warning where it was in vain.
  const started = own.findLastIndex((line) => /^CoreDNS-\d/.test(line));
  const waits = own.findLast((line, at) => WAITS.test(line) && !(at < started && WAITING.test(line)));
  if (waits !== undefined) return [waiting(pod, { fact: shorten(waits, 240), source: `log of Pod ${podKey(pod)}` })];
  const ready = index.tools('tools/coredns').find(({ path }) => path === `tools/coredns/${nameOf(pod)}/ready.txt`);
  if (ready === undefined || !/^503\n.*\bkubernetes\b/s.test(ready.text)) return [];
  const fact = `/ready answers 503: ${shorten(ready.text.slice(4), 80)}`;
  return [waiting(pod, { fact, source: `Pod ${podKey(pod)}` })];
}

/** A server that has not read the Services and does not say what keeps it from that. */
function waiting(pod: Pod, evidence: Evidence): Complaint {
  return { pod, what: WITHOUT_REASON, evidence, forbidden: undefined };
}

const WITHOUT_REASON = 'its kubernetes plugin is not ready';

function complaint(pod: Pod, line: string, refused: RegExpExecArray | null): Complaint {
  return {
    pod,
    what: FAULT.exec(line)?.[1] ?? shorten(line, 120),
    evidence: { fact: shorten(line.slice(refused?.index ?? 0), 240), source: `log of Pod ${podKey(pod)}` },
    forbidden: refused === null ? undefined : { resource: refused[3] ?? '', account: refused[2] ?? '' },
  };
}

/** What CoreDNS reads in any case (plugin/kubernetes, controller.go). */
const READS = [
  { group: '', resource: 'services' },
  { group: '', resource: 'namespaces' },
  { group: 'discovery.k8s.io', resource: 'endpointslices' },
];

/** Where the log keeps the reason to itself: the finding when no role of the servers' account lets them read. */
function refusedByRoles(
  index: ClusterIndex,
  namespace: string,
  told: readonly Complaint[],
): ((subject: Ref, severity: 'warning' | 'critical') => Finding) | undefined {
  const [first] = told;
  const name = first?.pod.spec?.serviceAccountName;
  if (first?.what !== WITHOUT_REASON || name === undefined) return undefined;
  const missing = missingClusterRead(index, { namespace, name }, READS);
  if (missing === undefined) return undefined;
  const { resource } = missing;
  const roles = rolesBoundTo(index, { namespace, name });
  return (subject, severity) =>
    apiAccessMessages.DNS112.raise({
      subject,
      severity,
      args: {
        resource,
        account: `system:serviceaccount:${namespace}:${name}`,
        namespace,
        lacks: roles.length === 0 ? 'binding' : 'rule',
      },
      evidence: [
        ...told.slice(0, 3).map(({ evidence }) => evidence),
        {
          fact:
            roles.length === 0
              ? `no ClusterRole is bound to ServiceAccount ${namespace}/${name}`
              : `no rule lets ServiceAccount ${namespace}/${name} list and watch ${resource}`,
          source: roles.length === 0 ? 'ClusterRoleBindings' : joinNames(roles, 2),
        },
      ],
    });
}

function unreachable(
  index: ClusterIndex,
  subject: ReturnType<typeof dnsServersRef>,
  told: readonly Complaint[],
  severity: 'warning' | 'critical',
): Finding {
  const [first] = told;
  const policies = egressPoliciesOf(
    index,
    told.map(({ pod }) => pod),
  );
  const namespace = subject.namespace;
  return apiAccessMessages.DNS110.raise({
    subject,
    severity,
    confidence: first?.what === WITHOUT_REASON ? 'likely' : 'proven',
    args: {
      pods: joinNames(
        told.map(({ pod }) => nameOf(pod)),
        2,
      ),
      what: first === undefined || first.what === WITHOUT_REASON ? '' : first.what,
    },
    evidence: [
      ...told.slice(0, 3).map(({ evidence }) => evidence),
      ...policies.map((name) => ({ fact: 'restricts where the DNS servers may connect to', source: name })),
    ],
    fixes: [
      ...(first?.what === WITHOUT_REASON ? [mayTheyList(first.pod, namespace)] : []),
      {
        title: 'ask for the Service that leads to the API server',
        command: 'kubectl netsvc kubernetes -n default',
        risk: 'none',
      },
      {
        title: 'read the log',
        command: `kubectl logs ${nameOf(first?.pod ?? {})} -n ${namespace} --tail=20`,
        risk: 'none',
      },
    ],
  });
}

/** Rights are what a log without a reason leaves open, and the API server answers for them at once. */
function mayTheyList(pod: Pod, namespace: string): Fix {
  const account = pod.spec?.serviceAccountName ?? 'coredns';
  return {
    title: 'ask whether the servers have the right to read (must be "yes")',
    command: `kubectl auth can-i list endpointslices.discovery.k8s.io -A --as=system:serviceaccount:${namespace}:${account}`,
    risk: 'none',
  };
}
