import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ContainerStatus, Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS, workloadWord } from './server-facts.ts';

/** An end is news for a day; a restart more than an hour ago, of a server that is ready, is over. */
const OOM_WINDOW = 86_400_000;
const RESTART_WINDOW = 3_600_000;
const MANY_RESTARTS = 3;

interface Ended {
  readonly pod: Pod;
  readonly status: ContainerStatus;
  readonly at: string | undefined;
  readonly oom: boolean;
}

/** Servers that are killed for their memory, or restart again and again. */
export const serversRestart = defineCheck<DnsSubject>({
  id: 'netdns/servers-restart',
  group: 'servers',
  needs: ['Pod'],
  uses: [...SERVER_KINDS],
  run: ({ dns }, { index, now }) => {
    if (dns === undefined) return [];
    const ended = dns.pods.flatMap((pod) => (pod.status?.containerStatuses ?? []).flatMap((s) => endOf(pod, s)));
    const recent = (entry: Ended, window: number): boolean =>
      !isReady(entry.pod) || now - Date.parse(entry.at ?? '') < window;
    const oom = ended.filter((entry) => entry.oom && recent(entry, OOM_WINDOW));
    const others = ended.filter(
      (entry) => !entry.oom && (entry.status.restartCount ?? 0) >= MANY_RESTARTS && recent(entry, RESTART_WINDOW),
    );
    const first = oom[0] ?? others[0];
    if (first === undefined) return [];
    const ref = dnsServersRef(dns);
    if (oom.length > 0) {
      const limit = limitOf(first);
      return [
        serversMessages.DNS108.raise({
          subject: ref,
          severity: oom.every(({ pod }) => !isReady(pod)) && !dns.pods.some(isReady) ? 'critical' : 'warning',
          args: {
            pods: joinNames(oom.map(({ pod }) => nameOf(pod))),
            limit: limit ?? '',
            times: restarts(oom),
            namespace: dns.namespace,
            workload: workloadWord(dns),
            more: doubled(limit),
          },
          evidence: oom.slice(0, 3).map((entry) => evidenceOf(entry, now)),
          pods: oom.map(({ pod }) => podKey(pod)),
        }),
      ];
    }
    return [restarting(index, formatRef(ref), others, now, ref)];
  },
});

function restarting(
  index: ClusterIndex,
  source: string,
  ended: readonly Ended[],
  now: number,
  subject: { readonly kind: string; readonly namespace: string; readonly name: string },
): Finding {
  const [first] = ended;
  const probe = ended
    .flatMap(({ pod }) => index.events(pod, 'Pod'))
    .findLast(({ reason, message }) => reason === 'Killing' || /Liveness probe failed/.test(message));
  const code = first?.status.lastState?.terminated?.exitCode;
  return serversMessages.DNS109.raise({
    subject,
    args: {
      pods: joinNames(ended.map(({ pod }) => nameOf(pod))),
      times: restarts(ended),
      last: ago(first?.at, now) || 'at an unknown time',
      why: probe === undefined ? (code === undefined ? '' : `exit code ${code}`) : shorten(probe.message, 120),
    },
    evidence: [
      ...ended.slice(0, 3).map((entry) => evidenceOf(entry, now)),
      ...(probe === undefined
        ? []
        : [{ fact: shorten(probe.message, 200), source: `event ${probe.reason} of ${source}` }]),
    ],
    fixes:
      first === undefined
        ? []
        : [
            {
              title: 'read how the run before ended',
              command: `kubectl logs ${nameOf(first.pod)} -n ${subject.namespace} --previous --tail=20`,
              risk: 'none',
            },
          ],
    pods: ended.map(({ pod }) => podKey(pod)),
  });
}

function endOf(pod: Pod, status: ContainerStatus): readonly Ended[] {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (ended === undefined || (status.restartCount ?? 0) === 0) return [];
  const oom = ended.reason === 'OOMKilled' || status.lastState?.terminated?.reason === 'OOMKilled';
  return [{ pod, status, at: ended.finishedAt, oom }];
}

function restarts(ended: readonly Ended[]): number {
  return ended.reduce((sum, { status }) => sum + (status.restartCount ?? 0), 0);
}

function limitOf({ pod, status }: Ended): string | undefined {
  const container = (pod.spec?.containers ?? []).find(({ name }) => name === status.name);
  const limit = container?.resources?.limits?.memory;
  return limit === undefined ? undefined : String(limit);
}

/** Twice the limit in whole mebibytes; empty when there is none. */
function doubled(limit: string | undefined): string {
  const bytes = parseQuantity(limit);
  return bytes === undefined ? '' : `${Math.round((bytes * 2) / 2 ** 20)}Mi`;
}

function evidenceOf({ pod, status, at, oom }: Ended, now: number): Evidence {
  const code = (status.state?.terminated ?? status.lastState?.terminated)?.exitCode;
  const how = oom ? 'OOMKilled' : `exit code ${code ?? '?'}`;
  return {
    fact: `${nameOf(pod)} restarted ${status.restartCount ?? 0} times, last ended ${ago(at, now) || 'at an unknown time'}: ${how}`,
    source: `Pod ${podKey(pod)} status`,
  };
}
