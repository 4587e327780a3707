import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { toClusterEvent } from '../../../../shared/model/events.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { podsMessages } from '../../messages/pods.ts';

/** What kubelets say of their own configuration: no clusterDNS, a resolv.conf over the limits. */
export const kubeletEvents = defineCheck<DnsSubject>({
  id: 'netdns/kubelet-events',
  group: 'pods',
  needs: [],
  uses: ['Event', 'Pod'],
  run: (_subject, { index }) => {
    const events = index.list('Event').flatMap((object) => toClusterEvent(object) ?? []);
    return [
      ...withoutClusterDns(events, (namespace, name) => index.get('Pod', namespace, name)?.spec?.nodeName),
      ...overLimits(events),
    ];
  },
});

function withoutClusterDns(
  events: readonly ClusterEvent[],
  nodeOf: (namespace: string, name: string) => string | undefined,
): readonly Finding[] {
  const told = events.filter(({ reason }) => reason === 'MissingClusterDNS');
  const [first] = told;
  if (first === undefined) return [];
  const nodes = new Set(
    told.map(({ object, source }) =>
      object.kind === 'Node' ? (object.name ?? '') : (nodeOf(object.namespace ?? '', object.name ?? '') ?? source),
    ),
  );
  const names = [...nodes].filter((name) => name !== '').sort();
  const where = names.length === 0 ? 'a node' : `${names.length === 1 ? 'node' : 'nodes'} ${joinNames(names)}`;
  return [
    podsMessages.DNS307.raise({
      subject: { kind: 'Node', name: names[0] ?? '' },
      args: { where, message: first.message },
      evidence: told.slice(0, 3).map(({ message, object }) => ({
        fact: message,
        source: `event MissingClusterDNS of ${object.kind ?? ''} ${object.name ?? ''}`,
      })),
    }),
  ];
}

function overLimits(events: readonly ClusterEvent[]): readonly Finding[] {
  const latest = new Map<string, ClusterEvent>();
  for (const event of events) {
    if (event.reason === 'CheckLimitsForResolvConf') latest.set(event.object.name ?? '', event);
  }
  return [...latest].map(([node, { message }]) =>
    podsMessages.DNS309.raise({
      subject: { kind: 'Node', name: node },
      args: { node: `Node ${node}`, message },
      evidence: [{ fact: message, source: `event CheckLimitsForResolvConf of Node ${node}` }],
    }),
  );
}
