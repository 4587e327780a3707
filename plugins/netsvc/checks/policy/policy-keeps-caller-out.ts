import { type CheckContext, defineCheck } from '../../../../shared/diagnose/check.ts';
import { weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { podsOf } from '../../../../shared/model/services.ts';
import { callerAccess } from '../../../../shared/policy/caller-access.ts';
import { POLICY_FACT_KINDS, policyModelOf } from '../../../../shared/policy/model-of-index.ts';
import type { SideWalk } from '../../../../shared/policy/verdict.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { letAskDns, letThroughFixes } from './caller-fixes.ts';
import { decidingPolicies, deniedSide, missesOf, type WalkMiss } from './walk-misses.ts';

/** With `--from`: whether policies let this very caller reach the pods of the Service, and the cluster's DNS. */
export const policyKeepsCallerOut = defineCheck<ServiceSubject>({
  id: 'netsvc/policy-keeps-the-caller-out',
  group: 'policy',
  needs: ['NetworkPolicy', 'Pod'],
  uses: ['Service', ...POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy' && kind !== 'Pod')],
  applies: (_subject, { from }) => from !== undefined,
  run: (subject, { index, from }) => {
    const caller = from === undefined ? undefined : index.get('Pod', from.namespace, from.pod);
    if (caller === undefined) return [];
    return [...towardsService(index, subject, caller), ...towardsDns(index, subject, caller)];
  },
});

function towardsService(index: ClusterIndex, subject: ServiceSubject, caller: Pod): readonly Finding[] {
  const pods = subjectPods(index, subject);
  const access = callerAccess(policyModelOf(index), caller, subject.service, pods);
  const weight = weightIn(index);
  return access.ports.flatMap((port) => {
    const walk = deniedSide(port);
    if (port.no.length === 0 || walk === undefined) return [];
    const misses = missesOf(walk, { service: subject.service, port });
    return [
      policyMessages.SVC604.raise({
        subject: subject.ref,
        severity: port.yes.length > 0 && weight.severity === 'critical' ? 'warning' : weight.severity,
        confidence: weight.confidence,
        impact: port.no.length / (port.no.length + port.yes.length),
        args: {
          caller: `pod ${podKey(caller)}`,
          side: walk.direction,
          policies: decidingPolicies(walk),
          port: `port ${port.told?.port ?? port.targetPort}/${port.protocol}`,
          service: `${subject.namespace}/${subject.name}`,
          why: misses[0]?.words ?? '',
          enforcement: weight.words,
          fixes: letThroughFixes(index, walk, caller, subject.service, port, misses),
        },
        evidence: [...walkEvidence(walk, misses), ...weight.evidence],
      }),
    ];
  });
}

function towardsDns(index: ClusterIndex, subject: ServiceSubject, caller: Pod): readonly Finding[] {
  const dns = index.get('Service', 'kube-system', 'kube-dns');
  if (dns === undefined || dns === subject.service) return [];
  const access = callerAccess(policyModelOf(index), caller, dns, podsOf(index, dns));
  const closed = access.ports.filter((port) => port.servicePort === 53 && port.yes.length === 0 && port.no.length > 0);
  const port = closed.find((one) => deniedSide(one) !== undefined);
  const walk = port === undefined ? undefined : deniedSide(port);
  if (port === undefined || walk === undefined || !closed.some(({ protocol }) => protocol === 'UDP')) return [];
  const weight = weightIn(index);
  return [
    policyMessages.SVC605.raise({
      subject: subject.ref,
      severity: weight.severity,
      confidence: weight.confidence,
      args: {
        caller: `pod ${podKey(caller)}`,
        policies: decidingPolicies(walk),
        ports: joinAnd(closed.map(({ protocol }) => `${protocol} 53`)),
        enforcement: weight.words,
        fixes: walk.direction === 'egress' && walk.decision.by === 'isolation' ? [letAskDns(caller, dns)] : [],
      },
      evidence: [...walkEvidence(walk, missesOf(walk, { service: dns, port })), ...weight.evidence],
    }),
  ];
}

/** Whether the ingress side of the Service keeps this caller out of some port: what is wrong there is then told for it. */
export function keepsCallerOut(index: ClusterIndex, subject: ServiceSubject, from: CheckContext['from']): boolean {
  const caller = from === undefined ? undefined : index.get('Pod', from.namespace, from.pod);
  if (caller === undefined) return false;
  const { ports } = callerAccess(policyModelOf(index), caller, subject.service, subjectPods(index, subject));
  return ports.some((port) => port.no.length > 0 && deniedSide(port)?.direction === 'ingress');
}

function walkEvidence(walk: SideWalk, misses: readonly WalkMiss[]): readonly Evidence[] {
  const policies = joinNames(decidingPolicies(walk), 2);
  if (misses.length === 0) return [{ fact: `no ${walk.direction} rule matches`, source: policies }];
  return misses.slice(0, 4).map(({ words, policy }) => ({ fact: words, source: formatRef(policy) }));
}
