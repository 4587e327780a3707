import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { matchesSelector } from '../../../../shared/model/selectors.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** What would hurt when a node or a server is lost: one replica, one node, no budget. Notes, nothing is broken. */
export const spread = defineCheck<DnsSubject>({
  id: 'netdns/servers-spread',
  group: 'servers',
  needs: ['Pod', 'Node'],
  uses: [...SERVER_KINDS, 'PodDisruptionBudget'],
  applies: ({ dns }) => dns?.workload?.kind === 'Deployment',
  run: ({ dns }, { index }) => {
    if (dns === undefined) return [];
    const ready = dns.pods.filter(isReady);
    const nodes = index.list('Node').length;
    const subject = dnsServersRef(dns);
    const name = formatRef(subject);
    const findings: Finding[] = [];
    if (nodes < 2) return [];
    if ((dns.workload?.object.spec?.replicas ?? 1) === 1) {
      return [
        serversMessages.DNS114.raise({
          subject,
          args: { dns: name },
          evidence: [{ fact: `replicas: 1 on ${nodes} nodes`, source: `${name} spec` }],
        }),
      ];
    }
    const used = new Set(ready.map((pod) => pod.spec?.nodeName ?? ''));
    if (ready.length > 1 && used.size === 1) {
      findings.push(
        serversMessages.DNS115.raise({
          subject,
          args: { dns: name, node: [...used][0] ?? '', count: ready.length, nodes },
          evidence: ready
            .slice(0, 4)
            .map((pod) => ({ fact: `${nameOf(pod)} runs on ${pod.spec?.nodeName ?? ''}`, source: 'spec.nodeName' })),
          fixes: [
            {
              title: 'start the servers anew, one by one, so that they spread',
              command: `kubectl rollout restart deployment ${subject.name} -n ${subject.namespace}`,
              risk: 'low',
            },
          ],
        }),
      );
    }
    const labels = dns.workload?.object.spec?.template?.metadata?.labels;
    const covered = index
      .list('PodDisruptionBudget', dns.namespace)
      .some(({ spec }) => spec?.selector !== undefined && matchesSelector(spec.selector, labels));
    if (!covered && ready.length > 1 && isWhollyRead(index, 'PodDisruptionBudget', dns.namespace)) {
      findings.push(
        serversMessages.DNS116.raise({
          subject,
          args: { dns: name, count: ready.length },
          evidence: [
            { fact: 'none selects the servers', source: `PodDisruptionBudgets of namespace ${dns.namespace}` },
          ],
        }),
      );
    }
    return findings;
  },
});
