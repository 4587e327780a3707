import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { runningHash } from '../../../../shared/dns/corefile/running-hash.ts';
import { type CorefileSource, serversCorefile } from '../../../../shared/dns/corefile/sources.ts';
import { configHashIn } from '../../../../shared/dns/logs/config-hash.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { changeIsOnItsWay, corefileChangedAt } from '../../diagnose/corefile-change.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { corefileInForceMessages } from '../../messages/corefile-in-force.ts';
import { SERVER_KINDS, serverLog } from '../servers/server-facts.ts';
import { judgeKnown } from './corefile-invalid.ts';

/** Servers that run on another Corefile than the ConfigMap holds: by the hash that they log, which can be computed. */
export const corefileInForce = defineCheck<DnsSubject>({
  id: 'netdns/corefile-in-force',
  group: 'corefile',
  needs: ['ConfigMap'],
  uses: SERVER_KINDS,
  run: ({ dns }, { index, now }) => {
    const source = serversCorefile(index);
    if (dns === undefined || source === undefined || !filesKnown(index, source)) return [];
    const told = dns.pods.filter((pod) => isReady(pod) && reads(pod, source)).flatMap((pod) => hashOf(index, pod));
    const [first] = told;
    const wanted = first === undefined ? undefined : runningHash(source, first.hash);
    const older = told.filter(({ hash }) => hash !== wanted);
    // A text that no server could take over is a fault of the text.
    if (wanted === undefined || older.length === 0 || !judgeKnown(source).valid) return [];
    if (changeIsOnItsWay(index)) return [];
    const changed = corefileChangedAt(index);
    // One server that runs on exactly this text proves that the hashes can be compared. Without it only a change that is
    // younger than the servers does: names in a recording may have been replaced.
    if (older.length === told.length && !told.every(({ pod }) => (pod.status?.startTime ?? '~') < (changed ?? '')))
      return [];
    const place = `ConfigMap ${source.ref.namespace ?? ''}/${source.ref.name}`;
    return [
      corefileInForceMessages.DNS214.raise({
        subject: dnsServersRef(dns),
        confidence: changed === undefined ? 'likely' : 'proven',
        args: {
          pods: older.map(({ pod }) => nameOf(pod)),
          all: older.length === dns.pods.length,
          place,
          namespace: dns.namespace,
        },
        evidence: [
          ...older.slice(0, 3).map(({ pod, hash }) => ({
            fact: `runs on Corefile ${hash.slice(0, 12)}…`,
            source: `log of Pod ${podKey(pod)}`,
          })),
          { fact: `the text there has ${wanted.slice(0, 12)}…`, source: place },
          ...(changed === undefined
            ? []
            : [{ fact: `last changed ${ago(changed, now)}`, source: `${place} metadata.managedFields` }]),
          ...(older.length === told.length
            ? []
            : [
                {
                  fact: `run on that text: ${joinNames(told.filter(({ hash }) => hash === wanted).map(({ pod }) => nameOf(pod)))}`,
                  source: 'logs',
                },
              ]),
        ],
        pods: older.map(({ pod }) => podKey(pod)),
      }),
    ];
  },
});

function hashOf(index: ClusterIndex, pod: Pod): readonly { readonly pod: Pod; readonly hash: string }[] {
  const hash = configHashIn(serverLog(index, pod));
  // SHA-512 or MD5; what is cut or made up compares with nothing.
  return hash === undefined || (hash.length !== 128 && hash.length !== 32) ? [] : [{ pod, hash }];
}

/** A server may have a ConfigMap of its own. */
function reads(pod: Pod, { ref }: CorefileSource): boolean {
  const maps = (pod.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  return maps.length === 0 || maps.includes(ref.name);
}

/** What is imported is part of the hash, and must have been read. */
function filesKnown(index: ClusterIndex, { text, ref }: CorefileSource): boolean {
  return !/^\s*import\b/m.test(text) || isWhollyRead(index, 'ConfigMap', ref.namespace);
}
