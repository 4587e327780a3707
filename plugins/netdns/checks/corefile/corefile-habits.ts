import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { lintCorefile } from '../../../../shared/dns/corefile/lint/lint.ts';
import { asksItself, lintFactsOf } from '../../../../shared/dns/corefile/lint-facts.ts';
import { type CorefileSource, corefileSources } from '../../../../shared/dns/corefile/sources.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { configMapPlace, lintFindings } from '../../diagnose/corefile-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { corefileMessages } from '../../messages/corefile.ts';
import { judgeKnown } from './corefile-invalid.ts';
import { kubeletDomain } from './kubelet-domain.ts';

/**
 * A Corefile with which CoreDNS starts and names fail all the same, now or one day: circles, plugins that keep names from
 * others, what is missing. Small matters are left to `netdns corefile`; the node cache has checks of its own.
 */
export const corefileHabits = defineCheck<DnsSubject>({
  id: 'netdns/corefile-habits',
  group: 'corefile',
  needs: ['ConfigMap'],
  uses: ['Deployment', 'DaemonSet', 'Service', 'Pod', 'Node'],
  run: ({ asked = [] }, { index }) =>
    corefileSources(index)
      .filter(({ program }) => program === 'coredns')
      .flatMap((source) => {
        const facts = { ...lintFactsOf(index, source, kubeletDomain(index)), asked };
        const problems = lintCorefile(judgeKnown(source), facts).filter(({ severity }) => severity !== 'info');
        return [...lintFindings(problems, configMapPlace(source.ref, source.keeper)), ...themselves(source)];
      }),
});

function themselves(source: CorefileSource): readonly Finding[] {
  const policy = asksItself(source);
  const { workload } = source;
  if (policy === undefined || workload === undefined) return [];
  const [namespace, name] = [source.ref.namespace ?? '', nameOf(workload.object)];
  const kind = workload.kind.toLowerCase();
  const at = `${workload.kind} ${namespace}/${name}`;
  return [
    corefileMessages.DNS213.raise({
      subject: { kind: workload.kind, namespace, name },
      confidence: 'likely',
      args: { where: '', edit: '', found: { dns: at, policy, kind, name, namespace } },
      evidence: [
        { fact: `dnsPolicy: ${policy}`, source: `${at} spec.template.spec` },
        { fact: 'forward … /etc/resolv.conf', source: `ConfigMap ${namespace}/${source.ref.name}` },
      ],
    }),
  ];
}
