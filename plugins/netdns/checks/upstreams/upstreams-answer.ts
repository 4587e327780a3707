import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { type ForwardedZone, forwardedZones } from '../../../../shared/dns/corefile/forwarded-zones.ts';
import { type CorefileSource, serversCorefile } from '../../../../shared/dns/corefile/sources.ts';
import { upstreamAnswersOf } from '../../../../shared/dns/upstream-answers.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, nameOf, type Ref } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { egressPoliciesOf } from '../../egress-policies.ts';
import { type UpstreamArgs, upstreamMessages } from '../../messages/upstreams.ts';
import { judgeKnown } from '../corefile/corefile-invalid.ts';
import { SERVER_KINDS } from '../servers/server-facts.ts';
import { type Trouble, troubleOf } from './zone-troubles.ts';

/** What the resolvers above the cluster said when each server was asked for names that nobody has. */
export const upstreamsAnswer = defineCheck<DnsSubject>({
  id: 'netdns/upstreams-answer',
  group: 'upstreams',
  needs: [],
  uses: [...SERVER_KINDS, ...POLICY_FACT_KINDS],
  applies: (_subject, { index }) => upstreamAnswersOf(index).length > 0,
  run: ({ dns }, { index }) => {
    if (dns === undefined) return [];
    const source = serversCorefile(index);
    const forwards = source === undefined ? [] : forwardedZones(judgeKnown(source));
    const servers = upstreamAnswersOf(index);
    const zones = [...new Set(servers.flatMap((server) => server.zones.map(({ zone }) => zone)))];
    return zones.flatMap((zone) => {
      const forward = forwards.find((one) => one.zone === zone);
      const asked = servers.filter((server) => server.zones.some((answer) => answer.zone === zone));
      const troubles = asked.flatMap((server) => {
        const pod = dns.pods.find((one) => nameOf(one) === server.pod);
        const answer = server.zones.find((one) => one.zone === zone);
        return (answer === undefined ? undefined : troubleOf(index, server, pod, answer, forward)) ?? [];
      });
      const scene = { index, source, forward, zone, subject: dnsServersRef(dns), pods: dns.pods, asked: asked.length };
      return (['silent', 'tcp', 'fails', 'slow'] as const).flatMap((kind) => {
        const own = troubles.filter((trouble) => trouble.kind === kind);
        return own.length === 0 ? [] : [finding(scene, kind, own)];
      });
    });
  },
});

interface Scene {
  readonly index: ClusterIndex;
  readonly source: CorefileSource | undefined;
  readonly forward: ForwardedZone | undefined;
  readonly zone: string;
  readonly subject: Ref;
  readonly pods: readonly Pod[];
  /** How many servers were asked. */
  readonly asked: number;
}

const MESSAGES = {
  silent: upstreamMessages.DNS140,
  tcp: upstreamMessages.DNS143,
  fails: upstreamMessages.DNS141,
  slow: upstreamMessages.DNS142,
} as const;

function finding(scene: Scene, kind: Trouble['kind'], troubles: readonly Trouble[]): Finding {
  const { zone, source, forward, subject, asked, index, pods } = scene;
  const [first] = troubles;
  const all = troubles.length === asked;
  const root = zone === '.';
  const args: UpstreamArgs = {
    names: root ? 'names outside of the cluster' : `names of ${zone.replace(/\.$/, '')}`,
    upstream: joinNames([...new Set(troubles.map(({ upstream }) => upstream))], 2),
    what: first?.what ?? '',
    from: all
      ? ''
      : ` from DNS ${troubles.length === 1 ? 'server' : 'servers'} ${joinAnd(troubles.map((one) => serverWord(pods, one.pod)))}`,
    namespace: source?.ref.namespace ?? '',
    configMap: source?.ref.name ?? '',
  };
  const troubled = pods.filter((pod) => troubles.some((one) => one.pod === nameOf(pod)));
  const severity = kind === 'slow' || kind === 'tcp' || !all || !root ? 'warning' : 'critical';
  return MESSAGES[kind].raise({
    subject,
    severity,
    confidence: kind === 'silent' && troubles.every(({ sure }) => sure) ? 'proven' : 'likely',
    impact: severity === 'critical' ? 0.5 : 0.3,
    args,
    evidence: [
      ...troubles.slice(0, 3).flatMap(({ evidence }) => evidence),
      ...(forward === undefined || source === undefined
        ? []
        : [
            {
              fact: `forward ${root ? '.' : zone} ${forward.targets.join(' ')}`,
              source: `${formatRef(source.ref)} Corefile:${forward.line}`,
            },
          ]),
      ...(kind === 'silent' || kind === 'tcp' ? egressPoliciesOf(index, troubled) : []).map((name) => ({
        fact: 'restricts where the DNS servers may connect to',
        source: name,
      })),
    ],
  });
}

function serverWord(pods: readonly Pod[], name: string): string {
  const node = pods.find((pod) => nameOf(pod) === name)?.spec?.nodeName;
  return node === undefined ? name : `${name} on ${node}`;
}
