import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodeCacheMessages } from '../../messages/node-cache.ts';

/** Rules that are added back so often are being removed by somebody. */
const MANY = 3;

/** Errors while a cache sets up its node, from its metrics on port 9353 and its log. */
export const nodeCacheSetup = defineCheck<DnsSubject>({
  id: 'netdns/node-cache-setup',
  group: 'node cache',
  needs: [],
  uses: ['Pod', 'DaemonSet', 'ConfigMap', 'Service'],
  applies: (_subject, { index }) => nodeCacheOf(index) !== undefined,
  run: (_subject, { index }) => {
    const cache = nodeCacheOf(index);
    const told = (cache?.pods ?? []).flatMap((pod) => {
      const what = errorsOf(index, pod) ?? addedBack(index, pod);
      return what === undefined ? [] : [{ pod, what }];
    });
    const [first] = told;
    if (cache === undefined || first === undefined) return [];
    return [
      nodeCacheMessages.DNS505.raise({
        subject: { kind: 'DaemonSet', namespace: cache.namespace, name: nameOf(cache.set ?? {}) || 'node-local-dns' },
        args: { pods: joinNames(told.map(({ pod }) => nameOf(pod))), what: first.what },
        evidence: told
          .slice(0, 4)
          .map(({ pod, what }) => ({ fact: what, source: `Pod ${namespaceOf(pod)}/${nameOf(pod)}` })),
      }),
    ];
  },
});

function errorsOf(index: ClusterIndex, pod: Pod): string | undefined {
  const page = index.tools(`tools/nodecache/${nameOf(pod)}`).find(({ path }) => path.endsWith('/setup-metrics.txt'));
  const errors = [
    ...(page?.text ?? '').matchAll(/^coredns_nodecache_setup_errors_total\{errortype="([^"]+)"\} (\d+)/gm),
  ]
    .filter(([, , count]) => Number(count) > 0)
    .map(([, type = '', count = '']) => `${type} ${count} times`);
  return errors.length === 0 ? undefined : `setup errors: ${joinNames(errors)}`;
}

function addedBack(index: ClusterIndex, pod: Pod): string | undefined {
  const text = (pod.spec?.containers ?? [])
    .map(({ name = '' }) => index.log(namespaceOf(pod), nameOf(pod), name, false) ?? '')
    .join('\n');
  const count = (text.match(/Added back nodelocaldns rule/g) ?? []).length;
  return count < MANY ? undefined : `"Added back nodelocaldns rule" ${plural(count, 'time')} in its log`;
}
