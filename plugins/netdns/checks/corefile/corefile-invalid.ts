import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { clusterDnsOf } from '../../../../shared/dns/cluster-dns.ts';
import type { Judgement } from '../../../../shared/dns/corefile/judge.ts';
import {
  ASSUMED_VERSION,
  type CorefileSource,
  corefileSources,
  judgeSource,
} from '../../../../shared/dns/corefile/sources.ts';
import { NEWEST_VERSION } from '../../../../shared/dns/corefile/versions.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { configMapPlace, invalidFindings } from '../../diagnose/corefile-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';

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
      if (judgement.valid) return [];
      const severity = serving(index, source) ? 'warning' : 'critical';
      // The first is what CoreDNS stops at; further ones are for `netdns corefile` to list.
      return invalidFindings(judgement, configMapPlace(source.ref), severity).slice(0, 1);
    }),
});

/** Judged as the version that runs; as the kindest of several when it is not known. */
export function judgeKnown(source: CorefileSource): Judgement {
  if (source.version !== undefined) return judgeSource(source);
  const all = CANDIDATES.map((version) => judgeSource(source, version));
  return all.find(({ valid }) => valid) ?? judgeSource(source);
}

function serving(index: ClusterIndex, source: CorefileSource): boolean {
  if (source.program === 'node-cache') return false;
  const pods = clusterDnsOf(index)?.pods ?? [];
  return pods.length > 0 && pods.every(isReady);
}
