import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { clusterDnsOf } from '../../../../shared/dns/cluster-dns.ts';
import type { Judgement } from '../../../../shared/dns/corefile/judge.ts';
import { runningHash } from '../../../../shared/dns/corefile/running-hash.ts';
import {
  ASSUMED_VERSION,
  type CorefileSource,
  corefileSources,
  judgeSource,
} from '../../../../shared/dns/corefile/sources.ts';
import { NEWEST_VERSION, wasEverKnown } from '../../../../shared/dns/corefile/versions.ts';
import { configHashIn } from '../../../../shared/dns/logs/config-hash.ts';
import { metricsOf } from '../../../../shared/dns/metrics/pages.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { corefileChangedAt } from '../../diagnose/corefile-change.ts';
import { configMapPlace, invalidFindings } from '../../diagnose/corefile-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serverLog } from '../servers/server-facts.ts';

/** Versions of some years; a Corefile that one of them takes is not called broken while the real one is not known. */
const CANDIDATES = [ASSUMED_VERSION, NEWEST_VERSION, '1.9.4', '1.6.9', '1.3.1'];

/**
 * CoreDNS would not start with its Corefile. While all servers run on the older text nothing fails yet, and it is a
 * warning.
 */
export const corefileInvalid = defineCheck<DnsSubject>({
  id: 'netdns/corefile-invalid',
  group: 'corefile',
  needs: ['ConfigMap'],
  uses: ['Deployment', 'DaemonSet', 'Service', 'ReplicaSet', 'Pod', 'Node'],
  run: (_subject, { index }) =>
    corefileSources(index).flatMap((source) => {
      const judgement = judgeKnown(source);
      if (judgement.valid || isSeenToRun(index, source, judgement)) return [];
      const severity = !serving(index, source) ? 'critical' : mayBeOwnBuild(source, judgement) ? 'info' : 'warning';
      const isNodeCache = source.program === 'node-cache';
      // The first is what CoreDNS stops at; further ones are for `netdns corefile` to list.
      return invalidFindings(judgement, configMapPlace(source.ref, source.keeper), severity, isNodeCache).slice(0, 1);
    }),
});

/** Judged as the version that runs; as the kindest of several when it is not known. */
export function judgeKnown(source: CorefileSource): Judgement {
  if (source.version !== undefined) return judgeSource(source);
  const all = CANDIDATES.map((version) => judgeSource(source, version));
  return all.find(({ valid }) => valid) ?? judgeSource(source);
}

/**
 * A build with plugins of its own takes what no release does. It is known by its metrics, by the hash of this very text in
 * a log, or by servers that were started after the last change and are ready.
 */
function isSeenToRun(index: ClusterIndex, source: CorefileSource, { errors }: Judgement): boolean {
  const plugin = strangePlugin(errors[0]?.message);
  if (source.program === 'node-cache' || plugin === undefined) return false;
  const pods = (clusterDnsOf(index)?.pods ?? []).filter(isReady);
  const pages = metricsOf(index).filter(({ pod }) => pods.some((one) => nameOf(one) === pod));
  if (pages.some(({ metrics }) => metrics.plugins.includes(plugin))) return true;
  const changed = corefileChangedAt(index);
  return pods.some((pod) => {
    const hash = configHashIn(serverLog(index, pod));
    if (hash !== undefined && hash === runningHash(source, hash)) return true;
    return changed !== undefined && (pod.status?.startTime ?? '') > changed;
  });
}

/** A plugin that no release had, in an image whose name tells no release. */
function mayBeOwnBuild({ version }: CorefileSource, { errors }: Judgement): boolean {
  return version === undefined && strangePlugin(errors[0]?.message) !== undefined;
}

function strangePlugin(message = ''): string | undefined {
  const plugin = /^Unknown directive '([^']+)'/.exec(message)?.[1];
  return plugin === undefined || wasEverKnown(plugin) ? undefined : plugin;
}

function serving(index: ClusterIndex, source: CorefileSource): boolean {
  if (source.program === 'node-cache') return false;
  const pods = clusterDnsOf(index)?.pods ?? [];
  return pods.length > 0 && pods.every(isReady);
}
