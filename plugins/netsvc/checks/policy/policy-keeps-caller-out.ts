import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { podsOf } from '../../../../shared/model/services.ts';
import { type CallerPort, callerAccess } from '../../../../shared/policy/caller-access.ts';
import { POLICY_FACT_KINDS, policyModelOf } from '../../../../shared/policy/model-of-index.ts';
import type { PeerMiss, SideWalk } from '../../../../shared/policy/verdict.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';

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
    return [
      policyMessages.SVC604.raise({
        subject: subject.ref,
        severity: port.yes.length > 0 && weight.severity === 'critical' ? 'warning' : weight.severity,
        confidence: weight.confidence,
        impact: port.no.length / (port.no.length + port.yes.length),
        args: {
          caller: `pod ${podKey(caller)}`,
          side: walk.direction,
          policies: joinNames(decidingPolicies(walk), 2),
          port: `port ${port.targetPort}/${port.protocol}`,
          service: `${subject.namespace}/${subject.name}`,
          why: missWords(walk),
          enforcement: weight.words,
        },
        evidence: [...walkEvidence(walk), ...weight.evidence],
      }),
    ];
  });
}

function towardsDns(index: ClusterIndex, subject: ServiceSubject, caller: Pod): readonly Finding[] {
  const dns = index.get('Service', 'kube-system', 'kube-dns');
  if (dns === undefined || dns === subject.service) return [];
  const access = callerAccess(policyModelOf(index), caller, dns, podsOf(index, dns));
  const closed = access.ports.filter((port) => port.servicePort === 53 && port.yes.length === 0 && port.no.length > 0);
  const walk = closed.map(deniedSide).find((side) => side !== undefined);
  if (walk === undefined || !closed.some((port) => port.protocol === 'UDP')) return [];
  const weight = weightIn(index);
  return [
    policyMessages.SVC605.raise({
      subject: subject.ref,
      severity: weight.severity,
      confidence: weight.confidence,
      args: {
        caller: `pod ${podKey(caller)}`,
        policies: joinNames(decidingPolicies(walk), 2),
        ports: joinAnd(closed.map((port) => `${port.protocol} 53`)),
        enforcement: weight.words,
      },
      evidence: [...walkEvidence(walk), ...weight.evidence],
    }),
  ];
}

/** The side that says no; egress first, because packets meet it first. */
function deniedSide({ told }: CallerPort): SideWalk | undefined {
  if (told === undefined || told.verdict.answer !== 'no') return undefined;
  const { egress, ingress } = told.verdict;
  return egress.answer === 'no' ? egress : ingress.answer === 'no' ? ingress : undefined;
}

function decidingPolicies({ decision }: SideWalk): readonly string[] {
  if (decision.by === 'isolation') return decision.policies.map(formatRef);
  return decision.by === 'rule' ? [formatRef(decision.policy)] : ['a network policy'];
}

/** The first label or port that keeps a rule from matching, in words; empty when the policies have no rule at all. */
function missWords(walk: SideWalk): string {
  for (const miss of missesOf(walk)) return `: ${miss}`;
  return '';
}

function missesOf(walk: SideWalk): readonly string[] {
  return walk.tiers.flatMap(({ policies }) =>
    policies.flatMap(({ rules }) =>
      rules.flatMap((rule) => {
        const peers = rule.peers === 'any' ? [] : rule.peers.flatMap((peer) => peer.misses.flatMap(wordsOf));
        return rule.ports.matched ? peers : [`the rule opens ${rule.ports.text}`, ...peers];
      }),
    ),
  );
}

function wordsOf(miss: PeerMiss): readonly string[] {
  switch (miss.what) {
    case 'podLabel':
      return [
        `label ${miss.key}=${miss.values.join('|')} is ${miss.found === undefined ? 'missing' : miss.found} on pod ${miss.pod.namespace ?? ''}/${miss.pod.name}`,
      ];
    case 'namespaceLabel':
      return [
        `namespace label ${miss.key}=${miss.values.join('|')} is ${miss.found === undefined ? 'missing' : miss.found} on ${miss.namespace}`,
      ];
    case 'otherNamespace':
      return [`the rule means namespace ${miss.wanted}, the other end is in ${miss.found}`];
    case 'outsideBlock':
      return [`${miss.addresses.join(', ')} is outside ${miss.cidr}`];
    case 'inExcept':
      return [`${miss.addresses.join(', ')} is in the exception ${miss.except}`];
    default:
      return [];
  }
}

function walkEvidence(walk: SideWalk): readonly Evidence[] {
  const misses = missesOf(walk).slice(0, 4);
  const source = joinNames(decidingPolicies(walk), 2);
  if (misses.length === 0) return [{ fact: `no ${walk.direction} rule matches`, source }];
  return misses.map((fact) => ({ fact, source }));
}
