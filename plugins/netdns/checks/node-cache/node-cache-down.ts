import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import { nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import { isReady, isTerminating } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodeCacheMessages } from '../../messages/node-cache.ts';

/** Caches that are not ready: pods of their nodes have no DNS. */
export const nodeCacheDown = defineCheck<DnsSubject>({
  id: 'netdns/node-cache-down',
  group: 'node cache',
  needs: ['Pod'],
  uses: ['DaemonSet', 'ConfigMap', 'Service'],
  applies: (_subject, { index }) => nodeCacheOf(index) !== undefined,
  run: (_subject, { index, now }) => {
    const cache = nodeCacheOf(index);
    if (cache === undefined) return [];
    const pods = cache.pods.filter((pod) => !isTerminating(pod));
    const sick = pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []);
    const [first] = sick;
    if (first === undefined) return [];
    const ref = {
      kind: 'DaemonSet',
      namespace: cache.namespace,
      name: cache.set === undefined ? 'node-local-dns' : nameOf(cache.set),
    };
    const nodes = sick.map(({ node, name }) => (node === '' ? name : node));
    return [
      nodeCacheMessages.DNS501.raise({
        subject: ref,
        impact: sick.length / Math.max(pods.length, 1),
        args: {
          set: formatRef(ref),
          ready: pods.filter(isReady).length,
          all: pods.length,
          where:
            sick.length === pods.length ? 'every node' : `${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes)}`,
          why: first.message === '' ? first.reason : `${first.reason}: ${first.message}`,
        },
        evidence: sick.slice(0, 3).map((pod) => sickEvidence(pod, now)),
        fixes: [
          {
            title: 'read why it stops',
            command: `kubectl logs ${first.name} -n ${cache.namespace} --previous --tail=20`,
            risk: 'none',
          },
        ],
        pods: sick.map(({ namespace, name }) => `${namespace}/${name}`),
      }),
    ];
  },
});
