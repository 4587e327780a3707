import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { egressPoliciesOf } from '../../egress-policies.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS, serverLog } from './server-facts.ts';

/** Lines of the Kubernetes client inside CoreDNS, with and without its prefix. */
const CLIENT_LINE =
  /(?:failed to (?:list|watch)|Unhandled Error.*reflector|plugin\/kubernetes:.*(?:unsynced|waiting for Kubernetes API|Kubernetes API connection failure))/i;
const FORBIDDEN = /failed to list \*?v\d\w*\.(\w+):.*is forbidden: User "([^"]+)" cannot list resource "([^"]+)"/;
const FAULT =
  /(dial tcp [^\s]+: (?:i\/o timeout|connect: [a-z ]+)|x509: [^"]+|Unauthorized|connection refused|no route to host|context deadline exceeded|TLS handshake timeout|http2: client connection lost|EOF)/i;

/** Servers that never read the Services, or lost sight of them, and say why in their log. */
export const apiUnreachable = defineCheck<DnsSubject>({
  id: 'netdns/api-unreachable',
  group: 'servers',
  needs: ['Pod'],
  uses: [...SERVER_KINDS, ...POLICY_FACT_KINDS],
  run: ({ dns }, { index }) => {
    // A ready server has read the Services; old lines of its log are over.
    const waiting = (dns?.pods ?? []).filter((pod) => !isReady(pod));
    const told = waiting.flatMap((pod) => complaintOf(index, pod));
    const [first] = told;
    if (dns === undefined || first === undefined) return [];
    const subject = dnsServersRef(dns);
    const forbidden = told.find((entry) => entry.forbidden !== undefined)?.forbidden;
    const severity = dns.pods.some(isReady) ? 'warning' : 'critical';
    if (forbidden !== undefined) {
      return [
        serversMessages.DNS112.raise({
          subject,
          severity,
          args: { ...forbidden, namespace: dns.namespace },
          evidence: told.slice(0, 3).map(({ evidence }) => evidence),
        }),
      ];
    }
    return [unreachable(index, subject, told, severity)];
  },
});

interface Complaint {
  readonly pod: Pod;
  readonly what: string;
  readonly evidence: Evidence;
  readonly forbidden: { readonly resource: string; readonly account: string } | undefined;
}

/** The last thing that a server says about the API server; none when it says nothing of the kind. */
function complaintOf(index: ClusterIndex, pod: Pod): readonly Complaint[] {
  for (const previous of [false, true]) {
    const lines = serverLog(index, pod, previous).split('\n');
    // A server that stopped for another reason says so last.
    if (/\[FATAL\]|Error during parsing|plugin\/loop: Loop/.test(lines.slice(-5).join('\n'))) return [];
    const refused = lines.findLast((line) => FORBIDDEN.test(line));
    const line = refused ?? lines.findLast((text) => CLIENT_LINE.test(text) && FAULT.test(text));
    if (line !== undefined) return [complaint(pod, line, FORBIDDEN.exec(line))];
  }
  const ready = index.tools('tools/coredns').find(({ path }) => path === `tools/coredns/${nameOf(pod)}/ready.txt`);
  if (ready !== undefined && /^503\n.*\bkubernetes\b/s.test(ready.text)) {
    return [
      {
        pod,
        what: 'its kubernetes plugin is not ready',
        evidence: { fact: `/ready answers 503: ${shorten(ready.text.slice(4), 80)}`, source: `Pod ${podKey(pod)}` },
        forbidden: undefined,
      },
    ];
  }
  return [];
}

function complaint(pod: Pod, line: string, refused: RegExpExecArray | null): Complaint {
  return {
    pod,
    what: FAULT.exec(line)?.[1] ?? shorten(line, 120),
    evidence: { fact: shorten(line, 240), source: `log of Pod ${podKey(pod)}` },
    forbidden: refused === null ? undefined : { resource: refused[3] ?? '', account: refused[2] ?? '' },
  };
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
  return serversMessages.DNS110.raise({
    subject,
    severity,
    confidence: /not ready/.test(first?.what ?? '') ? 'likely' : 'proven',
    args: {
      pods: joinNames(
        told.map(({ pod }) => nameOf(pod)),
        2,
      ),
      what: first?.what ?? '',
    },
    evidence: [
      ...told.slice(0, 3).map(({ evidence }) => evidence),
      ...policies.map((name) => ({ fact: 'restricts where the DNS servers may connect to', source: name })),
    ],
    fixes: [
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
